"""Leases on rows: whoever stays silent loses the row, and can no longer answer.

All times here are wall time. Each statement is a condition and a change at once, so
that two never both succeed; the fence tells a late one from the present one.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Engine, and_, or_, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from dispatch.clock import wall_now
from dispatch.log.events import record
from dispatch.planning.waves import (
    AskState,
    Leased,
    PlanRequest,
    get_request,
    get_wave,
)
from dispatch.settings import settings
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction

log = structlog.get_logger()


@dataclass(frozen=True)
class Hold:
    """The right to work at one row until somebody else takes it."""

    table: type[Leased]
    row_id: UUID
    fence: int
    attempt: int


@dataclass(frozen=True)
class Lease(Hold):
    """The right to plan one request."""

    wave_id: UUID

    @property
    def request_id(self) -> UUID:
        return self.row_id


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
    hold = seize(uow, PlanRequest, request_id, _may_be_taken(by_force))
    if hold is None:
        return None
    lease = Lease(**vars(hold), wave_id=get_request(uow.session, request_id).wave_id)
    if lease.attempt > 1:
        _tell_again(uow, lease)
    return lease


def seize(
    uow: UnitOfWork,
    table: type[Leased],
    row_id: UUID,
    may: ColumnElement[bool],
    **noted: Any,
) -> Hold | None:
    """Take a row if it may be taken at this moment; else None.

    Args:
        noted: columns that are set along with the lease.
    """
    until = wall_now() + timedelta(seconds=settings().lease_seconds)
    row = uow.session.exec(
        update(table)
        .where(col(table.id) == row_id)
        .where(may)
        .values(
            state=AskState.RUNNING,
            attempt=table.attempt + 1,
            fence=table.fence + 1,
            lease_until=until,
            **noted,
        )
        .returning(col(table.fence), col(table.attempt))
        .execution_options(synchronize_session=False)
    ).first()
    return None if row is None else Hold(table, row_id, *row)


def is_free(table: type[Leased], now: datetime) -> ColumnElement[bool]:
    """It waits, or who was at it has been silent for too long."""
    state = col(table.state)
    left = and_(state == AskState.RUNNING, col(table.lease_until) < now)
    return or_(state == AskState.QUEUED, left)


def _may_be_taken(by_force: bool) -> ColumnElement[bool]:
    if by_force:
        return col(PlanRequest.state).in_((AskState.QUEUED, AskState.RUNNING))
    now = wall_now()
    twin = aliased(PlanRequest)
    twin_at_work = (
        select(twin.id)
        .where(col(twin.wave_id) == col(PlanRequest.wave_id))
        .where(col(twin.id) != col(PlanRequest.id))
        .where(col(twin.state) == AskState.RUNNING, col(twin.lease_until) >= now)
        .exists()
    )
    return and_(is_free(PlanRequest, now), ~twin_at_work)


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


def renew(engine: Engine, hold: Hold) -> bool:
    """Say that its holder lives. False: the row is somebody else's, or over."""
    until = wall_now() + timedelta(seconds=settings().lease_seconds)
    return in_one_transaction(engine, lambda uow: _set_until(uow, hold, until))


def give_back(engine: Engine, hold: Hold) -> None:
    """Let the next one have it at once; does nothing when it is no longer ours."""
    ended = wall_now() - timedelta(seconds=1)
    in_one_transaction(engine, lambda uow: _set_until(uow, hold, ended))


def is_mine(hold: Hold) -> ColumnElement[bool]:
    """The row is the one that is held, and nobody else has taken it since."""
    table = hold.table
    return and_(
        col(table.id) == hold.row_id,
        col(table.fence) == hold.fence,
        col(table.state) == AskState.RUNNING,
    )


def _set_until(uow: UnitOfWork, hold: Hold, until: datetime) -> bool:
    mine = uow.session.exec(
        update(hold.table)
        .where(is_mine(hold))
        .values(lease_until=until)
        .returning(col(hold.table.id))
        .execution_options(synchronize_session=False)
    ).first()
    return mine is not None


@contextmanager
def beating(engine: Engine, hold: Hold) -> Iterator[None]:
    """Renew the lease from a thread, on a connection of its own, inside the block."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(settings().heartbeat_seconds):
            try:
                if not renew(engine, hold):
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
