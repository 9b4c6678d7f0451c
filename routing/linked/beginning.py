"""Rounds to begin from where visits hang together, as far as they still hold.

Each round is taken as it was, and held by itself first. Then the times of all of them
are raised together, as far as a link demands; what cannot follow any more goes, for
both people where two were to come.
"""

from collections.abc import Iterator, Sequence
from copy import copy
from typing import Final

from routing.instance import FOREVER, Instance
from routing.linked.adding import with_breaks
from routing.linked.fixing import linked_tasks, stop_of
from routing.linked.web import Rounds, Web, empty_rounds, stops_of
from routing.plan import Plan, Route
from routing.problem import Problem, StopKind
from routing.problem import Sequence as Line
from routing.starting import held_together, tours_from
from routing.timing import Broken, earliest

_RAISES: Final = 6  # turns for each stop: whoever needs more sits in a circle
Tours = list[list[int]]
At = tuple[int, int]  # a vehicle and its node


def still_held(problem: Problem, plan: Plan, most_used: int | None = None) -> Plan:
    """What of an earlier plan's rounds holds in this problem, links and all.

    Vehicles beyond `most_used` stay at home. Nothing is put in: `left_out` names only
    linked tasks.
    """
    kept = _Kept(problem, plan, most_used)
    return with_breaks(problem, kept.plan())


def rounds_from(web: Web, nodes: Sequence[int], tours: Tours) -> Rounds:
    """Rounds of the web; `nodes` tells which node of the instance each stop is."""
    rounds, count = empty_rounds(web), stops_of(web)
    waiting: dict[int, list[int]] = {}
    for stop in reversed(range(count)):
        waiting.setdefault(nodes[stop], []).append(stop)
    for v, tour in enumerate(tours):
        behind = count + v
        for node in tour:
            stop = waiting[node].pop()  # of two people each has one
            ahead = rounds.after[behind]
            rounds.after[behind] = rounds.before[ahead] = stop
            rounds.before[stop], rounds.after[stop] = behind, ahead
            rounds.who[stop] = v
            rounds.tasks[v] += web.counts[stop]
            behind = stop
    return rounds


class _Kept:
    """Tours of which something is taken out until all of them hold together."""

    def __init__(self, problem: Problem, plan: Plan, most_used: int | None) -> None:
        self.problem, self.inst = problem, Instance(problem)
        self.tours = tours_from(self.inst, plan)
        self._keep_at_home(len(self.tours) if most_used is None else most_used)

    def _keep_at_home(self, most_used: int) -> None:
        left = most_used - sum(car.moved for car in self.inst.cars)
        for car in self.inst.cars:
            if self.tours[car.number] and not car.moved:
                left -= 1
                if left < 0:
                    self.tours[car.number] = []

    def plan(self) -> Plan:
        while True:
            k = self._unlike()
            if k is None:
                clock = _Clock(self.inst, self.tours)
                k = clock.misfit()
                if k is None:
                    return Plan(self.problem.name, self._routes(clock))
            self._take_out(k)

    def _take_out(self, k: int) -> None:
        for v, tour in enumerate(self.tours):
            rest = [node for node in tour if node >> 1 != k]
            if len(rest) < len(tour):
                self.tours[v] = held_together(self.inst, v, rest)

    def _unlike(self) -> int | None:
        """A task with one person too few, or with another vehicle than it must have."""
        crews = self._crews()
        for k, crew in crews.items():
            if len(crew) < self.inst.task(k).people:
                return k
        numbers = self.problem.task_numbers
        begun = _crews_begun(self.problem)
        for line in self.problem.sequence:
            if line.same_vehicle:
                both = numbers[line.then], numbers[line.first]
                whole = [crews.get(k, set()) | begun.get(k, set()) for k in both]
                planned = [k for k in both if k in crews]
                if all(whole) and planned and len(whole[0] | whole[1]) > 1:
                    return planned[0]
        return None

    def _crews(self) -> dict[int, set[int]]:
        crews: dict[int, set[int]] = {}
        for v, tour in enumerate(self.tours):
            for node in tour:
                crews.setdefault(node >> 1, set()).add(v)
        return crews

    def _routes(self, clock: "_Clock") -> tuple[Route, ...]:
        routes = []
        for vehicle, tour in zip(self.problem.vehicles, self.tours, strict=True):
            v = self.problem.vehicle_numbers[vehicle.id]
            begun = self.problem.begun.get(vehicle.id)
            old = begun.stops if begun is not None else ()
            fresh = (stop_of(self.inst, node, clock.at[v, node]) for node in tour)
            routes.append(Route(vehicle.id, (*old, *fresh)))
        return tuple(routes)


