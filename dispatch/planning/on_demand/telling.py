"""Telling people of orders wanted at once that nobody takes, and of trips not begun."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, func, select

from dispatch.log.events import Event, record
from dispatch.orders.orders import Order, OrderState, move_order, tell_order
from dispatch.planning.explaining import explain, explain_unfit
from dispatch.planning.holding import hold_orders
from dispatch.planning.on_demand.scene import AtOnce
from dispatch.planning.plans import (
    Round,
    RoundState,
    Stop,
    StopOrder,
    get_round,
    list_stop_orders,
    not_given_back,
)
from dispatch.planning.problem import Carrier
from dispatch.planning.waves import get_wave
from dispatch.store.columns import Json
from dispatch.store.unit_of_work import UnitOfWork
from routing import Candidate, LeftOut
from routing.ondemand import obstacle

UNTAKEN: Final = "round.not_taken_up"
_UNTAKEN_WORDS: Final = "即时单已派出，过了首站时间仍无人动身，请联系服务人员或改派"
_OPEN: Final = (OrderState.WAITING, OrderState.UNASSIGNED)
_LOOK_BACK: Final = timedelta(days=1)


def reasons_for(seen: AtOnce, left: Iterable[str]) -> dict[UUID, Json]:
    """Why nobody takes each of these calls, and what never became one, by order.

    Per helper on duty it names the first rule that keeps them from it, as if they had
    nothing else to do.
    """
    version, calls = (
        seen.wave.plan_version,
        {each.id: each for each in seen.scene.calls},
    )
    carriers = {
        name: Carrier(each.duty.helper.id, each.duty.helper.mode)
        for name, each in seen.standby.items()
    }
    why = {
        order_id: explain_unfit(carriers, rule, version)
        for order_id, rule in seen.unfit.items()
    }
    for name in left:
        candidates = tuple(
            Candidate(each.id, *obstacle(seen.scene, calls[name], each))
            for each in seen.scene.couriers
        )
        why[UUID(name)] = explain(carriers, LeftOut(name, "", candidates), version)
    return why


def is_news(orders: Sequence[Order], why: Mapping[UUID, Json]) -> bool:
    """Would telling change anything?"""
    return any(_differs(order, why.get(order.id)) for order in orders)


def tell_reasons(uow: UnitOfWork, wave_id: UUID, why: Mapping[UUID, Json]) -> None:
    """Who is left out says why; for whom somebody is meant again, waits again."""
    asked = select(Order.id).where(Order.wave_id == wave_id)
    asked = asked.where(col(Order.ready_at).is_not(None), col(Order.state).in_(_OPEN))
    held = hold_orders(uow.session, wave_id, only=set(uow.session.exec(asked)))
    for order in held.values():
        told = why.get(order.id)
        if order.state not in _OPEN or not _differs(order, told):
            continue
        order.explanation = told
        if told is None:
            move_order(uow, order, OrderState.WAITING)
        elif order.state is OrderState.WAITING:
            move_order(uow, order, OrderState.UNASSIGNED, why=told["why"])
        uow.session.add(order)


def _differs(order: Order, told: Json | None) -> bool:
    """Seconds alone are no news: it would be told anew at each look."""
    if told is None or order.state is OrderState.WAITING:
        return (told is None) != (order.state is OrderState.WAITING)
    return bool((order.explanation or {}).get("why") != told["why"])


def list_untaken(
    session: Session, before: datetime, *, only: UUID | None = None
) -> list[UUID]:
    """Trips at once of which no phone has said anything; each is told of once.

    Whose orders are all called off, ended or given back is waited for by nobody.

    Args:
        before: their first stop should have been over by then.
        only: the round that is asked about; None: all of them.
    """
    waits = (
        select(StopOrder.order_id)
        .join(Stop, col(Stop.id) == StopOrder.stop_id)
        .join(Order, col(Order.id) == StopOrder.order_id)
        .where(col(Stop.round_id) == col(Round.id), not_given_back())
        .where(Order.state == OrderState.PLANNED, col(Order.ready_at).is_not(None))
    )
    first_over = (
        select(func.min(Stop.leaves_at))
        .where(col(Stop.round_id) == col(Round.id))
        .scalar_subquery()
    )
    told = select(Event.id).where(
        col(Event.subject_id) == col(Round.id), Event.kind == UNTAKEN
    )
    query = (
        select(Round.id)
        .where(Round.state == RoundState.READY, Round.leaves_at < before)
        .where(Round.leaves_at > before - _LOOK_BACK, first_over < before)
        .where(waits.exists(), ~told.exists())
        .order_by(col(Round.id))
    )
    if only is not None:
        query = query.where(Round.id == only)
    return list(session.exec(query))


def tell_untaken(uow: UnitOfWork, round_id: UUID, before: datetime) -> bool:
    """The alarm for such a trip, if nobody has taken it up or told of it meanwhile.

    Each of its orders that is still planned says it, too, in its story.
    """
    served = {row.order_id for _, row in list_stop_orders(uow.session, [round_id])}
    wave_id = get_round(uow.session, round_id).wave_id
    orders = hold_orders(uow.session, wave_id, only=served)
    round_ = get_round(uow.session, round_id, lock=True)
    if not list_untaken(uow.session, before, only=round_id):
        return False
    about: Json = {"helper_id": str(round_.helper_id), "words": _UNTAKEN_WORDS}
    place = {"street_code": get_wave(uow.session, wave_id).street_code}
    whom = {"wave_id": wave_id, "helper_id": round_.helper_id}
    record(uow, UNTAKEN, "round", round_id, facts=about, **whom, **place)
    for order in orders.values():
        if order.state is OrderState.PLANNED:
            told: Json = about | {"helper_id": round_.helper_id}
            tell_order(uow, order, "order.not_taken_up", **told)
    return True
