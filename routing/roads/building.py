"""From drawn streets to a RoadGraph: junctions numbered, stray parts dropped."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from routing.errors import BadRoads
from routing.roads.graph import (
    BIKE,
    CAR,
    EVERYBODY,
    ROAD_CLASSES,
    RoadGraph,
    metres_between,
)


@dataclass(frozen=True)
class Street:
    """One piece of street between two junctions, as it is drawn.

    `first` and `last` are any numbers that name the junctions; `line` holds
    (lat, lon) from the one to the other.
    """

    first: int
    last: int
    line: Sequence[tuple[float, float]]
    kind: str
    onward: int = EVERYBODY
    back: int = EVERYBODY


def graph_of(streets: Sequence[Street], *, attribution: str) -> RoadGraph:
    """Number the junctions and keep the largest strongly connected part.

    Strongly connected for wheels: from each junction kept a car or a bicycle may
    come to each other one.

    Raises:
        BadRoads: there is no such part with at least one street.
    """
    streets = [each for each in streets if each.first != each.last]
    if not streets:
        raise BadRoads("the road file holds no street")
    kept = _largest_part(streets)
    streets = [each for each in streets if each.first in kept and each.last in kept]
    if not streets:
        raise BadRoads("the road file holds no connected streets")
    points: dict[int, tuple[float, float]] = {}
    for street in streets:
        points[street.first] = street.line[0]
        points[street.last] = street.line[-1]
    number = {node: n for n, node in enumerate(points)}
    lines = np.array([point for each in streets for point in each.line], dtype=float)
    starts = np.cumsum([0, *(len(each.line) for each in streets)])
    steps = metres_between(lines[:, 0], lines[:, 1])
    along = np.concatenate([[0.0], np.cumsum(steps)])
    degrees = np.array(list(points.values()), dtype=float)
    return RoadGraph(
        lats=degrees[:, 0].copy(),
        lons=degrees[:, 1].copy(),
        first=np.array([number[each.first] for each in streets], dtype=np.int32),
        last=np.array([number[each.last] for each in streets], dtype=np.int32),
        metres=along[starts[1:] - 1] - along[starts[:-1]],
        kind=np.array([ROAD_CLASSES.index(s.kind) for s in streets], dtype=np.uint8),
        onward=np.array([each.onward for each in streets], dtype=np.uint8),
        back=np.array([each.back for each in streets], dtype=np.uint8),
        line_starts=starts.astype(np.int32),
        line_lats=lines[:, 0].copy(),
        line_lons=lines[:, 1].copy(),
        attribution=attribution,
    )


def _largest_part(streets: Sequence[Street]) -> set[int]:
    wheels = CAR | BIKE
    heads = [s.first for s in streets if s.onward & wheels]
    tails = [s.last for s in streets if s.onward & wheels]
    heads += [s.last for s in streets if s.back & wheels]
    tails += [s.first for s in streets if s.back & wheels]
    if not heads:
        raise BadRoads("the road file holds no street for wheels")
    nodes, flat = np.unique(np.array([heads, tails]), return_inverse=True)
    ends = flat.reshape(2, -1)
    size = len(nodes)
    arcs = coo_array((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(size, size))
    _, part = connected_components(arcs.tocsr(), directed=True, connection="strong")
    largest = np.bincount(part).argmax()
    return set(nodes[part == largest].tolist())
