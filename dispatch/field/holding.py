"""Holding rows: the locks of a merge, always taken in the same order."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.errors import NotFound
from dispatch.field.batches import PhoneEvent
from dispatch.orders.orders import Order
from dispatch.people.elders import Elder
from dispatch.people.helpers import Helper
from dispatch.planning.plans import Round, Stop, StopOrder


def hold_rows(
    session: Session, helper_id: UUID, events: Iterable[PhoneEvent]
) -> tuple[Helper, dict[UUID, Order]]:
    """Hold orders, their elders, the helper and the rounds that events are about.

    The helper's row makes two batches of one helper follow each other. Planning
    takes orders before helpers and helpers before rounds; so do we.

    Raises:
        NotFound: no such helper.
    """
    named = list(events)
    stop_ids = {event.stop_id for event in named if event.stop_id}
    served = select(StopOrder.order_id).where(col(StopOrder.stop_id).in_(stop_ids))
    orders = hold_orders(session, set(session.exec(served)))
    _hold_elders(session, {order.elder_id for order in orders.values()})
    helper = _hold_helper(session, helper_id)
    stops = session.exec(select(Stop.round_id).where(col(Stop.id).in_(stop_ids)))
    _hold_rounds(session, {*stops, *(e.round_id for e in named if e.round_id)})
    return helper, orders


def hold_orders(session: Session, ids: Collection[UUID]) -> dict[UUID, Order]:
    """These orders as they are now, held until the end of the transaction."""
    query = (
        select(Order)
        .where(col(Order.id).in_(ids))
        .order_by(col(Order.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {order.id: order for order in session.exec(query)}


def _hold_elders(session: Session, ids: Collection[UUID]) -> None:
    query = (
        select(Elder)
        .where(col(Elder.id).in_(ids))
        .order_by(col(Elder.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    session.exec(query).all()


def _hold_helper(session: Session, helper_id: UUID) -> Helper:
    held = session.get(
        Helper,
        helper_id,
        with_for_update={"key_share": True},
        populate_existing=True,
    )
    if held is None:
        raise NotFound("没有找到这位助老员。")
    return held


def _hold_rounds(session: Session, ids: Collection[UUID]) -> None:
    query = (
        select(Round)
        .where(col(Round.id).in_(ids))
        .order_by(col(Round.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    session.exec(query).all()
