"""A plan mended in one spot, in under a second: the rest of the town stays as it is."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.cost import cost_of
from routing.effort import Effort
from routing.errors import BadProblem
from routing.freezing import place_of
from routing.narrowing import narrowed
from routing.plan import Cost, Plan, Route
from routing.problem import Problem, Task, Vehicle
from routing.solve import solve
from routing.travel import NO_WAY, Matrix, Speed, great_circle_metres
from routing.urgent import with_task

_ROUNDS: Final = 8  # that may change
_MOST_ROUNDS: Final = 10  # for several tasks together


def repaired(
    problem: Problem,
    plan: Plan,
    tasks: Sequence[Task],
    seconds: float = 0.5,
    *,
    rounds: int = _ROUNDS,
) -> Plan:
    """Put tasks in, and look for better rounds among the nearest ones only.

    Args:
        tasks: new ones, or ones that the plan leaves out.
        seconds: of the search among the `rounds` nearest rounds of each task, at
            most ten in all; numbering this small part comes on top.

    Returns:
        A plan of the problem that knows the tasks (`routing.urgent.with_task`); what
        fits nowhere is left out with its reasons.

    Raises:
        BadProblem: a task is being done already.
        NotYetHonoured: the rounds nearby hold what the search does not know.
    """
    for task in tasks:
        if task.id in plan.served:
            raise BadProblem("tasks", f"somebody does {task.id!r} already")
        problem = with_task(problem, task)
    near = _nearest(problem, plan, tasks, rounds)
    names = {task.id for task in tasks}
    mine = {name for doing in near.values() for name in doing}
    part = narrowed(problem, near, mine | names)
    begin = Plan(part.name, tuple(r for r in plan.routes if r.vehicle in near))
    found = solve(part, Effort(seconds=seconds, engine="search"), start=begin)
    return _sewn(problem, plan, part, begin, found)


def _nearest(
    problem: Problem, plan: Plan, tasks: Sequence[Task], rounds: int
) -> dict[str, set[str]]:
    """Helpers whose remaining ways come nearest to the tasks, with what they do."""
    stops = {route.vehicle: route for route in plan.routes}
    tied = {name for line in problem.sequence for name in (line.first, line.then)}
    doing = {
        each.id: {stop.task for stop in stops[each.id].stops if stop.task}
        if each.id in stops
        else set()
        for each in problem.vehicles
        if not each.breaks
    }
    spots = {name: _spots(problem, name, stops.get(name)) for name in doing}
    chosen: dict[str, set[str]] = {}
    for task in tasks:
        ways = _Ways(problem, task.halts[-1][1].place)
        able = [
            name
            for name, others in doing.items()
            if task.needs <= problem.vehicle(name).skills and not others & tied
        ]
        far = {name: ways.least(problem.vehicle(name), spots[name]) for name in able}
        for name in sorted(able, key=lambda name: (far[name], name))[:rounds]:
            if len(chosen) < _MOST_ROUNDS:
                chosen.setdefault(name, doing[name])
    return chosen


def _spots(problem: Problem, vehicle: str, route: Route | None) -> list[int]:
    """Numbers of the places where it is and will be."""
    begun, numbers = problem.begun.get(vehicle), problem.place_numbers
    here = begun.at_place if begun is not None else problem.vehicle(vehicle).start
    rest = route.stops[len(begun.stops) if begun is not None else 0 :] if route else ()
    places = [place_of(problem, stop) for stop in rest]
    return [numbers[place] for place in (here, *places) if place is not None]


class _Ways:
    """Ways from everywhere to one place, by mode."""

    def __init__(self, problem: Problem, goal: str) -> None:
        self._problem, self._goal = problem, problem.place_numbers[goal]
        self._known: dict[str, NDArray[np.float64]] = {}

    def least(self, vehicle: Vehicle, spots: list[int]) -> float:
        if vehicle.travel not in self._known:
            self._known[vehicle.travel] = self._ways(
                self._problem.travel[vehicle.travel]
            )
        return float(self._known[vehicle.travel][spots].min())

    def _ways(self, travel: Speed | Matrix) -> NDArray[np.float64]:
        if isinstance(travel, Matrix):
            ways = travel.seconds[:, self._goal].astype(np.float64)
            return np.where(ways == NO_WAY, np.inf, ways)
        points = np.array([(p.lat or 0.0, p.lon or 0.0) for p in self._problem.places])
        metres = great_circle_metres(points, points[[self._goal]])[:, 0]
        return metres * travel.detour / travel.metres_per_second


def _sewn(
    problem: Problem, plan: Plan, part: Problem, before: Plan, found: Plan
) -> Plan:
    """The part's new rounds among the others."""
    fresh = {vehicle.id for vehicle in part.vehicles}
    routes = [r for r in plan.routes if r.vehicle not in fresh]
    routes = sorted(
        [*routes, *found.routes], key=lambda r: problem.vehicle_numbers[r.vehicle]
    )
    left = {each.task: each for each in plan.left_out}
    old = Plan(part.name, before.routes, ())
    left = {name: each for name, each in left.items() if name not in found.served}
    left |= {each.task: each for each in found.left_out}
    was, now = cost_of(part, old), found.cost
    penalties = sum(problem.task(name).penalty or 0 for name in left)
    return replace(
        plan,
        routes=tuple(routes),
        left_out=tuple(left[t.id] for t in problem.tasks if t.id in left),
        cost=Cost(
            travel_seconds=plan.cost.travel_seconds
            + (now.travel_seconds - was.travel_seconds),
            penalties=penalties,
            preferences=plan.cost.preferences + now.preferences - was.preferences,
        ),
        seconds_used=found.seconds_used,
        decided_by=tuple(dict.fromkeys([*plan.decided_by, *found.decided_by])),
    )
