"""Parting: of two people who were to come together, only one still does.

What needs two is not begun by one, and not ended by one either: the order goes back to
the plan, whoever was left alone is told, and where somebody may stand at the door
already, a person looks after it.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, func, select

from dispatch.catalogue.services import Service
from dispatch.clock import town_day
from dispatch.field.partners import part
from dispatch.orders.orders import (
    ON_A_ROUND,
    Order,
    OrderState,
    get_order,
    move_order,
    tell_order,
)
from dispatch.people.helpers import Helper
from dispatch.planning.joining import touch_wave
from dispatch.planning.plans import (
    Round,
    RoundState,
    Stop,
    StopKind,
    StopOrder,
    not_given_back,
)
from dispatch.safety.cases import CaseKind
from dispatch.safety.opening import open_case
from dispatch.store.columns import Json, among
from dispatch.store.unit_of_work import UnitOfWork

LEFT_ALONE: Final[Json] = {
    "why": "两人同去的服务，其中一人不能来了，等待重新排线。",
    "candidates": [],
    "relaxation": None,
}
_LOOK_BACK: Final = timedelta(days=1)


def list_left_alone(uow: UnitOfWork) -> list[UUID]:
    """The orders for two people to which fewer will come, by id."""
    days = col(Order.serve_on) >= town_day(uow.now - _LOOK_BACK)
    found = uow.session.exec(select(Order.id).where(days, _is_left_alone()))
    return sorted(found)


def bring_back(uow: UnitOfWork, order_id: UUID) -> bool:
    """Give such an order back to the plan, and tell whoever still comes.

    Returns:
        whether it was so; somebody may have been found meanwhile.
    """
    order = get_order(uow.session, order_id, lock=True)
    alone = select(Order.id).where(Order.id == order_id, _is_left_alone())
    if uow.session.exec(alone).first() is None:
        return False
    staying = _who_comes(uow.session, order_id)
    at_the_door = [who for stop, who in staying if stop.at <= uow.now]
    begun = order.state is OrderState.UNDER_WAY
    move_order(uow, order, OrderState.UNASSIGNED, why="partner_gone")
    order.plan_version, order.explanation = None, LEFT_ALONE
    for _, who in staying:
        tell_order(uow, order, "order.partner_left", helper_id=who)
    part(uow, order)
    touch_wave(uow, order)
    if begun or at_the_door:
        who_alone = next((who for _, who in staying), None)
        open_case(uow, order, CaseKind.ALONE, uow.now, who_alone)
    return True


def _is_left_alone() -> ColumnElement[bool]:
    coming = (
        select(func.count(func.distinct(col(Round.helper_id))))
        .select_from(StopOrder)
        .join(Stop, col(Stop.id) == StopOrder.stop_id)
        .join(Round, col(Round.id) == Stop.round_id)
        .join(Helper, col(Helper.id) == Round.helper_id)
        .where(col(StopOrder.order_id) == col(Order.id), _comes())
        .scalar_subquery()
    )
    people = (
        select(Service.people)
        .where(col(Service.code) == col(Order.service))
        .scalar_subquery()
    )
    return and_(among(col(Order.state), ON_A_ROUND), people > 1, coming < people)


def _comes() -> ColumnElement[bool]:
    """The helper of this stop's round comes, or was there.

    Of somebody who is suspended before they set out we know that they do not.
    """
    return and_(
        col(Stop.kind) == StopKind.VISIT,
        not_given_back(),
        col(Round.state) != RoundState.DROPPED,
        or_(col(Round.state) != RoundState.READY, ~col(Helper.suspended)),
    )


def _who_comes(session: Session, order_id: UUID) -> list[tuple[Stop, UUID]]:
    query = (
        select(Stop, Round.helper_id)
        .join(StopOrder, col(StopOrder.stop_id) == Stop.id)
        .join(Round, col(Round.id) == Stop.round_id)
        .join(Helper, col(Helper.id) == Round.helper_id)
        .where(StopOrder.order_id == order_id, _comes())
        .order_by(col(Stop.at), col(Stop.id))
    )
    return [(stop, who) for stop, who in session.exec(query)]
