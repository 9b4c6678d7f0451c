"""Going back to the plan before, as long as it can still be walked."""

from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from dispatch.errors import Conflict
from dispatch.log.events import record
from dispatch.orders.orders import Order, OrderState, move_order
from dispatch.planning.asking import ask_for_plan
from dispatch.planning.begun import list_at_once, list_begun
from dispatch.planning.beside import find_settled
from dispatch.planning.crew import crew_of
from dispatch.planning.holding import hold_helpers, hold_orders
from dispatch.planning.placing import put_on_round
from dispatch.planning.plans import (
    Plan,
    PlanRound,
    Round,
    RoundState,
    StopKind,
    list_rounds,
    list_rounds_of_wave,
    list_stop_orders,
)
from dispatch.planning.problem import OPEN_STATES
from dispatch.planning.repairing import can_walk
from dispatch.planning.waves import AskState, PlanRequest, Wave, get_wave
from dispatch.store.columns import Json
from dispatch.store.unit_of_work import UnitOfWork

TAKEN_OFF: Final[Json] = {
    "why": "调度员退回了上一版路线，这一单不在其中。",
    "candidates": [],
    "relaxation": None,
}


class NoEarlierPlan(Conflict):
    """这个波次没有更早的路线可以退回。"""

    code = "no_earlier_plan"


class EarlierPlanOver(Conflict):
    """上一版路线已经走不成：有人已出发，或出发时间已过。没有改动。"""

    code = "earlier_plan_over"


def go_back(uow: UnitOfWork, wave_id: UUID) -> Plan:
    """Publish the plan before the present one again, as a new version.

    Orders that it left out are left out again, with that explanation; orders that
    joined after it wait, and a plan is asked for them. What was called off stays
    called off. A plan that somebody waited for is no longer waited for. Whoever has
    left at once goes on, and what is wanted at once is left alone.

    Raises:
        NotFound: no such wave.
        NoEarlierPlan, EarlierPlanOver: nothing was changed.
    """
    session = uow.session
    orders = hold_orders(session, wave_id)
    wave = get_wave(session, wave_id, lock=True)
    present = find_settled(session, wave_id, wave.shown_version)
    before = present and find_settled(session, wave_id, present.version - 1)
    if before is None:
        raise NoEarlierPlan
    standing = list_rounds_of_wave(session, wave_id, lock=True)
    again = list_rounds(session, before.id)
    hold_helpers(session, (each.helper_id for each in again))
    kept = {each.id for each in again} | list_at_once(session, wave_id)
    replaced = [each for each in standing if each.id not in kept]
    known = {each.id for each in again}
    again += [r for r in standing if r.id in kept - known]  # who left at once since
    _must_be_possible(uow, wave, replaced, again)
    plan = _new_version(uow, wave, before)
    for round_ in replaced:
        round_.state = RoundState.DROPPED
        session.add(round_)
    for round_ in again:
        if round_.state is RoundState.DROPPED:
            round_.state = RoundState.READY
        session.add_all([round_, PlanRound(plan_id=plan.id, round_id=round_.id)])
    session.flush()
    waiting = _put_orders(uow, orders, again, before, plan)
    scope = {"street_code": wave.street_code}
    said = {"version": plan.version, "like": before.version}
    record(uow, "wave.gone_back", "wave", wave.id, facts=said, **scope)
    if waiting:
        wave.orders_version += 1  # should that request fail, the sweep asks again
        session.add(wave)
        ask_for_plan(uow, wave.id, "new_orders")
    return plan


def _must_be_possible(
    uow: UnitOfWork, wave: Wave, replaced: list[Round], again: list[Round]
) -> None:
    begun = {each.id for each in list_begun(uow.session, wave.id, uow.now)}
    if any(r.state is not RoundState.READY or r.id in begun for r in replaced):
        raise EarlierPlanOver
    crew = crew_of(uow.session, wave, uow.now)
    for round_ in again:
        if round_.state is not RoundState.DROPPED:
            continue
        hours = round_.leaves_at, round_.ends_at
        own = [duty for duty in crew if duty.helper.id == round_.helper_id]
        if hours[0] < uow.now or not any(can_walk(duty, *hours) for duty in own):
            raise EarlierPlanOver


def _new_version(uow: UnitOfWork, wave: Wave, before: Plan) -> Plan:
    plan = Plan(
        wave_id=wave.id,
        version=wave.plan_version + 1,
        decided_by=[f"back to {before.version}", *before.decided_by],
        fallback=before.fallback,
        travel_seconds=before.travel_seconds,
        left_out=before.left_out,
        problem_sha256=before.problem_sha256,
        published_at=uow.now,
    )
    wave.plan_version = wave.shown_version = plan.version
    wave.planned_orders_version = wave.orders_version
    uow.session.add_all([plan, wave])
    uow.session.exec(
        update(PlanRequest)
        .where(col(PlanRequest.wave_id) == wave.id)
        .where(col(PlanRequest.state) == AskState.QUEUED)
        .values(state=AskState.FAILED, error=f"superseded: version {plan.version}")
        .execution_options(synchronize_session=False)
    )
    uow.session.flush()
    return plan


def _put_orders(
    uow: UnitOfWork,
    orders: dict[UUID, Order],
    rounds: list[Round],
    before: Plan,
    plan: Plan,
) -> int:
    """On the rounds that are walked again, among those left out, or to wait.

    Returns:
        how many joined after the earlier plan and wait for the next one.
    """
    helper_of = {each.id: each.helper_id for each in rounds}
    carriers: dict[UUID, list[UUID]] = {}
    for stop, served in list_stop_orders(uow.session, helper_of):
        if stop.kind is not StopKind.PICKUP and not served.given_back:
            carriers.setdefault(served.order_id, []).append(helper_of[stop.round_id])
    waiting = 0
    for order in orders.values():
        if order.state is OrderState.UNDER_WAY:
            order.plan_version = plan.version
        if order.state not in OPEN_STATES or order.at_once:
            continue
        if helper_ids := carriers.get(order.id):
            put_on_round(uow, order, helper_ids, plan.version, was=())
        elif _joined_after(order, before):
            _set_waiting(uow, order)
            waiting += 1
        else:
            _take_off(uow, order, plan)
    return waiting


def _joined_after(order: Order, before: Plan) -> bool:
    """The earlier plan was never asked about it."""
    return order.state is OrderState.WAITING or order.placed_at >= before.published_at


def _set_waiting(uow: UnitOfWork, order: Order) -> None:
    order.plan_version, order.explanation = None, None
    if order.state is not OrderState.WAITING:
        move_order(uow, order, OrderState.WAITING)
    uow.session.add(order)


def _take_off(uow: UnitOfWork, order: Order, plan: Plan) -> None:
    order.plan_version = None
    order.explanation = TAKEN_OFF | {"plan_version": plan.version}
    if order.state is not OrderState.UNASSIGNED:
        move_order(uow, order, OrderState.UNASSIGNED)
    uow.session.add(order)
