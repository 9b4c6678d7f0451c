"""Joining a wave: an order that somebody must carry belongs to one."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from dispatch.catalogue.sittings import Serving, Sitting
from dispatch.clock import town_moment
from dispatch.orders.orders import Order
from dispatch.planning.waves import Wave, find_wave
from dispatch.store.unit_of_work import UnitOfWork

_PLAN_SECONDS = {  # when no kitchen says otherwise
    Serving.BREAKFAST: 6 * 3600,
    Serving.LUNCH: 9 * 3600 + 1800,
    Serving.DINNER: 15 * 3600 + 1800,
}


def join_wave(uow: UnitOfWork, street_code: str, order: Order) -> Wave:
    """The wave of a street's serving, made when it is the first order of it.

    Its orders have changed by this: its times widen, and `orders_version` rises,
    but for an order that is wanted at once, which no plan waits for.
    """
    meal = order.serve_on, order.serving
    wave = find_wave(uow.session, street_code, *meal, lock=True)
    wave = wave or _new_wave(uow, street_code, order)
    hours = _departs_at(uow, order), order.window_until_at
    _stretch(wave, *hours, counted=not order.at_once)
    return wave


def touch_wave(uow: UnitOfWork, order: Order) -> None:
    """The orders of this order's wave have changed."""
    if order.wave_id is not None and not order.at_once:
        uow.session.exec(
            update(Wave)
            .where(col(Wave.id) == order.wave_id)
            .values(orders_version=Wave.orders_version + 1)
        )


def _stretch(
    held: Wave, first_at: datetime, last_at: datetime, *, counted: bool
) -> None:
    """Widen a wave's times to hold these, and count the change."""
    held.departs_at = min(held.departs_at, first_at)
    held.ends_at = max(held.ends_at, last_at)
    held.orders_version += counted


def _new_wave(uow: UnitOfWork, street_code: str, order: Order) -> Wave:
    wave = Wave(
        id=uuid4(),
        street_code=street_code,
        serve_on=order.serve_on,
        serving=order.serving,
        plan_at=_plan_at(uow, order),
        departs_at=_departs_at(uow, order),
        ends_at=order.window_until_at,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(wave)
            uow.session.flush()
    except IntegrityError:  # somebody else's first order was quicker
        meal = order.serve_on, order.serving
        found = find_wave(uow.session, street_code, *meal, lock=True)
        if found is None:
            raise
        return found
    return wave


def _departs_at(uow: UnitOfWork, order: Order) -> datetime:
    """When somebody must be there for it: at the kitchen for a meal, else at home."""
    sitting = order.sitting_id and uow.session.get(Sitting, order.sitting_id)
    return sitting.ready_at if sitting else order.window_from_at


def _plan_at(uow: UnitOfWork, order: Order) -> datetime:
    """The latest cut-off of that meal: then everything is known."""
    latest = select(func.max(Sitting.cut_off_at)).where(
        Sitting.serve_on == order.serve_on, Sitting.serving == order.serving
    )
    known: datetime | None = uow.session.exec(latest).one()
    return known or town_moment(order.serve_on, _PLAN_SECONDS[order.serving])