class _Clock:
    """The earliest times of all rounds together, found by opening windows later."""

    def __init__(self, inst: Instance, tours: Tours) -> None:
        self.inst, self.tours = copy(inst), tours
        self.inst.opens, self.inst.windows = [*inst.opens], [*inst.windows]
        self.at: dict[At, int] = {}
        self._whose: dict[int, list[int]] = {}
        for v, tour in enumerate(tours):
            for node in tour:
                self._whose.setdefault(node, []).append(v)
        linked = linked_tasks(inst.problem)
        self._linked = {inst.problem.task_numbers[name] for name in linked}
        self._done = _begun_at(inst.problem)

    def misfit(self) -> int | None:
        """A task that cannot begin when the others ask it to; None: all times hold."""
        waiting = {v for v, tour in enumerate(self.tours) if tour}
        raised = -1
        for _ in range(_RAISES * (len(self._whose) + 1)):
            for v in sorted(waiting):
                times = earliest(self.inst, self.inst.cars[v], self.tours[v])
                if isinstance(times, Broken):
                    return self._culprit(v)
                pairs = zip(self.tours[v], times, strict=False)  # the last is the end
                self.at.update(((v, node), at) for node, at in pairs)
            waiting = set()
            raised = -1
            for node, low in self._demands():
                if not self._open_later(node, low):
                    return node >> 1
                waiting.update(self._whose[node])
                raised = node
            if raised < 0:
                return None
        return raised >> 1

    def _culprit(self, v: int) -> int:
        """By itself the round held: so it is something whose time was raised."""
        nodes = [node for node in self.tours[v] if node >> 1 in self._linked]
        return (nodes or self.tours[v])[-1] >> 1

    def _open_later(self, node: int, low: int) -> bool:
        windows = self.inst.windows[node]
        if windows is None:
            windows = ((self.inst.opens[node], self.inst.closes[node]),)
        left = tuple((max(o, low), c) for o, c in windows if c >= low)
        if left:
            self.inst.opens[node] = left[0][0]
            self.inst.windows[node] = left if len(left) > 1 else None
        return bool(left)

    def _demands(self) -> Iterator[tuple[int, int]]:
        """Nodes that must begin later, and when; FOREVER where that helps nobody."""
        for node, crew in self._whose.items():
            times = [self.at[v, node] for v in crew]
            if min(times) < max(times):
                yield node, max(times)
        for line in self.inst.problem.sequence:
            yield from self._line(line)

    def _line(self, line: Line) -> Iterator[tuple[int, int]]:
        problem = self.inst.problem
        (kind, halt), (begins, _) = (
            problem.task(line.first).halts[-1],
            problem.task(line.then).halts[0],
        )
        first, ends = self._times(line.first, kind)
        then, starts = self._times(line.then, begins)
        if not ends or not starts:
            return
        stay = halt.service_seconds if line.measured_from == "end" else 0
        if line.min_gap is not None:
            low = max(ends) + stay + line.min_gap
            yield from _later(then, first, min(starts), low)
        if line.max_gap is not None:
            low = min(starts) - stay - line.max_gap
            yield from _later(first, then, max(ends), low)

    def _times(self, task: str, kind: StopKind) -> tuple[int | None, list[int]]:
        """The node of that stop where it is still to come, and when it begins."""
        node = 2 * self.inst.problem.task_numbers[task] + (kind == "dropoff")
        planned = [self.at[v, node] for v in self._whose.get(node, ())]
        done = self._done.get((task, kind), [])
        return (node if planned else None), planned + done


def _later(
    node: int | None, other: int | None, at: int, low: int
) -> Iterator[tuple[int, int]]:
    """What has begun cannot be moved: then the other one does not fit."""
    if at < low:
        if node is not None:
            yield node, low
        elif other is not None:
            yield other, FOREVER


def _begun_at(problem: Problem) -> dict[tuple[str, StopKind], list[int]]:
    found: dict[tuple[str, StopKind], list[int]] = {}
    for begun in problem.begun.values():
        for stop in begun.stops:
            if stop.task is not None and stop.kind is not None:
                found.setdefault((stop.task, stop.kind), []).append(stop.at)
    return found


def _crews_begun(problem: Problem) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for vehicle, begun in problem.begun.items():
        for stop in begun.stops:
            if stop.task is not None:
                crew = found.setdefault(problem.task_numbers[stop.task], set())
                crew.add(problem.vehicle_numbers[vehicle])
    return found
