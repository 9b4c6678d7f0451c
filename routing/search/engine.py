"""One search: construct, then anneal on cuts of the map.

Threads run without the GIL, each on one side of a cut; after so many steps the
cut is made anew elsewhere, so that no border stays.
"""

import math
import threading
import time
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from routing.effort import NEVER, Ending
from routing.errors import NotYetHonoured
from routing.instance import Instance
from routing.problem import Problem
from routing.search.annealing import run
from routing.search.cutting import Cutter
from routing.search.fleet import Fleet
from routing.search.numbers import PLACE, RANK, Ints, numbers_of
from routing.search.parts import PENALTIES, TRAVEL, Part
from routing.search.rounds import LEG, NODE, SIZE, blank_desk, blank_rounds

VERSION: Final = "search 2"
_STEPS: Final = 4_000  # between two cuts, per thread
# A first plan always has so long: a process that is new reads the machine code first,
# and no plan at all is the worst of all plans.
_BUILDING_SECONDS: Final = 3.0
_TICK_SECONDS: Final = 0.02  # how often warmth follows the clock
_WARM: Final = 10.0  # times the mean leg: what is accepted as a loss at first
_LUKEWARM: Final = 1.0  # the same, from rounds that were given: they shall stay
_COLD: Final = 0.06
_LONGEST: Final = 126  # stops in one round at first; room is made when needed
_MARGIN: Final = 4  # columns that a round leaves empty
_MOST_BREAKS: Final = 3  # of one vehicle: all ways to lay them are tried
_NOBODY: Final = np.zeros(0, dtype=np.int32)

Tours = list[list[int]]
Score = tuple[tuple[float, ...], float]  # left out by rank, then what it costs
_NO_TOURS: Final[Score] = ((math.inf,), math.inf)


class Warmth(NamedTuple):
    """How large a loss is accepted, in seconds of travel, at first and at last."""

    first: float
    last: float

    def at(self, done: float) -> float:
        ratio = self.last / self.first
        return float(self.first * ratio ** min(1.0, max(0.0, done)))


def must_be_honoured(problem: Problem) -> None:
    """Raises: NotYetHonoured, for what this search does not know."""
    for number, vehicle in enumerate(problem.vehicles):
        if len(vehicle.breaks) > _MOST_BREAKS:
            raise NotYetHonoured(
                f"vehicles[{number}].breaks",
                f"no engine here can plan more than {_MOST_BREAKS} breaks of one",
            )
    for number, task in enumerate(problem.tasks):
        if task.people > 1:
            raise NotYetHonoured(
                f"tasks[{number}].people",
                "no engine here can plan two people at one start yet",
            )
    if problem.sequence:
        raise NotYetHonoured(
            "sequence[0]", "no engine here can plan tasks in sequence yet"
        )


