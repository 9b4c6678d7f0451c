"""From a point to the nearest spot on a street that a mode may use."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from routing.roads.graph import Floats, RoadGraph, flat_metres, metres_between

_SPACING_METRES: Final = 30.0
_NEAREST: Final = 12  # samples looked at per point


class Snap(NamedTuple):
    """A spot on a street: so many metres from its first junction."""

    street: int
    along_metres: float
    off_metres: float
    lat: float
    lon: float


class Snapper:
    """Finds nearest spots among some streets of a graph.

    Streets are sampled every 30 m into a tree; the samples' pieces are then
    measured exactly.
    """

    def __init__(self, graph: RoadGraph, usable: NDArray[np.bool_]) -> None:
        self._around = float(graph.lats.mean())
        points = self._flat(graph.line_lats, graph.line_lons)
        starts = graph.line_starts
        owner = np.repeat(np.arange(len(graph.first)), np.diff(starts))
        # A piece joins point i to i + 1 of one line.
        heads = np.flatnonzero(owner[:-1] == owner[1:])
        heads = heads[usable[owner[heads]]]
        steps = metres_between(graph.line_lats, graph.line_lons)
        run = np.concatenate([[0.0], np.cumsum(steps)])
        self._owner = owner[heads]
        self._along = run[heads] - run[starts[self._owner]]
        self._length = steps[heads]
        self._a, self._b = points[heads], points[heads + 1]
        self._degrees_a = np.column_stack([graph.line_lats, graph.line_lons])[heads]
        self._degrees_b = np.column_stack([graph.line_lats, graph.line_lons])[heads + 1]
        count = np.maximum(1, np.ceil(self._length / _SPACING_METRES)).astype(int)
        self._piece = np.repeat(np.arange(len(heads)), count)
        order = np.arange(len(self._piece)) - np.repeat(np.cumsum(count) - count, count)
        share = (order + 0.5) / np.repeat(count, count)
        samples = self._a[self._piece]
        samples = samples + share[:, None] * (self._b - self._a)[self._piece]
        self._tree = cKDTree(samples)

    def _flat(self, lats: Floats, lons: Floats) -> Floats:
        return flat_metres(lats, lons, around=self._around)

    def nearest(self, points: list[tuple[float, float]]) -> list[Snap]:
        """The nearest spot for each (lat, lon)."""
        if not points:
            return []
        degrees = np.array(points, dtype=np.float64)
        flat = self._flat(degrees[:, 0], degrees[:, 1])
        wanted = min(_NEAREST, len(self._piece))
        _, found = self._tree.query(flat, k=wanted)
        pieces = self._piece[np.asarray(found).reshape(len(points), wanted)]
        a, b = self._a[pieces], self._b[pieces]
        way = b - a
        square = np.maximum((way**2).sum(axis=2), 1e-9)
        share = ((flat[:, None, :] - a) * way).sum(axis=2) / square
        share = np.clip(share, 0.0, 1.0)
        off = np.linalg.norm(a + share[:, :, None] * way - flat[:, None, :], axis=2)
        best = off.argmin(axis=1)
        rows = np.arange(len(points))
        return [
            self._snap(int(p), float(s), float(o))
            for p, s, o in zip(
                pieces[rows, best], share[rows, best], off[rows, best], strict=True
            )
        ]

    def _snap(self, piece: int, share: float, off: float) -> Snap:
        spot = self._degrees_a[piece] + share * (
            self._degrees_b[piece] - self._degrees_a[piece]
        )
        along = float(self._along[piece] + share * self._length[piece])
        return Snap(int(self._owner[piece]), along, off, float(spot[0]), float(spot[1]))
