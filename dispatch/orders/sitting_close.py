"""The kitchen's two moments: when it knows what to cook, and when it is over."""

from uuid import UUID

from sqlmodel import col, select

from dispatch.catalogue.sittings import Sitting, change_spare, get_sitting
from dispatch.kitchens.tasting import draw_tasting
from dispatch.log.events import record
from dispatch.orders.holding import call_off
from dispatch.orders.orders import (
    COUNTER_CHANNELS,
    NOT_CARRIED,
    ON_NO_ROUND,
    Channel,
    Order,
    OrderState,
    get_order,
    list_of_sitting,
    move_order,
)
from dispatch.store.columns import among
from dispatch.store.unit_of_work import UnitOfWork

_NOT_CARRIED = frozenset(
    {OrderState.BLOCKED, OrderState.WAITING, OrderState.UNASSIGNED}
)


def cook(uow: UnitOfWork, sitting_id: UUID) -> Sitting:
    """Fix at the cut-off what is cooked: what is ordered and the spare portions.

    Doing it again changes nothing.
    """
    sitting = get_sitting(uow.session, sitting_id, lock=True)
    uow.session.refresh(sitting)
    if sitting.cooked is None:
        sitting.cooked = sitting.sold + sitting.spare_planned
        sitting.spare = sitting.spare_planned
        uow.session.add(sitting)
        record(
            uow,
            "sitting.cooked",
            "sitting",
            sitting.id,
            facts={"cooked": sitting.cooked, "spare": sitting.spare},
        )
        draw_tasting(uow, sitting)
    return sitting


def close_sitting(uow: UnitOfWork, sitting_id: UUID) -> list[Order]:
    """End a sitting: who did not come is a no-show, what nobody carried has failed.

    What a pause holds is called off; it had no portion any more.
    A box that is out with a courier stays open until its own end. Doing it again
    looks only at what is still open.

    Returns:
        the no-shows.
    """
    _hold_orders(uow, sitting_id)
    sitting = cook(uow, sitting_id)
    no_shows = []
    for listed in list_of_sitting(uow.session, sitting.id):
        order = get_order(uow.session, listed.id, lock=True)
        if order.state is OrderState.HELD:
            call_off(uow, [order], order.reason or "")
        elif order.channel in COUNTER_CHANNELS:
            if order.state is OrderState.WAITING:
                move_order(uow, order, OrderState.FAILED, reason="no_show")
                no_shows.append(order)
        elif order.state in _NOT_CARRIED:
            move_order(uow, order, OrderState.FAILED, reason=NOT_CARRIED)
            change_spare(uow.session, sitting.id, 1)
    if sitting.closed_at is None:
        sitting.closed_at = uow.now
        uow.session.add(sitting)
        record(uow, "sitting.closed", "sitting", sitting.id)
    return no_shows


def _hold_orders(uow: UnitOfWork, sitting_id: UUID) -> None:
    """Orders before their sitting: who cancels or serves one takes them like this."""
    query = select(Order.id).where(Order.sitting_id == sitting_id)
    uow.session.exec(query.order_by(col(Order.id)).with_for_update()).all()


def leave_spare(uow: UnitOfWork, order: Order) -> None:
    """A box counted back at the close was handed over after all, as we hear late.

    Called before the order, whose row is held, moves.
    """
    if order.reason == NOT_CARRIED and order.sitting_id is not None:
        change_spare(uow.session, order.sitting_id, -1)


def end_visits(uow: UnitOfWork) -> int:
    """Visits of which nobody made a round before their time was over have failed.

    Those that a pause holds are called off.

    What is on a round stays open: its helper ends it, or the overdue stop's alarm.

    Returns:
        how many.
    """
    over = uow.session.exec(
        select(Order.id)
        .where(among(col(Order.channel), [Channel.VISIT]))
        .where(among(col(Order.state), ON_NO_ROUND))
        .where(Order.window_until_at < uow.now)
    ).all()
    for order_id in sorted(over):  # here: by id SQLite would go through all orders
        order = get_order(uow.session, order_id, lock=True)
        if order.state is OrderState.HELD:
            call_off(uow, [order], order.reason or "")
        elif order.state in _NOT_CARRIED:
            move_order(uow, order, OrderState.FAILED, reason=NOT_CARRIED)
    return len(over)
