"""Which orders of a day are asked about: drawn when the day is over."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, exists, select

from dispatch.catalogue.services import Service
from dispatch.clock import town_day
from dispatch.field.evidence import Evidence
from dispatch.orders.orders import Order, OrderState
from dispatch.people.vault import blind_index
from dispatch.quality.call_backs import CallBack, CallWhy
from dispatch.store.unit_of_work import UnitOfWork

SHARE: Final = 0.10
_WITHIN: Final = timedelta(days=7)
_BATHING: Final = "助浴"
_SOME: Final = 500


def draw_calls(uow: UnitOfWork, day: date) -> int:
    """Draw a day's call-backs; drawn again they are the same.

    Every first service and every bath, and of the rest one in ten.

    Returns:
        how many are new.
    """
    rows = _done(uow.session, day)
    known = _known(uow.session, [order.id for order, *_ in rows])
    firsts = _firsts(uow.session, day)
    drawn = [
        _call(uow, order, helper_id, why)
        for order, helper_id, assist in rows
        if order.id not in known
        and (why := _why(order, assist=assist, first=order.elder_id in firsts))
    ]
    uow.session.add_all(drawn)
    uow.session.flush()
    return len(drawn)


def ask_about(uow: UnitOfWork, order: Order, helper_id: UUID | None) -> CallBack:
    """Somebody complained of this order: it is asked about, once."""
    query = select(CallBack).where(CallBack.order_id == order.id)
    if kept := uow.session.exec(query).first():
        return kept
    kept = _call(uow, order, helper_id, CallWhy.COMPLAINT)
    uow.session.add(kept)
    uow.session.flush()
    return kept


def is_drawn(order_id: UUID, day: date) -> bool:
    """One order in ten. Who has the house's key can reckon it again; nobody on a
    round can know beforehand which.
    """
    lot = int(blind_index("call_back", f"{day.isoformat()}:{order_id}")[:8], 16)
    return lot < SHARE * 2**32


def _why(order: Order, *, assist: str, first: bool) -> CallWhy | None:
    if assist == _BATHING:
        return CallWhy.BATHING
    if first:
        return CallWhy.FIRST
    return CallWhy.RANDOM if is_drawn(order.id, order.serve_on) else None


def _done(session: Session, day: date) -> list[tuple[Order, UUID | None, str]]:
    query: Any = (
        select(Order, col(Evidence.helper_id), Service.assist)
        .join(Evidence, (col(Evidence.order_id) == Order.id) & col(Evidence.counts))
        .join(Service, col(Service.code) == Order.service)
        .where(Order.serve_on == day, Order.state == OrderState.DONE)
        .order_by(col(Order.id))
    )
    return list(session.exec(query))


def _firsts(session: Session, day: date) -> set[UUID]:
    """Whoever was served on this day and never before."""
    earlier = aliased(Order)
    before = exists().where(
        col(earlier.elder_id) == col(Order.elder_id),
        col(earlier.state) == OrderState.DONE,
        col(earlier.serve_on) < day,
    )
    query = select(Order.elder_id).where(
        Order.serve_on == day, Order.state == OrderState.DONE, ~before
    )
    return set(session.exec(query))


def _known(session: Session, ids: Collection[UUID]) -> set[UUID]:
    wanted, found = sorted(ids), set[UUID]()
    for part in _parts(wanted):
        query = select(CallBack.order_id).where(col(CallBack.order_id).in_(part))
        found.update(session.exec(query))
    return found


def _parts(wanted: list[UUID]) -> Iterable[list[UUID]]:
    return (wanted[n : n + _SOME] for n in range(0, len(wanted), _SOME))


def _call(
    uow: UnitOfWork, order: Order, helper_id: UUID | None, why: CallWhy
) -> CallBack:
    return CallBack(
        order_id=order.id,
        elder_id=order.elder_id,
        helper_id=helper_id,
        station_id=order.station_id,
        street_code=order.street_code,
        service_on=order.serve_on,
        why=why,
        drawn_at=uow.now,
        until_on=town_day(uow.now) + _WITHIN,
    )
