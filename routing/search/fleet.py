"""All tours of a plan in the making, with what is left out and what it costs."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.fields import HORIZON
from routing.instance import FOREVER, Instance
from routing.search.insertion import best_spot, with_task
from routing.search.spots import Spot
from routing.search.tour import Tour
from routing.timing import Broken, earliest

_FAR: Final = np.iinfo(np.int64).max // 4


class Score(NamedTuple):
    """Smaller is better: tasks left out by rank, the dearest rank first; then cost.

    Rank 0 holds what may not be left out at all (on board, or without a
    penalty); then one rank per tier, from the highest to the lowest.
    """

    left_out: tuple[int, ...]
    total: int


class Fleet:
    """Mutable: tours are exchanged whole, so an older state is a cheap copy."""

    def __init__(self, inst: Instance, *, most_used: int | None = None) -> None:
        self.inst = inst
        self.most_used = FOREVER if most_used is None else most_used
        self.tours = [Tour(inst, car, ()) for car in inst.cars]
        self.ranks = _ranks(inst)
        self.allowed = _allowed(inst)
        self.kinds = _kinds(inst)
        self.absent: set[int] = {*inst.open_tasks, *inst.held}
        self._counts = [0] * (max(self.ranks, default=0) + 1)
        for k in self.absent:
            self._counts[self.ranks[k]] += 1
        self._penalties = sum(self.penalty(k) for k in self.absent)
        self._travel = sum(tour.cost for tour in self.tours)
        self._wide = 8
        self._mode = np.array([car.mode for car in inst.cars], dtype=np.intp)
        self._lay_out()

    def penalty(self, k: int) -> int:
        return self.inst.task(k).penalty or 0

    @property
    def score(self) -> Score:
        return Score(tuple(self._counts), self._travel + self._penalties)

    @property
    def used(self) -> int:
        return sum(1 for tour in self.tours if tour.nodes or tour.car.moved)

    def put(self, k: int, v: int, spot: Spot) -> None:
        """Insert an absent task; the spot must come from `best_spot`."""
        self.exchange(v, with_task(self.inst, self.tours[v], k, spot))
        self._arrived(k)

    def adopt(self, v: int, nodes: list[int]) -> None:
        """Give an empty tour these nodes of absent tasks, known to obey the rules."""
        self.exchange(v, nodes)
        for k in {node >> 1 for node in nodes}:
            self._arrived(k)

    def _arrived(self, k: int) -> None:
        self.absent.discard(k)
        self._counts[self.ranks[k]] -= 1
        self._penalties -= self.penalty(k)

    def take_out(self, tasks: Iterable[int], v: int) -> None:
        """Remove tasks from one tour.

        Where travel does not obey the triangle inequality (a second of rounding
        is enough), what remains may break a rule; then the whole tour goes.
        """
        gone, nodes = set(tasks), self.tours[v].nodes
        kept = [node for node in nodes if node >> 1 not in gone]
        if isinstance(earliest(self.inst, self.inst.cars[v], kept), Broken):
            gone, kept = {node >> 1 for node in nodes}, []
        self.exchange(v, kept)
        for k in gone:
            self.absent.add(k)
            self._counts[self.ranks[k]] += 1
            self._penalties += self.penalty(k)

    def exchange(self, v: int, nodes: list[int]) -> None:
        self._set(v, Tour(self.inst, self.inst.cars[v], nodes))

    def _set(self, v: int, tour: Tour) -> None:
        self._travel += tour.cost - self.tours[v].cost
        self.tours[v] = tour
        if len(tour.nodes) + 1 > self._wide:
            self._wide = 2 * len(tour.nodes)
            self._lay_out()
        else:
            self._fill(v)

    def remember(self) -> tuple[list[Tour], set[int], list[int], int, int]:
        return (
            list(self.tours),
            set(self.absent),
            list(self._counts),
            self._penalties,
            self._travel,
        )

    def restore(self, memory: tuple[list[Tour], set[int], list[int], int, int]) -> None:
        tours, absent, counts, penalties, _ = memory
        for v, tour in enumerate(tours):
            if tour is not self.tours[v]:
                self._set(v, tour)
        self.absent = set(absent)
        self._counts = list(counts)
        self._penalties = penalties

    def candidates(self, k: int, *, alike: bool = False) -> Iterator[tuple[int, int]]:
        """Cars that may do the task, the most promising first.

        Yields (number of the car, lower bound of the price). The bound is true
        where travel obeys the triangle inequality. Of cars that are alike and
        unused only the first is named, unless `alike` asks for all.
        """
        inst = self.inst
        node = 2 * k + (k in inst.held)
        bounds = self._bounds(inst.place[node])
        if inst.paired[k] and k not in inst.held:
            bounds = np.maximum(bounds, self._bounds(inst.place[node + 1]))
        # A way that is blocked now may open behind another stop: last, not never.
        bounds = np.minimum(bounds, HORIZON)
        for v in self._bonused(k):
            bounds[v] -= inst.cars[v].bonus[k]
        full = self.used >= self.most_used
        seen: set[int] = set()
        order = np.argsort(bounds, kind="stable")
        for v in order[self.allowed[k][order]].tolist():
            tour = self.tours[v]
            if not tour.nodes and not tour.car.moved:
                if full or (self.kinds[v] in seen and not alike):
                    continue
                seen.add(self.kinds[v])
            yield v, int(bounds[v])

    def best(self, k: int, skip: Iterable[int] = ()) -> tuple[int, Spot] | None:
        """The cheapest car and spot for a task, or None."""
        found: tuple[int, Spot] | None = None
        best_delta: int = FOREVER
        skipped = set(skip)
        for v, bound in self.candidates(k):
            if bound >= best_delta:
                break
            if v in skipped:
                continue
            spot = best_spot(self.inst, self.tours[v], k, best_delta)
            if spot is not None and spot.delta < best_delta:
                found, best_delta = (v, spot), spot.delta
        return found

    def _bonused(self, k: int) -> list[int]:
        return [car.number for car in self.inst.cars if k in car.bonus]

    def _lay_out(self) -> None:
        shape = len(self.tours), self._wide
        self._before = np.zeros(shape, dtype=np.intp)
        self._after = np.zeros(shape, dtype=np.intp)
        self._leg = np.zeros(shape, dtype=np.int64)
        self._closed = np.zeros(shape, dtype=np.int64)
        for v in range(len(self.tours)):
            self._fill(v)

    def _fill(self, v: int) -> None:
        tour = self.tours[v]
        size = len(tour.nodes) + 1
        places, rows = tour.places, tour.car.rows
        last = places[-1]
        self._before[v, :size] = places[:-1]
        self._after[v, :size] = places[1:]
        self._leg[v, :size] = [
            rows[a][b] if b >= 0 else 0 for a, b in itertools.pairwise(places)
        ]
        if size == 1 and not tour.car.moved:
            self._leg[v, 0] = 0
        self._closed[v, :size] = 1
        self._closed[v, size:] = 0
        self._leg[v, size:] = -_FAR
        if last < 0:
            self._closed[v, size - 1] = 0
            self._after[v, size - 1] = 0

    def _bounds(self, place: int) -> NDArray[np.int64]:
        """Per car, the least travel that a stop at this place adds."""
        travel = self.inst.travel
        modes = self._mode[:, None]
        into = travel[modes, self._before, place]
        onward = travel[modes, place, self._after] * self._closed
        least: NDArray[np.int64] = (into + onward - self._leg).min(axis=1)
        return least


def _ranks(inst: Instance) -> list[int]:
    tiers = sorted({task.tier for task in inst.problem.tasks}, reverse=True)
    return [
        0 if task.penalty is None or k in inst.held else 1 + tiers.index(task.tier)
        for k, task in enumerate(inst.problem.tasks)
    ]


def _allowed(inst: Instance) -> NDArray[np.bool_]:
    """May this task go to this car at all? Shape (tasks, cars)."""
    allowed = np.ones((len(inst.problem.tasks), len(inst.cars)), dtype=np.bool_)
    able: dict[frozenset[str], NDArray[np.bool_]] = {}
    for k, task in enumerate(inst.problem.tasks):
        if task.needs not in able:
            able[task.needs] = np.array([task.needs <= c.skills for c in inst.cars])
        allowed[k] = able[task.needs]
    for car in inst.cars:
        allowed[list(car.barred), car.number] = False
    for k, v in inst.held.items():
        allowed[k] = False
        allowed[k, v] = True
    return allowed


def _kinds(inst: Instance) -> list[int]:
    """Cars that are the same in everything that matters share a number."""
    known: dict[tuple[object, ...], int] = {}
    kinds = []
    for car in inst.cars:
        same = (
            *(car.mode, car.origin, car.end, car.ready, car.shift_end),
            *(car.max_work, car.work_end_by, car.max_tasks, car.tasks_begun),
            *(car.capacity, car.skills, car.barred, car.moved),
            *(tuple(sorted(car.bonus.items())), tuple(car.aboard), car.rests),
        )
        kinds.append(known.setdefault(same, len(known)))
    return kinds
