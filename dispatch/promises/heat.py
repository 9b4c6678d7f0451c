"""Promise 4: hot food is hot."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.catalogue.sittings import Sitting
from dispatch.field.events import FieldEvent, FieldKind, Trust, Verdict
from dispatch.field.evidence import Evidence, EvidenceFrom
from dispatch.kitchens.batches import MealBox
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.planning.plans import Round, RoundState, Stop, StopKind, StopOrder
from dispatch.promises.checking import Look, Premises

_KNOWN: Final = frozenset({Trust.ONLINE, Trust.CORRECTED})
_TAKEN: Final = frozenset({FieldKind.PICKED_UP, FieldKind.LOADED})
_GOING: Final = frozenset({OrderState.PLANNED, OrderState.UNDER_WAY})
_ROUNDING: Final = timedelta(seconds=2)


@dataclass(frozen=True)
class _Planned:
    taken_at: datetime
    door_at: datetime


def check_heat(premises: Premises, look: Look) -> None:
    """Both by the plan's own times and by what the phones say of the real ones."""
    session = premises.session
    sittings: dict[UUID | None, Sitting] = {
        sitting.id: sitting for sitting in session.exec(select(Sitting))
    }
    carried = select(Order).where(Order.channel == Channel.DELIVERY)
    orders = {order.id: order for order in session.exec(carried)}
    for order_id, planned in _planned(session):
        order = orders.get(order_id)
        sitting = sittings.get(order.sitting_id) if order else None
        if order is not None and sitting is not None:
            _check_plan(order, sitting, planned, look)
    look.untold = _untold(session)
    look.waited_for = _waited_for(premises, list(orders.values()), sittings)
    taken, arrived = _taken(session), _arrived(session)
    boxes = {box.order_id: box for box in session.exec(select(MealBox))}
    for proof, event in _handed_over(session):
        order = orders.get(proof.order_id)
        if order is None or order.state is not OrderState.DONE:
            continue
        sitting = sittings.get(order.sitting_id)
        if sitting is None:
            look.expect(False, f"order {order.number} has lost its sitting")
            continue
        ride = _ride(event, taken.get(order.id), arrived)
        _check_real(order, sitting, event, ride, look)
        _check_box(order, boxes.get(order.id), event, look)


def _check_plan(order: Order, sitting: Sitting, planned: _Planned, look: Look) -> None:
    name = f"order {order.number}"
    ride = planned.door_at - planned.taken_at
    hot = timedelta(seconds=sitting.hot_seconds)
    look.expect(ride <= hot + _ROUNDING, f"{name} is planned to ride {ride}")
    look.expect(
        planned.door_at >= sitting.door_from_at - _ROUNDING,
        f"{name} is planned at the door too early: {planned.door_at}",
    )
    look.expect(
        planned.door_at <= sitting.eat_by_at + _ROUNDING,
        f"{name} is planned at the door too late: {planned.door_at}",
    )
    look.expect(
        planned.taken_at >= sitting.ready_at - _ROUNDING,
        f"{name} is planned to leave before it is ready",
    )


def _check_real(
    order: Order,
    sitting: Sitting,
    event: FieldEvent,
    ride: timedelta | None,
    look: Look,
) -> None:
    if event.trust not in _KNOWN:
        return
    name, at = f"order {order.number}", event.corrected_at
    early = at < sitting.door_from_at - _ROUNDING
    look.expect(not early, f"{name} was at the door too early: {at}")
    look.expect(at <= sitting.eat_by_at, f"{name} was served past its time: {at}")
    if ride is not None:
        hot = timedelta(seconds=sitting.hot_seconds)
        look.expect(ride <= hot, f"{name} rode {ride}, at most {hot} is hot")


def _check_box(
    order: Order, box: MealBox | None, event: FieldEvent, look: Look
) -> None:
    """The clock of the batch it came from, which may be shorter than the sitting's."""
    if box is not None and event.trust in _KNOWN:
        over = event.corrected_at > box.eat_by_at
        look.expect(not over, f"order {order.number}: its batch was past its time")


