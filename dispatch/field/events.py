"""Field events: as the phone stored them, never changed, never dropped."""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Text
from sqlmodel import Field, Session, SQLModel, col, or_, select

from dispatch.store.columns import Instant, Json, facts, word


class FieldKind(StrEnum):
    LOADED = "loaded"
    DEPARTED = "departed"
    PICKED_UP = "picked_up"
    ARRIVED = "arrived"
    HANDED_OVER = "handed_over"
    LEFT_BY_AGREEMENT = "left_by_agreement"
    CONTACTLESS = "contactless"
    REFUSED = "refused"
    CANNOT = "cannot"
    NO_ANSWER = "no_answer"
    VISIT_BEGUN = "visit_begun"
    VISIT_ENDED = "visit_ended"
    ENDED = "ended"


class Trust(StrEnum):
    """How far the time of an event can be believed."""

    ONLINE = "online"
    CORRECTED = "corrected"
    SUSPECT = "suspect"
    BACK_FILLED = "back_filled"


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"


class FieldEvent(SQLModel, table=True):
    """One event of one phone. Its order is (device, boot, seq), never its clock."""

    __tablename__ = "field_event"
    __table_args__ = (
        Index("order_of_a_phone", "device_id", "boot_id", "seq"),
        Index("events_of_a_stop", "stop_id"),
        CheckConstraint("seq BETWEEN 0 AND 1000000000", name="sequence"),
        CheckConstraint(
            "(verdict = 'quarantined') = (why IS NOT NULL)", name="quarantine_says_why"
        ),
    )

    id: UUID = Field(primary_key=True)  # made on the phone
    device_id: str = Field(max_length=40)
    boot_id: str = Field(max_length=40)
    seq: int
    wall_ms: int = Field(sa_type=BigInteger)
    mono_ms: int = Field(sa_type=BigInteger)
    prev_hash: str = Field(default="", max_length=64)
    hash: str = Field(max_length=64)  # of the event as it travelled
    helper_id: UUID = Field(foreign_key="helper.id", index=True)
    round_id: UUID | None = None  # as the phone said; may be unknown to us
    stop_id: UUID | None = None
    order_id: UUID | None = Field(default=None, index=True)
    kind: FieldKind = Field(sa_type=word(FieldKind))
    plan_version_seen: int | None = None
    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None
    datum: str | None = Field(default=None, max_length=8)
    photo_sha256: list[str] = Field(
        default_factory=list, sa_column=Column(facts(), nullable=False)
    )
    detail: Json = Field(
        default_factory=dict, sa_column=Column(facts(), nullable=False)
    )
    raw_at: datetime = Field(sa_type=Instant)
    corrected_at: datetime = Field(sa_type=Instant)
    received_at: datetime = Field(sa_type=Instant)
    trust: Trust = Field(sa_type=word(Trust))
    verdict: Verdict = Field(sa_type=word(Verdict))
    why: str | None = Field(default=None, max_length=60)


class FieldFlag(SQLModel, table=True):
    """What a person should look at in an event; a flag never undoes it."""

    __tablename__ = "field_flag"

    field_event_id: UUID = Field(foreign_key="field_event.id", primary_key=True)
    word: str = Field(max_length=24, primary_key=True)
    at: datetime = Field(sa_type=Instant)


class Unread(SQLModel, table=True):
    """What a phone sent and nobody could read as an event; kept as it came."""

    __tablename__ = "field_unread"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    helper_id: UUID = Field(foreign_key="helper.id", index=True)
    sha256: str = Field(max_length=64)
    raw: str = Field(sa_type=Text)
    why: str = Field(max_length=60)
    received_at: datetime = Field(sa_type=Instant)


def list_of_order(
    session: Session, order_id: UUID, stop_ids: Collection[UUID | None] = ()
) -> list[FieldEvent]:
    """Accepted events about an order, in the order of each phone.

    Args:
        stop_ids: stops whose events without an order are about this order too.
    """
    about = col(FieldEvent.order_id) == order_id
    if stop_ids:
        about = or_(
            about,
            col(FieldEvent.order_id).is_(None) & col(FieldEvent.stop_id).in_(stop_ids),
        )
    query = select(FieldEvent).where(about, FieldEvent.verdict == Verdict.ACCEPTED)
    return sorted(session.exec(query), key=phone_order)


def list_of_stop(session: Session, stop_id: UUID) -> list[FieldEvent]:
    """Accepted events at a stop, in the order of each phone."""
    query = select(FieldEvent).where(
        FieldEvent.stop_id == stop_id, FieldEvent.verdict == Verdict.ACCEPTED
    )
    return sorted(session.exec(query), key=phone_order)


def phone_order(event: FieldEvent) -> tuple[str, str, int, str]:
    """What events are ordered by; no clock is asked."""
    return event.device_id, event.boot_id, event.seq, str(event.id)


def flag(
    session: Session, event_id: UUID, words: Iterable[str], at: datetime
) -> list[str]:
    """Put flags on an event.

    Returns:
        those that it did not have before.
    """
    fresh = sorted(set(words) - flags_of(session, [event_id])[event_id])
    session.add_all(
        FieldFlag(field_event_id=event_id, word=word_, at=at) for word_ in fresh
    )
    session.flush()
    return fresh


def flags_of(session: Session, event_ids: Collection[UUID]) -> dict[UUID, set[str]]:
    """The flags of these events."""
    found: dict[UUID, set[str]] = {event_id: set() for event_id in event_ids}
    query = select(FieldFlag).where(col(FieldFlag.field_event_id).in_(list(event_ids)))
    for one in session.exec(query):
        found[one.field_event_id].add(one.word)
    return found
