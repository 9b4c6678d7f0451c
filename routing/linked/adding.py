"""Linked visits that were left out, put into rounds with breaks where they fit.

The search for linked visits knows no breaks; what it made fast may be in their way.
Here a visit is tried between the stops of the rounds as they are, at the first second
at which everybody who must come can be there, breaks and all.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from typing import Final

from routing.effort import Ending
from routing.finishing import route_of
from routing.instance import Car, Instance
from routing.linked.fixing import (
    Fixed,
    Starts,
    fixed_starts,
    fresh_nodes,
    linked_tasks,
    starts_of,
)
from routing.plan import LeftOut, Plan, Route
from routing.problem import Problem, Task
from routing.starting import held_together
from routing.timing import Broken, earliest, first_broken

_TRIALS: Final = 20_000  # timings in all: a second or two
_CREW: Final = 20  # timings that a crew costs before its first one


def with_more(problem: Problem, plan: Plan, ending: Ending) -> Plan:
    """The plan with as many of its absent linked visits as find a place."""
    adding = _Adding(problem, ending)
    while (better := adding.one_more(plan)) is not None:
        plan = better
    return plan


def with_breaks(problem: Problem, plan: Plan) -> Plan:
    """What of a plan holds when everybody takes their breaks; starts stay fast."""
    fixed = fixed_starts(problem, starts_of(problem, plan))
    inst, forward = Instance(fixed.problem), fixed.forward(plan)
    routes, lost = [], list[LeftOut]()
    for route in forward.routes:
        car = inst.cars[problem.vehicle_numbers[route.vehicle]]
        nodes = fresh_nodes(fixed.problem, route)
        held = held_together(inst, car.number, nodes)
        names = {inst.task(node >> 1).id for node in nodes if node not in held}
        lost += [LeftOut(name) for name in sorted(names)]
        if held or car.moved:
            routes.append(route_of(inst, car, held))
    left = replace(forward, routes=tuple(routes), left_out=tuple(lost))
    return fixed.back(left)


class _Adding:
    """Counts what it tries: whoever looks longer than this has the wrong plan."""

    def __init__(self, problem: Problem, ending: Ending) -> None:
        self.problem, self.ending, self.left = problem, ending, _TRIALS

    def one_more(self, plan: Plan) -> Plan | None:
        linked, gone = linked_tasks(self.problem), {e.task for e in plan.left_out}
        absent = [t for t in self.problem.tasks if t.id in linked & gone and t.visit]
        begun = {s.task for b in self.problem.begun.values() for s in b.stops}
        for task in sorted(absent, key=_dearest_first):
            if task.id not in begun and (found := self._placed(task, plan)) is not None:
                return found
        return None

    def _placed(self, task: Task, plan: Plan) -> Plan | None:
        starts = starts_of(self.problem, plan)
        first, last = _bounds(self.problem, task, starts)
        names = [vehicle.id for vehicle in self.problem.vehicles]
        for crew in combinations(names, task.people):
            if not _may_come(self.problem, task, crew, starts):
                continue
            self.left -= _CREW
            if self.left < 0 or self.ending.over():
                return None
            more = {**starts, (task.id, "visit"): dict.fromkeys(crew, first)}
            place = _Place(fixed_starts(self.problem, more), task, crew, plan)
            for spots in place.spots():
                self.left -= 1
                if self.left < 0 or self.ending.over():
                    return None
                at = place.common_start(spots, first, last)
                if at is not None and place.holds(spots, at):
                    return place.plan(spots, at, plan)
        return None


class _Place:
    """One visit and who would come to it, between the stops of their rounds."""

    def __init__(
        self, fixed: Fixed, task: Task, crew: tuple[str, ...], plan: Plan
    ) -> None:
        self.fixed, self.crew, self.task = fixed, crew, task
        self.inst = Instance(fixed.problem)
        numbers = fixed.problem.task_numbers
        halves = [second for second, name in fixed.halves.items() if name == task.id]
        self.nodes = [2 * numbers[name] for name in (task.id, *halves)]
        routes = {route.vehicle: route for route in fixed.forward(plan).routes}
        self.tours = {
            name: fresh_nodes(fixed.problem, routes[name]) if name in routes else []
            for name in crew
        }

    def spots(self) -> Iterator[tuple[int, ...]]:
        """Behind how many stops of each round."""
        yield from product(*(range(len(self.tours[n]) + 1) for n in self.crew))

    def common_start(self, spots: tuple[int, ...], first: int, last: int) -> int | None:
        """The earliest second at which all of them can begin there."""
        at = first
        while at <= last:
            self._open(at, last)
            begins = []
            for car, nodes, spot in self._longer(spots):
                times = earliest(self.inst, car, nodes)
                if isinstance(times, Broken):
                    return None
                begins.append(times[spot])
            if min(begins) == max(begins):
                return begins[0] if begins[0] <= last else None
            at = max(begins)
        return None

    def holds(self, spots: tuple[int, ...], at: int) -> bool:
        self._open(at, at)
        return all(
            first_broken(self.inst, car, nodes) is None
            for car, nodes, _ in self._longer(spots)
        )

    def plan(self, spots: tuple[int, ...], at: int, plan: Plan) -> Plan:
        self._open(at, at)
        routes = {
            car.number: route_of(self.inst, car, nodes)
            for car, nodes, _ in self._longer(spots)
        }
        forward = self.fixed.forward(plan)
        numbers = self.fixed.problem.vehicle_numbers
        old = {numbers[route.vehicle]: route for route in forward.routes}
        every: dict[int, Route] = old | routes
        left = tuple(each for each in plan.left_out if each.task != self.task.id)
        found = replace(
            forward, routes=tuple(every[v] for v in sorted(every)), left_out=()
        )
        return replace(self.fixed.back(found), left_out=left)

    def _longer(self, spots: tuple[int, ...]) -> Iterator[tuple[Car, list[int], int]]:
        numbers = self.fixed.problem.vehicle_numbers
        for name, spot, node in zip(self.crew, spots, self.nodes, strict=True):
            nodes = self.tours[name]
            longer = [*nodes[:spot], node, *nodes[spot:]]
            yield self.inst.cars[numbers[name]], longer, spot

    def _open(self, first: int, last: int) -> None:
        """Let the visit begin from then to then, inside its windows."""
        visit = self.task.halts[0][1]
        open_ = [(max(o, first), min(c, last)) for o, c in sorted(visit.windows)]
        windows = [(o, c) for o, c in open_ if o <= c] or [(first, first - 1)]
        for node in self.nodes:
            self.inst.opens[node], self.inst.closes[node] = (
                windows[0][0],
                windows[-1][1],
            )
            self.inst.windows[node] = tuple(windows) if len(windows) > 1 else None


def _dearest_first(task: Task) -> tuple[bool, int, int]:
    return task.penalty is not None, -task.tier, -(task.penalty or 0)


def _bounds(problem: Problem, task: Task, starts: Starts) -> tuple[int, int]:
    """Between which seconds it may begin: its windows, and what is tied to it."""
    stay, windows = task.halts[0][1].service_seconds, task.halts[0][1].windows
    first, last = min(o for o, _ in windows), max(c for _, c in windows)
    for line in problem.sequence:
        if task.id == line.then and (other := _stays(problem, line.first, starts)):
            since = other[-1][0]
            if line.measured_from == "end":
                since += problem.task(line.first).halts[-1][1].service_seconds
            first = first if line.min_gap is None else max(first, since + line.min_gap)
            last = last if line.max_gap is None else min(last, since + line.max_gap)
        if task.id == line.first and (other := _stays(problem, line.then, starts)):
            until = other[0][0] - (stay if line.measured_from == "end" else 0)
            first = first if line.max_gap is None else max(first, until - line.max_gap)
            last = last if line.min_gap is None else min(last, until - line.min_gap)
    return first, last


def _stays(problem: Problem, name: str, starts: Starts) -> list[tuple[int, str]]:
    """When and by whom a task's stops are begun, in time."""
    planned = [
        (at, v)
        for (task, _), who in starts.items()
        if task == name
        for v, at in who.items()
    ]
    begun = [
        (s.at, v)
        for v, each in problem.begun.items()
        for s in each.stops
        if s.task == name
    ]
    return sorted(planned + begun)


def _may_come(
    problem: Problem, task: Task, crew: tuple[str, ...], starts: Starts
) -> bool:
    """One vehicle must do both ends of some lines."""
    return all(
        {v for _, v in _stays(problem, other, starts)} <= set(crew[:1])
        and len(crew) == 1
        for line in problem.sequence
        if line.same_vehicle and task.id in (line.first, line.then)
        for other in {line.first, line.then} - {task.id}
        if _stays(problem, other, starts)
    )