def _ride(
    handed: FieldEvent, taken: FieldEvent | None, arrived: dict[UUID, FieldEvent]
) -> timedelta | None:
    """From the pickup to the door, where both times are known."""
    there = arrived.get(handed.stop_id, handed) if handed.stop_id else handed
    if taken is None or not {taken.trust, there.trust} <= _KNOWN:
        return None
    return there.corrected_at - taken.corrected_at


def _untold(session: Session) -> int:
    """Meals that were brought, with no time but what somebody typed in afterwards."""
    query = (
        select(func.count())
        .select_from(Evidence)
        .join(Order, col(Order.id) == Evidence.order_id)
        .outerjoin(FieldEvent, col(FieldEvent.id) == Evidence.field_event_id)
        .where(Order.channel == Channel.DELIVERY, Order.state == OrderState.DONE)
        .where(Evidence.counts, col(FieldEvent.trust).in_(_KNOWN).is_not(True))
    )
    return session.exec(query).one()


def _waited_for(
    premises: Premises,
    orders: list[Order],
    sittings: dict[UUID | None, Sitting],
) -> int:
    """Meals that must be eaten by now, and nobody says that they were brought."""
    if premises.now is None:
        return 0
    over = {id_ for id_, one in sittings.items() if one.eat_by_at < premises.now}
    return sum(one.state in _GOING and one.sitting_id in over for one in orders)


def _planned(session: Session) -> list[tuple[UUID, _Planned]]:
    """When each box is to be taken and brought, on every round in force."""
    query = (
        select(StopOrder.order_id, Stop)
        .join(Stop, col(Stop.id) == StopOrder.stop_id)
        .join(Round, col(Round.id) == Stop.round_id)
        .where(Round.state != RoundState.DROPPED)
    )
    taken: dict[tuple[UUID, UUID], datetime] = {}
    doors: list[tuple[UUID, Stop]] = []
    for order_id, stop in session.exec(query):
        if stop.kind is StopKind.PICKUP:
            taken[order_id, stop.round_id] = stop.leaves_at
        elif stop.kind is StopKind.DOOR:
            doors.append((order_id, stop))
    return [
        (order_id, _Planned(taken[order_id, stop.round_id], stop.at))
        for order_id, stop in doors
        if (order_id, stop.round_id) in taken
    ]


def _handed_over(session: Session) -> list[tuple[Evidence, FieldEvent]]:
    query = (
        select(Evidence, FieldEvent)
        .join(FieldEvent, col(FieldEvent.id) == Evidence.field_event_id)
        .where(Evidence.counts, Evidence.origin == EvidenceFrom.PHONE)
    )
    return [(proof, event) for proof, event in session.exec(query)]


def _arrived(session: Session) -> dict[UUID, FieldEvent]:
    """Per stop the first arrival."""
    events = (
        select(FieldEvent)
        .where(FieldEvent.kind == FieldKind.ARRIVED)
        .where(FieldEvent.verdict == Verdict.ACCEPTED)
        .order_by(col(FieldEvent.corrected_at).desc())
    )
    return {e.stop_id: e for e in session.exec(events) if e.stop_id}


def _taken(session: Session) -> dict[UUID, FieldEvent]:
    """Per order the last time that its box was taken at a kitchen."""
    boxes: dict[UUID, list[UUID]] = {}
    query = (
        select(StopOrder.stop_id, StopOrder.order_id)
        .join(Stop, col(Stop.id) == StopOrder.stop_id)
        .where(Stop.kind == StopKind.PICKUP)
    )
    for stop_id, order_id in session.exec(query):
        boxes.setdefault(stop_id, []).append(order_id)
    taken: dict[UUID, FieldEvent] = {}
    events = (
        select(FieldEvent)
        .where(col(FieldEvent.kind).in_(_TAKEN))
        .where(FieldEvent.verdict == Verdict.ACCEPTED)
        .order_by(col(FieldEvent.corrected_at))
    )
    for event in session.exec(events):
        about = [event.order_id] if event.order_id else []
        if not about and event.stop_id:
            about = boxes.get(event.stop_id, [])
        taken.update(dict.fromkeys(about, event))
    return taken
