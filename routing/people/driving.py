"""Which helper could go which round, and what that takes.

A round is a route's order of stops. Another helper goes it from their own start, by
their own means, with times of their own; only what several rounds share, two-person
starts and sequences, keeps the moment that the search found.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from routing.errors import WrongPlan
from routing.finishing import stops_of
from routing.instance import BLOCKED, Car, Instance
from routing.plan import Plan, Route
from routing.problem import Problem, Task
from routing.timing import Broken, Schedule, first_broken, schedule

Moments = dict[tuple[str | None, str | None], int]
NEAREST: Final = 16  # further helpers are asked only when they know a face


@dataclass(frozen=True)
class Drive:
    """One round gone by one helper: its travel, its times if it has any, and the
    first rule of the problem that it breaks."""

    travel_seconds: int
    timed: Schedule | None
    broken: Broken | None = None

    @property
    def work_seconds(self) -> int:
        return 0 if self.timed is None else self.timed.ends - self.timed.leaves


class Driving:
    """The rounds of a plan and the helpers they may move between.

    Rounds that have begun, or in which somebody rests, stay with their helper.
    Tasks in `tied` keep the moment that the search found; rules fill it, before the
    first drive is asked for.
    """

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.plan = problem, plan
        self.tied: set[str] = set()
        resting = {v.id for v in problem.vehicles if v.breaks}
        self.fixed = {*problem.begun, *resting}
        self.rounds = [
            r for r in plan.routes if r.stops and r.vehicle not in self.fixed
        ]
        self.helpers = [v.id for v in problem.vehicles if v.id not in self.fixed]
        self.nodes = [self._nodes(each) for each in self.rounds]
        self.tasks = [
            list(dict.fromkeys(s.task for s in each.stops if s.task is not None))
            for each in self.rounds
        ]

    @cached_property
    def inst(self) -> Instance:
        return Instance(_pinned(self.problem, self.plan, self.tied))

    @cached_property
    def own(self) -> list[int]:
        """Per round, the number of the helper whom the search gave it to."""
        number = {helper: n for n, helper in enumerate(self.helpers)}
        return [number[each.vehicle] for each in self.rounds]

    def _nodes(self, route: Route) -> list[int]:
        numbers = self.problem.task_numbers
        return [
            2 * numbers[stop.task] + (stop.kind == "dropoff")
            for stop in route.stops
            if stop.task is not None
        ]

    def travel_seconds(self, number: int, helper: int) -> int:
        """Of a round, gone by that helper; BLOCKED and more: there is no way."""
        car = self._car(helper)
        here, total = car.origin, 0
        for node in self.nodes[number]:
            there = self.inst.place[node]
            total += car.rows[here][there]
            here = there
        return total + (car.rows[here][car.end] if car.end >= 0 else 0)

    def _car(self, helper: int) -> Car:
        return self.inst.cars[self.problem.vehicle_numbers[self.helpers[helper]]]

    def nearest(self, number: int) -> list[int]:
        """Helpers by the travel that this round costs them, those without a way out."""
        far = [(self.travel_seconds(number, h), h) for h in range(len(self.helpers))]
        return [h for travel, h in sorted(far) if travel < BLOCKED][:NEAREST]

    def drive(self, number: int, helper: int) -> Drive:
        """The round gone by that helper, or the first rule that breaks."""
        route = self.rounds[number]
        travel = self.travel_seconds(number, helper)
        if helper == self.own[number] and route.leaves_at is not None:
            times = [stop.at for stop in route.stops if stop.task is not None]
            timed = Schedule(route.leaves_at, times, route.ends_at or times[-1])
            return Drive(travel, timed)
        car, nodes = self._car(helper), self.nodes[number]
        found = schedule(self.inst, car, nodes)
        broken = first_broken(self.inst, car, nodes)
        if isinstance(found, Broken):
            return Drive(travel, None, broken or found)
        return Drive(travel, found, broken)

    def route(self, number: int, helper: int) -> Route:
        """The round as that helper's route. Raises: WrongPlan."""
        was = self.rounds[number]
        if helper == self.own[number]:
            return was
        timed = self.drive(number, helper).timed
        if timed is None:
            raise WrongPlan("a round was given to a helper who cannot go it")
        stops = stops_of(self.inst, self.nodes[number], timed)
        return Route(self.helpers[helper], stops, timed.leaves, timed.ends)


def _pinned(problem: Problem, plan: Plan, tied: set[str]) -> Problem:
    """The problem for single rounds: what is tied keeps its moment."""
    moments: Moments = {
        (stop.task, stop.kind): stop.at
        for route in plan.routes
        for stop in route.stops
        if stop.task in tied
    }
    tasks = tuple(_at(task, moments) for task in problem.tasks)
    return problem.replaced(tasks=tasks, sequence=(), begun={})


def _at(task: Task, moments: Moments) -> Task:
    halts: dict[str, Any] = {}
    for kind, halt in task.halts:
        at = moments.get((task.id, kind))
        halts[kind] = halt if at is None else replace(halt, windows=((at, at),))
    return replace(task, people=1, **halts)


def pairs_of(
    driving: Driving, known: Iterable[tuple[str, str]]
) -> list[tuple[int, int]]:
    """Rounds and helpers worth asking about: near ones, and those who know somebody."""
    helper_of = {name: number for number, name in enumerate(driving.helpers)}
    round_of: dict[str, list[int]] = {}
    for number, tasks in enumerate(driving.tasks):
        for task in tasks:
            round_of.setdefault(task, []).append(number)
    found = set(enumerate(driving.own))
    for number in range(len(driving.rounds)):
        found.update((number, helper) for helper in driving.nearest(number))
    for vehicle, task in known:
        if vehicle in helper_of:
            found.update((n, helper_of[vehicle]) for n in round_of.get(task, ()))
    return sorted(found)
