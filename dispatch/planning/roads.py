"""Ways through the town: travel times and lines, by streets where they are known.

The road network is one file under home, read once per process; without it travel
is a speed over great circles. What was computed once is remembered. The street
modules come with heavy libraries: they are loaded only where there is a network.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from dispatch.people.helpers import TravelMode
from dispatch.planning.rules import SPEEDS
from dispatch.planning.spots import Spot
from dispatch.settings import settings
from routing import Matrix, Speed, travel_seconds

if TYPE_CHECKING:
    from routing.roads import RoadGraph, TravelTimes

ROADS_FILE: Final = "roads.npz"
NO_WAY_SECONDS: Final = 10**7  # where there is no way it takes for ever
_DECIMALS: Final = 6
_WIDTHS: Final = {  # how a street is drawn: 0 main, 1 middle, 2 small
    **dict.fromkeys(("motorway", "trunk", "primary"), 0),
    **dict.fromkeys(("secondary", "tertiary"), 1),
}
_reading: Final = Lock()
Point = tuple[float, float]
RoadLines = list[tuple[int, list[Point]]]


def travel_of(
    modes: Iterable[TravelMode], spots: Sequence[Spot]
) -> Mapping[str, Speed | Matrix]:
    """Travel for each mode over the spots, in their order."""
    times = _times()
    if times is None:
        return {mode.value: SPEEDS[mode] for mode in sorted(modes)}
    points = [(spot.lat, spot.lon) for spot in spots]
    return {mode.value: times.matrix(mode.value, points) for mode in sorted(modes)}


def seconds_between(
    mode: TravelMode, here: Sequence[Point], there: Sequence[Point]
) -> NDArray[np.int32]:
    """Travel in whole seconds, shape (here, there); NO_WAY_SECONDS without a way.

    Nothing of it is remembered: a person's place of this moment is never asked for
    again, and would push the doors out of what is known.
    """
    times = _times()
    if times is None:
        square = travel_seconds([*here, *there], SPEEDS[mode])
        return square[: len(here), len(here) :]
    found = times.network(mode.value).seconds(here, there)
    return np.where(found < 0, np.int32(NO_WAY_SECONDS), found)


def path_of(mode: TravelMode, spots: Sequence[Spot]) -> list[list[float]]:
    """The line along a round's spots: [lat, lon] in WGS-84 degrees.

    Straight where no street is known.
    """
    points = [(spot.lat, spot.lon) for spot in spots]
    line = points[:1]
    for leg in pairwise(points):
        line.extend(_leg(mode, *leg)[1:])
    return [[round(lat, _DECIMALS), round(lon, _DECIMALS)] for lat, lon in line]


@lru_cache(maxsize=50_000)
def _leg(mode: TravelMode, here: Point, there: Point) -> tuple[Point, ...]:
    times = _times()
    way = times.way(mode.value, here, there) if times is not None else None
    return way.points if way is not None else (here, there)


def known_roads() -> "RoadGraph | None":
    """The road network of this home, if it has one."""
    times = _times()
    return times.graph if times is not None else None


def base_map() -> tuple[str, RoadLines]:
    """Who made the streets' data, and each street as (width, points).

    Main roads come last. Without a network: no words and no lines.
    """
    graph = known_roads()
    if graph is None:
        return "", []
    from routing.roads import lines_of

    lines = lines_of(graph, decimals=5)
    small = 2
    return graph.attribution, [(_WIDTHS.get(kind, small), line) for kind, line in lines]


def _times() -> "TravelTimes | None":
    with _reading:  # two threads that ask at first would each read the whole file
        return _read_times()


@cache
def _read_times() -> "TravelTimes | None":
    home = settings().home
    if not (home / ROADS_FILE).exists():
        return None
    from routing.roads import TravelTimes, load_roads

    return TravelTimes(load_roads(home / ROADS_FILE))
