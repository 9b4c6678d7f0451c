"""The stops of a problem that are still to be planned, and what ties them together.

Stops are numbered task by task: a visit has one, a visit by two people two, a pair two;
of what is on board only the dropoff is left.
"""

from collections.abc import Iterator
from typing import NamedTuple

from routing.instance import FOREVER, Instance
from routing.linked.weaving import Link
from routing.linked.web import NEVER
from routing.problem import Sequence, StopKind

Windows = list[tuple[float, float]]


class Spot(NamedTuple):
    """A stop that is still to be planned: task and node of the instance."""

    k: int
    node: int


class Ties(NamedTuple):
    """What sequences say: links, who must share a vehicle, and what has happened."""

    links: list[Link]
    mates: list[Link]
    bounds: list[tuple[int, float, float]]  # a stop begins from then to then
    bound_to: list[tuple[int, int]]  # a stop is only for this vehicle


class Stage:
    """Numbers the stops of an instance."""

    def __init__(self, inst: Instance) -> None:
        self.inst = inst
        self.tasks = sorted([*inst.held, *inst.open_tasks])
        self.spots = [spot for k in self.tasks for spot in self._spots(k)]
        self.stops: dict[int, list[int]] = {k: [] for k in self.tasks}
        for number, spot in enumerate(self.spots):
            self.stops[spot.k].append(number)

    def _spots(self, k: int) -> list[Spot]:
        if k in self.inst.held:
            return [Spot(k, 2 * k + 1)]
        if self.inst.task(k).people == 2:
            return [Spot(k, 2 * k)] * 2
        return [Spot(k, node) for node in self.inst.nodes_of(k)]

    def windows(self, number: int) -> Windows:
        inst, (k, node) = self.inst, self.spots[number]
        latest = float(FOREVER)
        if k in inst.held:
            latest = inst.cars[inst.held[k]].deadlines.get(node, FOREVER)
        halt = inst.task(k).halts[node & 1][1]
        return cut(sorted(halt.windows), -NEVER, latest)

    def ties(self) -> Ties:
        ties = Ties([], [], [], [])
        for k in self.tasks:
            stops = self.stops[k]
            if len(stops) == 2 and not self.inst.paired[k]:
                pair = Link(stops[0], stops[1], 0.0)
                ties.links.extend((pair, pair.reversed()))
            if len(stops) == 2 and self.inst.ride[k] < FOREVER:
                ties.links.append(Link(stops[1], stops[0], -float(self.inst.ride[k])))
        for line in self.inst.problem.sequence:
            self._tie(line, ties)
        return ties

    def _tie(self, line: Sequence, ties: Ties) -> None:
        problem = self.inst.problem
        kind, halt = problem.task(line.first).halts[-1]
        least = -NEVER if line.min_gap is None else float(line.min_gap)
        most = NEVER if line.max_gap is None else float(line.max_gap)
        if line.measured_from == "end":
            least, most = least + halt.service_seconds, most + halt.service_seconds
        ends = self._ends(line.first, kind, -1)
        begins = self._ends(line.then, problem.task(line.then).halts[0][0], 0)
        done = list(self._done(line.first, kind))
        since = list(self._done(line.then, problem.task(line.then).halts[0][0]))
        for stop in begins:
            for car, at in done:
                ties.bounds.append((stop, at + least, at + most))
                ties.bound_to.extend([(stop, car)] * line.same_vehicle)
        for stop in ends:
            for car, at in since:
                ties.bounds.append((stop, at - most, at - least))
                ties.bound_to.extend([(stop, car)] * line.same_vehicle)
        for first in ends:
            for then in begins:
                if least > -NEVER / 2:
                    ties.links.append(Link(first, then, least))
                if most < NEVER / 2:
                    ties.links.append(Link(then, first, -most))
                if line.same_vehicle:
                    pair = Link(first, then, 0.0)
                    ties.mates.extend((pair, pair.reversed()))

    def _ends(self, task: str, kind: StopKind, which: int) -> list[int]:
        """The open stops of that kind; both of them where two people come."""
        stops = self.stops.get(self.inst.problem.task_numbers[task], [])
        if not stops or (which == 0 and kind == "pickup" and len(stops) == 1):
            return []  # done, or on board already
        if kind == "visit":
            return stops
        return [stops[which]]

    def _done(self, task: str, kind: StopKind) -> Iterator[tuple[int, int]]:
        for vehicle, begun in self.inst.problem.begun.items():
            for stop in begun.stops:
                if stop.task == task and stop.kind == kind:
                    yield self.inst.problem.vehicle_numbers[vehicle], stop.at


def cut(windows: Windows, soonest: float, latest: float) -> Windows:
    """What is left of windows between two times; one that never opens if nothing."""
    kept = [
        (max(opens, soonest), min(closes, latest))
        for opens, closes in windows
        if closes >= soonest and opens <= latest
    ]
    return kept or [(NEVER, -NEVER)]
