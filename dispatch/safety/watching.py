"""Watching for silence: a stop long past its time is an alarm without any phone."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlmodel import col, select

from dispatch.orders.orders import Order, OrderState, get_order
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
)
from dispatch.planning.waves import Wave
from dispatch.safety.cases import Case, CaseKind
from dispatch.safety.opening import open_case
from dispatch.store.unit_of_work import UnitOfWork

OVERDUE_AFTER: Final = timedelta(minutes=20)
# Paper sheets and doors without a network speak when the helper is back.
SILENT_AFTER: Final = timedelta(hours=2)
_LOOK_BACK: Final = timedelta(days=1)
_GOING: Final = (OrderState.PLANNED, OrderState.UNDER_WAY)


class Silent(NamedTuple):
    """An order at whose stop somebody should long have been, by its order's id."""

    order_id: UUID
    happened_at: datetime
    helper_id: UUID


def list_silent(uow: UnitOfWork) -> list[Silent]:
    """Every order whose stop is long past and that nobody speaks of."""
    return sorted(
        Silent(order_id, stop.until_at, helper.id)
        for stop, round_, helper, order_id in _silent_stops(uow)
        if _due_at(uow, stop, round_, helper) < uow.now
    )


def open_silent(uow: UnitOfWork, silent: Silent) -> bool:
    """Open a case for it: one per order, ever.

    Who has looked at it once is not called a second time.

    Returns:
        whether one was opened.
    """
    order = get_order(uow.session, silent.order_id, lock=True)
    if order.state not in _GOING or _is_known(uow, order.id):
        return False
    open_case(uow, order, CaseKind.OVERDUE, silent.happened_at, silent.helper_id)
    return True


def _silent_stops(uow: UnitOfWork) -> list[tuple[Stop, Round, Helper, UUID]]:
    query = (
        select(Stop, Round, Helper, Order.id)
        .select_from(Order)
        .join(StopOrder, col(StopOrder.order_id) == Order.id)
        .join(Stop, col(Stop.id) == StopOrder.stop_id)
        .join(Round, col(Round.id) == Stop.round_id)
        .join(PlanRound, col(PlanRound.round_id) == Round.id)
        .join(Plan, col(Plan.id) == PlanRound.plan_id)
        .join(Wave, col(Wave.id) == Plan.wave_id)
        .join(Helper, col(Helper.id) == Round.helper_id)
        .where(col(Order.state).in_(_GOING), col(Plan.version) == Wave.shown_version)
        .where(Stop.kind != StopKind.PICKUP, Stop.state != StopState.DONE)
        .where(~col(StopOrder.given_back))
        .where(Round.state != RoundState.DROPPED)
        .where(col(Stop.until_at) < uow.now - OVERDUE_AFTER)
        .where(col(Stop.until_at) > uow.now - _LOOK_BACK)
        .where(~col(Order.id).in_(select(Case.order_id)))
    )
    rows = uow.session.exec(query)
    return [(stop, round_, helper, id_) for stop, round_, helper, id_ in rows]


def _due_at(uow: UnitOfWork, stop: Stop, round_: Round, helper: Helper) -> datetime:
    """When silence becomes an alarm; who has arrived is given the time to serve."""
    door = uow.session.get(Household, stop.household_id)
    if helper.paper or (door is not None and not door.signal):
        return max(stop.until_at, round_.ends_at) + SILENT_AFTER
    served = (stop.arrived_at or stop.at) + (stop.leaves_at - stop.at)
    return max(stop.until_at, served) + OVERDUE_AFTER


def _is_known(uow: UnitOfWork, order_id: UUID) -> bool:
    query = select(Case.id).where(Case.order_id == order_id)
    return uow.session.exec(query).first() is not None
