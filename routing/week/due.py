"""What a week is planned from: visits that are due, who may make them, who passes by.

Days are numbered from 0, the first day of the plan; minutes are whole; positions are
WGS-84 degrees.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from routing.errors import BadProblem
from routing.fields import (
    must_be_known,
    must_be_named,
    must_be_number,
    must_be_unique,
    must_be_whole,
)

MOST_DAYS = 62
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class DueVisit:
    """One visit that is due between two days, both included.

    Attributes:
        responsible: 责任人, the named person; `backup` stands in for them.
        never: visitors who may not come.
        tier: no number of visits of a lower tier keeps out one of a higher.
    """

    id: str
    station: str
    lat: float
    lon: float
    first_day: int
    last_day: int
    minutes: int = 20
    responsible: str | None = None
    backup: str | None = None
    needs: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    tier: int = 0

    def __post_init__(self) -> None:
        must_be_named("id", self.id)
        must_be_named("station", self.station)
        _must_lie_on_earth(self.lat, self.lon)
        must_be_whole("first_day", self.first_day, least=-MOST_DAYS, most=MOST_DAYS)
        must_be_whole("last_day", self.last_day, least=-MOST_DAYS, most=MOST_DAYS)
        must_be_whole("minutes", self.minutes, least=1, most=_DAY_MINUTES)
        must_be_whole("tier", self.tier, least=0, most=9)
        if self.last_day < self.first_day:
            raise BadProblem("last_day", "the visit is over before it is due")


@dataclass(frozen=True)
class Visitor:
    """Somebody who visits: for which stations, and minutes for visits on each day."""

    id: str
    stations: tuple[str, ...]
    minutes: tuple[int, ...]
    skills: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        must_be_named("id", self.id)
        if not self.stations:
            raise BadProblem("stations", "somebody visits for no station at all")
        for day, minutes in enumerate(self.minutes):
            must_be_whole(f"minutes[{day}]", minutes, least=0, most=_DAY_MINUTES)


@dataclass(frozen=True)
class Passing:
    """A stop of that day's meal rounds; `visitor` is who goes the round, if known."""

    day: int
    lat: float
    lon: float
    visitor: str | None = None

    def __post_init__(self) -> None:
        must_be_whole("day", self.day, least=0, most=MOST_DAYS)
        _must_lie_on_earth(self.lat, self.lon)


@dataclass(frozen=True)
class WeekProblem:
    """Everything that one week, or two, is planned from.

    Attributes:
        stations: where visitors set out, as (lat, lon) by name.
        served: how often a visitor served the person of a visit in four weeks.
    """

    days: int
    stations: Mapping[str, tuple[float, float]]
    visits: tuple[DueVisit, ...]
    visitors: tuple[Visitor, ...]
    passings: tuple[Passing, ...] = ()
    served: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        must_be_whole("days", self.days, least=1, most=MOST_DAYS)
        for name in ("stations", "served"):
            kept = MappingProxyType(dict(getattr(self, name)))
            object.__setattr__(self, name, kept)
        for lat, lon in self.stations.values():
            _must_lie_on_earth(lat, lon)
        must_be_unique("visits", (each.id for each in self.visits))
        must_be_unique("visitors", (each.id for each in self.visitors))
        self._must_hang_together()

    def _must_hang_together(self) -> None:
        for number, visitor in enumerate(self.visitors):
            path = f"visitors[{number}]"
            if len(visitor.minutes) != self.days:
                raise BadProblem(f"{path}.minutes", f"must have {self.days} days")
            for station in visitor.stations:
                must_be_known(f"{path}.stations", station, "station", self.stations)
        for number, visit in enumerate(self.visits):
            path = f"visits[{number}]"
            must_be_known(f"{path}.station", visit.station, "station", self.stations)
            for name in ("responsible", "backup"):
                who = getattr(visit, name)
                if who is not None:
                    must_be_known(f"{path}.{name}", who, "visitor", self.visitor_of)

    @cached_property
    def visitor_of(self) -> dict[str, Visitor]:
        """By name."""
        return {visitor.id: visitor for visitor in self.visitors}

    @cached_property
    def passed_by(self) -> dict[tuple[int, str | None], NDArray[np.float64]]:
        """Points (n, 2) of the rounds of a day, by who goes them."""
        found: dict[tuple[int, str | None], list[tuple[float, float]]] = {}
        for each in self.passings:
            found.setdefault((each.day, each.visitor), []).append((each.lat, each.lon))
        return {key: np.array(points) for key, points in found.items()}

    @cached_property
    def visit_of(self) -> dict[str, DueVisit]:
        """By name."""
        return {visit.id: visit for visit in self.visits}


def _must_lie_on_earth(lat: float, lon: float) -> None:
    must_be_number("lat", lat, least=-90, most=90)
    must_be_number("lon", lon, least=-180, most=180)
