"""What the people of the day are going to do, decided by the seed beforehand."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from dispatch.catalogue.sittings import MenuItem, Serving
from dispatch.demo.chance import Chance
from dispatch.demo.district import District
from dispatch.demo.elders import Person
from dispatch.demo.menus import seconds_of, serves
from dispatch.demo.needs import choose_item
from dispatch.demo.places import Point
from dispatch.demo.regulars import breakfasts, dinners, lunches
from dispatch.orders.orders import Channel

_SERVICE_OF: Final = {
    Channel.DELIVERY: "MEAL_DELIVERY",
    Channel.PICKUP: "MEAL_PICKUP",
    Channel.PROXY: "MEAL_PICKUP",
    Channel.DINE_IN: "MEAL_DINEIN",
}
# Orders come in between these times of day; the counter serves between those.
_ORDERED: Final = {
    Serving.BREAKFAST: ("06:00", "06:35"),
    Serving.LUNCH: ("06:10", "09:25"),
    Serving.DINNER: ("08:00", "15:20"),
}
_SERVED: Final = {
    Serving.BREAKFAST: ("07:05", "08:30"),
    Serving.LUNCH: ("10:35", "13:10"),
    Serving.DINNER: ("16:50", "19:00"),
}
_CANCELS: Final = 0.03
_NO_SHOW: Final = 0.02
_UNPAID: Final = 0.01
_REFUNDED: Final = 0.008
_SENT_TWICE: Final = 0.02
_CANNOT_WASH: Final = 3  # ability levels from here on
_BATHS_TO_VISITS: Final = 0.06


@dataclass(frozen=True)
class MealWish:
    """One meal, from the call to the plate. Times are seconds of the local day."""

    person: Person
    serving: Serving
    channel: Channel
    dish: str
    source: str
    at: int
    pays: str | None  # how, or never
    pays_at_once: bool
    cancels_at: int | None = None
    changes_mind: bool = False  # takes the cancellation back
    comes_at: int | None = None  # to the counter; None: never
    identity: str = "card"
    refunded: bool = False
    sent_twice: bool = False

    @property
    def service(self) -> str:
        return _SERVICE_OF[self.channel]


@dataclass(frozen=True)
class VisitWish:
    """A visit at home within a window of the local day, in seconds."""

    person: Person
    service: str
    at: int
    from_: int
    until: int


@dataclass(frozen=True)
class WalkInWish:
    """Somebody who comes without an order."""

    person: Person
    serving: Serving
    comes_at: int


@dataclass(frozen=True)
class Wishes:
    """Everything that a point's people want on this day."""

    meals: list[MealWish]
    visits: list[VisitWish]
    walk_ins: list[WalkInWish]


def draw_wishes(district: District) -> dict[UUID, Wishes]:
    """The day's wishes by station. Visits that are due the house orders by itself."""
    menus = _menus_of_the_day(district)
    by_station: dict[UUID, list[Person]] = {}
    for person in district.people:
        by_station.setdefault(person.elder.station_id, []).append(person)
    baths = _baths(district)
    wishes = {}
    for point in district.places.points:
        station = point.station
        chance = Chance(district.seed, f"wishes {station.code}")
        people = by_station[station.id]
        dishes = menus[point.kitchen.id]
        meals = list(_meals(chance, point, people, dishes))
        wishes[station.id] = Wishes(
            meals,
            [bath for bath in baths if bath.person.elder.station_id == station.id],
            list(_walk_ins(chance, point, people, meals)),
        )
    return wishes


def _menus_of_the_day(
    district: District,
) -> dict[UUID, dict[Serving, list[MenuItem]]]:
    menus: dict[UUID, dict[Serving, list[MenuItem]]] = {}
    sittings = {s.id: s for s in district.sittings if s.serve_on == district.day}
    for item in district.menus:
        if sitting := sittings.get(item.sitting_id):
            kitchen = menus.setdefault(sitting.kitchen_id, {})
            kitchen.setdefault(sitting.serving, []).append(item)
    return menus


def _meals(
    chance: Chance,
    point: Point,
    people: list[Person],
    dishes: dict[Serving, list[MenuItem]],
) -> Iterable[MealWish]:
    regulars = [person for person in people if person.elder.usual_channel]
    counts = {
        Serving.BREAKFAST: breakfasts(point),
        Serving.LUNCH: lunches(point),
        Serving.DINNER: dinners(point),
    }
    for serving, count in counts.items():
        if serving not in serves(point):
            continue
        for person in chance.sample(regulars, min(count, len(regulars))):
            item = choose_item(chance, person.elder, dishes[serving])
            if item is not None:
                yield _meal(chance, person, serving, item.code)


def _meal(chance: Chance, person: Person, serving: Serving, dish: str) -> MealWish:
    channel = Channel(person.elder.usual_channel or Channel.DINE_IN.value)
    source = chance.choices(("standing", "phone", "counter"), (45, 40, 15))[0]
    first, last = map(seconds_of, _ORDERED[serving])
    at = chance.randint(first, first + (last - first) // 4)
    if source != "standing":
        at = chance.randint(first, last)
    carried = channel is Channel.DELIVERY
    cancels = chance.happens(_CANCELS)
    comes = not carried and not chance.happens(_NO_SHOW)
    return MealWish(
        person=person,
        serving=serving,
        channel=channel,
        dish=dish,
        source=source,
        at=at,
        pays=None
        if chance.happens(_UNPAID)
        else chance.choices(("stored", "card", "cash"), (50, 30, 20))[0],
        pays_at_once=carried or source == "counter" or chance.happens(0.3),
        cancels_at=chance.randint(at + 300, last + 1800) if cancels else None,
        changes_mind=cancels and chance.happens(0.15),
        comes_at=_at_the_counter(chance, serving) if comes else None,
        identity=chance.choices(("card", "qr", "staff_visual"), (75, 10, 15))[0],
        refunded=chance.happens(_REFUNDED),
        sent_twice=chance.happens(_SENT_TWICE),
    )


def _at_the_counter(chance: Chance, serving: Serving) -> int:
    first, last = map(seconds_of, _SERVED[serving])
    return round(chance.triangular(first, last, first + (last - first) * 0.35))


def _baths(district: District) -> list[VisitWish]:
    """For some who cannot wash alone; two caregivers come at one time."""
    chance = Chance(district.seed, "baths")
    known = {point.station.id for point in district.places.points if not point.valley}
    weak = [
        person
        for person in district.people
        if person.elder.ability_level >= _CANNOT_WASH
        and person.elder.station_id in known
    ]
    many = max(1, round(district.size.visits * _BATHS_TO_VISITS))
    begin = seconds_of("14:00")
    return [
        VisitWish(
            person=person,
            service="BATH_HOME_SHOWER",
            at=chance.randint(seconds_of("07:30"), seconds_of("09:20")),
            from_=begin,
            until=begin + 9_000,
        )
        for person in chance.sample(weak, min(many, len(weak)))
    ]


def _walk_ins(
    chance: Chance, point: Point, people: list[Person], meals: list[MealWish]
) -> Iterable[WalkInWish]:
    """A few at lunch, fewer than the portions that a kitchen cooks to spare."""
    eat = {w.person.elder.id for w in meals if w.serving is Serving.LUNCH}
    others = [person for person in people if person.elder.id not in eat]
    spare = max(1, round(point.meals * 0.03))
    for person in chance.sample(others, min(spare, len(others))):
        yield WalkInWish(person, Serving.LUNCH, _at_the_counter(chance, Serving.LUNCH))
