"""Re-homing open orders: another door, another station, sometimes another kitchen."""

from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.field.partners import part
from dispatch.orders.holding import call_off
from dispatch.orders.orders import (
    CARRIED_CHANNELS,
    Order,
    OrderState,
    move_order,
    tell_order,
)
from dispatch.people.elders import Household
from dispatch.people.places import Station
from dispatch.planning.joining import join_wave, touch_wave
from dispatch.store.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Rehomed:
    """Orders that go to the new door, and those that must be ordered anew."""

    moved: Sequence[Order]
    called_off: Sequence[Order]


def rehome_orders(
    uow: UnitOfWork, orders: Sequence[Order], station: Station, home: Household
) -> Rehomed:
    """Let orders that nobody has begun follow their elder; their rows are held.

    A meal of another kitchen cannot follow: it is called off, its money goes back,
    and the new station orders anew.
    """
    follows = [
        order for order in orders if order.kitchen_id in (None, station.kitchen_id)
    ]
    stays = [order for order in orders if order not in follows]
    for order in follows:
        _follow(uow, order, station, home)
    return Rehomed(follows, call_off(uow, stays, "moved"))


def _follow(uow: UnitOfWork, order: Order, station: Station, home: Household) -> None:
    touch_wave(uow, order)
    order.household_id, order.station_id = home.id, station.id
    order.street_code = station.street_code
    if order.channel in CARRIED_CHANNELS:
        part(uow, order)
        order.plan_version = None
        order.wave_id = join_wave(uow, home.street_code, order)
        _settle_down(uow, order, home)
    uow.session.add(order)
    tell_order(uow, order, "order.rehomed")


def _settle_down(uow: UnitOfWork, order: Order, home: Household) -> None:
    if order.state is OrderState.HELD:
        return
    if order.state is not OrderState.WAITING:
        move_order(uow, order, OrderState.WAITING)
    if not home.located:
        move_order(uow, order, OrderState.BLOCKED, reason="no_location")
