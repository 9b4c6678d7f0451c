"""The ground: where on a road network the district, its streets and doors lie."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2
from scipy.spatial import cKDTree

from dispatch.demo.sizes import Size

Points = NDArray[np.float64]  # rows of (latitude, longitude)
Indexes = NDArray[np.intp]

_METRES_A_DEGREE: Final = 111_320.0
_CELL_METRES: Final = 500.0
_VALLEY_DOORS: Final = 40
_LEAST_DOORS: Final = 150


class TooFewRoads(ValueError):
    """The road network is too small for this district."""


@dataclass(frozen=True)
class Community:
    """One neighbourhood: its middle, and the points of the network inside it."""

    middle: tuple[float, float]
    doors: Points


@dataclass(frozen=True)
class Ground:
    """The communities of each street, and the far valley of the last one."""

    streets: tuple[tuple[Community, ...], ...]
    valley: Community


def lay(points: Points, size: Size, seed: int) -> Ground:
    """Lay a district of this size around the densest centre of a road network.

    Args:
        points: places on the network that can be reached from each other.

    Raises:
        TooFewRoads: there are not enough points for the streets.
    """
    flat = _metres(points)
    away = np.hypot(*(flat - _densest(flat)).T)
    radius = _radius(away, size)
    town = np.flatnonzero(away <= radius)
    valley = _far_valley(flat, away, radius)
    streets = []
    for street in _parts(flat, town, size.streets, seed):
        parts = _parts(flat, street, size.communities, seed)
        streets.append(tuple(_community(points, part) for part in parts))
    return Ground(tuple(streets), _community(points, valley))


def _metres(points: Points) -> Points:
    """The points on a flat map, in metres; good enough for one city."""
    squeeze = np.cos(np.radians(points[:, 0].mean()))
    flat: Points = points * _METRES_A_DEGREE * np.array([1.0, squeeze])
    return flat


def _densest(flat: Points) -> Points:
    """The middle of the nine cells together that hold most points."""
    cells = ((flat - flat.min(axis=0)) // _CELL_METRES).astype(np.intp)
    counts = np.zeros(cells.max(axis=0) + 3)
    np.add.at(counts, (cells[:, 0] + 1, cells[:, 1] + 1), 1)
    around = sum(
        np.roll(counts, (north, east), (0, 1))
        for north in (-1, 0, 1)
        for east in (-1, 0, 1)
    )
    best = np.array(np.unravel_index(np.argmax(around), counts.shape)) - 1
    near = (np.abs(cells - best) <= 1).all(axis=1)
    middle: Points = flat[near].mean(axis=0)
    return middle


def _radius(away: Points, size: Size) -> float:
    """The size's radius, widened until each community has a few doors."""
    wanted = max(_LEAST_DOORS, size.streets * size.communities * 6)
    if len(away) < wanted:
        raise TooFewRoads(
            f"{len(away)} places on the roads are too few for {size.name}: "
            f"{wanted} are needed"
        )
    return max(size.radius_metres, float(np.sort(away)[wanted - 1]))


def _far_valley(flat: Points, away: Points, radius: float) -> Indexes:
    """The doors around a lonely place beyond the town, or at its edge."""
    beyond = np.flatnonzero((away > radius * 1.15) & (away < radius + 5_000))
    if not len(beyond):
        beyond = np.argsort(away)[-_VALLEY_DOORS:]
    tree = cKDTree(flat)
    gaps, _ = tree.query(flat[beyond], k=12)
    lonely = beyond[int(np.argmax(np.asarray(gaps).sum(axis=1)))]
    _, near = tree.query(flat[lonely], k=_VALLEY_DOORS)
    return np.asarray(near, dtype=np.intp)


def _parts(flat: Points, inside: Indexes, count: int, seed: int) -> list[Indexes]:
    """The points in so many compact parts, none of them empty, west to east."""
    if count == 1:
        return [inside]
    near = flat[inside]
    _, labels = kmeans2(near, count, minit="++", seed=seed, missing="warn")
    parts = [inside[labels == at] for at in range(count)]
    for at, part in enumerate(parts):
        if not len(part):  # identical points: take one from the fullest
            fullest = max(range(count), key=lambda n: len(parts[n]))
            parts[at], parts[fullest] = parts[fullest][:1], parts[fullest][1:]
    return sorted(parts, key=lambda part: float(flat[part, 1].mean()))


def _community(points: Points, inside: Indexes) -> Community:
    doors = points[inside]
    offset: Points = doors - doors.mean(axis=0)
    nearest = doors[int(np.argmin((offset**2).sum(axis=1)))]
    return Community((float(nearest[0]), float(nearest[1])), doors)
