"""Holding open orders while their elder is away, and letting them go again.

A held meal has no portion: the kitchen does not cook for somebody in hospital. A held
order is on no round. What is still held when its meal or its hours are over is
cancelled, and what was paid goes back.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.catalogue.sittings import (
    SoldOut,
    change_spare,
    get_sitting,
    give_back_portion,
)
from dispatch.counter.paying import refund_all
from dispatch.field.partners import part
from dispatch.orders.dishes import take_late_portion
from dispatch.orders.late_changes import note_late
from dispatch.orders.orders import (
    CARRIED_CHANNELS,
    Order,
    OrderState,
    get_order,
    move_order,
)
from dispatch.people.elders import Household
from dispatch.planning.begun import list_begun_orders
from dispatch.planning.joining import touch_wave
from dispatch.store.unit_of_work import UnitOfWork

NOT_BEGUN: Final = (
    OrderState.WAITING,
    OrderState.UNASSIGNED,
    OrderState.BLOCKED,
    OrderState.PLANNED,
)
PAUSED: Final = "paused_"  # the reason of what a pause holds begins like this
Wanted = Callable[[Order], bool]


def list_open(
    uow: UnitOfWork, elder_id: UUID, from_on: date, *, held: bool = False
) -> list[Order]:
    """An elder's orders from a day on that nobody has begun, held for this deed.

    Args:
        held: those that a pause holds instead.
    """
    states = (OrderState.HELD,) if held else NOT_BEGUN
    query = (
        select(Order.id)
        .where(Order.elder_id == elder_id, col(Order.serve_on) >= from_on)
        .where(col(Order.state).in_(states))
        .order_by(col(Order.id))
    )
    found = [
        get_order(uow.session, order_id, lock=True)
        for order_id in uow.session.exec(query).all()
    ]
    if held:
        return [o for o in found if (o.reason or "").startswith(PAUSED)]
    return [order for order in found if order.state in NOT_BEGUN]


def hold_orders(uow: UnitOfWork, orders: Iterable[Order], reason: str) -> list[Order]:
    """Hold these, whose rows are held: off their rounds, their portions given back."""
    done = []
    for order in orders:
        move_order(uow, order, OrderState.HELD, reason=f"{PAUSED}{reason}")
        order.plan_version = None
        part(uow, order)
        return_portion(uow, order, reason)
        touch_wave(uow, order)
        done.append(order)
    return done


def release_orders(
    uow: UnitOfWork, orders: Iterable[Order]
) -> tuple[list[Order], list[Order]]:
    """Let held or cancelled orders wait again, where the kitchen has a portion.

    Returns:
        those that wait again, and those that stay held: sold out, over, or their
        round has begun without them.
    """
    freed, kept = [], []
    for order in orders:
        if _may_wait_again(uow, order):
            _let_wait(uow, order)
            freed.append(order)
        else:
            kept.append(order)
    return freed, kept


def call_off(uow: UnitOfWork, orders: Iterable[Order], reason: str) -> list[Order]:
    """Cancel orders that nobody has begun, whose rows are held; money goes back."""
    done = []
    for order in orders:
        had_portion = order.state is not OrderState.HELD
        move_order(uow, order, OrderState.CANCELLED, reason=reason)
        if had_portion:
            return_portion(uow, order, reason)
        refund_all(uow, order, reason="cancelled")
        touch_wave(uow, order)
        done.append(order)
    return done


def return_portion(uow: UnitOfWork, order: Order, reason: str) -> None:
    """The portion goes back to the kitchen, or, once cooked, to the spare ones."""
    if order.sitting_id is None:
        return
    sitting = get_sitting(uow.session, order.sitting_id, lock=True)
    give_back_portion(uow.session, sitting.id)
    if sitting.cooked is not None:
        change_spare(uow.session, sitting.id, 1)
        note_late(uow, order, -1, reason)


def _may_wait_again(uow: UnitOfWork, order: Order) -> bool:
    if order.window_until_at < uow.now:
        return False
    if order.sitting_id is None:
        return True
    sitting = get_sitting(uow.session, order.sitting_id, lock=True)
    uow.session.refresh(sitting)
    if sitting.closed_at is not None or _has_left(uow, order):
        return False
    try:
        take_late_portion(uow.session, sitting, allowed=True)
    except SoldOut:
        return False
    if sitting.cooked is not None:
        note_late(uow, order, 1, "resumed")
    return True


def _has_left(uow: UnitOfWork, order: Order) -> bool:
    """Whoever had the box set out without it."""
    return order.wave_id is not None and order.id in list_begun_orders(
        uow.session, order.wave_id, uow.now
    )


def _let_wait(uow: UnitOfWork, order: Order) -> None:
    move_order(uow, order, OrderState.WAITING)
    home = uow.session.get_one(Household, order.household_id)
    if order.channel in CARRIED_CHANNELS and not home.located:
        move_order(uow, order, OrderState.BLOCKED, reason="no_location")
    touch_wave(uow, order)
