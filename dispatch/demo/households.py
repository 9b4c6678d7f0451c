"""Doors: where the elders of a dining point live, alone or two of them together."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from dispatch.demo import names
from dispatch.demo.chance import Chance
from dispatch.demo.places import Point
from dispatch.people.elders import Household

_DOORS_A_BUILDING: Final = 3
_SHARE_WITH_LIFT: Final = 0.35
_NOT_LOCATED: Final = 0.005


@dataclass
class Home:
    """A household, and what the vault keeps of it."""

    household: Household
    sealed: dict[str, str]
    place: tuple[float, float]  # where it really is, on a map or not


@dataclass(frozen=True)
class _Building:
    name: str
    community: str
    lat: float
    lon: float
    lift: bool


def draw_homes(chance: Chance, point: Point, street: str, count: int) -> list[Home]:
    """So many doors around a dining point, a few behind each entrance."""
    buildings = _buildings(chance, point, -(-count // _DOORS_A_BUILDING))
    return [
        _home(chance, point, street, chance.choice(buildings)) for _ in range(count)
    ]


def lose_places(chance: Chance, homes: list[Home], wanted: set[UUID]) -> None:
    """Forget where a few households are; `wanted` are sure to be among them."""
    for home in homes:
        if home.household.id in wanted or chance.happens(_NOT_LOCATED):
            home.household.lat = home.household.lon = None


def _buildings(chance: Chance, point: Point, count: int) -> list[_Building]:
    made = []
    for number in range(1, count + 1):
        community, ground = chance.choice(point.communities)
        lat, lon = ground.doors[chance.randrange(len(ground.doors))]
        place = community.removesuffix("社区")
        made.append(
            _Building(
                f"{place}{number}号" if point.valley else f"{place}{number}号楼",
                community,
                round(float(lat), 6),
                round(float(lon), 6),
                not point.valley and chance.happens(_SHARE_WITH_LIFT),
            )
        )
    return made


def _home(chance: Chance, point: Point, street: str, building: _Building) -> Home:
    floor = 1 if point.valley else chance.randint(1, 18 if building.lift else 6)
    door = (
        "院门" if point.valley else f"{chance.randint(1, 4)}单元{floor}0{_flat(chance)}"
    )
    household = Household(
        id=chance.id(),
        station_id=point.station.id,
        street_code=point.station.street_code,
        community=building.community,
        building=building.name,
        floor=floor,
        lift=building.lift,
        lat=building.lat,
        lon=building.lon,
        signal=not point.valley,
    )
    sealed = {
        "address": f"{names.DISTRICT_NAME}{street}{building.name}{door}",
        "door": door,
    }
    if chance.happens(0.15):
        sealed["door_note"] = chance.choice(
            (
                "门铃坏了，请敲门",
                "耳朵背，多敲几下",
                "狗在院里，不咬人",
                "走路慢，请多等一会儿",
            )
        )
    return Home(household, sealed, (building.lat, building.lon))


def _flat(chance: Chance) -> int:
    return chance.randint(1, 3)
