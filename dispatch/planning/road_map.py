"""The map under the board: our own streets, as far as the district reaches."""

from functools import lru_cache

from sqlalchemy import func
from sqlmodel import select

from dispatch.people.elders import Household
from dispatch.planning.roads import base_map
from dispatch.store.unit_of_work import UnitOfWork

_MARGIN_DEGREES = 0.02  # about two kilometres around the outermost door
Bounds = tuple[float, float, float, float]


def district_bounds(uow: UnitOfWork) -> Bounds | None:
    """South, west, north and east of all located doors, with a margin."""
    lat, lon = Household.lat, Household.lon
    query = select(func.min(lat), func.min(lon), func.max(lat), func.max(lon))
    south, west, north, east = uow.session.exec(query).one()
    if south is None or west is None or north is None or east is None:
        return None
    by = _MARGIN_DEGREES
    return (
        round(south - by, 2),
        round(west - by, 2),
        round(north + by, 2),
        round(east + by, 2),
    )


@lru_cache(maxsize=2)
def road_map(bounds: Bounds | None) -> dict[str, object]:
    """Streets that touch these bounds, as [width, [lat, lon], …], and who made them."""
    attribution, lines = base_map()
    shown = [
        [width, *([lat, lon] for lat, lon in line)]
        for width, line in lines
        if bounds is None or any(_inside(bounds, *point) for point in line)
    ]
    corners = [[bounds[0], bounds[1]], [bounds[2], bounds[3]]] if bounds else None
    return {"attribution": attribution, "bounds": corners, "lines": shown}


def _inside(bounds: Bounds, lat: float, lon: float) -> bool:
    south, west, north, east = bounds
    return south <= lat <= north and west <= lon <= east
