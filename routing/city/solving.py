"""Solve the parts of a city side by side, then sew them together where they meet."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from routing.city.cutting import Seam, Share, part_of, shares, spots_of
from routing.city.part import LEAST_SECONDS
from routing.city.side_by_side import Children, Part, PartSolver
from routing.cost import cost_of, trail_of
from routing.effort import Effort
from routing.errors import NotYetHonoured
from routing.linked.fixing import is_linked
from routing.plan import LeftOut, Plan, Route
from routing.problem import Problem
from routing.search.engine import VERSION
from routing.solve import finishing_seconds, must_obey, solve_whole

PART: Final = 3_000  # tasks that one search does well
_SMALLEST: Final = 6  # so many times smaller a part may be, to give all work
_SEWING: Final = 0.15  # of the time
_BORDER: Final = 60  # vehicles on both sides of one border
_LEFT_OUT: Final = 500  # tasks left out that one border tries again


def solve_city(
    problem: Problem,
    effort: Effort | None = None,
    start: Plan | None = None,
    *,
    solver: PartSolver | None = None,
    part_tasks: int | None = None,
) -> Plan:
    """Plan a problem in parts of about equal work.

    An effort by the clock is shared among parts and borders; an effort by count
    is spent on each part. A border of which the solver is killed or late keeps the
    rounds it had; `decided_by` counts these.

    Args:
        solver: who solves the parts; if not given, child processes, of which so
            many run at once as the effort has threads.
        part_tasks: no part has many more tasks than this; if not given, 3,000.

    Raises:
        NotYetHonoured: the effort limits the vehicles.
        WrongPlan: a part has no plan; of borders, see above.
        What `solve` raises, and what the solver of parts does.
    """
    started = time.monotonic()
    effort = effort or Effort()
    if effort.vehicles is not None:
        raise NotYetHonoured("vehicles", "a city in parts has no common limit yet")
    solver = solver or Children(effort.threads)
    size, width = part_tasks or PART, solver.width
    turns = -(-len(problem.tasks) // (size * width))
    most = _SMALLEST * len(problem.tasks) // size
    cut, seams = shares(problem, max(1, min(turns * width, most)))
    whole = (effort.seconds or 0.0) - finishing_seconds(problem)
    turns = -(-len(cut) // width)
    parts = [Part(part_of(problem, share), start) for share in cut]
    spare = whole + started - time.monotonic()
    plans = _solved(parts, _of_time(effort, spare * (1 - _SEWING) / turns), solver)
    draft = Draft(problem, plans)
    if is_linked(problem):
        seams = []  # what hangs together must not be torn apart again
    unsewn = 0
    levels = sorted({seam.level for seam in seams}, reverse=True)
    for turn, level in enumerate(levels):
        spare = (whole + started - time.monotonic()) / (len(levels) - turn)
        rows = [seam for seam in seams if seam.level == level]
        parts = [draft.around(seam) for seam in rows]
        slots = -(-len(rows) // solver.width)
        sewn = _solved(parts, _of_time(effort, spare / slots), solver)
        for part, plan in zip(parts, sewn, strict=True):
            draft.take(plan)
            unsewn += plan is part.otherwise
    told = [f"unsewn borders {unsewn}"] if unsewn else []
    plan = draft.plan((f"{len(cut)} parts", *told, VERSION))
    must_obey(problem, plan)
    return replace(plan, seconds_used=round(time.monotonic() - started, 3))


class Draft:
    """The plan of the whole city, in which parts are replaced by better ones."""

    def __init__(self, problem: Problem, plans: Sequence[Plan]) -> None:
        self.problem, self._spots = problem, spots_of(problem)
        self._routes: dict[str, Route] = {}
        self._left: dict[str, LeftOut] = {}
        self._begun = {
            problem.task_numbers[stop.task]
            for begun in problem.begun.values()
            for stop in begun.stops
            if stop.task is not None
        }
        for plan in plans:
            self.take(plan)

    def take(self, plan: Plan) -> None:
        """Take over its routes and its words about what it leaves out."""
        self._routes |= {route.vehicle: route for route in plan.routes}
        for task in plan.served:
            self._left.pop(task, None)
        self._left |= {each.task: each for each in plan.left_out}

    def around(self, seam: Seam) -> Part:
        """The vehicles nearest to a border with all they do, and what is left out."""
        problem, numbers = self.problem, self.problem.task_numbers
        cars = sorted(seam.share.vehicles, key=lambda v: self._away(v, seam))
        near = cars[:_BORDER]
        routes = [self._route(v) for v in near]
        jobs = {numbers[s.task] for r in routes for s in r.stops if s.task is not None}
        inside = set(seam.share.tasks) - self._begun
        lost = [numbers[task] for task in self._left if numbers[task] in inside]
        lost.sort(
            key=lambda k: (-problem.tasks[k].tier, -(problem.tasks[k].penalty or 0))
        )
        jobs |= set(lost[:_LEFT_OUT])
        part = part_of(problem, Share(tuple(sorted(jobs)), tuple(sorted(near))))
        for route in routes:
            self._routes[route.vehicle] = Route(route.vehicle)
        known = Plan(problem=problem.name, routes=tuple(routes))
        return Part(part, start=known, otherwise=known)

    def plan(self, decided_by: tuple[str, ...]) -> Plan:
        problem = self.problem
        plan = Plan(
            problem=problem.name,
            routes=tuple(
                route
                for v in range(len(problem.vehicles))
                if (route := self._route(v)).stops
            ),
            left_out=tuple(
                self._left[task.id] for task in problem.tasks if task.id in self._left
            ),
            decided_by=decided_by,
        )
        return replace(plan, cost=cost_of(problem, plan))

    def _route(self, v: int) -> Route:
        name = self.problem.vehicles[v].id
        return self._routes.get(name, Route(name))

    def _away(self, v: int, seam: Seam) -> float:
        """How far from the border a round lies, or the start of who stays at home."""
        problem = self.problem
        vehicle = problem.vehicles[v]
        trail = trail_of(problem, vehicle, self._route(v).stops) or [vehicle.start]
        along = self._spots[
            [problem.place_numbers[place] for place in trail], seam.axis
        ]
        return abs(float(along.mean()) - seam.at)


def _of_time(effort: Effort, seconds: float) -> Effort:
    if effort.seconds is None:
        return replace(effort, threads=1)
    return replace(effort, threads=1, seconds=max(LEAST_SECONDS, seconds))


def _solved(parts: Sequence[Part], effort: Effort, solver: PartSolver) -> list[Plan]:
    """Plans of all parts; what has no work needs no search."""
    busy = [n for n, part in enumerate(parts) if _has_work(part)]
    found = dict(zip(busy, solver([parts[n] for n in busy], effort), strict=True))
    idle = Effort(iterations=0, engine="search")
    return [
        found[n] if n in found else solve_whole(part.problem, idle, part.start)
        for n, part in enumerate(parts)
    ]


def _has_work(part: Part) -> bool:
    return bool(part.problem.vehicles and part.problem.tasks)
