"""No more changes for one person than allowed: what moved too much goes back.

Between a plan and the one before, orders that moved tie their helpers together. First
single orders are sent home again where they still fit; what is then still over the
limit goes back as a whole: all helpers who are tied to each other have the rounds that
they had. Visits that hang together across helpers are never sent home alone; where
their people or their times are others than before, they tie all who come to them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from routing.finishing import routes_of
from routing.instance import Instance
from routing.linked.fixing import (
    Fixed,
    fixed_starts,
    is_linked,
    linked_tasks,
    starts_of,
)
from routing.plan import LeftOut, Plan, Route
from routing.problem import Problem
from routing.search.insertion import best_spot, with_task
from routing.search.tour import Tour
from routing.starting import tours_from
from routing.timing import first_broken

Crews: TypeAlias = "Mapping[str, frozenset[str]]"
_Cars: TypeAlias = "frozenset[int]"


def crews_of(plan: Plan) -> Crews:
    """By whom each task is served: one helper, or two."""
    found: dict[str, frozenset[str]] = {}
    for route in plan.routes:
        mine = frozenset([route.vehicle])
        for stop in route.stops:
            if stop.task is not None:
                found[stop.task] = found.get(stop.task, frozenset()) | mine
    return found


def changes_per_person(before: Crews, after: Crews) -> dict[str, int]:
    """Orders given to or taken from each helper, where both plans serve them."""
    count = Counter[str]()
    for task, crew in before.items():
        if task in after:
            count.update(crew ^ after[task])
    return dict(count)


def within_limits(problem: Problem, least: Plan, found: Plan, most: int) -> Plan:
    """The plan found, with at most so many moves per helper against the least one.

    Both must be plans of this problem. Tasks that only one of them serves are no
    moves; but they go back, too, where a group goes back.
    """
    sheet = _Sheet(problem, least, found)
    sheet.send_home(most)
    routes = sheet.routes(sheet.sent_back(most))
    return replace(
        found, routes=routes, left_out=_absent(problem, routes, least, found)
    )


class _Sheet:
    """Rounds of two plans side by side, by vehicle; linked visits keep their start."""

    def __init__(self, problem: Problem, least: Plan, found: Plan) -> None:
        self.problem, self.least, self.found = problem, least, found
        self.fixed = Fixed(problem, problem, {}, ())
        self.linked = frozenset[str]()
        if is_linked(problem):
            self.fixed = fixed_starts(problem, starts_of(problem, found))
            self.linked = frozenset(linked_tasks(problem))
        self.inst = Instance(self.fixed.problem)
        tours = tours_from(self.inst, self.fixed.forward(found))
        self.tours = [
            Tour(self.inst, car, nodes)
            for car, nodes in zip(self.inst.cars, tours, strict=True)
        ]
        self.was = self._fresh(least)

    def _fresh(self, plan: Plan) -> dict[str, _Cars]:
        """Who serves each task, of what has not begun."""
        numbers = self.problem.vehicle_numbers
        fresh = tuple(
            replace(route, stops=route.stops[self._begun(route.vehicle) :])
            for route in plan.routes
        )
        crews = crews_of(replace(plan, routes=fresh))
        return {
            task: frozenset(numbers[v] for v in crew) for task, crew in crews.items()
        }

    def _begun(self, vehicle: str) -> int:
        begun = self.problem.begun.get(vehicle)
        return 0 if begun is None else len(begun.stops)

    def now(self) -> dict[str, _Cars]:
        found: dict[str, _Cars] = {}
        for tour in self.tours:
            mine = frozenset([tour.car.number])
            for k in tour.tasks:
                name = self.inst.task(k).id
                name = self.fixed.halves.get(name, name)
                found[name] = found.get(name, frozenset()) | mine
        return found

    def moves(self) -> list[tuple[str, _Cars, _Cars]]:
        """Tasks whose helpers are others, in the problem's order."""
        now, order = self.now(), self.problem.task_numbers
        return [
            (task, self.was[task], now[task])
            for task in sorted(now, key=lambda name: order[name])
            if now[task] != self.was.get(task, now[task])
        ]

    def counts(self) -> Counter[int]:
        return Counter(v for _, was, now in self.moves() for v in was ^ now)

    def send_home(self, most: int) -> None:
        """One by one, the order whose return costs least, while somebody has more."""
        tried: set[str] = set()
        while over := {v for v, count in self.counts().items() if count > most}:
            numbers = self.inst.problem.task_numbers
            returns = [
                (found[0], numbers[task], found[1], found[2])
                for task, (home,), (here,) in self._single_moves()
                if task not in tried
                and over & {home, here}
                and (found := self._return(numbers[task], here, home)) is not None
            ]
            if not returns:
                return
            _, k, shorter, longer = min(returns, key=lambda each: each[:2])
            self.tours[shorter.car.number], self.tours[longer.car.number] = (
                shorter,
                longer,
            )
            tried.add(self.inst.task(k).id)

    def _single_moves(self) -> Iterator[tuple[str, _Cars, _Cars]]:
        return (each for each in self.moves() if each[0] not in self.linked)

    def _return(self, k: int, v: int, w: int) -> tuple[int, Tour, Tour] | None:
        """What it costs, the round without the task, and the one with it."""
        here, home = self.tours[v], self.tours[w]
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

    def sent_back(self, most: int) -> set[int]:
        """Whoever has the least plan's round again, with all who are tied to them."""
        over = [v for v, count in self.counts().items() if count > most]
        return _tied_to(over, self._ties())

    def _ties(self) -> dict[int, set[int]]:
        """Helpers between whom tasks moved; a task new to the plan ties nobody."""
        ties: dict[int, set[int]] = defaultdict(set)
        groups = [was | now for _, was, now in self.moves()]
        for group in (*groups, *self._linked_groups()):
            for v in group:
                ties[v] |= group
        return ties

    def _linked_groups(self) -> Iterator[_Cars]:
        """Where linked visits have other people or times, all who come to them."""
        if not self.linked:
            return
        was, now = (starts_of(self.problem, plan) for plan in (self.least, self.found))
        numbers = self.problem.vehicle_numbers
        groups = [{line.first, line.then} for line in self.problem.sequence]
        groups += [{task.id} for task in self.problem.tasks if task.people == 2]
        for names in groups:
            keys = [key for key in was.keys() | now.keys() if key[0] in names]
            if any(was.get(key) != now.get(key) for key in keys):
                crews = (starts.get(key, {}) for key in keys for starts in (was, now))
                yield frozenset(numbers[v] for crew in crews for v in crew)

    def routes(self, back: set[int]) -> tuple[Route, ...]:
        """Those who go back have the least plan's rounds, all others the new ones."""
        fresh = routes_of(self.inst, [tour.nodes for tour in self.tours])
        new = self.fixed.back(replace(self.found, routes=fresh, left_out=()))
        numbers = self.problem.vehicle_numbers
        found = [route for route in new.routes if numbers[route.vehicle] not in back]
        found += [r for r in self.least.routes if numbers[r.vehicle] in back]
        return tuple(sorted(found, key=lambda route: numbers[route.vehicle]))


def _absent(
    problem: Problem, routes: Iterable[Route], *plans: Plan
) -> tuple[LeftOut, ...]:
    """What is not done, or not by all who must come, with the reason of either plan."""
    reasons = {each.task: each for plan in plans for each in plan.left_out}
    come = Counter(
        stop.task for route in routes for stop in route.stops if stop.kind != "pickup"
    )
    return tuple(
        reasons[task.id]
        for task in problem.tasks
        if task.id in reasons and come[task.id] < task.people
    )


def _tied_to(some: Iterable[int], ties: dict[int, set[int]]) -> set[int]:
    reached, waiting = set(some), list(some)
    while waiting:
        for other in ties.get(waiting.pop(), ()):
            if other not in reached:
                reached.add(other)
                waiting.append(other)
    return reached
