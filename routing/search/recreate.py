"""Ruin and recreate: take neighbouring tasks out, put them back better.

After Christiaens and Vanden Berghe, "Slack Induction by String Removals for
Vehicle Routing Problems", Transportation Science 54 (2020).
"""

import math
import random
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from routing.effort import NEVER, Ending
from routing.instance import Instance
from routing.search.fleet import Fleet
from routing.search.sweep import by_closing, swept

_REMOVED: Final = 10  # tasks taken out per step, on average
_LONGEST_STRING: Final = 10
_OLD_ABSENT: Final = 20  # of those left out before, how many are tried per step
_BLINK: Final = 0.01  # how often a good car is overlooked
_WARM: Final = 100.0  # seconds of travel accepted as loss, at first
_COLD: Final = 1.0


class Search:
    """Improves a fleet in place; `best` is never worse than where it began."""

    def __init__(self, inst: Instance, fleet: Fleet, rng: random.Random) -> None:
        self.inst, self.fleet, self.rng = inst, fleet, rng
        self._near: dict[int, list[int]] = {}
        self._doors = np.array(
            [inst.place[inst.nodes_of(k)[-1]] for k in range(len(inst.load))],
            dtype=np.intp,
        )
        self._orders = _orders(inst)

    def construct(self) -> None:
        """Give every absent task to somebody, dear ranks first.

        Swept around the kitchens; when that leaves something out, also by closing
        windows, and the better of the two is kept.
        """
        fleet, inst, ranks = self.fleet, self.inst, self.fleet.ranks
        empty, absent = fleet.remember(), set(fleet.absent)
        self._put_back(swept(inst, ranks, absent), blink=0.0)
        if fleet.absent:
            one, score = fleet.remember(), fleet.score
            fleet.restore(empty)
            self._put_back(by_closing(inst, ranks, absent), blink=0.0)
            if score < fleet.score:
                fleet.restore(one)

    def improve(self, progress: Callable[[], float], ending: Ending = NEVER) -> int:
        """Ruin and recreate until progress, from 0 to 1, is complete.

        Args:
            ending: cuts even one step short; what it has not put back is undone.

        Returns:
            How many steps were made.
        """
        fleet, steps = self.fleet, 0
        best = fleet.remember()
        best_score = fleet.score
        while (done := progress()) < 1.0:
            steps += 1
            before, score = fleet.remember(), fleet.score
            absent = sorted(fleet.absent)
            if not self._ruin():
                break
            self._recreate(absent, ending)
            warmth = _WARM * (_COLD / _WARM) ** done
            allowance = -warmth * math.log(1.0 - self.rng.random())
            now = fleet.score
            if now < best_score:
                best, best_score = fleet.remember(), now
            elif now.left_out > score.left_out or (
                now.left_out == score.left_out and now.total >= score.total + allowance
            ):
                fleet.restore(before)
        fleet.restore(best)
        return steps

    def _recreate(self, absent_before: list[int], ending: Ending) -> None:
        weight = self.rng.choice(self._orders)
        ranks, rng = self.fleet.ranks, self.rng
        rng.shuffle(absent_before)
        absent_before.sort(key=lambda k: ranks[k])
        order = sorted(self.fleet.absent.difference(absent_before[_OLD_ABSENT:]))
        rng.shuffle(order)
        if rng.random() < 0.6:
            order.sort(key=lambda k: -weight[k])
        order.sort(key=lambda k: ranks[k])
        self._put_back(order, blink=_BLINK, ending=ending)

    def _put_back(
        self, order: Sequence[int], *, blink: float, ending: Ending = NEVER
    ) -> None:
        for k in order:
            if ending.over():
                break
            skip = (
                [v for v in range(len(self.inst.cars)) if self.rng.random() < blink]
                if blink
                else []
            )
            if found := self.fleet.best(k, skip):
                self.fleet.put(k, *found)

    def _ruin(self) -> bool:
        """Take strings of stops out of neighbouring tours."""
        fleet, rng = self.fleet, self.rng
        home = {k: v for v, tour in enumerate(fleet.tours) for k in tour.tasks}
        if not home:
            return False
        mean = len(home) / sum(1 for tour in fleet.tours if tour.tasks)
        longest = min(_LONGEST_STRING, max(1.0, mean))
        strings = int(rng.uniform(1.0, 4.0 * _REMOVED / (1.0 + longest)))
        wanted = sorted(fleet.absent) or sorted(home)
        if rng.random() < 0.5:
            wanted = sorted(home)
        ruined: set[int] = set()
        for k in self._neighbours(rng.choice(wanted)):
            if len(ruined) >= max(1, strings):
                break
            v = home.get(k)
            if v is None or v in ruined:
                continue
            ruined.add(v)
            fleet.take_out(self._string(v, k, longest), v)
        return True

    def _string(self, v: int, k: int, longest: float) -> set[int]:
        """Tasks whose last stops stand in a row around that of task k."""
        inst, rng = self.inst, self.rng
        nodes = self.fleet.tours[v].nodes
        doors = [n >> 1 for n in nodes if n & 1 or not inst.paired[n >> 1]]
        length = int(rng.uniform(1.0, min(longest, len(doors)) + 1.0))
        length = min(length, len(doors))
        at = doors.index(k)
        first = rng.randint(max(0, at - length + 1), min(at, len(doors) - length))
        return set(doors[first : first + length])

    def _neighbours(self, k: int) -> list[int]:
        """All tasks by the way from the door of task k, itself first."""
        if k not in self._near:
            way = self.inst.travel[0][self._doors[k]][self._doors]
            self._near[k] = np.argsort(way, kind="stable").tolist()
        return self._near[k]


def _orders(inst: Instance) -> list[list[int]]:
    """Reasons to put a task back early: far from its start, narrow, late, heavy."""
    far, narrow, late, heavy = [], [], [], []
    for k in range(len(inst.load)):
        nodes = inst.nodes_of(k)
        first, last = nodes[0], nodes[-1]
        way = int(inst.travel[0][inst.place[first], inst.place[last]])
        far.append(way if first != last else 0)
        narrow.append(-(inst.closes[last] - inst.opens[last]))
        late.append(-inst.closes[last])
        heavy.append(sum(inst.load[k]))
    return [far, narrow, late, heavy]
