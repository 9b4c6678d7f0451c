"""Route sheets: a round on paper, for a helper without a phone or a day without power.

It holds what the phone would show and room to write what the phone would record.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from dispatch.catalogue.sittings import Sitting
from dispatch.clock import TOWN
from dispatch.field.carried import Carried, read_carried
from dispatch.orders.orders import Order
from dispatch.people.day_words import word_of_day
from dispatch.people.places import Station
from dispatch.people.vault import unseal
from dispatch.planning.plans import (
    Round,
    Stop,
    StopKind,
    StopOrder,
    list_stop_orders,
    rounds_in_force,
)
from dispatch.planning.waves import Wave
from dispatch.words import say


@dataclass(frozen=True)
class SheetPerson:
    """One order at one door."""

    box: str
    label: str
    what: str
    diet: str
    number: str
    boxes_back: int
    word: str  # of the day, said at the door


@dataclass(frozen=True)
class SheetStop:
    """One place of a round, with doors in full."""

    number: int
    at: str
    until: str
    building: str
    door: str
    floor: str
    note: str
    persons: list[SheetPerson]


@dataclass(frozen=True)
class RouteSheet:
    """One round on paper.

    `boxes` are those that this kitchen packs, in the order in which they are loaded;
    the stops are the whole round's, whose other boxes come from a second kitchen.
    """

    number: str
    helper: str
    leaves: str
    ends: str
    boxes: list[SheetPerson]
    stops: list[SheetStop]


def route_sheets(session: Session, sitting: Sitting) -> list[RouteSheet]:
    """The rounds that carry a serving, and those of its stations that carry nothing."""
    same_meal = rounds_in_force(sitting.serve_on).where(Wave.serving == sitting.serving)
    rounds = [round_ for round_, _ in session.exec(same_meal)]
    served = list_stop_orders(session, [round_.id for round_ in rounds])
    carried = read_carried(session, {pair.order_id for _, pair in served})
    wanted = _of_kitchen(session, sitting, served, carried)
    households = {one.household.id for one in carried.values()}
    doors = unseal(session, sorted(households), ["address", "door", "door_note"])
    helpers = unseal(session, [round_.helper_id for round_ in rounds], ["name"])
    return [
        _sheet(
            round_,
            helpers.get(round_.helper_id, {}).get("name", ""),
            [(stop, p) for stop, p in served if stop.round_id == round_.id],
            (carried, doors),
            sitting.id,
        )
        for round_ in rounds
        if round_.id in wanted
    ]


def diet(tag: str) -> str:
    """A diet word; what the catalogue does not know was written by hand."""
    return say("diet", tag)


def hour(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(TOWN).strftime("%H:%M")


def _of_kitchen(
    session: Session,
    sitting: Sitting,
    served: Iterable[tuple[Stop, StopOrder]],
    carried: dict[UUID, Carried],
) -> set[UUID]:
    """Rounds with a box of this serving; and those without any box, for its own."""
    query = select(Station.id).where(Station.kitchen_id == sitting.kitchen_id)
    stations = set(session.exec(query))
    orders: dict[UUID, list[Order]] = {}
    for stop, pair in served:
        orders.setdefault(stop.round_id, []).append(carried[pair.order_id].order)
    return {
        round_id
        for round_id, each in orders.items()
        if any(order.sitting_id == sitting.id for order in each)
        or (
            all(order.sitting_id is None for order in each)
            and any(order.station_id in stations for order in each)
        )
    }


def _sheet(
    round_: Round,
    helper: str,
    pairs: list[tuple[Stop, StopOrder]],
    known: tuple[dict[UUID, Carried], dict[UUID, dict[str, str]]],
    sitting_id: UUID,
) -> RouteSheet:
    carried, doors = known
    stops: dict[UUID, list[StopOrder]] = {}
    rows = {stop.id: stop for stop, _ in pairs}
    for stop, pair in pairs:
        if stop.kind is not StopKind.PICKUP and not pair.given_back:
            stops.setdefault(stop.id, []).append(pair)
    persons = {
        stop_id: [_person(pair, carried[pair.order_id]) for pair in each]
        for stop_id, each in stops.items()
    }
    return RouteSheet(
        number=str(round_.id)[:4].upper(),
        helper=helper,
        leaves=hour(round_.leaves_at),
        ends=hour(round_.ends_at),
        boxes=[
            person
            for stop_id in reversed(persons)
            for pair, person in zip(stops[stop_id], persons[stop_id], strict=True)
            if person.box and carried[pair.order_id].order.sitting_id == sitting_id
        ],
        stops=[
            replace(
                _stop(rows[stop_id], [carried[p.order_id] for p in each], doors),
                persons=persons[stop_id],
            )
            for stop_id, each in stops.items()
        ],
    )


def _person(pair: StopOrder, one: Carried) -> SheetPerson:
    meal = one.order.is_meal
    return SheetPerson(
        box=pair.box if meal else "",
        label=one.label,
        what=one.dish or one.service_name,
        diet=" · ".join(diet(tag) for tag in one.diet_words),
        number=one.order.number,
        boxes_back=one.boxes_back,
        word=word_of_day(one.elder.id, one.order.serve_on),
    )


def _stop(
    stop: Stop, there: list[Carried], doors: dict[UUID, dict[str, str]]
) -> SheetStop:
    home = there[0].household
    kept = [doors.get(one.household.id, {}) for one in there]
    return SheetStop(
        number=stop.seq,
        at=hour(stop.at),
        until=hour(stop.until_at),
        building=home.building,
        door=_each(door.get("door") or door.get("address", "") for door in kept),
        floor=f"{home.floor} 楼 · {'有' if home.lift else '无'}电梯",
        note=_each(door.get("door_note", "") for door in kept),
        persons=[],
    )


def _each(words: Iterable[str]) -> str:
    """Each once, in their order."""
    return "、".join(dict.fromkeys(word for word in words if word))
