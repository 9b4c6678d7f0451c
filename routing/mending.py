"""A plan mended in one spot, in under a second: the rest of the town stays as it is."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.cost import cost_of
from routing.effort import Effort
from routing.freezing import place_of
from routing.linked.fixing import fixed_starts, linked_tasks
from routing.narrowing import narrowed
from routing.plan import LeftOut, Plan, Route
from routing.problem import Problem, Stop, Task, Vehicle
from routing.solve import must_obey, solve
from routing.travel import NO_WAY, Matrix, Speed, great_circle_metres
from routing.urgent import must_be_free, with_task

_ROUNDS: Final = 8  # that may change
_MOST_ROUNDS: Final = 10  # for several tasks together
_NO_ROUND: Final = "会做的人都不能就近改动：有休息安排，或手上有与别人相连的任务。"
_NO_SKILL: Final = "没有人能做：缺少所需技能（skill）。"


def repaired(
    problem: Problem,
    plan: Plan,
    tasks: Sequence[Task],
    seconds: float = 0.5,
    *,
    rounds: int = _ROUNDS,
) -> Plan:
    """Put tasks in, and look for better rounds among the nearest ones only.

    Rounds with a break stay as they are; so do rounds with a task still to come that
    two people do or that is bound to another.

    Args:
        tasks: new ones, or ones that the plan leaves out.
        seconds: of the search among the `rounds` nearest rounds of each task, at
            most ten in all; numbering this small part and judging the whole plan
            come on top.

    Returns:
        A plan of the problem that knows the tasks (`routing.urgent.with_task`); what
        fits nowhere is left out with its reasons.

    Raises:
        BadProblem: a task is being done already, needs two people, or is bound to
            another: as `routing.urgent.Urgent.ask`.
        WrongPlan: a rule is broken, be it in a round of the plan given that lies too
            far off to be changed.
    """
    for task in tasks:
        must_be_free(problem, task, plan.served)
        problem = with_task(problem, task)
    near = _nearest(problem, plan, tasks, rounds)
    names = {task.id for task in tasks}
    mine = {name for doing in near.values() for name in doing}
    part = narrowed(problem, near, mine | names)
    begin = Plan(part.name, tuple(r for r in plan.routes if r.vehicle in near))
    # Of what hangs together only the past is in there: it stands fast by itself.
    fixed = fixed_starts(part, {})
    effort = Effort(seconds=seconds, engine="search")
    found = fixed.back(solve(fixed.problem, effort, start=fixed.forward(begin)))
    if problem.vehicles and not part.vehicles:
        found = replace(found, left_out=tuple(_nobody(problem, t) for t in tasks))
    mended = _sewn(problem, plan, {vehicle.id for vehicle in part.vehicles}, found)
    must_obey(problem, mended)
    return mended


def _nobody(problem: Problem, task: Task) -> LeftOut:
    """The reason where no round at all may be changed for it."""
    able = any(task.needs <= vehicle.skills for vehicle in problem.vehicles)
    return LeftOut(task.id, _NO_ROUND if able else _NO_SKILL)


def _nearest(
    problem: Problem, plan: Plan, tasks: Sequence[Task], rounds: int
) -> dict[str, set[str]]:
    """Helpers whose remaining ways come nearest to the tasks, with what they do."""
    stops = {route.vehicle: route for route in plan.routes}
    linked = linked_tasks(problem)
    doing = {
        each.id: {stop.task for stop in stops[each.id].stops if stop.task}
        if each.id in stops
        else set()
        for each in problem.vehicles
        if not each.breaks and not _awaited(problem, each.id, stops, linked)
    }
    spots = {name: _spots(problem, name, stops.get(name)) for name in doing}
    chosen: dict[str, set[str]] = {}
    for task in tasks:
        ways = _Ways(problem, task.halts[-1][1].place)
        able = [name for name in doing if task.needs <= problem.vehicle(name).skills]
        far = {name: ways.least(problem.vehicle(name), spots[name]) for name in able}
        for name in sorted(able, key=lambda name: (far[name], name))[:rounds]:
            if len(chosen) < _MOST_ROUNDS:
                chosen.setdefault(name, doing[name])
    return chosen


def _awaited(
    problem: Problem, vehicle: str, routes: Mapping[str, Route], linked: Set[str]
) -> bool:
    """Does anybody else hang on what this helper has still to do?"""
    begun = problem.begun.get(vehicle)
    done: tuple[Stop, ...] = begun.stops if begun is not None else ()
    planned = routes[vehicle].stops if vehicle in routes else ()
    over = {(stop.task, stop.kind) for stop in done}
    mine = [problem.task(name) for name in linked & {s.task for s in (*done, *planned)}]
    return any((t.id, kind) not in over for t in mine for kind, _ in t.halts)


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


def _sewn(problem: Problem, plan: Plan, fresh: Set[str], found: Plan) -> Plan:
    """The new rounds of the fresh vehicles among the others."""
    routes = [*(r for r in plan.routes if r.vehicle not in fresh), *found.routes]
    # A visit by two that one has begun alone is still left out.
    placed = found.served - linked_tasks(problem)
    left = {each.task: each for each in plan.left_out if each.task not in placed}
    left |= {each.task: each for each in found.left_out}
    mended = replace(
        plan,
        routes=tuple(sorted(routes, key=lambda r: problem.vehicle_numbers[r.vehicle])),
        left_out=tuple(left[t.id] for t in problem.tasks if t.id in left),
        seconds_used=found.seconds_used,
        decided_by=tuple(dict.fromkeys([*plan.decided_by, *found.decided_by])),
    )
    return replace(mended, cost=cost_of(problem, mended))
