"""The streets as lines: a base map that needs no tiles."""

from typing import NamedTuple

import numpy as np

from routing.roads.graph import ROAD_CLASSES, RoadGraph

Bounds = tuple[float, float, float, float]


class RoadLine(NamedTuple):
    """One street: its class, and (lat, lon) along it."""

    kind: str
    points: list[tuple[float, float]]


def lines_of(
    graph: RoadGraph, *, within: Bounds | None = None, decimals: int = 6
) -> list[RoadLine]:
    """All streets, or those that touch the box (south, west, north, east).

    Wider classes come last, so that a map drawn in this order shows them on top.
    """
    kept = np.ones(len(graph.first), dtype=np.bool_)
    if within is not None:
        south, west, north, east = within
        lats, lons = graph.line_lats, graph.line_lons
        inside = (lats >= south) & (lats <= north) & (lons >= west) & (lons <= east)
        kept = np.logical_or.reduceat(inside, graph.line_starts[:-1])
    streets = np.flatnonzero(kept)
    order = streets[np.argsort(-graph.kind[streets].astype(int), kind="stable")]
    return [_line(graph, street, decimals) for street in order.tolist()]


def _line(graph: RoadGraph, street: int, decimals: int) -> RoadLine:
    lats, lons = graph.line(street)
    points = zip(
        np.round(lats, decimals).tolist(),
        np.round(lons, decimals).tolist(),
        strict=True,
    )
    return RoadLine(ROAD_CLASSES[graph.kind[street]], list(points))
