"""Chasing drafts: a worker hears of each, and where there is none it is made here."""

from collections.abc import Callable
from datetime import timedelta
from traceback import format_tb
from typing import Any
from uuid import UUID

import structlog
from redis import Redis
from sqlalchemy import Engine, and_, or_
from sqlmodel import Session, col, select

from dispatch.clock import wall_now
from dispatch.planning.chasing import NOBODY_TAKES_IT_SECONDS, note_hints
from dispatch.planning.drafts import PlanDraft
from dispatch.planning.leases import is_free
from dispatch.planning.waves import AskState
from dispatch.queue import tell_all
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, picture
from dispatch.subsidy.rule_trials import RuleTrial

log = structlog.get_logger()


Tried = type[PlanDraft] | type[RuleTrial]


def hints_of(uow: UnitOfWork, table: Tried) -> list[tuple[UUID, int]]:
    """Rows of which a worker must be told, each with the number of the hint."""
    now = wall_now()
    waits = and_(is_open(table), is_free(table, now))
    return note_hints(uow, table, waits, now)


def list_left(session: Session, table: Tried, *, queue_lives: bool) -> list[UUID]:
    """Rows that no worker makes: for ten seconds nobody took them, or went on with
    what another has left.
    """
    patience = NOBODY_TAKES_IT_SECONDS if queue_lives else 0
    long_ago = wall_now() - timedelta(seconds=patience)
    state = col(table.state)
    query = select(table.id).where(
        or_(
            and_(state == AskState.QUEUED, col(table.queued_at) < long_ago),
            and_(state == AskState.RUNNING, col(table.lease_until) < long_ago),
        )
    )
    return list(session.exec(query.order_by(col(table.queued_at))))


def is_open(table: Tried) -> Any:
    """Nobody has answered it yet."""
    return col(table.state).in_((AskState.QUEUED, AskState.RUNNING))


def look_after_drafts(
    engine: Engine, redis: Redis, make: Callable[[Engine, UUID], object]
) -> None:
    """Look once after the drafts of plans."""
    look_after(engine, PlanDraft, lambda hints: tell_all(redis, drafts=hints), make)


def look_after(
    engine: Engine,
    table: Tried,
    tell: Callable[[list[tuple[UUID, int]]], bool],
    make: Callable[[Engine, UUID], object],
) -> None:
    """Look once: tell workers again, and make here what nobody takes.

    One indexed question when there is none. One row's trouble keeps no other from
    being made; the log learns where it was.

    Args:
        tell: tells workers of rows; whether the queue lives.
    """
    with picture(engine) as seen:
        wanted = select(table.id).where(is_open(table)).limit(1)
        if seen.session.exec(wanted).first() is None:
            return
    queue_lives = tell(in_one_transaction(engine, lambda uow: hints_of(uow, table)))
    with picture(engine) as seen:
        left = list_left(seen.session, table, queue_lives=queue_lives)
    for row_id in left:
        try:
            make(engine, row_id)
        except Exception as trouble:  # noqa: BLE001 - its attempts are counted
            where = format_tb(trouble.__traceback__)
            kind, error = table.__tablename__, type(trouble).__name__
            log.warning("not made", what=kind, error=error, where=where)
