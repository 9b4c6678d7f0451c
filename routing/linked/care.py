"""Home care with linked services: what is to be done, and a judge of what was planned.

After Mankowska, Meisel and Bierwirth, "The home health care routing and scheduling
problem with interdependent services", Health Care Management Science 17 (2014). The
judge is written from that description and shares no code with the search.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.check_routes import BrokenRule

_TOLERANCE: Final = 0.002  # times in a plan are rounded to thousandths


@dataclass(frozen=True)
class CareVisit:
    """One service at one patient. `opens` is hard, being later than `due` costs."""

    id: str
    patient: int  # a row of the legs
    service: int
    opens: float
    due: float
    duration: float


@dataclass(frozen=True)
class Together:
    """Two visits by different people; the gap is from beginning to beginning."""

    first: int
    then: int
    least: float
    most: float


@dataclass(frozen=True, eq=False)
class Care:
    """Row 0 of the legs is where everybody starts, the last row where they end."""

    name: str
    legs: NDArray[np.float64]
    staff: tuple[frozenset[int], ...]  # the services that each one can do
    visits: tuple[CareVisit, ...]
    together: tuple[Together, ...]


class CareCost(NamedTuple):
    """In the unit of the legs. A third of the sum is what is made small."""

    distance: float
    lateness: float
    latest: float

    @property
    def total(self) -> float:
        return (self.distance + self.lateness + self.latest) / 3


class Planned(NamedTuple):
    """A visit on somebody's round, and when it begins."""

    visit: int
    at: float


Rounds = Mapping[int, Sequence[Planned]]


def care_cost(care: Care, rounds: Rounds) -> CareCost:
    """What the rounds cost by the times that they state."""
    late = [
        max(0.0, stop.at - care.visits[stop.visit].due)
        for stops in rounds.values()
        for stop in stops
    ]
    distance = 0.0
    for stops in rounds.values():
        places = [0, *(care.visits[stop.visit].patient for stop in stops), -1]
        distance += sum(care.legs[a, b] for a, b in pairwise(places) if stops)
    return CareCost(float(distance), math.fsum(late), max(late, default=0.0))


def broken_care(care: Care, rounds: Rounds) -> list[BrokenRule]:
    """Every rule that the rounds break; lateness is no broken rule."""
    found: list[BrokenRule] = []
    for who, stops in rounds.items():
        found.extend(_round(care, who, stops))
    where: dict[int, list[tuple[int, float]]] = {}
    for who, stops in rounds.items():
        for stop in stops:
            where.setdefault(stop.visit, []).append((who, stop.at))
    for number, visit in enumerate(care.visits):
        if len(where.get(number, [])) != 1:
            found.append(BrokenRule("served_once", None, visit.id))
    for pair in care.together:
        firsts, thens = where.get(pair.first, []), where.get(pair.then, [])
        for (one, begins), (other, follows) in zip(firsts, thens, strict=False):
            name = care.visits[pair.then].id
            if one == other:
                found.append(BrokenRule("people", None, name))
            off = max(pair.least - (follows - begins), (follows - begins) - pair.most)
            if off > _TOLERANCE:
                found.append(BrokenRule("sequence", None, name, math.ceil(off)))
    return found


def _round(care: Care, who: int, stops: Sequence[Planned]) -> list[BrokenRule]:
    found = []
    here, free = 0, 0.0
    for stop in stops:
        visit = care.visits[stop.visit]
        reached = free + float(care.legs[here, visit.patient])
        if visit.service not in care.staff[who]:
            found.append(BrokenRule("skill", str(who + 1), visit.id, 1))
        for rule, off in (
            ("travel", reached - stop.at),
            ("window", visit.opens - stop.at),
        ):
            if off > _TOLERANCE:
                found.append(BrokenRule(rule, str(who + 1), visit.id, math.ceil(off)))
        here, free = visit.patient, stop.at + visit.duration
    return found
