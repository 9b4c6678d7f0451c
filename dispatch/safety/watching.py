"""Watching for silence: a stop long past its time is an alarm without any phone."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_
from sqlmodel import col, select

from dispatch.clock import town_day
from dispatch.orders.orders import ON_A_ROUND, Order, get_order
from dispatch.people.elders import Household
from dispatch.people.helpers import Helper
from dispatch.planning.plans import (
    Plan,
    PlanRound,
    Round,
    RoundState,
    Stop,
    StopKind,
    StopOrder,
    StopState,
    is_in_force,
    not_given_back,
)
from dispatch.planning.waves import Wave
from dispatch.safety.cases import Case, CaseKind
from dispatch.safety.opening import open_case
from dispatch.store.columns import among
from dispatch.store.unit_of_work import UnitOfWork

OVERDUE_AFTER: Final = timedelta(minutes=20)
# Paper sheets and doors without a network speak when the helper is back.
SILENT_AFTER: Final = timedelta(hours=1)
_LOOK_BACK: Final = timedelta(days=1)
_AT_ONCE: Final = 500
_AT_THE_DOOR: Final = (CaseKind.NO_ANSWER, CaseKind.OVERDUE)


class Silent(NamedTuple):
    """An order at whose stop somebody should long have been, by its order's id."""

    order_id: UUID
    happened_at: datetime
    helper_id: UUID | None


def list_silent(uow: UnitOfWork) -> list[Silent]:
    """Every order whose stop is long past and that nobody speaks of."""
    silent = [
        Silent(order_id, stop.until_at, helper.id)
        for stop, round_, helper, order_id in _silent_stops(uow)
        if _due_at(uow, stop, round_, helper) < uow.now
    ]
    return sorted(silent) + _without_a_stop(uow)


def open_silent(uow: UnitOfWork, silent: Silent) -> bool:
    """Open a case for it: one per order, ever.

    Who has looked at it once is not called a second time.

    Returns:
        whether one was opened.
    """
    order = get_order(uow.session, silent.order_id, lock=True)
    known = select(Order.id).where(Order.id == order.id, _is_looked_at())
    if order.state not in ON_A_ROUND or uow.session.exec(known).first() is not None:
        return False
    open_case(uow, order, CaseKind.OVERDUE, silent.happened_at, silent.helper_id)
    return True


def _silent_stops(uow: UnitOfWork) -> list[tuple[Stop, Round, Helper, UUID]]:
    """The orders first, as they are few: in one join SQLite begins with all stops."""
    going = uow.session.exec(select(Order.id).where(*_unheard_orders(uow))).all()
    found: list[tuple[Stop, Round, Helper, UUID]] = []
    for start in range(0, len(going), _AT_ONCE):
        query = (
            select(Stop, Round, Helper, StopOrder.order_id)
            .select_from(StopOrder)
            .join(Stop, col(Stop.id) == StopOrder.stop_id)
            .join(Round, col(Round.id) == Stop.round_id)
            .join(Helper, col(Helper.id) == Round.helper_id)
            .where(col(StopOrder.order_id).in_(going[start : start + _AT_ONCE]))
            .where(_waits_at())
            .where(col(Stop.until_at) < uow.now - OVERDUE_AFTER)
            .where(col(Stop.until_at) > uow.now - _LOOK_BACK)
        )
        rows = uow.session.exec(query)
        found += [(stop, round_, helper, id_) for stop, round_, helper, id_ in rows]
    return found


def _without_a_stop(uow: UnitOfWork) -> list[Silent]:
    """Orders that are said to be on their way, and wait at nobody's stop any more.

    There should be none; whoever waits for one hears of it from nobody.
    """
    waits = (
        select(StopOrder.order_id)
        .join(Stop, col(Stop.id) == StopOrder.stop_id)
        .join(Round, col(Round.id) == Stop.round_id)
        .where(col(StopOrder.order_id) == col(Order.id), _waits_at())
    )
    query = (
        select(Order.id, Order.window_until_at)
        .where(*_unheard_orders(uow), ~waits.exists())
        .where(col(Order.window_until_at) < uow.now - OVERDUE_AFTER)
        .where(col(Order.window_until_at) > uow.now - _LOOK_BACK)
    )
    found = [Silent(id_, until_at, None) for id_, until_at in uow.session.exec(query)]
    return sorted(found, key=lambda one: one.order_id)


def _unheard_orders(uow: UnitOfWork) -> tuple[ColumnElement[bool], ...]:
    """Orders that are going, of these days, after which nobody has looked."""
    days = col(Order.serve_on) >= town_day(uow.now - _LOOK_BACK)
    return days, among(col(Order.state), ON_A_ROUND), ~_is_looked_at()


def _waits_at() -> ColumnElement[bool]:
    """It is to be done at this stop, by the plan in force, and is not done yet."""
    in_force = (
        select(PlanRound.round_id)
        .join(Plan, col(Plan.id) == PlanRound.plan_id)
        .join(Wave, col(Wave.id) == Plan.wave_id)
        .where(col(PlanRound.round_id) == col(Round.id))
        .where(is_in_force())
    )
    return and_(
        col(Stop.kind) != StopKind.PICKUP,
        col(Stop.state) != StopState.DONE,
        col(Round.state) != RoundState.DROPPED,
        not_given_back(),
        in_force.exists(),
    )


def _due_at(uow: UnitOfWork, stop: Stop, round_: Round, helper: Helper) -> datetime:
    """When silence becomes an alarm; who has arrived is given the time to serve."""
    door = uow.session.get(Household, stop.household_id)
    if helper.paper or (door is not None and not door.signal):
        return max(stop.until_at, round_.ends_at) + SILENT_AFTER
    return max(stop.until_at, stop.served_at) + OVERDUE_AFTER


def _is_looked_at() -> ColumnElement[bool]:
    """Somebody was called to this door before. Of one of two who is missing, and of a
    meal that made people ill, cases say nothing about who is still to come.
    """
    case = select(Case.id).where(
        col(Case.order_id) == col(Order.id), col(Case.kind).in_(_AT_THE_DOOR)
    )
    return case.exists()
