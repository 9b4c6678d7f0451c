"""Payments and refunds, whole fen, never changed after they are written."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.store.columns import MAX_FEN, Instant, word


class PayMethod(StrEnum):
    CASH = "cash"
    CARD = "card"
    STORED = "stored"  # a meal purse that somebody else keeps


class Payment(SQLModel, table=True):
    """Money that came in for an order, or, negative, went back once.

    `cash_on` is the day of the counter's drawer that it belongs to: the town's day, or
    the first later one that was not closed yet when we heard of it.
    """

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint(f"fen BETWEEN -{MAX_FEN} AND {MAX_FEN}", name="some_money"),
        CheckConstraint("(fen < 0) = (refund_of IS NOT NULL)", name="refunds"),
        Index("payments_of_a_drawer", "station_id", "cash_on"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    order_id: UUID = Field(foreign_key="orders.id", index=True)
    station_id: UUID = Field(foreign_key="station.id", index=True)
    method: PayMethod = Field(sa_type=word(PayMethod))
    fen: int
    refund_of: UUID | None = Field(default=None, foreign_key="payment.id", unique=True)
    reason: str = Field(default="", max_length=100)
    at: datetime = Field(sa_type=Instant)
    cash_on: date
    account_id: UUID | None = None


def list_payments(session: Session, order_id: UUID) -> list[Payment]:
    """What was paid and refunded for an order, first to last."""
    query = select(Payment).where(Payment.order_id == order_id)
    return list(session.exec(query.order_by(col(Payment.at), col(Payment.id))))
