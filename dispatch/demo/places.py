"""Streets, communities and dining points of a made-up district."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from dispatch.demo import names
from dispatch.demo.chance import Chance, portions
from dispatch.demo.ground import Community, Ground
from dispatch.demo.sizes import Size
from dispatch.people.places import Kitchen, Station, StationKind, Street

_MOST_MEALS: Final = 320
_VALLEY_MEALS: Final = 10
_SPREAD: Final = 0.7  # sigma of the lognormal meals of a point's day
_ENTERED_ON: Final = date(2023, 3, 1)


@dataclass
class Point:
    """A dining point: its counter, its kitchen, and whom it serves."""

    station: Station
    kitchen: Kitchen
    communities: list[tuple[str, Community]]
    meals: int  # of a usual day
    profiles: int = 0
    valley: bool = False


@dataclass
class Places:
    """The fixed points of the district, street by street."""

    streets: list[Street]
    points: list[Point] = field(default_factory=list)

    def of_street(self, code: str) -> list[Point]:
        return [point for point in self.points if point.station.street_code == code]


def draw_places(size: Size, seed: int, ground: Ground) -> Places:
    """Streets with their dining points; the last point lies in the valley."""
    chance = Chance(seed, "places")
    kinds = _kinds(size, chance)
    places = Places(
        [
            Street(code=f"{names.AREA_CODE}{at:03d}", name=f"{name}街道")
            for at, name in enumerate(names.street_names(size.streets), start=1)
        ]
    )
    for at, street in enumerate(places.streets):
        communities = [
            (names.community_name(n), community)
            for n, community in enumerate(ground.streets[at])
        ]
        for part in _shared_out(communities, len(kinds[at])):
            kind = kinds[at][len(places.of_street(street.code))]
            number = len(places.points) + 1
            places.points.append(_point(chance, street, kind, part, number))
    _put_into_valley(places.points[-1], ground.valley)
    _give_meals(places.points, size, chance)
    return places


def _kinds(size: Size, chance: Chance) -> list[list[StationKind]]:
    """The kinds of each street's points; the first and the very last are stations."""
    counts = portions([1.0] * size.streets, size.points - 1)
    rest = [StationKind.RESTAURANT] * size.restaurants
    rest += [StationKind.CENTRAL_KITCHEN] * size.central_kitchens
    rest += [StationKind.STATION] * (size.stations - size.streets - 1)
    chance.shuffle(rest)
    kinds = []
    for count in counts:
        kinds.append([StationKind.STATION, *rest[: count - 1]])
        rest = rest[count - 1 :]
    kinds[-1].append(StationKind.STATION)
    return kinds


def _shared_out(
    communities: list[tuple[str, Community]], count: int
) -> list[list[tuple[str, Community]]]:
    """The communities in so many neighbouring parts."""
    counts = portions([1.0] * count, len(communities))
    parts, begin = [], 0
    for many in counts:
        parts.append(communities[begin : begin + many])
        begin += many
    return parts


def _point(
    chance: Chance,
    street: Street,
    kind: StationKind,
    communities: list[tuple[str, Community]],
    number: int,
) -> Point:
    lat, lon = communities[0][1].middle
    place = communities[0][0].removesuffix("社区")
    name = _name(kind, street.name.removesuffix("街道") + place, number)
    kitchen = Kitchen(
        id=chance.id(),
        name=name if name.endswith("厨房") else f"{name}厨房",
        street_code=street.code,
        lat=lat,
        lon=lon,
        lunch_capacity=0,
    )
    station = Station(
        id=chance.id(),
        code=f"{names.AREA_CODE}-{number:03d}",
        name=name,
        kind=kind,
        street_code=street.code,
        kitchen_id=kitchen.id,
        lat=lat,
        lon=lon,
        phone=names.land_line(number),
        star=chance.choice((0, 1, 2, 3)) if kind is StationKind.STATION else 0,
        entered_on=_ENTERED_ON,
    )
    return Point(station, kitchen, communities, meals=0)


def _name(kind: StationKind, place: str, number: int) -> str:
    match kind:
        case StationKind.STATION:
            return f"{place}养老驿站"
        case StationKind.RESTAURANT:
            return f"{names.restaurant_name(number)}助餐点"
        case StationKind.CENTRAL_KITCHEN:
            return f"{place}中央厨房"
        case StationKind.MICRO_POINT:
            return f"{place}睦邻点"


def _put_into_valley(point: Point, valley: Community) -> None:
    point.valley = True
    point.communities = [("青谷村", valley)]
    point.station.name = "青谷农村幸福晚年驿站"
    point.kitchen.name = "青谷驿站厨房"
    point.station.rural = True
    for place in (point.station, point.kitchen):
        place.lat, place.lon = valley.middle


def _give_meals(points: list[Point], size: Size, chance: Chance) -> None:
    """Meals of a day by a lognormal share, and the profiles that go with them."""
    *town, valley = points
    drawn = [chance.lognormvariate(0, _SPREAD) for _ in town]
    valley.meals = _VALLEY_MEALS
    rest = size.meals - valley.meals
    for point, meals in zip(town, portions(drawn, rest), strict=True):
        point.meals = min(_MOST_MEALS, meals)
    valley.profiles = 3 * valley.meals
    shares = [0.4 / len(town) + 0.6 * point.meals / rest for point in town]
    people = portions(shares, size.profiles - valley.profiles)
    for point, profiles in zip(town, people, strict=True):
        point.profiles = profiles
    for point in points:
        point.kitchen.lunch_capacity = point.meals + 40
