"""Directing: what a coordinator may ask of a plan, and what becomes of it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.catalogue.services import get_service
from dispatch.catalogue.sittings import Serving, Sitting
from dispatch.errors import BadInput, Conflict, NotFound
from dispatch.log.events import record
from dispatch.orders.orders import CARRIED_CHANNELS, Order, OrderState, tell_order
from dispatch.planning.begun import list_begun_orders
from dispatch.planning.crew import crew_of
from dispatch.planning.directions import (
    LONGER,
    OF_AN_ORDER,
    Direction,
    DirectionKind,
    directions_for,
    end_rows,
    keep,
)
from dispatch.planning.joining import touch_wave
from dispatch.planning.problem import OPEN_STATES
from dispatch.planning.waves import Wave
from dispatch.store.unit_of_work import UnitOfWork

MOST_SECONDS: Final = 7200
_WEATHER: Final = (100, 300)  # per cent


class WaveOver(Conflict):
    """这个波次已经结束，没有改动。"""

    code = "wave_over"


class CannotDirect(Conflict):
    """这一单已经出发或已结束，不能再改派。没有改动。"""

    code = "cannot_direct"


class NotOnDuty(Conflict):
    """这位助老员这一波次不当班，或已经出发，不能指定。没有改动。"""

    code = "not_on_duty"


class OneOfTwo(Conflict):
    """这项服务要两人同去，请指定两位不同的助老员。没有改动。"""

    code = "one_of_two"


class GoesAlone(Conflict):
    """这项服务一人就够，请只指定一位。没有改动。"""

    code = "goes_alone"


class PastEatBy(Conflict):
    """这份饭到那时已过食用期限，不能放宽到那么晚。没有改动。"""

    code = "past_eat_by"


class TooMuch(BadInput):
    """放宽的时间不合理，没有保存。"""

    code = "too_much"


def must_make_sense(uow: UnitOfWork, wave: Wave, asked: Sequence[Direction]) -> None:
    """Raises: NotFound, WaveOver, CannotDirect, NotOnDuty, OneOfTwo, GoesAlone,
    PastEatBy, TooMuch.
    """
    if wave.ends_at < uow.now:
        raise WaveOver
    begun = list_begun_orders(uow.session, wave.id, uow.now)
    crew = crew_of(uow.session, wave, uow.now)
    on_duty = {duty.helper.id for duty in crew}
    _must_not_add_up(uow.session, wave.id, asked)
    for each in asked:
        _must_be_in_bounds(each)
        if each.partner_id is not None and each.kind is not DirectionKind.PIN:
            raise GoesAlone
        order = _order_of(uow, wave, each)
        if order is not None:
            if order.id in begun or order.state not in OPEN_STATES or order.at_once:
                raise CannotDirect
            _must_suit(uow, order, each)
        if not each.named <= on_duty:
            raise NotOnDuty
        if each.kind is DirectionKind.KITCHEN_LATE:
            sitting = find_sitting(uow.session, wave, each.kitchen_id)
            late = timedelta(seconds=each.value or 0)
            if sitting.ready_at + late >= sitting.eat_by_at:
                raise PastEatBy


def _must_be_in_bounds(each: Direction) -> None:
    low, high = 60, MOST_SECONDS
    if each.kind in OF_AN_ORDER:
        return
    if each.kind is DirectionKind.WEATHER:
        low, high = _WEATHER
    if each.value is None or not low <= each.value <= high:
        raise TooMuch


def _must_not_add_up(
    session: Session, wave_id: UUID, asked: Sequence[Direction]
) -> None:
    """Nobody works longer and longer: one bound is for all that was said of them."""
    wanted = {(e.kind, e.helper_id) for e in asked if e.kind in LONGER and e.helper_id}
    if not wanted:
        return
    longer: Counter[tuple[DirectionKind, UUID | None]] = Counter()
    for each in directions_for(session, wave_id, asked):
        longer[each.kind, each.helper_id] += each.value or 0
    if any(longer[each] > MOST_SECONDS for each in wanted):
        raise TooMuch


def _order_of(uow: UnitOfWork, wave: Wave, each: Direction) -> Order | None:
    needed = each.kind in OF_AN_ORDER or each.kind is DirectionKind.WINDOW
    if each.order_id is None and not needed:
        return None
    order = uow.session.get(Order, each.order_id) if each.order_id else None
    if order is None or order.wave_id != wave.id:
        raise NotFound("这一单不在这个波次里。")
    if each.kind is DirectionKind.PIN and each.helper_id is None:
        raise NotFound("没有找到这位助老员。")
    return order


def _must_suit(uow: UnitOfWork, order: Order, each: Direction) -> None:
    service = get_service(uow.session, order.service)
    if each.kind is DirectionKind.PIN and len(each.named) < service.people:
        raise OneOfTwo
    if each.partner_id is not None and service.people == 1:
        raise GoesAlone
    if each.kind is DirectionKind.WINDOW and order.sitting_id is not None:
        sitting = uow.session.get_one(Sitting, order.sitting_id)
        later = order.window_until_at + timedelta(seconds=each.value or 0)
        if later > sitting.eat_by_at:
            raise PastEatBy


def find_sitting(session: Session, wave: Wave, kitchen_id: UUID | None) -> Sitting:
    """What a kitchen serves to a wave. Raises: NotFound."""
    found = session.exec(
        select(Sitting).where(
            Sitting.kitchen_id == kitchen_id,
            Sitting.serve_on == wave.serve_on,
            Sitting.serving == Serving(wave.serving),
        )
    ).first()
    if found is None:
        raise NotFound("这个厨房这一餐没有供应。")
    return found


def put_in_force(
    uow: UnitOfWork, wave: Wave, asked: Sequence[Direction], *, said_at: datetime
) -> None:
    """What was tried holds from now on. The caller holds the wave and its orders.

    A door that may be reached later, and a kitchen that is late, are facts of the
    order and of the serving, not of the plan: they are written there.

    Raises: TooMuch: with what holds already somebody would work too long.
    """
    _must_not_add_up(uow.session, wave.id, asked)
    keep(uow.session, wave.id, asked, at=uow.now, by=uow.actor.account_id)
    for each in asked:
        if each.kind is DirectionKind.WINDOW:
            order = uow.session.get_one(Order, each.order_id)
            later = timedelta(seconds=each.value or 0)
            order.window_until_at = order.window_until_at + later
            wave.ends_at = max(wave.ends_at, order.window_until_at)
            uow.session.add_all([order, wave])
            tell_order(uow, order, "order.window_moved", seconds=each.value)
        elif each.kind is DirectionKind.KITCHEN_LATE:
            be_late(uow, wave, each)


def be_late(uow: UnitOfWork, wave: Wave, each: Direction) -> None:
    """A kitchen's boxes are ready later; its other waves are planned anew."""
    sitting = find_sitting(uow.session, wave, each.kitchen_id)
    uow.session.refresh(sitting, with_for_update=True)
    sitting.ready_at = sitting.ready_at + timedelta(seconds=each.value or 0)
    uow.session.add(sitting)
    facts = {"seconds": each.value, "ready_at": sitting.ready_at.isoformat()}
    record(uow, "sitting.late", "sitting", sitting.id, facts=facts)
    for order in _of_other_waves(uow.session, sitting.id, wave.id):
        touch_wave(uow, order)


def _of_other_waves(
    session: Session, sitting_id: UUID, wave_id: UUID
) -> Iterable[Order]:
    """One order of each other wave that the kitchen still feeds."""
    query = (
        select(Order)
        .where(Order.sitting_id == sitting_id, Order.wave_id != wave_id)
        .where(col(Order.channel).in_(CARRIED_CHANNELS))
        .where(col(Order.state).in_((OrderState.PLANNED, OrderState.WAITING)))
        .order_by(col(Order.wave_id), col(Order.id))
    )
    return {order.wave_id: order for order in session.exec(query)}.values()


def let_go(uow: UnitOfWork, wave: Wave, like: Direction) -> bool:
    """End a direction; the next plan is free of it. False: there was none."""
    ended = end_rows(uow.session, wave.id, like, at=uow.now)
    if ended:
        wave.orders_version += 1  # the sweep asks for a plan that knows of it
        uow.session.add(wave)
    return bool(ended)
