"""Where a round stands: its stops and its own state, from what was said at them."""

from collections.abc import Collection, Iterable
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.field.events import FieldEvent, FieldKind, list_of_stop
from dispatch.log.events import record
from dispatch.orders.orders import Order, OrderState
from dispatch.planning.plans import (
    Round,
    RoundState,
    Stop,
    StopKind,
    StopOrder,
    StopState,
)
from dispatch.store.unit_of_work import UnitOfWork

_OVER: Final = frozenset(
    {
        OrderState.DONE,
        OrderState.FAILED,
        OrderState.CANCELLED,
        OrderState.UNASSIGNED,
        OrderState.WAITING,
    }
)
_RANK: Final = {
    RoundState.READY: 0,
    RoundState.LOADED: 1,
    RoundState.UNDER_WAY: 2,
    RoundState.ENDED: 3,
}
_BECOMES: Final = {
    FieldKind.LOADED: RoundState.LOADED,
    FieldKind.PICKED_UP: RoundState.LOADED,
    FieldKind.ENDED: RoundState.ENDED,
}


def track_stop(uow: UnitOfWork, stop: Stop, street_code: str, helper_id: UUID) -> None:
    """Bring a stop to what was said at it. The caller holds its round's row."""
    said = list_of_stop(uow.session, stop.id)
    arrived = next((e for e in said if e.kind is FieldKind.ARRIVED), None)
    first = arrived or next(iter(said), None)
    if first is not None:
        stop.arrived_at = first.corrected_at
    state = _state_of(uow, stop, said)
    if state is not stop.state:
        stop.state = state
        record(
            uow,
            f"stop.{state.value}",
            "stop",
            stop.id,
            facts={"round_id": str(stop.round_id)},
            helper_id=helper_id,
            street_code=street_code,
            state=state.value,
        )
    uow.session.add(stop)


def _state_of(uow: UnitOfWork, stop: Stop, said: Iterable[FieldEvent]) -> StopState:
    kinds = {event.kind for event in said}
    if stop.kind is StopKind.PICKUP:
        if FieldKind.PICKED_UP in kinds:
            return StopState.DONE
    elif _all_over(uow, stop.id) or _own_part_is_done(stop, kinds):
        return StopState.DONE
    return StopState.ARRIVED if kinds else stop.state


def _all_over(uow: UnitOfWork, stop_id: UUID) -> bool:
    """Nothing is to be done here; what was given back is somebody else's now."""
    query = (
        select(Order.state, StopOrder.given_back_at)
        .join(StopOrder, col(StopOrder.order_id) == Order.id)
        .where(StopOrder.stop_id == stop_id)
    )
    found = uow.session.exec(query).all()
    return bool(found) and all(left or state in _OVER for state, left in found)


def _own_part_is_done(stop: Stop, kinds: Collection[FieldKind]) -> bool:
    """A visit is one person's stop, and it may wait for the second one's word."""
    return stop.kind is StopKind.VISIT and FieldKind.VISIT_ENDED in kinds


def track_round(
    uow: UnitOfWork, round_: Round, kinds: Iterable[FieldKind], street_code: str
) -> None:
    """A round goes forward only; a dropped one stays dropped."""
    if round_.state is RoundState.DROPPED:
        return
    reached = [_BECOMES.get(kind, RoundState.UNDER_WAY) for kind in kinds]
    state = max([round_.state, *reached], key=lambda each: _RANK[each])
    if state is round_.state:
        return
    round_.state = state
    uow.session.add(round_)
    tell_round(uow, round_, street_code)


def tell_round(uow: UnitOfWork, round_: Round, street_code: str) -> None:
    """Record how far a round is now; which rounds stand, plans say."""
    record(
        uow,
        f"round.{round_.state.value}",
        "round",
        round_.id,
        wave_id=round_.wave_id,
        helper_id=round_.helper_id,
        street_code=street_code,
        state=round_.state.value,
    )
