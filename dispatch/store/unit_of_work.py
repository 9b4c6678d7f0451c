"""One transaction for a request or a job; what happened is written inside it."""

import random
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from dispatch.clock import read_clock
from dispatch.store.engine import reading
from dispatch.store.fail_points import fail_point

T = TypeVar("T")

_TRIES = 8
_AT_HAND = 8
_TRY_AGAIN = frozenset({"40001", "40P01", "55P03"})  # serialisation, deadlock, lock
_STORY_MOVED_ON = "one_story"  # two wrote the same subject's next event at once


@dataclass(frozen=True)
class Actor:
    """Who acts: an account with its reach, the holder of an elder's personal link,
    or one of our own processes."""

    role: str
    account_id: UUID | None = None
    station_id: UUID | None = None
    street_code: str | None = None
    helper_id: UUID | None = None
    kitchen_id: UUID | None = None
    elder_id: UUID | None = None
    contact_id: UUID | None = None
    link_id: UUID | None = None
    pass_id: UUID | None = None  # a helper's day pass: one wave's round, no other

    @property
    def name(self) -> str:
        """Whose requests are whose: the account, the link, or the role."""
        return str(self.account_id or self.link_id or self.role)


SYSTEM = Actor(role="system")


@dataclass
class UnitOfWork:
    """A session, the product's time and who acts; commits as a whole or not at all.

    `repeated` are the keys of requests that were found to have taken effect before,
    `at_hand` the last of what was read and may be asked for again: a session forgets
    what nobody holds.
    """

    session: Session
    now: datetime
    actor: Actor
    repeated: set[str] = field(default_factory=set)
    at_hand: deque[object] = field(default_factory=lambda: deque(maxlen=_AT_HAND))


@contextmanager
def unit_of_work(engine: Engine, actor: Actor = SYSTEM) -> Iterator[UnitOfWork]:
    """Commit once at the end; on any error nothing has happened."""
    with Session(engine, expire_on_commit=False) as session:
        uow = UnitOfWork(session, read_clock(session), actor)
        yield uow
        fail_point("uow.before_commit")
        session.commit()
        fail_point("uow.after_commit")


@contextmanager
def picture(engine: Engine, actor: Actor = SYSTEM) -> Iterator[UnitOfWork]:
    """Read one consistent state of the database; nothing is ever written."""
    with glance(engine) as session:
        yield UnitOfWork(session, read_clock(session), actor)


@contextmanager
def glance(engine: Engine) -> Iterator[Session]:
    """Read one consistent state for a process that looks many times a second: the
    product's time is not asked for."""
    with Session(reading(engine), expire_on_commit=False) as session:
        yield session
        session.rollback()


def in_one_transaction(
    engine: Engine, do: Callable[[UnitOfWork], T], *, actor: Actor = SYSTEM
) -> T:
    """Do it in one transaction; when the database asks to try again, do it all again.

    `do` may run several times and must change nothing outside the database.
    """
    for attempt in range(_TRIES):
        try:
            with unit_of_work(engine, actor) as uow:
                return do(uow)
        except DBAPIError as error:
            if attempt == _TRIES - 1 or not _may_try_again(error):
                raise
            time.sleep(random.uniform(0.02, 0.2))  # noqa: S311 - only spreads retries
    raise AssertionError("unreachable")


def _may_try_again(error: DBAPIError) -> bool:
    if getattr(error.orig, "sqlstate", None) in _TRY_AGAIN:
        return True
    if _STORY_MOVED_ON in str(error.orig) or "event.number" in str(error.orig):
        return True
    locked = isinstance(error, OperationalError) and "locked" in str(error.orig)
    return locked or error.connection_invalidated
