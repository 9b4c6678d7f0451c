"""Events: everything that happened, append-only, in the transaction that did it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Column, Index, Integer, func
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.clock import wall_now
from dispatch.store.columns import Instant, Json, facts, narrow
from dispatch.store.fail_points import fail_point
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.store.writing import write_new


class Event(SQLModel, table=True):
    """One thing that happened to one subject. Facts hold ids and words, no names."""

    __tablename__ = "event"
    __table_args__ = (Index("one_story", "subject_id", "number", unique=True),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    subject: str = Field(max_length=24)
    subject_id: UUID
    number: int
    kind: str = Field(max_length=40)
    facts: Json = Field(default_factory=dict, sa_column=Column(facts(), nullable=False))
    role: str = Field(max_length=16)
    account_id: UUID | None = None
    at: datetime = Field(sa_type=Instant)
    recorded_at: datetime = Field(default_factory=wall_now, sa_type=Instant)


class Outbox(SQLModel, table=True):
    """What the feed will say of an event; the relay gives it its number.

    The ids of this table are not in the order of commits, so nobody reads by them:
    `feed_seq` is given by one relay in one transaction, without gap or repeat.
    """

    __tablename__ = "outbox"
    __table_args__ = (narrow("not_yet_in_the_feed", "id", where="feed_seq IS NULL"),)

    id: int | None = Field(
        default=None,
        sa_column=Column(
            BigInteger().with_variant(Integer, "sqlite"), primary_key=True
        ),
    )
    event_id: UUID = Field(foreign_key="event.id", unique=True)
    feed_seq: int | None = Field(default=None, sa_type=BigInteger, unique=True)
    kind: str = Field(max_length=40)
    order_id: UUID | None = None
    wave_id: UUID | None = None
    helper_id: UUID | None = None
    case_id: UUID | None = None
    station_id: UUID | None = None
    street_code: str | None = Field(default=None, max_length=12)
    state: str | None = Field(default=None, max_length=24)
    at: datetime = Field(sa_type=Instant)


class Feed(SQLModel, table=True):
    """The feed's head, and the epoch that a restore changes."""

    __tablename__ = "feed"

    id: int = Field(default=1, primary_key=True)
    epoch: UUID = Field(default_factory=uuid4)
    head: int = Field(default=0, ge=0, sa_type=BigInteger)


def record(
    uow: UnitOfWork,
    kind: str,
    subject: str,
    subject_id: UUID,
    *,
    facts: Json | None = None,
    **scope: Any,
) -> Event:
    """Write that something happened, for the story and for the feed.

    `scope` names whom it concerns: order_id, wave_id, helper_id, case_id, station_id,
    street_code, and `state`. Whoever changes a subject holds its row first, so that
    its events are numbered one after the other.
    """
    return record_with(uow, (), kind, subject, subject_id, facts=facts, **scope)


def record_with(
    uow: UnitOfWork,
    new: Sequence[SQLModel],
    kind: str,
    subject: str,
    subject_id: UUID,
    *,
    facts: Json | None = None,
    **scope: Any,
) -> Event:
    """The same, written at once with the rows that come to be by it."""
    begins = kind in _BEGIN
    number = 1 if begins else _last_number(uow.session, subject_id) + 1
    happened = Event(
        subject=subject,
        subject_id=subject_id,
        number=number,
        kind=kind,
        facts=facts or {},
        role=uow.actor.role,
        account_id=uow.actor.account_id,
        at=uow.now,
    )
    if subject in _NAMES_ITSELF:
        scope.setdefault(f"{subject}_id", subject_id)
    told = Outbox(event_id=happened.id, kind=kind, at=uow.now, **scope)
    write_new(uow.session, *new, happened, told)
    fail_point("event.recorded")
    return happened


_BEGIN = frozenset({"order.placed"})  # before it nothing can have been said
_NAMES_ITSELF = frozenset({"order", "wave", "helper", "case"})


def _last_number(session: Session, subject_id: UUID) -> int:
    query = select(func.max(Event.number)).where(Event.subject_id == subject_id)
    return session.exec(query).one() or 0


def list_story(session: Session, subject_id: UUID) -> list[Event]:
    """The events of one subject, first to last."""
    return list(
        session.exec(
            select(Event)
            .where(Event.subject_id == subject_id)
            .order_by(col(Event.number))
        )
    )


def last_events(
    session: Session,
    subject_ids: Iterable[UUID],
    until: datetime,
    kinds: Collection[str] = (),
) -> dict[UUID, Event]:
    """Per subject the last thing that had happened to it by a moment.

    Args:
        kinds: only these; all when empty.
    """
    wanted, found = sorted(set(subject_ids)), dict[UUID, Event]()
    for start in range(0, len(wanted), 500):
        told = (
            select(col(Event.subject_id), func.max(Event.number).label("number"))
            .where(col(Event.subject_id).in_(wanted[start : start + 500]))
            .where(Event.at <= until)
            .group_by(col(Event.subject_id))
        )
        if kinds:
            told = told.where(col(Event.kind).in_(kinds))
        last = told.subquery()
        rows = session.exec(
            select(Event)
            .join(last, col(Event.subject_id) == last.c.subject_id)
            .where(col(Event.number) == last.c.number)
        )
        found.update({event.subject_id: event for event in rows})
    return found
