"""The fifteen-minute circle: who has a point within a thousand metres on foot."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session, col, select

from dispatch.people.elders import Elder, Household
from dispatch.people.places import Station

_WALK_METRES: Final = 1000
_DETOUR: Final = 1.3  # streets are not straight
_EARTH_METRES: Final = 6_371_009
_NEAR: Final = float(np.cos(_WALK_METRES / _DETOUR / _EARTH_METRES))
Spot = tuple[float, float]
_AT_ONCE: Final = 512  # homes: what is multiplied then stays in the processor's cache


@dataclass(frozen=True)
class Homes:
    """Where people live who are on the map: n of each.

    `places` are points on a ball of radius 1; `gone_on` is the day, as its ordinal,
    from which they live there no longer.
    """

    places: NDArray[np.float64]
    gone_on: NDArray[np.int64]
    _near: dict[tuple[Spot, ...], NDArray[np.bool_]] = field(default_factory=dict)

    def near(self, points: tuple[Spot, ...]) -> NDArray[np.bool_]:
        """Of each, whether one of the points is within the walk; of the same points,
        as two months have them, it is reckoned once.
        """
        if points not in self._near:
            self._near[points] = are_near(self.places, points)
        return self._near[points]


def homes_of(session: Session, elders: Any) -> Homes:
    """The homes of some elders. Whose home is on no map is in none of them.

    Args:
        elders: a query of them.
    """
    query = (
        elders.with_only_columns(
            *(Household.lat, Household.lon, Elder.died_on, Elder.left_on)
        )
        .join(Household, col(Household.id) == col(Elder.household_id))
        .where(col(Household.lat).is_not(None), col(Household.lon).is_not(None))
    )
    rows = session.connection().execute(query).all()
    places = on_a_ball([(lat, lon) for lat, lon, _, _ in rows])
    return Homes(places, gone_on((died, left) for _, _, died, left in rows))


def gone_on(ends: Iterable[tuple[date | None, date | None]]) -> NDArray[np.int64]:
    """From which day, as its ordinal, each is gone, by the days they died and left."""
    never = date.max.toordinal()
    days = (
        min(died or date.max, left or date.max).toordinal() if died or left else never
        for died, left in ends
    )
    return np.fromiter(days, dtype=np.int64)


def on_a_ball(places: Sequence[Spot]) -> NDArray[np.float64]:
    lat, lon = np.radians(np.array(places, dtype=float).reshape(-1, 2)).T
    flat = np.cos(lat)
    return np.stack([flat * np.cos(lon), flat * np.sin(lon), np.sin(lat)], axis=1)


def near_a_point(session: Session, homes: Homes, on: date) -> tuple[int, int]:
    """How many live so near to a point that is open, and how many are located."""
    living = homes.gone_on > on.toordinal()
    points = session.exec(
        select(Station.lat, Station.lon).where(
            Station.entered_on <= on,
            col(Station.exited_on).is_(None) | (col(Station.exited_on) > on),
        )
    ).all()
    near = homes.near(tuple((lat, lon) for lat, lon in points))
    return int((near & living).sum()), int(living.sum())


def are_near(places: NDArray[np.float64], points: Sequence[Spot]) -> NDArray[np.bool_]:
    """Of places on the ball, whether one of the points is within the walk."""
    near = np.zeros(len(places), dtype=bool)
    if not points:
        return near
    open_ones = on_a_ball(points).T
    # The product of two places is the cosine of the angle between them: good for a
    # hundredth of a millimetre here, at a tenth of what sines of each pair take.
    for start in range(0, len(places), _AT_ONCE):
        # Not by `@`, whose threads wait for each other on a busy machine.
        cosines = np.einsum("ij,jk", places[start : start + _AT_ONCE], open_ones)
        near[start : start + _AT_ONCE] = cosines.max(axis=1) >= _NEAR
    return near
