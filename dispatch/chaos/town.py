"""The village that the bench orders in: enough meals for everybody who calls."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import sqrt
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from dispatch.catalogue.sittings import MenuItem, Serving, Sitting
from dispatch.clock import set_clock, town_moment
from dispatch.demo.chance import Chance
from dispatch.demo.district import District, draw_district, keep_district
from dispatch.demo.home import DAY
from dispatch.demo.menus import seconds_of
from dispatch.demo.needs import choose_item
from dispatch.demo.sizes import SMALL, Size
from dispatch.demo.streets import door_points, streets_for
from dispatch.planning.roads import ROADS_FILE
from dispatch.store.unit_of_work import in_one_transaction
from routing.roads import save_roads

DAYS: Final = 30
_OPENS: Final = "08:00"
_LEAST_PROFILES: Final = 120
_PROFILES_A_STREET, _PROFILES_A_STATION = 500, 250  # as a district has them
_CARRIED: Final = 60  # a street, of the first day; planned while things die
_PAID, _CALLED_OFF, _SENT_TWICE = 0.15, 0.08, 0.1


@dataclass(frozen=True)
class Wish:
    """One lunch that somebody calls for, and what they do about it then."""

    body: dict[str, object]
    login: str
    pays: bool
    calls_off: bool
    sends_twice: bool


def settle_town(engine: Engine, home: Path, seed: int, orders: int) -> District:
    """Draw a village for so many orders and keep it; its clock stands at eight."""
    size = _size(orders)
    roads = streets_for(size, seed, None)
    save_roads(roads, home / ROADS_FILE)
    district = draw_district(size, seed, DAY, door_points(roads))
    _serve_for_a_month(district, orders)
    with Session(engine) as session:
        keep_district(session, district)
        session.commit()
    opens = town_moment(DAY, seconds_of(_OPENS))
    in_one_transaction(engine, lambda uow: set_clock(uow.session, opens, speed=0))
    return district


def draw_calls(district: District, seed: int, orders: int) -> list[Wish]:
    """Who wants lunch on which day: one meal for each elder and day, in any order.

    The first day stands first, so that its round is planned while the rest comes in.
    """
    chance = Chance(seed, "chaos calls")
    logins = {a.station_id: a.login for a in district.accounts if a.station_id}
    calls: list[Wish] = []
    for offset in range(DAYS):
        calls += _calls_of_a_day(chance, district, logins, offset)
    return calls[:orders]


def _calls_of_a_day(
    chance: Chance, district: District, logins: dict[UUID, str], offset: int
) -> Iterator[Wish]:
    on = district.day + timedelta(days=offset)
    menus = _lunches_of(district, on)
    kitchens = {p.station.id: p.kitchen.id for p in district.places.points}
    carried = 0 if offset else _CARRIED * district.size.streets
    people = list(district.people)
    chance.shuffle(people)
    for person in people:
        elder = person.elder
        item = choose_item(chance, elder, menus.get(kitchens[elder.station_id], []))
        if item is None:
            continue
        carried -= 1
        channel = "delivery" if carried >= 0 else "pickup"
        yield Wish(
            {
                "elder_id": str(elder.id),
                "service": f"MEAL_{channel.upper()}",
                "channel": channel,
                "serve_on": on.isoformat(),
                "serving": Serving.LUNCH.value,
                "menu_item_id": str(item.id),
                "source": "phone",
            },
            logins[elder.station_id],
            pays=chance.happens(_PAID),
            calls_off=chance.happens(_CALLED_OFF),
            sends_twice=chance.happens(_SENT_TWICE),
        )


def _size(orders: int) -> Size:
    """A street while one is enough; more orders come from more streets and stations,
    not from a station with thousands of elders, which there is nowhere.
    """
    profiles = max(_LEAST_PROFILES, round(orders / DAYS * 1.25))
    streets = max(1, profiles // _PROFILES_A_STREET)
    return replace(
        SMALL,
        name="bench",
        streets=streets,
        stations=max(2, streets + 1, profiles // _PROFILES_A_STATION),
        profiles=profiles,
        meals=profiles,
        visits=0,
        couriers=SMALL.couriers * streets,
        volunteers=streets,
        caregivers=streets,
        radius_metres=1_000 * sqrt(streets),
    )


def _serve_for_a_month(district: District, orders: int) -> None:
    """The first day's lunch again on every day, with a portion for everybody."""
    first = [
        one
        for one in district.sittings
        if one.serve_on == district.day and one.serving is Serving.LUNCH
    ]
    of = {
        one.id: [m for m in district.menus if m.sitting_id == one.id] for one in first
    }
    there = {one.serve_on for one in district.sittings}
    chance = Chance(district.seed, "chaos menus")
    for offset in range(DAYS):
        on = district.day + timedelta(days=offset)
        if on in there:
            continue
        for one in first:
            sitting, dishes = _again(chance, one, of[one.id], offset)
            district.sittings.append(sitting)
            district.menus += dishes
    for sitting in district.sittings:
        sitting.capacity = orders


def _again(
    chance: Chance, first: Sitting, dishes: list[MenuItem], offset: int
) -> tuple[Sitting, list[MenuItem]]:
    later = timedelta(days=offset)
    moments = ("cut_off_at", "ready_at", "door_from_at", "door_until_at", "eat_by_at")
    moved = {name: getattr(first, name) + later for name in moments}
    own = {"id": chance.id(), "serve_on": first.serve_on + later}
    sitting = Sitting(**{**first.model_dump(), **moved, **own})
    menu = [
        MenuItem(**{**d.model_dump(), "id": chance.id(), "sitting_id": sitting.id})
        for d in dishes
    ]
    return sitting, menu


def _lunches_of(district: District, on: date) -> dict[object, list[MenuItem]]:
    """What each kitchen has for lunch on a day."""
    kitchens = {
        one.id: one.kitchen_id
        for one in district.sittings
        if one.serve_on == on and one.serving is Serving.LUNCH
    }
    menus: dict[object, list[MenuItem]] = {}
    for item in district.menus:
        if item.sitting_id in kitchens:
            menus.setdefault(kitchens[item.sitting_id], []).append(item)
    return menus