class Search:
    """Improves tours; `tours` are the best so far, with their `score`."""

    def __init__(
        self, inst: Instance, fleet: Fleet, *, threads: int, seed: int
    ) -> None:
        self.inst, self.threads, self._seed = inst, threads, seed
        self.numbers = numbers_of(inst, fleet)
        self._begun = False
        self.score: Score = _NO_TOURS
        self._lay_out(_LONGEST)
        self.tours: Tours = [[] for _ in inst.cars]

    @property
    def served(self) -> set[int]:
        return {node >> 1 for nodes in self.tours for node in nodes}

    def _lay_out(self, longest: int) -> None:
        self._whole = 2 * len(self.inst.problem.tasks) + _MARGIN
        self._longest = longest = min(longest, self._whole)
        self.rounds = blank_rounds(self.numbers, longest)
        self._desks = [blank_desk(self.numbers, longest) for _ in range(self.threads)]
        self._cutter = Cutter(self.inst, self.numbers, self.rounds, self._seed)

    def construct(self, start: Tours | None = None, ending: Ending = NEVER) -> None:
        """Give every task to somebody, dear ranks first, until the ending."""
        # What is not compiled yet takes no time of building.
        room = self.numbers, self.rounds, self._desks[0], self._cutter.whole()
        run(*room, _NOBODY, 0, 1.0, 1.0, _still())
        left = self.numbers.most_used - sum(car.moved for car in self.inst.cars)
        for v, nodes in enumerate(start or ()):
            if nodes and (left > 0 or self.inst.cars[v].moved):
                self._adopt(v, nodes)
                self._begun = True
                left -= not self.inst.cars[v].moved
        order = self._first_order(self._cutter.known)
        ending = ending.not_before(_BUILDING_SECONDS)
        self.insert(order, ending)
        while self._crowded() and not ending.over():
            self._make_room()
            self.insert(order, ending)

    def _adopt(self, v: int, nodes: list[int]) -> None:
        """Begin with this tour; it must obey every rule."""
        while len(nodes) > self._longest - _MARGIN:
            self._make_room()
        self.rounds.rows[v, 1 : len(nodes) + 1, NODE] = nodes
        self.rounds.about[v, SIZE] = len(nodes)
        self.rounds.home[[node >> 1 for node in nodes]] = v

    def insert(self, order: Ints, ending: Ending = NEVER) -> None:
        """Put these tasks, one after the other, where each is cheapest."""
        part, dial = self._cutter.whole(), _still()
        room = self.numbers, self.rounds, self._desks[0], part

        def work() -> None:
            # Floats, as later on: other types would be compiled a second time.
            run(*room, order, 0, 1.0, 1.0, dial)

        thread = threading.Thread(target=work)
        thread.start()
        while thread.is_alive():
            thread.join(None if ending.at is None else _TICK_SECONDS)
            dial[0] = float(ending.over())
        # What was adopted had no cost before `run` looked at it.
        part = self._cutter.whole()
        self._cutter.note_best()
        self._keep([part], best=False)

    def _crowded(self) -> bool:
        """Has a round come to the end of its row, so that it refuses more?"""
        most = int(self.rounds.about[:, SIZE].max(initial=0))
        return most + _MARGIN > self._longest and self._longest < self._whole

    def _make_room(self) -> None:
        old = self.rounds
        self._lay_out(2 * self._longest)
        width = old.rows.shape[1]
        self.rounds.rows[:, :width], self.rounds.about[:] = old.rows, old.about
        if old.more.shape[1] > 1:
            self.rounds.more[:, :width] = old.more
        self.rounds.home[:] = old.home

    def improve(self, *, steps: int | None = None, ending: Ending = NEVER) -> int:
        """Anneal for so many steps in all threads together, or until the ending.

        Returns:
            How many steps were made.
        """
        mean = self._mean_leg()
        warm = _LUKEWARM if self._begun else _WARM
        warmth = Warmth(warm * mean, _COLD * mean)
        made, began = 0, time.monotonic()
        while made < steps if steps is not None else not ending.over():
            parts = self._cutter.parts(self.threads)
            each = _STEPS
            span = warmth
            if steps is not None:
                each = min(each, -(-(steps - made) // len(parts)))
                after = made + each * len(parts)
                span = Warmth(warmth.at(made / steps), warmth.at(after / steps))
            made += self._together(parts, each, span, (began, ending))
            self._keep(parts, best=True)
            if self._crowded():
                self._make_room()
            if not made:
                break
        return made

    def _mean_leg(self) -> float:
        rows, size = self.rounds.rows, self.rounds.about[:, SIZE]
        going = (np.arange(rows.shape[1])[None, :] <= size[:, None]) & (
            size[:, None] > 0
        )
        legs = float(rows[:, :, LEG][going].sum())
        return max(1.0, legs / max(1, int(size.sum())))

    def _together(
        self,
        parts: Sequence[Part],
        steps: int,
        span: Warmth,
        clock: tuple[float, Ending],
    ) -> int:
        """One stretch of work in all threads, between two cuts."""
        began, ending = clock
        dial, made = _still(), [0] * len(parts)

        def work(n: int) -> None:
            room = self.numbers, self.rounds, self._desks[n], parts[n]
            made[n] = run(*room, _NOBODY, steps, span.first, span.last, dial)

        def turn() -> None:
            if ending.at is not None:
                done = (time.monotonic() - began) / max(1e-6, ending.at - began)
                dial[1] = span.at(done)
                dial[0] = float(ending.over())

        turn()
        threads = [threading.Thread(target=work, args=(n,)) for n in range(len(parts))]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(None if ending.at is None else _TICK_SECONDS)
                turn()
        return sum(made)

    def _keep(self, parts: Sequence[Part], *, best: bool) -> None:
        lefts = [part.best_left if best else part.left for part in parts]
        sums = [part.best_sums if best else part.sums for part in parts]
        left = tuple(int(each) for each in np.sum(lefts, axis=0))
        score = left, int(sum(each[TRAVEL] + each[PENALTIES] for each in sums))
        if score < self.score:
            self.score = score
            seq, size = self._cutter.best_seq, self._cutter.best_size
            self.tours = [seq[v, : size[v]].tolist() for v in range(len(size))]

    def _first_order(self, known: Ints) -> Ints:
        """Ranks first; then around each kitchen like a clock: neighbours share rounds.

        Visits are swept around the middle; without coordinates what closes first
        comes first.
        """
        numbers, inst = self.numbers, self.inst
        lasts = np.array([inst.nodes_of(k)[-1] for k in known], dtype=np.int64)
        closes = np.array(inst.closes, dtype=np.int64)[lasts]
        rank = numbers.tasks[known, RANK]
        places = inst.problem.places
        if not len(known) or any(place.lat is None for place in places):
            return known[np.lexsort((closes, rank))]
        spots = np.array([(p.lat, p.lon) for p in places], dtype=np.float64)
        firsts, doors = numbers.nodes[2 * known, PLACE], numbers.nodes[lasts, PLACE]
        centre = np.where((firsts == doors)[:, None], spots.mean(axis=0), spots[firsts])
        away = spots[doors] - centre
        angle = np.arctan2(away[:, 0], away[:, 1])
        return known[np.lexsort((closes, angle, firsts, rank))]


def _still() -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.zeros(2)
