"""Who plays in the tour: chosen from the made-up district, so that the story fits."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from dispatch.catalogue.sittings import MenuItem, Serving
from dispatch.demo.counters import Counter
from dispatch.demo.district import District
from dispatch.demo.elders import Person
from dispatch.demo.wishes import draw_wishes
from dispatch.orders.diet import clashes, suits, swallows

OFFLINE_STOPS: Final = 3
_KIN: Final = ("女儿", "儿子")
_CANNOT_WASH: Final = 3
Json = dict[str, Any]


@dataclass(frozen=True)
class Caller:
    """Who calls for lunch: which meal of the menu (from 1) clashes, which suits."""

    person: Person
    clash: int
    fits: int


@dataclass(frozen=True)
class Leg:
    """The courier's round, and whose door on it will stay closed."""

    login: str
    round: Json
    closed_order: str


def cast_caller(district: District, counter: Counter) -> Caller | None:
    """Somebody at home whose diet speaks against one lunch and not against another.

    Whoever is brought their meals comes first, and nobody who orders by themselves.
    """
    items = {str(item.id): item for item in district.menus}
    menu = [items[row["id"]] for row in counter.servings["lunch"]["menu"]]
    found = list(_callers(district, counter, menu))
    found.sort(key=lambda one: one.person.elder.usual_channel != "delivery")
    return found[0] if found else None


def _callers(
    district: District, counter: Counter, menu: list[MenuItem]
) -> Iterator[Caller]:
    located = {h.household.id for h in district.homes if h.household.lat is not None}
    away = {pause.elder_id for pause in district.files.pauses}
    station = counter.point.station.id
    wishes = draw_wishes(district)[station].meals
    eats = {w.person.elder.id for w in wishes if w.serving is Serving.LUNCH}
    for person in district.people:
        elder = person.elder
        here = elder.station_id == station and elder.household_id in located
        if not here or elder.id in away or elder.id in eats or elder.allergies:
            continue
        no = [n for n, one in enumerate(menu, 1) if _only_words_clash(person, one)]
        yes = [n for n, one in enumerate(menu, 1) if suits(elder, one)]
        if no and yes:
            yield Caller(person, no[0], yes[0])


def _only_words_clash(person: Person, dish: MenuItem) -> bool:
    """A clash that is about a diet, not about choking."""
    return swallows(person.elder, dish) and bool(clashes(person.elder, dish))


def cast_bather(district: District, counter: Counter) -> Person | None:
    """Somebody who cannot wash alone and has asked for nothing yet."""
    wished = {v.person.elder.id for v in _wishes(district, counter)}
    located = {h.household.id for h in district.homes if h.household.lat is not None}
    for person in district.people:
        elder = person.elder
        here = elder.station_id == counter.point.station.id
        weak = elder.ability_level >= _CANNOT_WASH and elder.id not in wished
        if here and weak and elder.household_id in located:
            return person
    return None


def _wishes(district: District, counter: Counter) -> list[Any]:
    return draw_wishes(district)[counter.point.station.id].visits


def cast_leg(login: str, round_: Json) -> Leg | None:
    """A round long enough for the story: a door with one person after the first few."""
    for at, stop in enumerate(doors_of(round_)):
        if at > OFFLINE_STOPS and len(stop["persons"]) == 1:
            return Leg(login, round_, stop["persons"][0]["order_id"])
    return None


def doors_of(round_: Json) -> list[Json]:
    """The doors of a round, in its order."""
    return [stop for stop in round_["stops"] if stop["kind"] == "door"]


def is_kin(row: Json) -> bool:
    """A daughter or a son, as the station's file has them."""
    return row["relation"] in _KIN
