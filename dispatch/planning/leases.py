"""Leases on plan requests: whoever stays silent loses it, and can no longer publish.

All times here are wall time. Each statement is a condition and a change at once, so
that two planners never both succeed; the fence tells a late one from the present one.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Engine, and_, or_, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from dispatch.clock import wall_now
from dispatch.log.events import record
from dispatch.planning.waves import AskState, PlanRequest, get_wave
from dispatch.settings import settings
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction

log = structlog.get_logger()


@dataclass(frozen=True)
class Lease:
    """The right to plan one request until somebody else takes it."""

    request_id: UUID
    wave_id: UUID
    fence: int
    attempt: int


def take(engine: Engine, request_id: UUID, *, by_force: bool = False) -> Lease | None:
    """Take a request that waits, or that its planner has left.

    Args:
        by_force: take it from a planner that is alive; its plan will be refused.

    Returns:
        None when somebody else has it, it is over, or another request of the same
        wave is being planned at this moment.
    """
    return in_one_transaction(engine, lambda uow: _take(uow, request_id, by_force))


def _take(uow: UnitOfWork, request_id: UUID, by_force: bool) -> Lease | None:
    now = wall_now()
    row = uow.session.exec(
        update(PlanRequest)
        .where(col(PlanRequest.id) == request_id)
        .where(_may_be_taken(by_force))
        .values(
            state=AskState.RUNNING,
            attempt=PlanRequest.attempt + 1,
            fence=PlanRequest.fence + 1,
            lease_until=now + timedelta(seconds=settings().lease_seconds),
        )
        .returning(
            col(PlanRequest.wave_id), col(PlanRequest.fence), col(PlanRequest.attempt)
        )
        .execution_options(synchronize_session=False)
    ).first()
    if row is None:
        return None
    lease = Lease(request_id, *row)
    if lease.attempt > 1:
        _tell_again(uow, lease)
    return lease


def _may_be_taken(by_force: bool) -> ColumnElement[bool]:
    state, lease_until = col(PlanRequest.state), col(PlanRequest.lease_until)
    if by_force:
        return state.in_((AskState.QUEUED, AskState.RUNNING))
    now = wall_now()
    twin = aliased(PlanRequest)
    twin_at_work = (
        select(twin.id)
        .where(col(twin.wave_id) == col(PlanRequest.wave_id))
        .where(col(twin.id) != col(PlanRequest.id))
        .where(col(twin.state) == AskState.RUNNING, col(twin.lease_until) >= now)
        .exists()
    )
    left = and_(state == AskState.RUNNING, lease_until < now)
    return and_(or_(state == AskState.QUEUED, left), ~twin_at_work)


def _tell_again(uow: UnitOfWork, lease: Lease) -> None:
    """排线进程中断，系统已自动重排（第 n 次）."""
    wave = get_wave(uow.session, lease.wave_id, lock=True)
    record(
        uow,
        "wave.planning_again",
        "wave",
        wave.id,
        facts={"request_id": str(lease.request_id), "attempt": lease.attempt},
        street_code=wave.street_code,
    )


def renew(engine: Engine, lease: Lease) -> bool:
    """Say that its planner lives. False: the lease is somebody else's, or over."""
    until = wall_now() + timedelta(seconds=settings().lease_seconds)
    return in_one_transaction(engine, lambda uow: _set_until(uow, lease, until))


def give_back(engine: Engine, lease: Lease) -> None:
    """Let the next one have it at once; does nothing when it is no longer ours."""
    ended = wall_now() - timedelta(seconds=1)
    in_one_transaction(engine, lambda uow: _set_until(uow, lease, ended))


def _set_until(uow: UnitOfWork, lease: Lease, until: datetime) -> bool:
    mine = uow.session.exec(
        update(PlanRequest)
        .where(col(PlanRequest.id) == lease.request_id)
        .where(col(PlanRequest.fence) == lease.fence)
        .where(col(PlanRequest.state) == AskState.RUNNING)
        .values(lease_until=until)
        .returning(col(PlanRequest.id))
        .execution_options(synchronize_session=False)
    ).first()
    return mine is not None


@contextmanager
def beating(engine: Engine, lease: Lease) -> Iterator[None]:
    """Renew the lease from a thread, on a connection of its own, inside the block."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(settings().heartbeat_seconds):
            try:
                if not renew(engine, lease):
                    return
            except SQLAlchemyError as trouble:  # the lease itself is the judge
                log.warning("heartbeat missed", error=type(trouble).__name__)

    heart = threading.Thread(target=beat, name="heartbeat", daemon=True)
    heart.start()
    try:
        yield
    finally:
        over.set()
        heart.join()
