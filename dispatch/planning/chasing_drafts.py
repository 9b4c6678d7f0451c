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

log = structlog.get_logger()


def take_draft_hints(uow: UnitOfWork) -> list[tuple[UUID, int]]:
    """Drafts of which a worker must be told, each with the number of the hint."""
    now = wall_now()
    waits = and_(_is_open(), is_free(PlanDraft, now))
    return note_hints(uow, PlanDraft, waits, now)


def list_stranded_drafts(session: Session, *, queue_lives: bool) -> list[UUID]:
    """Drafts that no worker makes: for ten seconds nobody took them, or went on with
    what another has left.
    """
    patience = NOBODY_TAKES_IT_SECONDS if queue_lives else 0
    long_ago = wall_now() - timedelta(seconds=patience)
    state = col(PlanDraft.state)
    query = select(PlanDraft.id).where(
        or_(
            and_(state == AskState.QUEUED, col(PlanDraft.queued_at) < long_ago),
            and_(state == AskState.RUNNING, col(PlanDraft.lease_until) < long_ago),
        )
    )
    return list(session.exec(query.order_by(col(PlanDraft.queued_at))))


def _is_open() -> Any:
    return col(PlanDraft.state).in_((AskState.QUEUED, AskState.RUNNING))


def look_after_drafts(
    engine: Engine, redis: Redis, make: Callable[[Engine, UUID], object]
) -> None:
    """Look once: tell workers again, and make here what nobody takes.

    One draft's trouble keeps no other from being made; the log learns where it was.
    """
    with picture(engine) as seen:
        if seen.session.exec(select(PlanDraft.id).where(_is_open())).first() is None:
            return
    hints = in_one_transaction(engine, take_draft_hints)
    queue_lives = tell_all(redis, drafts=hints)
    with picture(engine) as seen:
        stranded = list_stranded_drafts(seen.session, queue_lives=queue_lives)
    for draft_id in stranded:
        try:
            make(engine, draft_id)
        except Exception as trouble:  # noqa: BLE001 - its attempts are counted
            where = format_tb(trouble.__traceback__)
            log.warning("no draft", error=type(trouble).__name__, where=where)
