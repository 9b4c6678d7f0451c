"""Offers: an order is offered to one helper after the other, until somebody takes it.

A decline costs nothing and is counted nowhere.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.store.columns import Instant, narrow, word


class OfferState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"  # the order went another way


class Offer(SQLModel, table=True):
    """One order, offered to one helper until a moment; one open offer of an order."""

    __tablename__ = "offer"
    __table_args__ = (
        narrow("one_open_offer", "order_id", where="state = 'open'", unique=True),
        Index("one_offer_each", "order_id", "helper_id", unique=True),
        CheckConstraint("offered_at < expires_at", name="offer_forward"),
        CheckConstraint(
            "(state = 'open') = (answered_at IS NULL)", name="answered_once"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    order_id: UUID = Field(foreign_key="orders.id")
    helper_id: UUID = Field(foreign_key="helper.id", index=True)
    state: OfferState = Field(default=OfferState.OPEN, sa_type=word(OfferState))
    offered_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)


def list_offers_of(session: Session, order_ids: list[UUID]) -> list[Offer]:
    """Every offer of these orders, first to last."""
    found: list[Offer] = []
    for start in range(0, len(order_ids), 500):
        part = order_ids[start : start + 500]
        query = select(Offer).where(col(Offer.order_id).in_(part))
        by = (col(Offer.offered_at), col(Offer.id))
        found += session.exec(query.order_by(*by)).all()
    return found


def list_expired(session: Session, now: datetime) -> list[UUID]:
    """The orders whose open offer has run out, by id."""
    query = select(Offer.order_id).where(
        Offer.state == OfferState.OPEN, Offer.expires_at <= now
    )
    return sorted(session.exec(query))
