"""Who would have to give way to a task that is left out: the least dear ones."""

from collections.abc import Iterable, Sequence

from routing.effort import Ending
from routing.instance import Car
from routing.search.fleet import Fleet
from routing.search.insertion import best_spot, with_task
from routing.search.tour import Tour
from routing.timing import first_broken


def giving_way(
    fleet: Fleet, k: int, cars: Sequence[Car], most_trials: int, ending: Ending
) -> tuple[int, ...]:
    """Tasks of one round without which this one would fit into it, exactly.

    If a single one is enough, the least dear of all these cars' tasks: of the lowest
    tier, then of the lowest penalty. Otherwise some of the first car's for which it
    can be said; none of them could stay.

    Returns:
        numbers of tasks; empty when trials or time ended before any were found.
    """
    trials = _Trials(fleet, k, most_trials, ending)
    ones = [(other, car) for car in cars for other in _open_tasks(fleet, car)]
    for other, car in sorted(ones, key=lambda each: _dearness(fleet, each[0])):
        if trials.fits(car, {other}):
            return (other,)
    for car in cars:
        if gone := _several(fleet, car, trials):
            return tuple(sorted(gone))
    return ()


def _several(fleet: Fleet, car: Car, trials: "_Trials") -> set[int]:
    """The least dear ones until it fits, then back what need not have gone."""
    gone: set[int] = set()
    order = sorted(_open_tasks(fleet, car), key=lambda k: _dearness(fleet, k))
    for other in order:
        gone.add(other)
        if trials.fits(car, gone):
            break
    else:
        return set()
    for other in sorted(gone, key=lambda k: _dearness(fleet, k), reverse=True):
        if trials.fits(car, gone - {other}):
            gone.remove(other)
    return gone


def _open_tasks(fleet: Fleet, car: Car) -> Iterable[int]:
    """What a car has not begun; what is on board stays there."""
    return fleet.tours[car.number].tasks - fleet.inst.held.keys()


def _dearness(fleet: Fleet, k: int) -> tuple[int, int, int]:
    return -fleet.ranks[k], fleet.penalty(k), k


class _Trials:
    """Exact insertions, so many at most."""

    def __init__(self, fleet: Fleet, k: int, most: int, ending: Ending) -> None:
        self._fleet, self._k, self._left, self._ending = fleet, k, most, ending

    def fits(self, car: Car, gone: set[int]) -> bool:
        """Into the car's round without these tasks; no, when trials have ended."""
        if self._left < 1 or self._ending.over():
            return False
        self._left -= 1
        inst, k = self._fleet.inst, self._k
        nodes = self._fleet.tours[car.number].nodes
        tour = Tour(inst, car, [node for node in nodes if node >> 1 not in gone])
        spot = best_spot(inst, tour, k)
        if spot is None:
            return False
        return first_broken(inst, car, with_task(inst, tour, k, spot)) is None
