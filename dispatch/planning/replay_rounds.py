"""Rounds as they stood at a moment that has been, and who carried what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.field.events import FieldEvent, FieldKind, Verdict, phone_order
from dispatch.log.events import last_events
from dispatch.orders.orders import Order
from dispatch.orders.showing import Carrying
from dispatch.planning.board_rows import RoundRow, put_together
from dispatch.planning.plans import (
    Plan,
    PlanRound,
    Round,
    RoundState,
    Stop,
    StopKind,
    StopState,
    list_stop_orders,
)
from dispatch.store.unit_of_work import UnitOfWork

_ROUNDS: Final = [f"round.{state.value}" for state in RoundState]
_STOPS: Final = [f"stop.{state.value}" for state in StopState]


@dataclass(frozen=True)
class Walked:
    """The rounds that stood, and where each order was to be handed over."""

    rounds: list[RoundRow]
    carried: dict[UUID, Carrying]


def show_rounds_then(
    uow: UnitOfWork, plans: Mapping[UUID, Plan], orders: Mapping[UUID, Order]
) -> Walked:
    """The rounds of the plans that were in force at the moment of `uow`.

    Args:
        orders: as they stood at that moment; those of other waves as they are now.
    """
    rounds = _rounds_then(uow, plans)
    states = {round_.id: round_.state for round_ in rounds}
    pairs = list_stop_orders(uow.session, states)
    stops = {stop.id: stop for stop, _ in pairs} | _empty_stops(uow, states)
    _set_back_stops(uow, stops)
    helpers = {round_.id: round_.helper_id for round_ in rounds}
    by_start = {round_.id: number for number, round_ in enumerate(rounds)}
    pairs.sort(key=lambda pair: (by_start[pair[0].round_id], pair[1].order_id))
    served: dict[UUID, dict[UUID, str]] = {}
    carried: dict[UUID, Carrying] = {}
    for stop, pair in pairs:
        back = pair.given_back_at
        order = orders.get(pair.order_id)
        if (back is not None and back <= uow.now) or order is None:
            continue
        served.setdefault(stop.id, {})[order.id] = order.state.value
        if stop.kind is not StopKind.PICKUP:
            first, who = carried.get(order.id), helpers[stop.round_id]
            carried[order.id] = (
                replace(first, partner_id=who)
                if first
                else Carrying(who, stop, states[stop.round_id])
            )
    in_order = sorted(stops.values(), key=lambda stop: stop.seq)
    return Walked(put_together(rounds, in_order, served), carried)


def _rounds_then(uow: UnitOfWork, plans: Mapping[UUID, Plan]) -> list[Round]:
    """By their start; they are taken out of the session and set back."""
    query = (
        select(Round, Plan)
        .join(PlanRound, col(PlanRound.round_id) == Round.id)
        .join(Plan, col(Plan.id) == PlanRound.plan_id)
        .where(col(Plan.wave_id).in_(plans))
        .order_by(col(Round.leaves_at), col(Round.id))
    )
    standing = {
        round_.id: round_
        for round_, plan in uow.session.exec(query).all()
        if (shown := plans[plan.wave_id]).base_version <= plan.version <= shown.version
    }
    told = last_events(uow.session, standing, uow.now, _ROUNDS)
    found = []
    for round_ in standing.values():
        uow.session.expunge(round_)
        event = told.get(round_.id)
        said = RoundState(event.kind.split(".")[1]) if event else RoundState.READY
        if said is RoundState.DROPPED and event is not None:
            if event.at >= plans[round_.wave_id].published_at:
                continue
            said = RoundState.READY  # a plan went back to it
        round_.state = said
        found.append(round_)
    return found


def _empty_stops(
    uow: UnitOfWork, round_ids: Mapping[UUID, RoundState]
) -> dict[UUID, Stop]:
    """All stops, also those that serve nobody."""
    query = select(Stop).where(col(Stop.round_id).in_(round_ids))
    return {stop.id: stop for stop in uow.session.exec(query)}


def _set_back_stops(uow: UnitOfWork, stops: Mapping[UUID, Stop]) -> None:
    told = last_events(uow.session, stops, uow.now, _STOPS)
    reached = _reached(uow, sorted(stops))
    for stop in stops.values():
        uow.session.expunge(stop)
        event = told.get(stop.id)
        stop.state = StopState(event.kind.split(".")[1]) if event else StopState.OPEN
        stop.arrived_at = reached.get(stop.id)


def _reached(uow: UnitOfWork, stop_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Per stop when its helper came, as far as their phone had told of it."""
    said: dict[UUID, list[FieldEvent]] = {}
    for start in range(0, len(stop_ids), 500):
        query = select(FieldEvent).where(
            col(FieldEvent.stop_id).in_(stop_ids[start : start + 500]),
            FieldEvent.verdict == Verdict.ACCEPTED,
            FieldEvent.received_at <= uow.now,
        )
        for event in uow.session.exec(query):
            if event.stop_id is not None:
                said.setdefault(event.stop_id, []).append(event)
    found = {}
    for stop_id, events in said.items():
        events.sort(key=phone_order)
        came = (one for one in events if one.kind is FieldKind.ARRIVED)
        found[stop_id] = next(came, events[0]).corrected_at
    return found
