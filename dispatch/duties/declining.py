"""A no counts: what the elder has called off is not ordered again the next night."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, and_, or_, select

from dispatch.duties.standing import Standing
from dispatch.orders.orders import Order, OrderState

DECLINED: Final = "declined"
_SAID_NO: Final = or_(
    and_(Order.state == OrderState.CANCELLED, Order.reason == "by_elder"),
    and_(Order.state == OrderState.FAILED, Order.reason == "refused"),  # at the door
)


def has_declined(session: Session, elder_id: UUID, held: Standing, on: date) -> bool:
    """The elder said no to what this duty orders, and their word still holds.

    It holds until the period ends; in a rhythm of days, for as many days. The duty
    stays as it is: at risk or overdue, for somebody to call or to order by hand.
    """
    days = held.held.days
    since = on - timedelta(days=days - 1) if days else held.span.first_on
    said = (
        select(Order.id)
        .where(Order.elder_id == elder_id, Order.service == held.held.rule.orders)
        .where(Order.serve_on >= since)
        .where(_SAID_NO)
    )
    return session.exec(said).first() is not None
