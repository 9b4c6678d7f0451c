"""Placing orders: on rounds, among those left out, or back to the waiting ones."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from dispatch.orders.orders import Order, OrderState, move_order, tell_order
from dispatch.planning.begun import list_begun, list_begun_orders
from dispatch.planning.explaining import explain, explain_unfit
from dispatch.planning.plans import (
    Plan,
    PlanRound,
    Round,
    RoundState,
    find_carriers,
    list_stop_orders,
)
from dispatch.planning.problem import OPEN_STATES, WaveProblem
from dispatch.planning.repairing import Repaired
from dispatch.planning.rounds import drafts_of, kept_ways, way_of, write_round
from dispatch.planning.waves import Wave
from dispatch.store.columns import Json
from dispatch.store.unit_of_work import UnitOfWork


@dataclass
class Publication:
    """What one publication works on; all of it is locked."""

    uow: UnitOfWork
    task: WaveProblem
    wave: Wave
    orders: dict[UUID, Order]
    version: int


def write_rounds(
    here: Publication,
    plan: Plan,
    repaired: Repaired,
    rounds: Iterable[Round],
) -> None:
    """New rounds, kept ones linked, replaced ones dropped; their orders told."""
    going = {r.id for r in list_begun(here.uow.session, here.wave.id, here.uow.now)}
    ready = {
        r.id: r for r in rounds if r.state is RoundState.READY and r.id not in going
    }
    begun = [r.id for r in rounds if r.id not in ready]
    links = [*begun]
    ways = kept_ways(list_stop_orders(here.uow.session, ready))
    same = {(ready[each].helper_id, way): each for each, way in ways.items()}
    carriers = find_carriers(here.uow.session, here.wave.id)
    helpers_of: dict[UUID, list[UUID]] = {}
    for route in repaired.plan.routes:
        helper_id = here.task.carriers[route.vehicle].helper_id
        drafts = drafts_of(here.task, route, here.wave.serve_on)
        round_id = same.pop((helper_id, way_of(drafts)), None)
        if round_id is None:
            made = write_round(
                here.uow, here.task, route, drafts, here.orders, version=here.version
            )
            round_id = made.id
        links.append(round_id)
        ready.pop(round_id, None)
        for order_id in dict.fromkeys(each for d in drafts for each in d.orders):
            helpers_of.setdefault(order_id, []).append(helper_id)
    for order_id, helper_ids in helpers_of.items():
        order, was = here.orders[order_id], carriers.get(order_id, ())
        put_on_round(here.uow, order, helper_ids, here.version, was=was)
    begun_orders = list_begun_orders(here.uow.session, here.wave.id, here.uow.now)
    for order_id in begun_orders & here.orders.keys():  # who left since is not held
        here.orders[order_id].plan_version = here.version
    for dropped in ready.values():
        dropped.state = RoundState.DROPPED
        here.uow.session.add(dropped)
    here.uow.session.add_all(
        PlanRound(plan_id=plan.id, round_id=each) for each in links
    )
    here.uow.session.flush()


def add_rounds(here: Publication, plan: Plan, repaired: Repaired) -> None:
    """New rounds beside those that stand, linked; their orders told."""
    for route in repaired.plan.routes:
        helper_id = here.task.carriers[route.vehicle].helper_id
        drafts = drafts_of(here.task, route, here.wave.serve_on)
        made = write_round(
            here.uow, here.task, route, drafts, here.orders, version=here.version
        )
        here.uow.session.add(PlanRound(plan_id=plan.id, round_id=made.id))
        for order_id in dict.fromkeys(each for d in drafts for each in d.orders):
            order = here.orders[order_id]
            put_on_round(here.uow, order, [helper_id], here.version, was=())
    here.uow.session.flush()


def put_on_round(
    uow: UnitOfWork,
    order: Order,
    helpers: Sequence[UUID],
    version: int,
    *,
    was: Collection[UUID],
) -> None:
    """The order is planned; whoever did not have it before is told.

    Args:
        helpers: who carries it; where two come to one door, the second is told that
            they come along.
        was: who had it before.
    """
    order.plan_version, order.explanation = version, None
    first, *others = helpers
    about: Json = {"helper_id": first, "plan_version": version}
    known = was if order.state is OrderState.PLANNED else ()
    if order.state is not OrderState.PLANNED:
        move_order(uow, order, OrderState.PLANNED, **about)
    elif first not in known:
        tell_order(uow, order, "order.replanned", **about)
    for other in others:
        if other not in known:
            tell_order(uow, order, "order.joined", **(about | {"helper_id": other}))
    uow.session.add(order)


def leave_out(here: Publication, repaired: Repaired) -> None:
    """Orders that nobody carries get the explanation, and their state says so."""
    numbers = {str(order.id): order.number for order in here.orders.values()}
    why = {
        UUID(left.task): explain(here.task.carriers, left, here.version, numbers)
        for left in map(here.task.bearable, repaired.plan.left_out)
    }
    why |= {
        order_id: explain_unfit(here.task.carriers, rule, here.version)
        for order_id, rule in here.task.unfit.items()
    }
    for order_id, explanation in why.items():
        order = here.orders[order_id]
        if order.state not in OPEN_STATES:
            continue  # called off meanwhile
        order.explanation, order.plan_version = explanation, None
        if order.state is not OrderState.UNASSIGNED:
            move_order(here.uow, order, OrderState.UNASSIGNED, why=explanation["why"])
        here.uow.session.add(order)


def set_free(here: Publication, repaired: Repaired) -> None:
    """Orders whose new helper fell out meanwhile wait for the next plan."""
    for task_id in sorted(repaired.freed):
        order = here.orders[UUID(task_id)]
        order.plan_version = None
        if order.state in (OrderState.PLANNED, OrderState.UNASSIGNED):
            move_order(here.uow, order, OrderState.WAITING)
        here.uow.session.add(order)
