"""Shortest ways over a road graph for one mode of travel."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from routing.roads.graph import Floats, RoadGraph
from routing.roads.modes import OFF_ROAD_METRES_PER_SECOND, mode_named
from routing.roads.snapping import Snap, Snapper
from routing.travel import NO_WAY, Seconds

FARTHEST_SNAP_METRES: Final = 1_500.0
_SHORTEST_SECONDS: Final = 1e-3  # a sparse matrix forgets zeros
Point = tuple[float, float]


@dataclass(frozen=True)
class Arcs:
    """Directed pieces of streets: from `tail` to `head` in `seconds`.

    Each lies on `street` between two distances, in metres, from the street's
    first junction; against the street's direction the first is the larger.
    """

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    seconds: Floats
    street: NDArray[np.int64]
    from_metres: Floats
    to_metres: Floats

    def joined(self, other: "Arcs") -> "Arcs":
        names = self.__dataclass_fields__
        pairs = ((getattr(self, name), getattr(other, name)) for name in names)
        return Arcs(*(np.concatenate(pair) for pair in pairs))

    def chosen(self, which: NDArray[np.int64] | NDArray[np.bool_]) -> "Arcs":
        return Arcs(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


class Network:
    """What one mode may use of a graph: its largest strongly connected part."""

    def __init__(self, graph: RoadGraph, mode: str) -> None:
        self.graph, self.mode = graph, mode_named(mode)
        self.speed = self.mode.metres_per_second(graph)
        arcs = self._all_arcs()
        inside = _largest_part(arcs, len(graph.lats))
        self.arcs = arcs.chosen(inside[arcs.tail] & inside[arcs.head])
        usable = np.zeros(len(graph.first), dtype=np.bool_)
        usable[self.arcs.street] = True
        self._snapper = Snapper(graph, usable)

    def _all_arcs(self) -> Arcs:
        graph, bit = self.graph, self.mode.bit
        rolling = self.speed > 0
        onward = np.flatnonzero((graph.onward & bit > 0) & rolling)
        back = np.flatnonzero((graph.back & bit > 0) & rolling)
        street = np.concatenate([onward, back])
        zero, length = np.zeros(len(graph.first)), graph.metres
        seconds = length[street] / self.speed[street]
        return Arcs(
            tail=np.concatenate([graph.first[onward], graph.last[back]]).astype(int),
            head=np.concatenate([graph.last[onward], graph.first[back]]).astype(int),
            seconds=np.maximum(seconds, _SHORTEST_SECONDS),
            street=street,
            from_metres=np.concatenate([zero[onward], length[back]]),
            to_metres=np.concatenate([length[onward], zero[back]]),
        )

    def snap(self, points: Sequence[Point]) -> list[Snap]:
        """The nearest spots that this mode can reach and leave again."""
        return self._snapper.nearest(list(points))

    def seconds(self, sources: Sequence[Point], goals: Sequence[Point]) -> Seconds:
        """Travel seconds, shape (sources, goals), rounded to the nearest second.

        The way between door and street is walked. NO_WAY for points farther than
        1,500 m from any street.
        """
        if not sources or not goals:
            return np.zeros((len(sources), len(goals)), dtype=np.int32)
        if len(goals) < len(sources):
            return np.ascontiguousarray(self._found(goals, sources, turned=True).T)
        return self._found(sources, goals, turned=False)

    def _found(
        self, sources: Sequence[Point], goals: Sequence[Point], *, turned: bool
    ) -> Seconds:
        """From the fewer to the many; `turned` runs against all arcs."""
        points = list(dict.fromkeys([*sources, *goals]))
        snaps = self.snap(points)
        arcs, nodes = self.with_snaps(snaps)
        roads = as_matrix(arcs, len(self.graph.lats) + len(snaps))
        if turned:
            roads = csr_array(roads.T)
        number = {point: n for n, point in enumerate(points)}
        rows = [number[point] for point in sources]
        columns = [number[point] for point in goals]
        unique = sorted(set(rows))
        times = dijkstra(roads, indices=nodes[unique])[:, nodes[columns]]
        times = times[[unique.index(row) for row in rows]]
        off = np.array([snap.off_metres for snap in snaps])
        walk = off / OFF_ROAD_METRES_PER_SECOND
        times = times + walk[rows][:, None] + walk[columns][None, :]
        times[off[rows] > FARTHEST_SNAP_METRES, :] = np.inf
        times[:, off[columns] > FARTHEST_SNAP_METRES] = np.inf
        times[np.equal.outer(rows, columns)] = 0.0
        return np.where(np.isfinite(times), np.rint(times), NO_WAY).astype(np.int32)

    def with_snaps(self, snaps: Sequence[Snap]) -> tuple[Arcs, NDArray[np.int64]]:
        """The arcs with a new node for each snap, and the new nodes' numbers."""
        base = len(self.graph.lats)
        nodes = np.arange(base, base + len(snaps), dtype=np.int64)
        on_street: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for snap, node in zip(snaps, nodes.tolist(), strict=True):
            on_street[snap.street].append((snap.along_metres, node))
        graph, bit = self.graph, self.mode.bit
        found: list[tuple[int, int, float, int, float, float]] = []
        for street, stops in on_street.items():
            chain = [
                (0.0, int(graph.first[street])),
                *sorted(stops),
                (float(graph.metres[street]), int(graph.last[street])),
            ]
            speed = float(self.speed[street])
            for (a, tail), (b, head) in pairwise(chain):
                seconds = max((b - a) / speed, _SHORTEST_SECONDS)
                if graph.onward[street] & bit:
                    found.append((tail, head, seconds, street, a, b))
                if graph.back[street] & bit:
                    found.append((head, tail, seconds, street, b, a))
        return self.arcs.joined(_arcs_of(found)), nodes


def _arcs_of(rows: list[tuple[int, int, float, int, float, float]]) -> Arcs:
    table = np.array(rows, dtype=np.float64).reshape(-1, 6)
    whole = table[:, [0, 1, 3]].astype(np.int64)
    return Arcs(
        *(whole[:, 0], whole[:, 1], table[:, 2]),
        *(whole[:, 2], table[:, 4], table[:, 5]),
    )


def quickest(arcs: Arcs) -> Arcs:
    """Of arcs between the same two nodes only the quickest, sorted by nodes."""
    order = np.lexsort((arcs.seconds, arcs.head, arcs.tail))
    tail, head = arcs.tail[order], arcs.head[order]
    fresh = np.ones(len(order), dtype=np.bool_)
    fresh[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    return arcs.chosen(order[fresh])


def as_matrix(arcs: Arcs, size: int) -> csr_array:
    best = quickest(arcs)
    return coo_array((best.seconds, (best.tail, best.head)), shape=(size, size)).tocsr()


def _largest_part(arcs: Arcs, size: int) -> NDArray[np.bool_]:
    roads = as_matrix(arcs, size)
    _, part = connected_components(roads, directed=True, connection="strong")
    inside: NDArray[np.bool_] = part == np.bincount(part).argmax()
    return inside
