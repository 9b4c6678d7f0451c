"""The way between two points along the streets, as a line to draw and to follow."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra

from routing.roads.graph import Floats, RoadGraph, metres_between
from routing.roads.modes import OFF_ROAD_METRES_PER_SECOND
from routing.roads.network import Arcs, Network, Point, as_matrix, quickest

Indices = NDArray[np.signedinteger[Any]]


@dataclass(frozen=True)
class Way:
    """From door to door: points, and the seconds and metres until each.

    Seconds and metres begin with 0 and never fall. The first and the last leg,
    between door and street, are walked.
    """

    points: tuple[Point, ...]
    seconds: tuple[float, ...]
    metres: tuple[float, ...]

    def at(self, seconds: float) -> Point:
        """Where one is so long after setting out; the goal afterwards."""
        lats, lons = zip(*self.points, strict=True)
        return (
            float(np.interp(seconds, self.seconds, lats)),
            float(np.interp(seconds, self.seconds, lons)),
        )


def way_between(network: Network, origin: Point, goal: Point) -> Way | None:
    """The quickest way of the network's mode, or None where there is none."""
    snaps = network.snap([origin, goal])
    arcs, nodes = network.with_snaps(snaps)
    arcs = quickest(arcs)
    size = len(network.graph.lats) + 2
    times, before = dijkstra(
        as_matrix(arcs, size), indices=nodes[:1], return_predecessors=True
    )
    if not np.isfinite(times[0, nodes[1]]):
        return None
    chosen = _arcs_back_from(arcs, before[0], int(nodes[1]), size)
    points, seconds = [origin, (snaps[0].lat, snaps[0].lon)], [0.0]
    seconds.append(snaps[0].off_metres / OFF_ROAD_METRES_PER_SECOND)
    for arc in chosen:
        lats, lons, share = _drawn(network.graph, arcs, arc)
        start = seconds[-1]
        points.extend(zip(lats[1:].tolist(), lons[1:].tolist(), strict=True))
        seconds.extend((start + share[1:] * arcs.seconds[arc]).tolist())
    points.append(goal)
    seconds.append(seconds[-1] + snaps[1].off_metres / OFF_ROAD_METRES_PER_SECOND)
    degrees = np.array(points)
    metres = np.cumsum(metres_between(degrees[:, 0], degrees[:, 1]))
    return Way(tuple(points), tuple(seconds), (0.0, *metres.tolist()))


def _arcs_back_from(arcs: Arcs, before: Indices, goal: int, size: int) -> list[int]:
    """Positions of the arcs on the way, found from the goal backwards."""
    keys = arcs.tail * size + arcs.head
    chain = []
    node = goal
    while (tail := int(before[node])) >= 0:
        chain.append(int(np.searchsorted(keys, tail * size + node)))
        node = tail
    return chain[::-1]


def _drawn(graph: RoadGraph, arcs: Arcs, arc: int) -> tuple[Floats, Floats, Floats]:
    """The line of one arc: latitudes, longitudes, share of its length until each."""
    begin, end = float(arcs.from_metres[arc]), float(arcs.to_metres[arc])
    lats, lons = graph.line(int(arcs.street[arc]))
    along = np.concatenate([[0.0], np.cumsum(metres_between(lats, lons))])
    low, high = min(begin, end), max(begin, end)
    inner = along[(along > low) & (along < high)]
    stops = np.concatenate([[low], inner, [high]])
    line_lats, line_lons = np.interp(stops, along, lats), np.interp(stops, along, lons)
    share = (stops - low) / max(high - low, 1e-9)
    if begin > end:
        return line_lats[::-1], line_lons[::-1], (1.0 - share)[::-1]
    return line_lats, line_lons, share
