"""No more changes for one person than allowed: what moved too much goes back.

Between a plan and the one before, orders that moved tie their two helpers together.
First single orders are sent home again where they still fit; what is then still over
the limit goes back as a whole: all helpers who are tied to each other have the rounds
that they had.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeAlias

from routing.finishing import routes_of
from routing.instance import Instance
from routing.plan import Plan
from routing.problem import Problem
from routing.search.insertion import best_spot, with_task
from routing.search.tour import Tour
from routing.starting import tours_from
from routing.timing import first_broken

Homes: TypeAlias = "dict[str, str]"


def homes_of(plan: Plan) -> Homes:
    """By whom each task is served."""
    return {
        stop.task: route.vehicle
        for route in plan.routes
        for stop in route.stops
        if stop.task is not None
    }


def within_limits(problem: Problem, least: Plan, found: Plan, most: int) -> Plan:
    """The plan found, with at most so many moves per helper against the least one.

    Both must be plans of this problem. Tasks that only one of them serves are no
    moves; but they go back, too, where a group goes back.
    """
    sheet = _Sheet(problem, least, found)
    sheet.send_home(most)
    sheet.put_groups_back(most)
    reasons = {each.task: each for plan in (least, found) for each in plan.left_out}
    inst, homes = sheet.inst, sheet.homes()
    left = sorted(k for k in (*inst.open_tasks, *inst.held) if k not in homes)
    return replace(
        found,
        routes=routes_of(inst, [tour.nodes for tour in sheet.tours]),
        left_out=tuple(reasons[problem.tasks[k].id] for k in left),
    )


class _Sheet:
    """Rounds of two plans side by side, by vehicle."""

    def __init__(self, problem: Problem, least: Plan, found: Plan) -> None:
        self.inst = Instance(problem)
        self.old = self._tours(least)
        self.tours = self._tours(found)
        self.was = {k: t.car.number for t in self.old for k in t.tasks}

    def _tours(self, plan: Plan) -> list[Tour]:
        tours = tours_from(self.inst, plan)
        return [
            Tour(self.inst, car, nodes)
            for car, nodes in zip(self.inst.cars, tours, strict=True)
        ]

    def homes(self) -> dict[int, int]:
        return {k: tour.car.number for tour in self.tours for k in tour.tasks}

    def moves(self) -> list[int]:
        now = self.homes()
        return sorted(k for k, v in self.was.items() if now.get(k, v) != v)

    def counts(self) -> Counter[int]:
        now = self.homes()
        return Counter(v for k in self.moves() for v in (self.was[k], now[k]))

    def send_home(self, most: int) -> None:
        """One by one, the order whose return costs least, while somebody has more."""
        tried: set[int] = set()
        while over := {v for v, count in self.counts().items() if count > most}:
            now = self.homes()
            returns = [
                (found[0], k, found[1], found[2])
                for k in self.moves()
                if k not in tried
                and over & {self.was[k], now[k]}
                and (found := self._return(k, now[k])) is not None
            ]
            if not returns:
                return
            _, k, shorter, longer = min(returns, key=lambda each: each[:2])
            self.tours[shorter.car.number], self.tours[longer.car.number] = (
                shorter,
                longer,
            )
            tried.add(k)

    def _return(self, k: int, v: int) -> tuple[int, Tour, Tour] | None:
        """What it costs, the round without the task, and the one with it."""
        here, home = self.tours[v], self.tours[self.was[k]]
        nodes = [node for node in here.nodes if node >> 1 != k]
        if first_broken(self.inst, here.car, nodes) is not None:
            return None
        spot = best_spot(self.inst, home, k)
        if spot is None:
            return None
        shorter = Tour(self.inst, here.car, nodes)
        longer = Tour(self.inst, home.car, with_task(self.inst, home, k, spot))
        extra = shorter.cost + longer.cost - here.cost - home.cost
        return extra, shorter, longer

    def put_groups_back(self, most: int) -> None:
        over = [v for v, count in self.counts().items() if count > most]
        for v in _tied_to(over, self._ties()):
            self.tours[v] = self.old[v]

    def _ties(self) -> dict[int, set[int]]:
        """Helpers between whom tasks moved; a task new to the plan ties nobody."""
        now, ties = self.homes(), defaultdict(set)
        for k in self.moves():
            ties[self.was[k]].add(now[k])
            ties[now[k]].add(self.was[k])
        return ties


def _tied_to(some: Iterable[int], ties: dict[int, set[int]]) -> set[int]:
    reached, waiting = set(some), list(some)
    while waiting:
        for other in ties.get(waiting.pop(), ()):
            if other not in reached:
                reached.add(other)
                waiting.append(other)
    return reached
