"""A plan under way as arrays that are built once and asked often."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.errors import BadProblem
from routing.fields import must_be_known
from routing.instance import FOREVER, Car, Instance
from routing.plan import Plan, Route
from routing.problem import Problem, Task
from routing.search.numbers import (
    ABOARD,
    CLOSES,
    DEADLINE,
    HELD,
    NO_DEADLINE,
    NO_LIMIT,
    OPENS,
    PAIRED,
    PLACE,
    RIDE,
    SERVICE,
    WINDS,
    WINDS_STOP,
    Flags,
    Longs,
    Numbers,
    rules_of,
)
from routing.search.offering import (
    COLUMNS,
    ENDS,
    FIRST,
    LEAVES,
    PRICE,
    RIDE_LEFT,
    SECOND,
    STOPS,
    WHO,
    WINDOW_LEFT,
    look,
)
from routing.search.rounds import ENDLESS, NODE, SIZE, blank_desk, blank_rounds
from routing.shifting import Shifted
from routing.timing import first_broken

_SPARE: Final = 32  # tasks that may be added before the arrays are built anew
_WINDOWS: Final = 16  # of one added task, when it has several
_NOBODY: Final = np.zeros(0, dtype=np.int32)


class Way(NamedTuple):
    """One place for a task: the vehicle, behind which positions, at what times."""

    car: int
    behind: tuple[int, int]
    price_seconds: int
    worth_seconds: int
    leaves_at: int
    ends_at: int
    times: Longs
    window_left_seconds: int
    ride_left_seconds: int | None


class UnderWay:
    """Rounds as numbers, with spare rows for tasks that the problem does not have.

    Rounds with a break, a task for two or one that is bound to another are not
    asked; nor is a round that no longer holds as it is.
    """

    def __init__(self, problem: Problem, plan: Plan) -> None:
        """Raises: BadProblem, when the plan does not repeat what has begun."""
        self.problem, inst = problem, Instance(problem)
        self._numbers = dict(problem.task_numbers)
        self._next = len(problem.tasks)
        self.busy = _busy(problem, plan)
        self._rules = _with_spare_rows(inst)
        self._wishes = bool(problem.prefer)
        routes = {route.vehicle: route for route in plan.routes}
        self.routes = [routes.get(vehicle.id) for vehicle in problem.vehicles]
        most = max((len(route.stops) for route in plan.routes), default=0)
        self._longest = most + 2 * _SPARE + 4
        self._rounds = blank_rounds(self._rules, self._longest)
        self._desk = blank_desk(self._rules, self._longest)
        self._old = np.zeros((len(inst.cars), self._longest), dtype=np.int64)
        self._names: list[list[str]] = [[] for _ in inst.cars]  # "" at a pickup
        self._free = np.zeros(len(inst.cars), dtype=np.uint8)
        for car, route in zip(inst.cars, self.routes, strict=True):
            self._free[car.number] = self._fill(inst, car, route)
        self._able: dict[frozenset[str], Flags] = {}
        everybody = np.flatnonzero(self._free).astype(np.int32)
        self._look(everybody, -1, self._free, 0)

    def ways(self, task: Task, most: int) -> list[Way]:
        """The best place in each of the cheapest rounds. Raises: BadProblem."""
        self._write(self._next, task)
        able, most = self._able_for(task), min(most, len(self.routes))
        found, times, count = self._look(_NOBODY, self._next, able, most)
        return [self._way(found[n].tolist(), times[n]) for n in range(count)]

    def shifted(self, way: Way) -> tuple[Shifted, ...]:
        """Whom of the others that reaches at another time than now."""
        (first, last), names = way.behind, self._names[way.car]
        at = way.times
        if len(at) == len(names) + 1:
            kept = np.concatenate([at[:first], at[first + 1 :]])
        else:
            kept = np.concatenate(
                [at[:first], at[first + 1 : last + 1], at[last + 2 :]]
            )
        moved = kept - self._old[way.car, : len(kept)]
        return tuple(
            Shifted(names[q], int(moved[q])) for q in np.flatnonzero(moved) if names[q]
        )

    def put(self, task: Task, route: Route) -> bool:
        """Take over a round with a new task in it; False when no room is left."""
        k, v = self._next, self.problem.vehicle_numbers[route.vehicle]
        self._write(k, task)
        self._numbers[task.id] = k
        self.busy.add(task.id)
        self.routes[v] = route
        self._lay(v, route)
        self._look(np.array([v], dtype=np.int32), -1, self._free, 0)
        self._next += 1
        return self._next < len(self._rules.tasks)

    def _fill(self, inst: Instance, car: Car, route: Route | None) -> bool:
        """Lay a round out; may it be asked?"""
        nodes = [] if route is None else self._lay(car.number, route)
        tasks = [inst.task(node >> 1) for node in nodes]
        tied = {
            name for line in self.problem.sequence for name in (line.first, line.then)
        }
        odd = self.problem.vehicles[car.number].breaks or any(
            task.people > 1 or task.id in tied for task in tasks
        )
        return not odd and first_broken(inst, car, nodes) is None

    def _lay(self, v: int, route: Route) -> list[int]:
        begun = self.problem.begun.get(route.vehicle)
        fresh = route.stops[len(begun.stops) if begun is not None else 0 :]
        fresh = tuple(stop for stop in fresh if stop.task is not None)
        nodes = [
            2 * self._numbers[stop.task or ""] + (stop.kind == "dropoff")
            for stop in fresh
        ]
        self._old[v, : len(fresh)] = [stop.at for stop in fresh]
        self._names[v] = [
            "" if stop.kind == "pickup" else stop.task or "" for stop in fresh
        ]
        self._rounds.rows[v, 1 : len(nodes) + 1, NODE] = nodes
        self._rounds.about[v, SIZE] = len(nodes)
        return nodes

    def _look(
        self, changed: NDArray[np.int32], k: int, able: Flags, most: int
    ) -> tuple[Longs, Longs, int]:
        found = np.zeros((most, COLUMNS), dtype=np.int64)
        times = np.zeros((most, self._longest + 4), dtype=np.int64)
        room = self._rules, self._rounds, self._desk
        return found, times, look(*room, changed, k, able, found, times)

    def _way(self, row: list[int], times: Longs) -> Way:
        ride = row[RIDE_LEFT]
        return Way(
            car=row[WHO],
            behind=(row[FIRST], row[SECOND]),
            price_seconds=row[PRICE],
            worth_seconds=self._worth(row[WHO]),
            leaves_at=row[LEAVES],
            ends_at=row[ENDS],
            times=times[: row[STOPS]],
            window_left_seconds=row[WINDOW_LEFT],
            ride_left_seconds=None if ride >= ENDLESS else ride,
        )

    def _worth(self, v: int) -> int:
        return int(self._rules.bonus[self._next, v]) if self._wishes else 0

    def _write(self, k: int, task: Task) -> None:
        """Put the task into a spare row. Raises: BadProblem."""
        rules, problem = self._rules, self.problem
        ride = FOREVER if task.max_ride_seconds is None else task.max_ride_seconds
        row = rules.tasks[k]
        row[PAIRED], row[RIDE] = task.visit is None, ride
        row[HELD], row[DEADLINE] = -1, NO_DEADLINE
        free = len(rules.winds) - _WINDOWS * (len(rules.tasks) - k)
        for offset, (kind, halt) in enumerate(task.halts):
            must_be_known(f"{kind}.place", halt.place, "place", problem.place_numbers)
            node, windows = rules.nodes[2 * k + offset], sorted(halt.windows)
            node[PLACE] = problem.place_numbers[halt.place]
            node[SERVICE] = halt.service_seconds
            node[OPENS] = windows[0][0]
            node[CLOSES] = max(closes for _, closes in windows)
            node[WINDS] = node[WINDS_STOP] = free
            if len(windows) > 1:
                if len(windows) > _WINDOWS // 2:
                    raise BadProblem(f"{kind}.windows", "too many for a quick answer")
                rules.winds[free : free + len(windows)] = windows
                node[WINDS_STOP] = free = free + len(windows)
        rules.load[k] = 0
        size = min(len(task.load), rules.load.shape[1])
        rules.load[k, :size] = task.load[:size]
        if self._wishes:
            old = problem.task_numbers.get(task.id)
            rules.bonus[k] = 0 if old is None else rules.bonus[old]

    def _able_for(self, task: Task) -> Flags:
        if task.needs not in self._able:
            skilled = [task.needs <= each.skills for each in self.problem.vehicles]
            self._able[task.needs] = self._free & np.array(skilled, dtype=np.uint8)
        able = self._able[task.needs]
        barred = [v for v, name in self.problem.never if name == task.id]
        if barred or any(task.load[self._rules.load.shape[1] :]):
            able = able.copy()
            able[[self.problem.vehicle_numbers[v] for v in barred]] = 0
        if any(task.load[self._rules.load.shape[1] :]):  # of which nobody has room
            limited = [each.capacity is not None for each in self.problem.vehicles]
            able[limited] = 0
        return able


def _busy(problem: Problem, plan: Plan) -> set[str]:
    """Tasks that are done, on board, or on a round. Raises: BadProblem."""
    fixed = {v: begun.stops for v, begun in problem.begun.items()}
    for route in plan.routes:
        done = fixed.pop(route.vehicle, ())
        if route.stops[: len(done)] != done:
            raise BadProblem("begun", f"the round of {route.vehicle!r} is another one")
    if any(fixed.values()):
        raise BadProblem("begun", f"the plan has no round of {min(fixed)!r}")
    return set(plan.served)


def _with_spare_rows(inst: Instance) -> Numbers:
    """The problem's numbers, with room for more tasks and compartments."""
    rules, problem = rules_of(inst), inst.problem
    known = (len(each.capacity or ()) for each in problem.vehicles)
    sizes = max(rules.load.shape[1], *known, 0)
    rows = len(rules.tasks) + _SPARE
    capacity = np.full((len(inst.cars), sizes), NO_LIMIT, dtype=np.int64)
    for v, vehicle in enumerate(problem.vehicles):
        if vehicle.capacity is not None:
            capacity[v] = 0
            room = np.minimum(vehicle.capacity, NO_LIMIT)
            capacity[v, : len(vehicle.capacity)] = room
    aboard = np.zeros((len(inst.cars), sizes), dtype=np.int64)
    for car in inst.cars:
        for k in car.aboard:
            load = problem.tasks[k].load[:sizes]
            aboard[car.number, : len(load)] += np.array(load, dtype=np.int64)
    rules.cars[:, ABOARD] = aboard[:, 0]
    return rules._replace(
        tasks=_taller(rules.tasks, rows),
        nodes=_taller(rules.nodes, 2 * rows),
        winds=_taller(rules.winds, len(rules.winds) + _WINDOWS * _SPARE),
        load=_wider(_taller(rules.load, rows), sizes),
        capacity=capacity,
        aboard=aboard,
        bonus=_taller(rules.bonus, rows) if problem.prefer else rules.bonus,
    )


def _taller(array: Longs, rows: int) -> Longs:
    missing = np.zeros((rows - len(array), array.shape[1]), dtype=np.int64)
    return np.concatenate([array, missing])


def _wider(array: Longs, columns: int) -> Longs:
    missing = np.zeros((len(array), columns - array.shape[1]), dtype=np.int64)
    return np.concatenate([array, missing], axis=1)
