"""What others pay towards an order, and the number by which a coupon was redeemed.

Both are made elsewhere (长护险结算、民政通核销) and only written down here.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, exists, func
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.store.columns import Instant, fen
from dispatch.subsidy.elder_rules import NATIONAL_COUPON
from dispatch.subsidy.grants import Grant
from dispatch.subsidy.ledger import Entry

LTCI = "ltci"  # 长护险


class ExternalPart(SQLModel, table=True):
    """The part of an order that an insurance or the like pays; one payer an order."""

    __tablename__ = "external_part"
    __table_args__ = (
        CheckConstraint(fen("fen", low=1), name="some_fen"),
        CheckConstraint("fen = CAST(fen AS BIGINT)", name="whole_fen"),
    )

    order_id: UUID = Field(foreign_key="orders.id", primary_key=True)
    payer: str = Field(max_length=64)
    fen: int = Field(sa_column=Column(BigInteger(), nullable=False))
    number: str = Field(max_length=40)  # of the settlement at the payer's
    told_at: datetime = Field(sa_type=Instant)
    told_by: UUID | None = Field(default=None, foreign_key="account.id")


class CouponNumber(SQLModel, table=True):
    """核销号: each redemption pays for one order."""

    __tablename__ = "coupon_number"

    order_id: UUID = Field(foreign_key="orders.id", primary_key=True)
    number: str = Field(max_length=40, unique=True)
    told_at: datetime = Field(sa_type=Instant)
    told_by: UUID | None = Field(default=None, foreign_key="account.id")


def list_externals(
    session: Session, order_ids: Sequence[UUID]
) -> dict[UUID, ExternalPart]:
    """What others pay, by order."""
    found: dict[UUID, ExternalPart] = {}
    for start in range(0, len(order_ids), 500):
        some = col(ExternalPart.order_id).in_(order_ids[start : start + 500])
        for part in session.exec(select(ExternalPart).where(some)):
            found[part.order_id] = part
    return found


def list_coupon_numbers(session: Session, order_ids: Sequence[UUID]) -> dict[UUID, str]:
    """By which number each order's coupon was redeemed, where it was told."""
    found: dict[UUID, str] = {}
    for start in range(0, len(order_ids), 500):
        some = col(CouponNumber.order_id).in_(order_ids[start : start + 500])
        for kept in session.exec(select(CouponNumber).where(some)):
            found[kept.order_id] = kept.number
    return found


def count_unredeemed(session: Session, period: str, station_ids: Sequence[UUID]) -> int:
    """Coupon lines in a month's books for which nobody wrote a number down."""
    query = (
        select(Grant.id)
        .join(Entry, col(Entry.id) == col(Grant.entry_id))
        .where(
            Grant.payer == NATIONAL_COUPON,
            col(Grant.reversed_by).is_(None),
            Entry.period == period,
            col(Grant.station_id).in_(station_ids),
            ~exists().where(col(CouponNumber.order_id) == col(Grant.order_id)),
        )
    )
    return session.exec(select(func.count()).select_from(query.subquery())).one()
