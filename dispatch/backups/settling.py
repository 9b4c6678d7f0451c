"""What must be done to a database that was brought back before anybody uses it.

The feed begins a new epoch, so that every open page starts from a fresh picture; what
was under way when the backup was made is nobody's any more; whoever was signed in then
signs in again, as who was thrown out since must not come back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import Engine, delete, func, update
from sqlmodel import Session, col, select

import dispatch.store.tables  # noqa: F401 - rows refer to each other
from dispatch.access.accounts import SignedIn
from dispatch.access.tickets import FeedTicket
from dispatch.log.audit_chain import has_waiting, seal_waiting
from dispatch.log.book_chain import books_wait, seal_books
from dispatch.log.events import Event, Feed
from dispatch.log.feed import is_anything_waiting, number_outbox
from dispatch.planning.drafts import PlanDraft
from dispatch.planning.parts import PlanPart
from dispatch.planning.waves import AskState, Leased, PlanRequest
from dispatch.store.unit_of_work import UnitOfWork, glance, in_one_transaction
from dispatch.subsidy.rule_trials import RuleTrial

LEASED: Final[tuple[type[Leased], ...]] = (PlanRequest, PlanDraft, PlanPart, RuleTrial)


@dataclass(frozen=True)
class Settled:
    """What was done: the feed's new epoch, and how much lost its holder."""

    epoch: UUID
    leases: int
    sessions: int
    events: int
    until: datetime | None


def settle(engine: Engine) -> Settled:
    """Do it all; a second time it does no harm."""
    settled = in_one_transaction(engine, _settle)
    _until_none(engine, is_anything_waiting, number_outbox)
    _until_none(engine, has_waiting, seal_waiting)
    _until_none(engine, books_wait, seal_books)
    return settled


def _settle(uow: UnitOfWork) -> Settled:
    session = uow.session
    epoch = uuid4()
    session.exec(update(Feed).where(col(Feed.id) == 1).values(epoch=epoch))
    return Settled(
        epoch=epoch,
        leases=sum(_void(uow, table) for table in LEASED),
        # Tickets point at sessions: they go first.
        sessions=_count(uow, FeedTicket) + _count(uow, SignedIn),
        events=session.exec(select(func.count()).select_from(Event)).one(),
        until=session.exec(select(func.max(Event.recorded_at))).one(),
    )


def _void(uow: UnitOfWork, table: type[Leased]) -> int:
    """Whoever holds one learns that it is lost: its fence has moved on."""
    held = (
        update(table)
        .where(col(table.state) == AskState.RUNNING)
        .values(fence=table.fence + 1, lease_until=uow.now.replace(year=2000))
        .execution_options(synchronize_session=False)
    )
    return int(uow.session.exec(held).rowcount)


def _count(uow: UnitOfWork, table: type[SignedIn] | type[FeedTicket]) -> int:
    return int(uow.session.exec(delete(table)).rowcount)


def _until_none(
    engine: Engine,
    waits: Callable[[Session], bool],
    do: Callable[[UnitOfWork], object],
) -> None:
    while True:
        with glance(engine) as session:
            if not waits(session):
                return
        in_one_transaction(engine, do)
