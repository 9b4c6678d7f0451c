"""Stops go back to their place of last week, where that costs little.

The search keeps people at doors for what a preference is worth; it does not know in
which order somebody has walked for years. That has its own price, paid here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from routing.cost import cost_of
from routing.finishing import routes_of
from routing.instance import Car, Instance
from routing.plan import Plan, Route
from routing.problem import Problem
from routing.search.insertion import best_spot, with_task
from routing.search.tour import Tour
from routing.standing import Same, doors_in_place
from routing.timing import first_broken


@dataclass(frozen=True)
class _Return:
    """One round in last week's order: stops that find their place, and the price."""

    nodes: list[int]
    gained: int
    extra_seconds: int


def settled(
    problem: Problem, plan: Plan, last: Plan, same: Same, *, extra_seconds: int
) -> Plan:
    """The plan with as many stops in last week's order as the travel allows.

    Only orders change: everybody keeps the tasks that they have. Rounds whose return
    is cheapest per stop come first, until `extra_seconds` of travel are spent. What
    has begun, and what is tied to another round, stays as it is.
    """
    inst = Instance(problem)
    before = {same.vehicles.get(route.vehicle): route for route in last.routes}
    returns = {}
    for route in plan.routes:
        if route.vehicle in before and _free(problem, route):
            was = _this_week(problem, before[route.vehicle], same)
            if one := _returned(inst, route, was):
                returns[route.vehicle] = one
    chosen = _within(returns, extra_seconds)
    if not chosen:
        return plan
    tours = [_nodes(problem, route) for route in _by_car(problem, plan)]
    for vehicle, each in chosen.items():
        tours[problem.vehicle_numbers[vehicle]] = each.nodes
    fresh = {route.vehicle: route for route in routes_of(inst, tours)}
    routes = tuple(fresh[r.vehicle] if r.vehicle in chosen else r for r in plan.routes)
    found = replace(plan, routes=routes)
    return replace(found, cost=cost_of(problem, found))


def _within(returns: Mapping[str, _Return], extra_seconds: int) -> dict[str, _Return]:
    """The cheapest per stop, as far as the seconds go; what saves travel adds some."""
    chosen, left = {}, extra_seconds
    order = sorted(
        returns, key=lambda v: (returns[v].extra_seconds / returns[v].gained, v)
    )
    for vehicle in order:
        if returns[vehicle].extra_seconds <= left:
            chosen[vehicle] = returns[vehicle]
            left -= returns[vehicle].extra_seconds
    return chosen


def _free(problem: Problem, route: Route) -> bool:
    """Neither begun, nor with a rest, nor bound to another round."""
    if route.vehicle in problem.begun or problem.vehicle(route.vehicle).breaks:
        return False
    tied = {name for line in problem.sequence for name in (line.first, line.then)}
    tasks = [problem.task(stop.task) for stop in route.stops if stop.task is not None]
    return all(task.people == 1 and task.id not in tied for task in tasks)


def _this_week(problem: Problem, route: Route, same: Same) -> Route:
    stops = tuple(
        replace(stop, task=task)
        for stop in route.stops
        if (task := same.tasks.get(stop.task or "")) in problem.task_numbers
    )
    return replace(route, stops=stops)


def _returned(inst: Instance, route: Route, was: Route) -> _Return | None:
    """The round in last week's order, what is new put in where it is cheapest."""
    problem = inst.problem
    car = inst.cars[problem.vehicle_numbers[route.vehicle]]
    now = _nodes(problem, route)
    mine = {node >> 1 for node in now}
    old = [node for node in _nodes(problem, was) if node >> 1 in mine]
    known = {node >> 1 for node in old}
    nodes = _with_new(inst, car, old, sorted(mine - known))
    if nodes is None:
        return None
    gained = doors_in_place(was, _named(inst, nodes)) - doors_in_place(
        was, _named(inst, now)
    )
    extra = Tour(inst, car, nodes).cost - Tour(inst, car, now).cost
    return _Return(nodes, gained, extra) if gained > 0 else None


def _with_new(
    inst: Instance, car: Car, old: list[int], new: Sequence[int]
) -> list[int] | None:
    if first_broken(inst, car, old):
        return None
    tour = Tour(inst, car, old)
    for k in new:
        spot = best_spot(inst, tour, k)
        if spot is None:
            return None
        tour = Tour(inst, car, with_task(inst, tour, k, spot))
    return tour.nodes


def _by_car(problem: Problem, plan: Plan) -> list[Route]:
    routes = {route.vehicle: route for route in plan.routes}
    return [routes.get(v.id, Route(v.id)) for v in problem.vehicles]


def _nodes(problem: Problem, route: Route) -> list[int]:
    numbers = problem.task_numbers
    begun = problem.begun.get(route.vehicle)
    fresh = route.stops[len(begun.stops) if begun is not None else 0 :]
    return [
        2 * numbers[stop.task] + (stop.kind == "dropoff")
        for stop in fresh
        if stop.task is not None
    ]


def _named(inst: Instance, nodes: Sequence[int]) -> list[str]:
    """Doors, in the order in which they are reached."""
    return [
        inst.task(node >> 1).id
        for node in nodes
        if node & 1 or not inst.paired[node >> 1]
    ]
