"""The fifteen-minute circle: who has a point within a thousand metres on foot."""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Homes:
    """Where people live who are on the map: n of each, places in radians.

    `gone_on` is the day, as its ordinal, from which they live there no longer.
    """

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    gone_on: NDArray[np.int64]


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
    rows = session.execute(query).all()
    ends = [[day for day in (died, left) if day] for _, _, died, left in rows]
    return Homes(
        np.radians(np.array([row[0] for row in rows], dtype=float)),
        np.radians(np.array([row[1] for row in rows], dtype=float)),
        np.array([min(days, default=date.max).toordinal() for days in ends], dtype=int),
    )


def near_a_point(session: Session, homes: Homes, on: date) -> tuple[int, int]:
    """How many live so near to a point that is open, and how many are located."""
    living = homes.gone_on > on.toordinal()
    points = session.exec(
        select(Station.lat, Station.lon).where(
            Station.entered_on <= on,
            col(Station.exited_on).is_(None) | (col(Station.exited_on) > on),
        )
    ).all()
    lat, lon = homes.lat[living], homes.lon[living]
    if not len(lat) or not points:
        return 0, len(lat)
    cosine, least = np.cos(lat), np.full(len(lat), np.inf)
    for point_lat, point_lon in np.radians(np.array(points, dtype=float)):
        half = np.sin((lat - point_lat) / 2) ** 2
        half += cosine * np.cos(point_lat) * np.sin((lon - point_lon) / 2) ** 2
        np.minimum(least, half, out=least)
    nearest = 2 * _EARTH_METRES * np.arcsin(np.sqrt(least))
    return int((nearest * _DETOUR <= _WALK_METRES).sum()), len(lat)
