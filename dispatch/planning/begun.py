"""What has begun: rounds that no later plan may change, and the orders on them."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from dispatch.orders.orders import Order, OrderState
from dispatch.people.helpers import Helper
from dispatch.planning.handovers import RoundHandover
from dispatch.planning.plans import (
    GOING_STATES,
    Round,
    RoundState,
    Stop,
    StopKind,
    StopOrder,
    not_given_back,
)

SHEET_AHEAD: Final = timedelta(minutes=15)  # then a paper sheet is in their hands
_TO_BE_PLANNED = (OrderState.WAITING, OrderState.UNASSIGNED)


def list_begun(session: Session, wave_id: UUID, now: datetime) -> list[Round]:
    """The rounds of a wave that nobody may change any more, by id.

    Those that are loaded or under way, those that somebody leaves for at once, and
    those whose planned departure is past: their helper may be on the way where no
    phone has a network. A paper sheet is printed a while before, and nobody hears of
    a later plan who carries one: each new plan would put their departure off, and
    take from them what they set out with. Only of somebody who is suspended we know
    that they have not left. Whoever meets one of these at a door stays with them.
    """
    leaves_at = col(Round.leaves_at)
    printed = and_(col(Helper.paper), leaves_at <= now + SHEET_AHEAD)
    gone = and_(
        col(Round.state) == RoundState.READY,
        or_(leaves_at <= now, printed),
        ~col(Helper.suspended),
    )
    told = and_(col(Round.state) == RoundState.READY, _at_once())
    begun = session.exec(
        select(Round)
        .join(Helper, col(Helper.id) == Round.helper_id)
        .where(Round.wave_id == wave_id)
        .where(or_(col(Round.state).in_(GOING_STATES), gone, told))
    ).all()
    found = {each.id: each for each in begun}
    if found:
        _add_partners(session, wave_id, found)
    return sorted(found.values(), key=lambda each: each.id)


def _add_partners(session: Session, wave_id: UUID, begun: dict[UUID, Round]) -> None:
    """The rounds that share a visit with one of these, and those that share with them.

    A new plan that moved one of two people would leave the other alone at the door.
    """
    meetings = _meetings(session, wave_id)
    while True:
        met = [each for each in meetings if any(one.id in begun for one in each)]
        more = {one.id: one for each in met for one in each} | begun
        if len(more) == len(begun):
            return
        begun.update(more)


def _meetings(session: Session, wave_id: UUID) -> list[list[Round]]:
    """Rounds whose helpers can still come, by the order that they share."""
    query = (
        select(StopOrder.order_id, Round)
        .join(Stop, col(Stop.id) == StopOrder.stop_id)
        .join(Round, col(Round.id) == Stop.round_id)
        .join(Helper, col(Helper.id) == Round.helper_id)
        .where(Round.wave_id == wave_id, Stop.kind == StopKind.VISIT)
        .where(col(Round.state).in_({RoundState.READY, *GOING_STATES}))
        .where(not_given_back())
        .where(or_(col(Round.state) != RoundState.READY, ~col(Helper.suspended)))
    )
    met: dict[UUID, list[Round]] = {}
    for order_id, round_ in session.exec(query):
        met.setdefault(order_id, []).append(round_)
    return [each for each in met.values() if len(each) > 1]


def list_at_once(session: Session, wave_id: UUID) -> set[UUID]:
    """The rounds of a wave that were given one by one, outside its plan."""
    return set(
        session.exec(select(Round.id).where(Round.wave_id == wave_id, _at_once()))
    )


def _at_once() -> ColumnElement[bool]:
    """A round that was made for orders that were wanted at once, or taken over."""
    served = (
        select(StopOrder.order_id)
        .join(Stop, col(Stop.id) == StopOrder.stop_id)
        .join(Order, col(Order.id) == StopOrder.order_id)
        .where(col(Stop.round_id) == col(Round.id), col(Order.ready_at).is_not(None))
    )
    over = select(RoundHandover.id).where(
        col(RoundHandover.to_round_id) == col(Round.id)
    )
    return or_(served.exists(), over.exists())


def list_begun_orders(session: Session, wave_id: UUID, now: datetime) -> set[UUID]:
    """The orders of a wave on rounds that have begun, but for those given back."""
    begun = [each.id for each in list_begun(session, wave_id, now)]
    query = (
        select(StopOrder.order_id)
        .join(Stop, col(Stop.id) == StopOrder.stop_id)
        .join(Order, col(Order.id) == StopOrder.order_id)
        .where(col(Stop.round_id).in_(begun), not_given_back())
        .where(col(Order.state).not_in(_TO_BE_PLANNED))
    )
    return set(session.exec(query))
