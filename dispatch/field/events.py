"""Field events: as the phone stored them, never changed, never dropped."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index
from sqlmodel import Field, Session, SQLModel, col, select

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


def list_of_order(session: Session, order_id: UUID) -> list[FieldEvent]:
    """What phones said about an order, in the phones' own order."""
    query = select(FieldEvent).where(FieldEvent.order_id == order_id)
    by = (col(FieldEvent.received_at), FieldEvent.device_id, FieldEvent.seq)
    return list(session.exec(query.order_by(*by)))
