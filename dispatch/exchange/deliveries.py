"""What was sent to webhooks: each try with its answer, kept for a month."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field, SQLModel, col, delete, select

from dispatch.errors import NotFound
from dispatch.store.columns import Instant
from dispatch.store.unit_of_work import UnitOfWork

KEPT: Final = timedelta(days=30)
_SHOWN: Final = 50


class WebhookDelivery(SQLModel, table=True):
    """One request to one webhook: the events after a number of the feed, up to one.

    Times are wall time: they tell of the line, not of the day.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint("after_seq < until_seq", name="delivery_forward"),
        CheckConstraint("events > 0", name="delivery_of_something"),
        Index("deliveries_newest", "webhook_id", "sent_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    webhook_id: UUID = Field(foreign_key="webhook.id")
    after_seq: int = Field(sa_type=BigInteger)
    until_seq: int = Field(sa_type=BigInteger)
    events: int
    sent_at: datetime = Field(sa_type=Instant)
    trouble: str = Field(default="", max_length=60)  # empty: it arrived


@dataclass(frozen=True)
class DeliveryRow:
    """One try as people see it."""

    id: UUID
    after_seq: int
    until_seq: int
    events: int
    sent_at: datetime
    trouble: str


def keep_delivery(uow: UnitOfWork, made: WebhookDelivery) -> None:
    """Keep a try, and forget those of this webhook that are over a month old."""
    uow.session.add(made)
    uow.session.exec(
        delete(WebhookDelivery)
        .where(col(WebhookDelivery.webhook_id) == made.webhook_id)
        .where(col(WebhookDelivery.sent_at) < made.sent_at - KEPT)
    )


def get_delivery(uow: UnitOfWork, webhook_id: UUID, delivery_id: UUID) -> DeliveryRow:
    """Raises: NotFound."""
    kept = uow.session.get(WebhookDelivery, delivery_id)
    if kept is None or kept.webhook_id != webhook_id:
        raise NotFound("没有找到这次推送。")
    return _row(kept)


def list_deliveries(uow: UnitOfWork, webhook_id: UUID) -> list[DeliveryRow]:
    """The newest tries of a webhook."""
    query = (
        select(WebhookDelivery)
        .where(WebhookDelivery.webhook_id == webhook_id)
        .order_by(col(WebhookDelivery.sent_at).desc(), col(WebhookDelivery.id))
        .limit(_SHOWN)
    )
    return [_row(one) for one in uow.session.exec(query)]


def _row(one: WebhookDelivery) -> DeliveryRow:
    return DeliveryRow(
        one.id, one.after_seq, one.until_seq, one.events, one.sent_at, one.trouble
    )
