"""Publishing a plan: one planner wins, and what changed meanwhile is put right."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from sqlalchemy import func, update
from sqlmodel import col, select

from dispatch.log.events import record
from dispatch.orders.orders import CARRIED_CHANNELS, Order, OrderState
from dispatch.planning.asking import ask_for_plan
from dispatch.planning.beside import find_settled
from dispatch.planning.holding import hold_helpers, hold_orders
from dispatch.planning.leases import Lease
from dispatch.planning.placing import Publication, leave_out, set_free, write_rounds
from dispatch.planning.plans import Plan, Round, list_rounds_of_wave
from dispatch.planning.problem import WaveProblem
from dispatch.planning.repairing import Repaired, repair
from dispatch.planning.solving import Thought
from dispatch.planning.waves import AskState, PlanRequest, Wave, get_request, get_wave
from dispatch.store.columns import Json
from dispatch.store.fail_points import fail_point
from dispatch.store.unit_of_work import UnitOfWork

QUICK_PLAN: Final = "自动排线没有完成，已使用快速方案，可人工调整"


class Superseded(Exception):
    """Another planner has this request, or a newer plan is out."""


def publish(uow: UnitOfWork, lease: Lease, task: WaveProblem, thought: Thought) -> Plan:
    """Make a plan the one in force, if it is still the one that is waited for.

    Every order of the wave is afterwards on a round, left out with an explanation,
    or waits for the plan that is asked for here; what began stays as it is, and so
    does who left at once while it was thought of.

    Raises:
        Superseded: nothing was written.
        SolverFailed: what is left after the repair breaks a rule; nothing was written.
    """
    orders = hold_orders(uow.session, lease.wave_id)
    request = _must_be_mine(uow, lease)
    wave = get_wave(uow.session, lease.wave_id, lock=True)
    _must_follow(uow, wave, task)
    hold_helpers(uow.session, (each.helper_id for each in task.carriers.values()))
    rounds = list_rounds_of_wave(uow.session, wave.id, lock=True)
    repaired = repair(uow, wave, task, thought.plan, [*orders.values()])
    raise_version(uow, wave)
    here = Publication(uow, task, wave, orders, wave.plan_version)
    _settle(uow, request, task, thought)
    return write_out(here, repaired, thought, rounds, request=request)


def write_out(
    here: Publication,
    repaired: Repaired,
    thought: Thought,
    rounds: Iterable[Round],
    *,
    request: PlanRequest | None = None,
) -> Plan:
    """Write a version whose number is ours, tell of it, and ask for whom it forgot."""
    plan = write_plan(here, repaired, thought, request=request)
    write_rounds(here, plan, repaired, rounds)
    leave_out(here, repaired)
    set_free(here, repaired)
    tell_plan(here, plan, thought)
    if _is_anybody_forgotten(here):
        ask_for_plan(here.uow, here.wave.id, "new_orders")
    fail_point("plan.written")
    return plan


def _is_anybody_forgotten(here: Publication) -> bool:
    """An order of the wave waits, or came back from its helper while we thought.

    Read anew under the wave's lock: an order that joined after the others were held,
    and before the wave was, is not among those that we hold.
    """
    unplanned = (
        select(Order.id, Order.state)
        .where(Order.wave_id == here.wave.id)
        .where(col(Order.channel).in_(CARRIED_CHANNELS))
        .where(col(Order.state).in_([OrderState.WAITING, OrderState.UNASSIGNED]))
        .where(col(Order.ready_at).is_(None))
    )
    return any(
        state is OrderState.WAITING or order_id not in here.task.handled
        for order_id, state in here.uow.session.exec(unplanned)
    )


def _must_be_mine(uow: UnitOfWork, lease: Lease) -> PlanRequest:
    request = get_request(uow.session, lease.request_id, lock=True)
    if request.fence != lease.fence or request.state is not AskState.RUNNING:
        raise Superseded(f"request {request.id} is in other hands")
    return request


def _must_follow(uow: UnitOfWork, wave: Wave, task: WaveProblem) -> None:
    """Raises: Superseded, when more than leavings came out since it was read."""
    newest = find_settled(uow.session, wave.id, wave.plan_version)
    if newest is not None and newest.version > task.base_version:
        raise Superseded(f"version {newest.version} is out")


def raise_version(uow: UnitOfWork, wave: Wave, *, answers: bool = True) -> None:
    """The compare-and-swap: of all who saw one version one gets through.

    Args:
        wave: as it was read under its lock; it has the new version afterwards.
        answers: the plan answers the orders of the wave as they are now.

    Raises:
        Superseded
    """
    version = wave.plan_version + 1
    answered = Wave.orders_version if answers else Wave.planned_orders_version
    won = uow.session.exec(
        update(Wave)
        .where(col(Wave.id) == wave.id)
        .where(col(Wave.plan_version) == wave.plan_version)
        .values(
            plan_version=version,
            shown_version=version,
            planned_orders_version=answered,
        )
        .returning(col(Wave.id))
        .execution_options(synchronize_session=False)
    ).first()
    if won is None:
        raise Superseded(f"version {version} is out already")
    uow.session.refresh(wave)


def write_plan(
    here: Publication,
    repaired: Repaired,
    thought: Thought,
    *,
    request: PlanRequest | None = None,
    base_version: int | None = None,
) -> Plan:
    """The row of a version.

    Args:
        request: who asked for it, if somebody did.
        base_version: what it only adds to, if it does.
    """
    plan = Plan(
        wave_id=here.wave.id,
        version=here.version,
        base_version=here.version if base_version is None else base_version,
        request_id=request.id if request else None,
        decided_by=list(thought.plan.decided_by),
        fallback=thought.trouble is not None,
        travel_seconds=thought.plan.cost.travel_seconds,
        left_out=_count_left_out(here.task, repaired),
        problem_sha256=here.task.sha256,
        published_at=here.uow.now,
    )
    here.uow.session.add(plan)
    here.uow.session.flush()
    return plan


def _count_left_out(task: WaveProblem, repaired: Repaired) -> Json:
    """How many by the rule that stood in the way first."""
    counted = Counter(task.unfit.values())
    counted.update(
        left.candidates[0].rule if left.candidates else "nobody"
        for left in repaired.plan.left_out
    )
    return dict(counted)


def _settle(
    uow: UnitOfWork, request: PlanRequest, task: WaveProblem, thought: Thought
) -> None:
    """The request is answered; what it cost stands with it."""
    request.state = AskState.DONE
    request.base_version = task.base_version
    request.orders_version = task.orders_version
    request.error = thought.trouble
    request.figures = {
        "seconds": thought.plan.seconds_used,
        "travel_seconds": thought.plan.cost.travel_seconds,
        "tasks": len(task.problem.tasks),
        "helpers": len(task.problem.vehicles),
        "left_out": len(thought.plan.left_out) + len(task.unfit),
        "parts": dict(thought.parts),
        "beyond": [
            [str(task.carriers[who].helper_id), rule] for who, rule in thought.beyond
        ],
    }
    uow.session.add(request)


def tell_plan(here: Publication, plan: Plan, thought: Thought) -> None:
    """The wave has a new plan."""
    counts = _count_states(here)
    said: Json = {
        "version": plan.version,
        "planned": counts[OrderState.PLANNED],
        "unassigned": counts[OrderState.UNASSIGNED],
        "fallback": plan.fallback,
        "decided_by": plan.decided_by,
    }
    if thought.trouble is not None:
        said |= {"trouble": thought.trouble, "words": QUICK_PLAN}
    wave = here.wave
    scope = {"street_code": wave.street_code}
    record(here.uow, "wave.planned", "wave", wave.id, facts=said, **scope)
    if thought.trouble is not None:
        record(here.uow, "wave.quick_plan", "wave", wave.id, facts=said, **scope)


def _count_states(here: Publication) -> Counter[str]:
    """How many of the wave's carried orders are in each state now."""
    query = (
        select(Order.state, func.count())
        .where(Order.wave_id == here.wave.id)
        .where(col(Order.channel).in_(CARRIED_CHANNELS))
        .group_by(col(Order.state))
    )
    return Counter(dict(here.uow.session.exec(query).all()))
