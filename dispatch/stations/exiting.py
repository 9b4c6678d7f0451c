"""The exit of a point: everybody and everything of it finds a home, or nothing does."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from dispatch.access.scope import get_scoped
from dispatch.catalogue.sittings import MenuItem, Sitting, SoldOut, take_portion
from dispatch.clock import town_day
from dispatch.errors import Conflict
from dispatch.field.partners import part
from dispatch.log.audit import write_down
from dispatch.orders.holding import return_portion
from dispatch.orders.orders import (
    Channel,
    Order,
    OrderState,
    get_order,
    move_order,
    tell_order,
)
from dispatch.people.agreements import end_agreement
from dispatch.people.elders import Household
from dispatch.people.operators import MicroPoint
from dispatch.people.places import Station
from dispatch.planning.joining import touch_wave
from dispatch.stations.exits import (
    Exit,
    ExitPreview,
    Fate,
    Seat,
    must_be_open,
    plan_exit,
    show_exit,
)
from dispatch.stations.operating import end_runs
from dispatch.stations.telling import tell_point
from dispatch.store.unit_of_work import UnitOfWork

STATION_EXIT = "station_exit"


class ExitChanged(Conflict):
    """预览之后情况有变化，没有办理。请看新的预览再确认。"""

    code = "exit_changed"


class StillServing(Conflict):
    """今天还有订单没有办完，不能退出。请在收餐和上门都结束之后再办。"""

    code = "still_serving"


def preview_exit(uow: UnitOfWork, station_id: UUID) -> ExitPreview:
    """What it would do if today were this point's last day.

    Raises:
        NotFound: no such point within reach.
        ExitedAlready, FeedsOthers, NoOtherPoint
    """
    station = must_be_open(get_scoped(uow, Station, station_id))
    return show_exit(plan_exit(uow, station, town_day(uow.now)))


def exit_station(uow: UnitOfWork, station_id: UUID, digest: str) -> ExitPreview:
    """Let today be its last day, exactly as the preview of this digest says.

    Raises:
        NotFound: no such point within reach.
        ExitedAlready, FeedsOthers, NoOtherPoint, StillServing
        ExitChanged: something changed since the preview; nothing was done.
    """
    station = must_be_open(get_scoped(uow, Station, station_id, lock=True))
    found = plan_exit(uow, station, town_day(uow.now))
    if found.still_open:
        raise StillServing
    if found.digest != digest:
        raise ExitChanged
    said = show_exit(found)
    for order_id, seat in sorted(found.orders.items()):
        _move(uow, get_order(uow.session, order_id, lock=True), seat)
    _rehome(uow, found)
    _close(uow, found)
    facts = {
        "last_on": found.last_on.isoformat(),
        "elders": said.elders,
        "orders": len(found.orders),
        "held": said.orders_held,
    }
    tell_point(uow, station, "station.exited", facts)
    write_down(uow, "exit_station", "station", station.id)
    return said


def _move(uow: UnitOfWork, order: Order, seat: Seat) -> None:
    """One order to its new point; what cannot be cooked there waits for a person."""
    order.station_id = seat.station.id
    if seat.fate is Fate.MOVED or order.state is OrderState.HELD:
        uow.session.add(order)
        tell_order(uow, order, "order.new_point", station_id=seat.station.id)
        return
    return_portion(uow, order, STATION_EXIT)
    if seat.sitting is not None and seat.dish is not None:
        _reseat(uow, order, seat.sitting, seat.dish)
        return
    order.plan_version = None
    move_order(uow, order, OrderState.HELD, reason=STATION_EXIT)
    part(uow, order)
    touch_wave(uow, order)


def _reseat(uow: UnitOfWork, order: Order, sitting: Sitting, dish: MenuItem) -> None:
    try:
        take_portion(uow.session, sitting.id)
    except SoldOut as sold_out:  # taken since it was planned: all is planned anew
        raise ExitChanged from sold_out
    carried = order.channel is Channel.DELIVERY
    order.sitting_id, order.kitchen_id = sitting.id, sitting.kitchen_id
    order.menu_item_id, order.price_fen = dish.id, dish.price_fen
    order.window_from_at = sitting.door_from_at if carried else sitting.ready_at
    order.window_until_at = sitting.door_until_at
    if order.state is OrderState.PLANNED:
        order.plan_version = None
        move_order(uow, order, OrderState.WAITING)
        part(uow, order)
    touch_wave(uow, order)
    uow.session.add(order)
    tell_order(uow, order, "order.new_point", station_id=order.station_id)


def _rehome(uow: UnitOfWork, found: Exit) -> None:
    homes = Counter(home.id for home in found.homes.values())
    doors = select(Household).where(col(Household.station_id) == found.station.id)
    for door in uow.session.exec(doors).all():
        door.station_id = found.homes[door.id].id
        uow.session.add(door)
    for elder in found.elders:
        elder.station_id = found.homes[elder.household_id].id
        uow.session.add(elder)
    for key in found.keys:
        if home := found.homes.get(key.household_id):
            key.station_id = home.id
            uow.session.add(key)
    for agreement in found.agreements:
        end_agreement(uow, agreement, found.last_on, STATION_EXIT)
    if homes:
        new = homes.most_common(1)[0][0]
        for helper in found.helpers:
            helper.station_id = new
            uow.session.add(helper)
    uow.session.flush()


def _close(uow: UnitOfWork, found: Exit) -> None:
    for account in found.accounts:
        account.active = False
        uow.session.add(account)
    end_runs(uow, found.station, found.last_on + timedelta(days=1))
    if kept := uow.session.get(MicroPoint, found.station.id):
        uow.session.delete(kept)  # its keeper may keep another
    found.station.exited_on = found.last_on
    uow.session.add(found.station)
    uow.session.flush()
