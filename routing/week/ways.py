"""How far it is to somebody on a day: from the station, or from a round nearby."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.travel import EARTH_RADIUS_METRES
from routing.week.due import DueVisit, WeekProblem

METRES_PER_MINUTE: Final = 150  # on an e-bike, along streets, with locking it up
_QUARTER_DEGREES: Final = 0.003  # about 300 m: who lives in one quarter is one trip

Quarter = tuple[int, int]
Points = NDArray[np.float64]


def quarter_of(visit: DueVisit) -> Quarter:
    """Visits of one quarter on one day by one person need one way there."""
    return (
        int(np.floor(visit.lat / _QUARTER_DEGREES)),
        int(np.floor(visit.lon / _QUARTER_DEGREES)),
    )


class Ways:
    """Minutes to the quarters of one station's visits, per day and visitor."""

    def __init__(self, problem: WeekProblem, station: str) -> None:
        visits = [each for each in problem.visits if each.station == station]
        self.quarters = sorted({quarter_of(each) for each in visits})
        self._centres = _centres(self.quarters, visits)
        home = np.array([problem.stations[station]])
        self._from_home = _minutes(self._centres, home).min(axis=1)
        self._passed_by = problem.passed_by
        self._number = {quarter: n for n, quarter in enumerate(self.quarters)}
        self._near: dict[tuple[str, int], list[int]] = {}

    def minutes(self, quarter: Quarter, visitor: str, day: int) -> int:
        """From the station, a round of the visitor's own, or one of anybody's."""
        near = self._near.get((visitor, day))
        if near is None:
            near = self._near[visitor, day] = self._least(visitor, day)
        return near[self._number[quarter]]

    def _least(self, visitor: str, day: int) -> list[int]:
        found = self._from_home
        for key in ((day, visitor), (day, None)):
            points = self._passed_by.get(key)
            if points is not None:
                found = np.minimum(found, _minutes(self._centres, points).min(axis=1))
        least: list[int] = found.tolist()
        return least


def _centres(quarters: Sequence[Quarter], visits: Sequence[DueVisit]) -> Points:
    inside: Mapping[Quarter, list[tuple[float, float]]] = {q: [] for q in quarters}
    for visit in visits:
        inside[quarter_of(visit)].append((visit.lat, visit.lon))
    means = [np.array(inside[quarter]).mean(axis=0) for quarter in quarters]
    return np.array(means).reshape(-1, 2)


def _minutes(here: Points, there: Points) -> NDArray[np.int64]:
    """Shape (n, m), rounded up; flat earth, which is true enough inside a town."""
    north = np.radians(here[:, None, 0] - there[None, :, 0])
    shrink = np.cos(np.radians(here[:, None, 0]))
    east = np.radians(here[:, None, 1] - there[None, :, 1]) * shrink
    metres = EARTH_RADIUS_METRES * np.hypot(north, east)
    minutes: NDArray[np.int64] = np.ceil(metres / METRES_PER_MINUTE).astype(np.int64)
    return minutes
