"""Joining a wave: an order that somebody must carry belongs to one."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Integer, bindparam, case, func, update
from sqlmodel import col, select

from dispatch.catalogue.sittings import Serving, Sitting
from dispatch.clock import town_moment
from dispatch.errors import NotFound
from dispatch.orders.orders import Order
from dispatch.planning.waves import Wave
from dispatch.store.columns import Instant
from dispatch.store.engine import insert_of
from dispatch.store.unit_of_work import UnitOfWork

_PLAN_SECONDS = {  # when no kitchen says otherwise
    Serving.BREAKFAST: 6 * 3600,
    Serving.LUNCH: 9 * 3600 + 1800,
    Serving.DINNER: 15 * 3600 + 1800,
}


def join_wave(uow: UnitOfWork, street_code: str, order: Order) -> UUID:
    """The wave of a street's serving, made when it is the first order of it.

    Its orders have changed by this: its times widen, and `orders_version` rises,
    but for an order that is wanted at once, which no plan waits for.
    """
    joined = _join(uow, street_code, order)
    if joined is None:
        _begin_wave(uow, street_code, order)
        joined = _join(uow, street_code, order)
    if joined is None:
        raise NotFound("没有找到这个波次。")
    return joined


def touch_wave(uow: UnitOfWork, order: Order) -> None:
    """The orders of this order's wave have changed."""
    if order.wave_id is not None and not order.at_once:
        uow.session.exec(
            update(Wave)
            .where(col(Wave.id) == order.wave_id)
            .values(orders_version=Wave.orders_version + 1)
        )


_FIRST: Final = bindparam("first_at", type_=Instant)
_LAST: Final = bindparam("last_at", type_=Instant)
_JOIN: Final = (
    update(Wave)
    .where(
        col(Wave.street_code) == bindparam("street"),
        col(Wave.serve_on) == bindparam("on"),
        col(Wave.serving) == bindparam("meal"),
    )
    .values(
        departs_at=case((Wave.departs_at > _FIRST, _FIRST), else_=Wave.departs_at),
        ends_at=case((Wave.ends_at < _LAST, _LAST), else_=Wave.ends_at),
        orders_version=Wave.orders_version + bindparam("changes", type_=Integer),
    )
    .returning(col(Wave.id))
    .execution_options(synchronize_session="fetch")
)


def _join(uow: UnitOfWork, street_code: str, order: Order) -> UUID | None:
    """Hold the wave from here on, widen its times, and count the change."""
    asked = {
        "street": street_code,
        "on": order.serve_on,
        "meal": order.serving,
        "first_at": _departs_at(uow, order),
        "last_at": order.window_until_at,
        "changes": int(not order.at_once),
    }
    return uow.session.scalars(_JOIN, asked).first()


def _begin_wave(uow: UnitOfWork, street_code: str, order: Order) -> None:
    """Nobody's yet; somebody else's first order may be quicker."""
    begun = Wave(
        street_code=street_code,
        serve_on=order.serve_on,
        serving=order.serving,
        plan_at=_plan_at(uow, order),
        departs_at=_departs_at(uow, order),
        ends_at=order.window_until_at,
    )
    fresh = insert_of(uow.session)(Wave).values(begun.model_dump())
    uow.session.execute(fresh.on_conflict_do_nothing())


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
