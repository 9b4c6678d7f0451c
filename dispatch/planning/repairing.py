"""Repairing a plan before it is published: what changed while it was thought of."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from dispatch.clock import town_moment
from dispatch.orders.orders import Order
from dispatch.planning.begun import list_begun_orders
from dispatch.planning.crew import Duty, crew_of
from dispatch.planning.problem import OPEN_STATES, WaveProblem
from dispatch.planning.solving import must_obey
from dispatch.planning.waves import Wave
from dispatch.store.unit_of_work import UnitOfWork
from routing import Plan, Problem, Route

Crewing = Callable[[Session, Wave, datetime], list[Duty]]


@dataclass(frozen=True)
class Repaired:
    """A plan that still fits the world: orders that fell out are named by task."""

    plan: Plan
    gone: frozenset[str]  # called off, or on their way already
    freed: frozenset[str]  # their helper, or one of two, can no longer come


def repair(
    uow: UnitOfWork,
    wave: Wave,
    task: WaveProblem,
    plan: Plan,
    orders: list[Order],
    *,
    crew: Crewing = crew_of,
) -> Repaired:
    """Take out what nobody needs any more and rounds that nobody can walk now.

    Args:
        crew: who may be given a round of the wave at a moment.

    Raises:
        SolverFailed: what is left breaks a rule.
    """
    begun = list_begun_orders(uow.session, wave.id, uow.now)
    still = {
        str(order.id)
        for order in orders
        if order.state in OPEN_STATES and order.id not in begun
    }
    gone = {each.id for each in task.problem.tasks} - still
    lost = _lost_routes(plan, wave, crew(uow.session, wave, uow.now))
    freed = {
        stop.task
        for route in lost
        for stop in route.stops
        if stop.task is not None and stop.task in still
    }
    if gone or lost:
        kept = tuple(route for route in plan.routes if route not in lost)
        plan = _without(task.problem, replace(plan, routes=kept), gone | freed)
        must_obey(smaller(task.problem, gone | freed), plan)
    return Repaired(plan, frozenset(gone), frozenset(freed))


def _lost_routes(plan: Plan, wave: Wave, crew: list[Duty]) -> list[Route]:
    """Rounds whose helper has begun another, fell out, or is taken by another wave."""
    free = {duty.id: duty for duty in crew}
    return [
        route
        for route in plan.routes
        if not can_walk(free.get(route.vehicle), *_hours(wave, route))
    ]


def can_walk(duty: Duty | None, leaves_at: datetime, ends_at: datetime) -> bool:
    """The hours fit into what is left of a helper's duty."""
    if duty is None or leaves_at < duty.free[0] or ends_at > duty.free[1]:
        return False
    return (ends_at - leaves_at).total_seconds() <= duty.work_seconds


def _hours(wave: Wave, route: Route) -> tuple[datetime, datetime]:
    leaves, ends = route.leaves_at or 0, route.ends_at or 0
    return town_moment(wave.serve_on, leaves), town_moment(wave.serve_on, ends)


def _without(problem: Problem, plan: Plan, gone: Collection[str]) -> Plan:
    """The plan without some tasks; the others keep their times."""
    routes = tuple(_shorter(problem, route, gone) for route in plan.routes)
    return replace(
        plan,
        routes=tuple(route for route in routes if route.stops),
        left_out=tuple(each for each in plan.left_out if each.task not in gone),
    )


def _shorter(problem: Problem, route: Route, gone: Collection[str]) -> Route:
    stops = tuple(stop for stop in route.stops if stop.task not in gone)
    if not stops or stops == route.stops:
        return replace(route, stops=stops)
    last = stops[-1]
    halts = dict(problem.task(last.task or "").halts)
    service = halts[last.kind or "visit"].service_seconds
    return replace(route, stops=stops, ends_at=last.at + service)


def smaller(problem: Problem, gone: Collection[str]) -> Problem:
    """The problem without some tasks, and without what was said of them."""
    return problem.replaced(
        tasks=tuple(each for each in problem.tasks if each.id not in gone),
        never=tuple(pair for pair in problem.never if pair[1] not in gone),
        prefer=tuple(each for each in problem.prefer if each.task not in gone),
    )
