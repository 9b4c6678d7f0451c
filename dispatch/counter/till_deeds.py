"""What a counter's page wrote down: each deed kept once, applied or a difference."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, func
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.counter.payments import PayMethod
from dispatch.store.columns import Instant, Json, facts, fen, narrow, word


class DeedKind(StrEnum):
    SERVE = "serve"  # a meal that was ordered is handed over, paid or not
    WALK_IN = "walk_in"  # somebody without an order eats
    PAY = "pay"  # money for an order, without the meal


_OPEN = "why IS NOT NULL AND resolved_at IS NULL"


class TillDeed(SQLModel, table=True):
    """One deed of one counter page, by the id that the page gave it.

    `why` is set where it could not be done as the page thought: then it is a
    difference that a person looks at, whether it took effect (`applied`) or not.
    """

    __tablename__ = "till_deed"
    __table_args__ = (
        CheckConstraint("applied OR why IS NOT NULL", name="reasons"),
        CheckConstraint(
            "(resolved_at IS NULL) = (resolved_by IS NULL)", name="resolved_by_somebody"
        ),
        CheckConstraint(
            "resolved_at IS NULL OR (why IS NOT NULL AND length(resolution) > 0)",
            name="resolved_with_words",
        ),
        CheckConstraint("fen IS NULL OR " + fen("fen"), name="some_money"),
        CheckConstraint("(fen IS NULL) = (method IS NULL)", name="money_has_a_way"),
        CheckConstraint("applied OR payment_id IS NULL", name="booked_when_applied"),
        CheckConstraint("seq BETWEEN 1 AND 1000000000", name="numbered"),
        Index("deeds_of_a_drawer", "station_id", "cash_on"),
        narrow("open_differences", "station_id", where=_OPEN),
    )

    id: UUID = Field(primary_key=True)
    device_id: str = Field(max_length=40)
    boot_id: str = Field(max_length=12)
    seq: int
    station_id: UUID = Field(foreign_key="station.id")
    street_code: str = Field(foreign_key="street.code", max_length=12)
    account_id: UUID
    kind: DeedKind = Field(sa_type=word(DeedKind))
    elder_id: UUID | None = Field(default=None, foreign_key="elder.id", index=True)
    order_id: UUID | None = Field(default=None, foreign_key="orders.id", index=True)
    payment_id: UUID | None = Field(default=None, foreign_key="payment.id")
    content_sha256: str = Field(max_length=64)
    said: Json = Field(default_factory=dict, sa_column=Column(facts(), nullable=False))
    method: PayMethod | None = Field(default=None, sa_type=word(PayMethod))
    fen: int | None = None
    cash_on: date
    happened_at: datetime = Field(sa_type=Instant)
    received_at: datetime = Field(sa_type=Instant)
    applied: bool
    why: str | None = Field(default=None, max_length=40)
    resolved_at: datetime | None = Field(default=None, sa_type=Instant)
    resolved_by: UUID | None = None
    resolution: str = Field(default="", max_length=200)


def find_deeds(session: Session, ids: Collection[UUID]) -> dict[UUID, TillDeed]:
    """The deeds that are known already, by id."""
    query = select(TillDeed).where(col(TillDeed.id).in_(ids))
    return {deed.id: deed for deed in session.exec(query)}


def list_unbooked_cash(
    session: Session, station_id: UUID, cash_on: date
) -> Sequence[TillDeed]:
    """Deeds of a cash day that took cash which stands in no payment."""
    query = select(TillDeed).where(
        TillDeed.station_id == station_id,
        TillDeed.cash_on == cash_on,
        TillDeed.method == PayMethod.CASH,
        col(TillDeed.payment_id).is_(None),
        col(TillDeed.fen) > 0,
    )
    return session.exec(
        query.order_by(col(TillDeed.received_at), col(TillDeed.id))
    ).all()


def count_open(session: Session, station_id: UUID) -> int:
    """How many differences of a counter nobody has looked at yet."""
    query = select(func.count()).where(
        TillDeed.station_id == station_id,
        col(TillDeed.why).is_not(None),
        col(TillDeed.resolved_at).is_(None),
    )
    return session.exec(query).one()
