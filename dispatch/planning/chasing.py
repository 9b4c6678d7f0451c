"""Chasing plans: who must be planned now, and requests that nobody carries out.

Whether it is time is asked of the product's clock; whether somebody is silent, of the
machine's.
"""

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, update
from sqlmodel import Session, col, select

from dispatch.clock import wall_now
from dispatch.log.events import record
from dispatch.orders.orders import CARRIED_CHANNELS, Order, OrderState
from dispatch.planning.asking import ask_for_plan
from dispatch.planning.beside import find_settled
from dispatch.planning.drafts import PlanDraft
from dispatch.planning.waves import (
    AskState,
    PlanRequest,
    Wave,
    find_last_request,
    find_open_request,
    get_wave,
)
from dispatch.settings import settings
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.rule_trials import RuleTrial

HINT_AGAIN_SECONDS: Final = 5
MOST_ATTEMPTS: Final = 3
NOBODY_TAKES_IT_SECONDS: Final = 10
LATE_SECONDS: Final = 20 * 60  # before departure a plan must be out
FAILED_PAUSE_SECONDS: Final = 60  # a broken installation is told once a minute


def ask_for_due_waves(uow: UnitOfWork) -> list[UUID]:
    """Ask for each wave whose time has come and whose orders no plan has answered."""
    due = uow.session.exec(
        select(Wave)
        .where(Wave.plan_at <= uow.now, Wave.ends_at > uow.now)
        .where(Wave.orders_version > Wave.planned_orders_version)
        .order_by(col(Wave.departs_at), col(Wave.id))
    ).all()
    asked = []
    for wave in due:
        if _must_be_asked(uow.session, wave):
            ask_for_plan(uow, wave.id, "due")
            asked.append(wave.id)
    return asked


def _must_be_asked(session: Session, wave: Wave) -> bool:
    """Nobody is at it, and no planning of it has just failed."""
    last = find_last_request(session, wave.id)
    if last is None or last.state is AskState.DONE:
        return True
    if last.state is not AskState.FAILED:
        return False
    return wall_now() - last.queued_at > timedelta(seconds=FAILED_PAUSE_SECONDS)


def take_hints(uow: UnitOfWork) -> list[tuple[UUID, int]]:
    """Requests of which a worker must be told, each with the number of the hint.

    New ones at once; waiting ones, and those whose planner is silent, every five
    seconds. Of two sweeps only one gets each.
    """
    now = wall_now()
    left = and_(
        col(PlanRequest.state) == AskState.RUNNING,
        col(PlanRequest.lease_until) < now,
        col(PlanRequest.attempt) < MOST_ATTEMPTS,
    )
    waits = or_(col(PlanRequest.state) == AskState.QUEUED, left)
    return note_hints(uow, PlanRequest, waits, now)


def note_hints(
    uow: UnitOfWork,
    kind: type[PlanRequest] | type[PlanDraft] | type[RuleTrial],
    waits: ColumnElement[bool],
    now: datetime,
) -> list[tuple[UUID, int]]:
    """Note that a worker is told of each row that waits and was not told of lately."""
    told_at, lately = col(kind.hinted_at), now - timedelta(seconds=HINT_AGAIN_SECONDS)
    found = uow.session.exec(
        update(kind)
        .where(waits, or_(told_at.is_(None), told_at < lately))
        .values(hinted_at=now, hints=kind.hints + 1)
        .returning(col(kind.id), col(kind.hints))
        .execution_options(synchronize_session=False)
    ).all()
    return [(row_id, hints) for row_id, hints in found]


class Stranded(NamedTuple):
    """A request that this very process must carry out."""

    request_id: UUID
    wave_id: UUID
    attempt: int


def list_stranded(session: Session, *, queue_lives: bool) -> list[Stranded]:
    """Requests that no worker carries out.

    Three planners died over it, or for ten seconds nobody took it and nobody was
    planning anything else either; with the queue gone nobody can.
    """
    now = wall_now()
    patience = NOBODY_TAKES_IT_SECONDS if queue_lives else 0
    long_ago = now - timedelta(seconds=patience)
    state, lease_until = col(PlanRequest.state), col(PlanRequest.lease_until)
    left = and_(state == AskState.RUNNING, lease_until < now)
    worn_out = and_(left, col(PlanRequest.attempt) >= MOST_ATTEMPTS)
    unheard = or_(
        and_(state == AskState.QUEUED, col(PlanRequest.queued_at) < long_ago),
        and_(left, lease_until < long_ago),
    )
    everybody_rests = not (queue_lives and _somebody_plans(session))
    query = select(PlanRequest).where(
        or_(worn_out, unheard) if everybody_rests else worn_out
    )
    found = session.exec(query.order_by(col(PlanRequest.queued_at))).all()
    return [
        Stranded(each.id, each.wave_id, each.attempt)
        for each in found
        if _is_first(session, each)
    ]


def _somebody_plans(session: Session) -> bool:
    at_work = select(PlanRequest.id).where(
        col(PlanRequest.state) == AskState.RUNNING,
        col(PlanRequest.lease_until) >= wall_now(),
    )
    return session.exec(at_work.limit(1)).first() is not None


def _is_first(session: Session, request: PlanRequest) -> bool:
    first = find_open_request(session, request.wave_id)
    return first is None or first.id == request.id


def list_late_waves(session: Session, now: datetime) -> list[UUID]:
    """Waves that leave within twenty minutes and have no plan, though asked for.

    Whoever left at once has no part in it: that is no plan of the others.

    A wave whose planner is still within its time is not late yet: a clock that was
    moved forward must not cost it its plan.
    """
    soon = now + timedelta(seconds=LATE_SECONDS)
    waiting = (
        select(Order.id)
        .where(col(Order.wave_id) == col(Wave.id))
        .where(col(Order.state) == OrderState.WAITING)
        .where(col(Order.channel).in_(CARRIED_CHANNELS), col(Order.ready_at).is_(None))
    )
    query = (
        select(Wave)
        .where(Wave.departs_at <= soon, Wave.ends_at > now)
        .where(waiting.exists())
        .order_by(col(Wave.departs_at), col(Wave.id))
    )
    patience = timedelta(seconds=settings().solve_seconds + NOBODY_TAKES_IT_SECONDS)
    return [
        wave.id
        for wave in session.exec(query).all()
        if find_settled(session, wave.id, wave.plan_version) is None
        and (last := find_last_request(session, wave.id)) is not None
        and last.state is not AskState.FAILED
        and wall_now() - last.queued_at > patience
    ]


def sound_alarm(uow: UnitOfWork, wave_id: UUID, kind: str, words: str) -> None:
    """Tell people that planning of a wave is not as it should be."""
    wave = get_wave(uow.session, wave_id, lock=True)
    scope = {"street_code": wave.street_code}
    record(uow, kind, "wave", wave.id, facts={"words": words}, **scope)
