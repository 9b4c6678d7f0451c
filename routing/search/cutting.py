"""Cuts of the map: which thread works on which vehicles and tasks."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from routing.instance import Instance
from routing.search.chance import dice_of
from routing.search.numbers import HELD, MOVED, ORIGIN, PENALTY, RANK, Ints, Numbers
from routing.search.parts import ABSENT, ORDERS, PENALTIES, TRAVEL, USED, Part
from routing.search.rounds import COST, NODE, SIZE, SPOT, Rounds

_LEAST_TASKS: Final = 60  # in one part; fewer are not cut


class Cutter:
    """Lends the rounds of one plan out in parts that never touch each other."""

    def __init__(
        self, inst: Instance, numbers: Numbers, rounds: Rounds, seed: int
    ) -> None:
        self.inst, self.numbers, self.rounds = inst, numbers, rounds
        vehicles, tasks = len(inst.cars), len(inst.problem.tasks)
        longest = rounds.rows.shape[1] - 2
        self.known = np.array(sorted({*inst.open_tasks, *inst.held}), dtype=np.int32)
        self._doors = np.array(
            [inst.place[inst.nodes_of(k)[-1]] for k in range(tasks)], dtype=np.int64
        )
        self._chance = np.random.default_rng(seed)
        self._part_of = np.zeros(vehicles, dtype=np.int32)
        self._spot = np.full(tasks, -1, dtype=np.int32)
        self._missed = np.zeros(tasks, dtype=np.int64)
        self._dirty = np.zeros(vehicles, dtype=np.uint8)
        self._orders = _orders(inst)
        self.best_seq = np.zeros((vehicles, longest), dtype=np.int32)
        self.best_size = np.zeros(vehicles, dtype=np.int32)

    def whole(self) -> Part:
        self._part_of[:] = 0
        cars = np.arange(len(self.inst.cars))
        return self._part(0, cars, self.known, self.numbers.most_used)

    def parts(self, most: int) -> list[Part]:
        """At most so many, each of enough tasks, around a pivot drawn by chance."""
        useful = min(most, len(self.known) // _LEAST_TASKS, len(self.inst.cars))
        if useful < 2:
            return [self.whole()]
        pivot = int(self._chance.choice(self.known))
        away = self.numbers.onto[0, self._doors[pivot]].astype(np.float64)
        where = np.array(list(self._whereabouts(away)))
        order = np.argsort(where, kind="stable")
        weight = np.maximum(self.rounds.about[order, SIZE], 0.01)
        reached = np.cumsum(weight) / weight.sum()
        group = np.minimum((reached * useful).astype(np.int64), useful - 1)
        self._part_of[order] = group
        limits = np.maximum.accumulate(
            [where[order[group == g]].max(initial=-np.inf) for g in range(useful)]
        )
        homes = self.rounds.home[self.known]
        # A box on board goes with its holder, also while no round has it.
        homes = np.where(homes >= 0, homes, self.numbers.tasks[self.known, HELD])
        lost = np.searchsorted(limits, away[self._doors[self.known]])
        of_task = np.where(
            homes >= 0, self._part_of[homes], np.minimum(lost, useful - 1)
        )
        used = self._used()
        spare = self.numbers.most_used - int(used.sum())
        found = []
        for g in range(useful):
            cars = np.flatnonzero(self._part_of == g)
            # Who may still leave is the first part's business, until the next cut.
            most = int(used[cars].sum()) + (max(0, spare) if g == 0 else 0)
            found.append(self._part(g, cars, self.known[of_task == g], most))
        return found

    def _used(self) -> NDArray[np.bool_]:
        busy: NDArray[np.bool_] = self.rounds.about[:, SIZE] > 0
        return busy | (self.numbers.cars[:, MOVED] > 0)

    def _whereabouts(self, away: NDArray[np.float64]) -> Iterator[float]:
        """Per vehicle, how far from the pivot its round lies."""
        rows, about = self.rounds.rows, self.rounds.about
        for v in range(len(about)):
            if size := int(about[v, SIZE]):
                yield float(np.median(away[rows[v, 1 : size + 1, SPOT]]))
            else:
                yield float(away[self.numbers.cars[v, ORIGIN]])

    def note_best(self) -> None:
        """Take the present rounds as the best."""
        self.best_seq[:] = self.rounds.rows[:, 1:-1, NODE]
        self.best_size[:] = self.rounds.about[:, SIZE]

    def _part(
        self, number: int, cars: NDArray[Any], tasks: Ints, most_used: int
    ) -> Part:
        numbers, about = self.numbers, self.rounds.about
        absent = tasks[self.rounds.home[tasks] < 0]
        kept = np.zeros(len(tasks) + 1, dtype=np.int32)
        kept[: len(absent)] = absent
        self._spot[absent] = np.arange(len(absent))
        sums = np.zeros(4, dtype=np.int64)
        sums[TRAVEL] = about[cars, COST].sum()
        sums[PENALTIES] = numbers.tasks[absent, PENALTY].sum()
        sums[USED] = self._used()[cars].sum()
        sums[ABSENT] = len(absent)
        ranks = int(numbers.tasks[:, RANK].max(initial=0)) + 1
        left = np.bincount(numbers.tasks[absent, RANK], minlength=ranks)
        left = left.astype(np.int64)
        touched = len(cars) + 2
        return Part(
            cars=cars.astype(np.int32),
            number=number,
            part_of=self._part_of,
            tasks=np.ascontiguousarray(tasks),
            absent=kept,
            spot=self._spot,
            sums=sums,
            left=left,
            best_sums=sums.copy(),
            best_left=left.copy(),
            best_seq=self.best_seq,
            best_size=self.best_size,
            dirty=self._dirty,
            marks=np.zeros(len(about) + 1, dtype=np.int64),
            called=np.zeros(len(about) + 1, dtype=np.int32),
            undo=np.zeros(touched, dtype=np.int32),
            undo_seq=np.zeros((touched, self.best_seq.shape[1]), dtype=np.int32),
            undo_size=np.zeros(touched, dtype=np.int32),
            undo_sums=sums.copy(),
            undo_left=left.copy(),
            order=np.zeros(len(tasks) + 1, dtype=np.int32),
            keys=np.zeros(len(tasks) + 1),
            orders=self._orders,
            missed=self._missed,
            dice=dice_of(int(self._chance.integers(2**62))),
            most_used=most_used,
        )


def _orders(inst: Instance) -> NDArray[np.float64]:
    """Per reason and task a number, the smaller the earlier it is put back."""
    found = np.zeros((ORDERS, len(inst.problem.tasks)))
    for k in range(found.shape[1]):
        nodes = inst.nodes_of(k)
        first, last = nodes[0], nodes[-1]
        way = int(inst.travel[0][inst.place[first], inst.place[last]])
        found[:, k] = (
            *(-way, way, inst.closes[last] - inst.opens[last]),
            *(-inst.closes[last], inst.opens[last], -sum(inst.load[k])),
        )
    return found
