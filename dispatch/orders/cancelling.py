"""Cancelling, taking it back, and giving an order its place on the map."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from dispatch.access.scope import get_scoped
from dispatch.catalogue.sittings import get_sitting
from dispatch.log.events import record
from dispatch.orders.dishes import take_late_portion
from dispatch.orders.holding import call_off
from dispatch.orders.late_changes import LATE_ROLES, note_late
from dispatch.orders.orders import (
    CARRIED_CHANNELS,
    ENDED_STATES,
    Order,
    OrderState,
    move_order,
)
from dispatch.orders.refusals import (
    AlreadyOrdered,
    PastCutOff,
    TooLateToCancel,
    UndoTooLate,
)
from dispatch.people.elders import Datum, Elder, Household
from dispatch.people.housing import Point, put_on_map
from dispatch.people.places import get_station
from dispatch.planning.begun import list_begun_orders
from dispatch.planning.joining import touch_wave
from dispatch.store.unit_of_work import UnitOfWork

UNDO_FOR = timedelta(minutes=10)


def cancel_order(uow: UnitOfWork, order_id: UUID, reason: str) -> Order:
    """Call an order off; money goes back. Cancelling it again changes nothing.

    Raises:
        TooLateToCancel: it is under way or over.
        PastCutOff: the kitchen has counted, and an elder or their family asks, later
            than ten minutes after ordering.
    """
    order = get_scoped(uow, Order, order_id, lock=True)
    if order.state is OrderState.CANCELLED:
        return order
    if order.state is OrderState.UNDER_WAY or order.state in ENDED_STATES:
        raise TooLateToCancel
    _may_call_off(uow, order)
    call_off(uow, [order], reason)
    return order


def undo_cancel(uow: UnitOfWork, order_id: UUID) -> Order:
    """Take a cancellation back within ten minutes, if the portion is still there.

    Raises:
        UndoTooLate: more than ten minutes ago, closed, or its round has begun.
        SoldOut, AlreadyOrdered: somebody else has the portion, or they another meal.
    """
    order = get_scoped(uow, Order, order_id, lock=True)
    if order.state is not OrderState.CANCELLED:
        return order
    if order.ended_at is None or uow.now - order.ended_at > UNDO_FOR:
        raise UndoTooLate
    if order.wave_id and order.id in _on_the_way(uow, order.wave_id):
        raise UndoTooLate("送餐的人已经出发，不能撤回。请重新下单。")
    if order.sitting_id is not None:
        sitting = get_sitting(uow.session, order.sitting_id, lock=True)
        if sitting.closed_at is not None:
            raise UndoTooLate
        take_late_portion(uow.session, sitting, allowed=True)
        if sitting.cooked is not None:
            note_late(uow, order, 1, "undone")
    try:
        with uow.session.begin_nested():
            move_order(uow, order, OrderState.WAITING)
    except IntegrityError as twin:
        raise AlreadyOrdered from twin
    if order.channel in CARRIED_CHANNELS:
        if not uow.session.get_one(Household, order.household_id).located:
            move_order(uow, order, OrderState.BLOCKED, reason="no_location")
        touch_wave(uow, order)
    return order


def locate_household(
    uow: UnitOfWork, order_id: UUID, lat: float, lon: float, datum: Datum
) -> list[Order]:
    """Say where an order's door is; what waited for that is planned again.

    Returns:
        the orders that were blocked for want of a place, now waiting.

    Raises:
        OutsideDistrict: not a point near the elder's station.
    """
    order = get_scoped(uow, Order, order_id)
    household = uow.session.get_one(Household, order.household_id)
    return locate(uow, household, Point(lat, lon, datum), order_id=order.id)


def locate_elder(uow: UnitOfWork, elder: Elder, point: Point) -> list[Order]:
    """The same for an elder's own door."""
    return locate(uow, uow.session.get_one(Household, elder.household_id), point)


def locate(
    uow: UnitOfWork, household: Household, point: Point, *, order_id: UUID | None = None
) -> list[Order]:
    """The same for a door that somebody reached by its elder's file."""
    put_on_map(household, get_station(uow.session, household.station_id), point)
    uow.session.add(household)
    record(uow, "household.located", "household", household.id, order_id=order_id)
    blocked = uow.session.exec(
        select(Order)
        .where(Order.household_id == household.id)
        .where(Order.state == OrderState.BLOCKED, Order.reason == "no_location")
        .with_for_update()
    ).all()
    for freed in blocked:
        move_order(uow, freed, OrderState.WAITING)
        touch_wave(uow, freed)
    return list(blocked)


def _on_the_way(uow: UnitOfWork, wave_id: UUID) -> set[UUID]:
    return list_begun_orders(uow.session, wave_id, uow.now)


def _may_call_off(uow: UnitOfWork, order: Order) -> None:
    """After the kitchen's count only staff call off, but for somebody's own undo."""
    if uow.actor.role in LATE_ROLES or order.sitting_id is None:
        return
    sitting = get_sitting(uow.session, order.sitting_id)
    counted = sitting.cooked is not None or uow.now > sitting.cut_off_at
    if counted and uow.now - order.placed_at > UNDO_FOR:
        raise PastCutOff("已过截止时间，不能自己取消。请打电话给驿站。")
