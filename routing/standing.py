"""Standing rounds (固定路线): this week's plan begins as last week's rounds.

Volunteers and elders want the same people at the same doors in the same order. Last
week's rounds are offered to the search as its start, and what keeps them has a price.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from routing.cost import cost_of
from routing.finishing import routes_of
from routing.instance import BLOCKED, Car, Instance
from routing.plan import LeftOut, Plan, Route
from routing.problem import Preference, Problem
from routing.starting import tours_from
from routing.timing import first_broken

NEW: Final = "new_this_week"


@dataclass(frozen=True)
class Same:
    """What is the same this week: ids of last week, and what they are called now.

    Helpers and tasks that are missing are gone.
    """

    vehicles: Mapping[str, str]
    tasks: Mapping[str, str]

    @classmethod
    def by_name(cls, last: Problem, now: Problem) -> "Same":
        """Where ids mean the same in both weeks."""
        vehicles = last.vehicle_numbers.keys() & now.vehicle_numbers.keys()
        tasks = last.task_numbers.keys() & now.task_numbers.keys()
        return cls({v: v for v in vehicles}, {t: t for t in tasks})


@dataclass(frozen=True)
class Stability:
    """What a plan keeps of last week's.

    Attributes:
        stops: deliveries and visits of last week that are still to be done.
        kept: those with the same helper, in their place in that helper's order.
        keepable: those whose helper is still there.
    """

    stops: int
    keepable: int
    kept: int

    @property
    def share(self) -> float:
        """Of all that are still to be done, whoever is gone."""
        return self.kept / self.stops if self.stops else 1.0

    @property
    def share_of_keepable(self) -> float:
        """Of those whose helper is still there."""
        return self.kept / self.keepable if self.keepable else 1.0


def start_from(problem: Problem, last: Plan, same: Same) -> Plan:
    """Last week's rounds as far as they still hold: a plan to begin the search from.

    Who is gone is taken out of the order; the round of a helper who is gone goes,
    whole, to the free helper who adds the least travel. A stop that breaks a rule
    this week is left out, and so is all that is new: the search inserts it.
    """
    inst = Instance(problem)
    kept, orphans = _renamed(problem, last, same)
    busy = {route.vehicle for route in kept} | problem.begun.keys()
    free = [car for car in inst.cars if problem.vehicles[car.number].id not in busy]
    begun = Plan(problem.name, (*kept, *_adopted(inst, orphans, free)))
    tours = tours_from(inst, begun)
    there = {inst.task(node >> 1).id for nodes in tours for node in nodes}
    there |= {s.task for each in problem.begun.values() for s in each.stops if s.task}
    plan = Plan(
        problem=problem.name,
        routes=routes_of(inst, tours),
        left_out=tuple(LeftOut(t.id, NEW) for t in problem.tasks if t.id not in there),
        decided_by=("standing rounds",),
    )
    return replace(plan, cost=cost_of(problem, plan))


def preferences_for(start: Plan, seconds: int) -> tuple[Preference, ...]:
    """The price of stability: each task stays with its helper for so many seconds."""
    return tuple(
        Preference(route.vehicle, task, seconds)
        for route in start.routes
        for task in dict.fromkeys(stop.task for stop in route.stops)
        if task is not None
    )


def stability_of(last: Plan, plan: Plan, same: Same) -> Stability:
    """How much of last week's rounds a plan keeps.

    A stop keeps its place when it stands in the longest common order of its
    helper's doors of both weeks: what is put in between moves nobody.
    """
    now = {route.vehicle: _doors(route) for route in plan.routes}
    here = {door for doors in now.values() for door in doors}
    stops = keepable = kept = 0
    for route in last.routes:
        doors = [same.tasks.get(task) for task in _doors(route)]
        still = [door for door in doors if door in here]
        stops += len(still)
        helper = same.vehicles.get(route.vehicle)
        if helper is None:
            continue
        keepable += len(still)
        kept += _common(still, now.get(helper, []))
    return Stability(stops, keepable, kept)


def doors_in_place(last: Route, doors: Sequence[str]) -> int:
    """How many of these doors stand in the order of last week's round."""
    return _common(_doors(last), doors)


def _doors(route: Route) -> list[str]:
    """Tasks in the order in which they are brought or visited."""
    return [s.task for s in route.stops if s.task is not None and s.kind != "pickup"]


def _common(last: Sequence[str | None], now: Sequence[str]) -> int:
    """Length of the longest common subsequence; no door stands twice."""
    place = {door: number for number, door in enumerate(now)}
    ends: list[int] = []
    for door in last:
        if door is None or door not in place:
            continue
        at = int(np.searchsorted(ends, place[door]))
        ends[at : at + 1] = [place[door]]
    return len(ends)


def _renamed(
    problem: Problem, last: Plan, same: Same
) -> tuple[list[Route], list[Route]]:
    """Last week's routes in this week's names; those without a helper apart."""
    kept, orphans = [], []
    for route in last.routes:
        stops = tuple(
            replace(stop, task=task)
            for stop in route.stops
            if (task := same.tasks.get(stop.task or "")) in problem.task_numbers
        )
        name = same.vehicles.get(route.vehicle)
        if name is not None and name in problem.vehicle_numbers:
            kept.append(Route(name, stops))
        elif stops:
            orphans.append(Route(route.vehicle, stops))
    return kept, orphans


def _adopted(
    inst: Instance, orphans: Sequence[Route], free: Sequence[Car]
) -> list[Route]:
    """Rounds without a helper go to free ones, with the least travel together."""
    if not orphans or not free:
        return []
    price = np.array([[_added(inst, car, route) for car in free] for route in orphans])
    given, to = linear_sum_assignment(price)
    return [
        replace(orphans[number], vehicle=inst.problem.vehicles[free[chosen].number].id)
        for number, chosen in zip(given.tolist(), to.tolist(), strict=True)
    ]


def _added(inst: Instance, car: Car, route: Route) -> int:
    """Into and out of a round; who cannot go all of it comes after who can."""
    numbers = inst.problem.task_numbers
    nodes = [2 * numbers[s.task or ""] + (s.kind == "dropoff") for s in route.stops]
    into = car.rows[car.origin][inst.place[nodes[0]]]
    out = car.rows[inst.place[nodes[-1]]][car.end] if car.end >= 0 else 0
    return into + out + (BLOCKED if first_broken(inst, car, nodes) else 0)
