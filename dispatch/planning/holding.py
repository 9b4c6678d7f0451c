"""Holding rows while a plan is published: orders first, then wave, helpers, rounds.

Everybody who changes an order holds it before its wave; taking them in the same
order keeps publishing out of deadlocks.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.orders.orders import CARRIED_CHANNELS, Order
from dispatch.people.helpers import Helper


def hold_orders(
    session: Session, wave_id: UUID, *, only: Collection[UUID] | None = None
) -> dict[UUID, Order]:
    """The carried orders of a wave, locked and fresh, by id.

    Args:
        only: of these orders; None: of all.
    """
    query = (
        select(Order)
        .where(Order.wave_id == wave_id)
        .where(col(Order.channel).in_(CARRIED_CHANNELS))
        .order_by(col(Order.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if only is not None:
        query = query.where(col(Order.id).in_(only))
    return {order.id: order for order in session.exec(query)}


def hold_helpers(session: Session, helper_ids: Iterable[UUID]) -> None:
    """Plans of several waves that share helpers are published one after the other."""
    wanted = col(Helper.id).in_(set(helper_ids))
    query = select(Helper.id).where(wanted).order_by(col(Helper.id))
    session.exec(query.with_for_update()).all()
