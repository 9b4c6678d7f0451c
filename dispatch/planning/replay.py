"""Replay: the coordinator's board as it stood at a minute of any day, from the log.

Nothing is kept for it: events, plans and what phones told are read up to a moment, and
shown by the parts of the live board. Rows are taken out of their session before they
are set back, and the picture can only be read.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.catalogue.sittings import Serving
from dispatch.clock import town_day
from dispatch.errors import BadInput
from dispatch.log.events import Event, last_events
from dispatch.orders.orders import Order, OrderState
from dispatch.planning.board import Board, Parts, compose, list_carried, list_waves
from dispatch.planning.board_rows import show_helpers
from dispatch.planning.plan_history import gave_way, put_together
from dispatch.planning.plans import Plan
from dispatch.planning.replay_rounds import show_rounds_then
from dispatch.planning.waves import AskState, PlanRequest, Wave
from dispatch.safety.case_replay import show_cases_then
from dispatch.safety.help_calls import list_away
from dispatch.store.unit_of_work import UnitOfWork

_OPEN: Final = (AskState.QUEUED, AskState.RUNNING)


class NotYet(BadInput):
    """这个时刻还没有到，不能回放。"""

    code = "not_yet"


def show_replay(
    uow: UnitOfWork,
    at: datetime,
    serving: Serving | None = None,
    street_code: str | None = None,
) -> Board:
    """What the board of that day showed at a moment, to who may see it today.

    Raises:
        NotYet: the moment lies ahead.
    """
    if at > uow.now:
        raise NotYet
    then, on = replace(uow, now=at), town_day(at)
    waves = list_waves(then, on, serving, street_code)
    orders = _orders_then(then, [wave.id for wave in waves])
    told = last_events(then.session, (wave.id for wave in waves), at)
    joined = {order.wave_id for order in orders} | told.keys()
    waves = [wave for wave in waves if wave.id in joined]
    plans = _set_back_waves(then, waves)
    walked = show_rounds_then(then, plans, {order.id: order for order in orders})
    asked = _requests_then(then, waves)
    streets = sorted({wave.street_code for wave in waves})
    away = list_away(then.session, at=at)
    return compose(
        then,
        on,
        Parts(
            waves=put_together(then, waves, plans, asked),
            orders=orders,
            carried=walked.carried,
            helpers=show_helpers(then, streets, on, walked.rounds, away),
            away=away,
            rounds=walked.rounds,
            cases=show_cases_then(then, street_code),
            last_event_at=max((event.at for event in told.values()), default=None),
        ),
    )


def _orders_then(uow: UnitOfWork, wave_ids: Sequence[UUID]) -> list[Order]:
    """The state of an order is what its last event said: events fold to it."""
    orders = list_carried(uow, wave_ids)
    told = last_events(uow.session, (order.id for order in orders), uow.now)
    moved = _windows_moved_since(uow, [order.id for order in orders])
    found = []
    for order in orders:
        uow.session.expunge(order)
        if (event := told.get(order.id)) is None:
            continue
        order.state = OrderState(event.facts["state"])
        order.reason = event.facts.get("reason")
        order.window_until_at -= timedelta(seconds=moved.get(order.id, 0))
        found.append(order)
    return sorted(found, key=lambda order: (order.window_until_at, order.number))


def _windows_moved_since(uow: UnitOfWork, order_ids: Sequence[UUID]) -> dict[UUID, int]:
    """By how many seconds somebody moved an order's window after the moment."""
    found: dict[UUID, int] = {}
    for start in range(0, len(order_ids), 500):
        query = select(Event).where(
            col(Event.subject_id).in_(order_ids[start : start + 500]),
            Event.kind == "order.window_moved",
            Event.at > uow.now,
        )
        for event in uow.session.exec(query):
            seconds = int(event.facts["seconds"])
            found[event.subject_id] = found.get(event.subject_id, 0) + seconds
    return found


def _set_back_waves(uow: UnitOfWork, waves: Sequence[Wave]) -> dict[UUID, Plan]:
    """The plans that were in force: each publication puts the newest in force."""
    query = select(Plan).where(
        col(Plan.wave_id).in_([wave.id for wave in waves]), Plan.published_at <= uow.now
    )
    plans = {
        plan.wave_id: plan
        for plan in uow.session.exec(query.order_by(col(Plan.version))).all()
    }
    for wave in waves:
        uow.session.expunge(wave)
        plan = plans.get(wave.id)
        wave.plan_version = wave.shown_version = plan.version if plan else 0
    return plans


def _requests_then(
    uow: UnitOfWork, waves: Sequence[Wave]
) -> dict[UUID, list[PlanRequest]]:
    """Who had asked for plans; a request whose answer came later was at work."""
    ids = [wave.id for wave in waves]
    asked = select(PlanRequest).where(
        col(PlanRequest.wave_id).in_(ids), PlanRequest.asked_at <= uow.now
    )
    by_asking = (col(PlanRequest.queued_at), col(PlanRequest.id))
    answers = _answers(uow, ids)
    found: dict[UUID, list[PlanRequest]] = {wave_id: [] for wave_id in ids}
    for request in uow.session.exec(asked.order_by(*by_asking)).all():
        uow.session.expunge(request)
        if request.state not in _OPEN and not _is_answered(request, answers):
            request.state, request.error = AskState.RUNNING, None
        found[request.wave_id].append(request)
    return found


Answered = tuple[UUID, str | None, datetime]  # wave, request if it is named, when


def _answers(uow: UnitOfWork, wave_ids: Sequence[UUID]) -> list[Answered]:
    """The plans and the failures that had come by the moment."""
    plans = select(Plan.wave_id, Plan.request_id, Plan.published_at).where(
        col(Plan.wave_id).in_(wave_ids), Plan.published_at <= uow.now
    )
    failed = select(Event).where(
        col(Event.subject_id).in_(wave_ids),
        Event.kind == "wave.planning_failed",
        Event.at <= uow.now,
    )
    return [
        *(
            (wave, str(asked) if asked else None, at)
            for wave, asked, at in uow.session.exec(plans)
        ),
        *(
            (event.subject_id, event.facts["request_id"], event.at)
            for event in uow.session.exec(failed)
        ),
    ]


def _is_answered(request: PlanRequest, answers: Sequence[Answered]) -> bool:
    """By its own plan or failure; one that gave way, by the plan that came first."""
    if request.state is AskState.DONE or not gave_way(request):
        return any(asked == str(request.id) for _, asked, _ in answers)
    return any(
        wave_id == request.wave_id and at >= request.asked_at
        for wave_id, _, at in answers
    )
