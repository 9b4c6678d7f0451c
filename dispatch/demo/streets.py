"""Streets under the district: read from a file or made up; doors lie along them."""

from pathlib import Path
from typing import Final

import numpy as np

from dispatch.demo.ground import Points
from dispatch.demo.sizes import Size
from routing.roads import (
    Network,
    RoadGraph,
    import_osm,
    load_roads,
    make_roads,
)
from routing.roads.graph import ROAD_CLASSES, metres_between

_DOOR_EVERY_METRES: Final = 45.0
_LIVED_ON: Final = frozenset(
    {"primary", "secondary", "tertiary", "residential", "service", "track"}
)
_ROOM: Final = 1.1  # a made-up town reaches a little beyond its district


def streets_for(size: Size, seed: int, file: Path | None) -> RoadGraph:
    """The road network to lay a district on.

    Args:
        file: made by `import roads` (.npz) or an OpenStreetMap extract (.osm.pbf);
            without one a town is made up.

    Raises:
        BadRoads: the file is no road network.
    """
    if file is None:
        return make_roads(seed, radius_metres=max(800.0, size.radius_metres * _ROOM))
    return load_roads(file) if file.suffix == ".npz" else import_osm(file)


def door_points(roads: RoadGraph) -> Points:
    """Places along streets that an e-bike reaches and leaves again, (lat, lon)."""
    found = []
    for street in np.unique(Network(roads, "ebike").arcs.street).tolist():
        if ROAD_CLASSES[roads.kind[street]] not in _LIVED_ON:
            continue
        lats, lons = roads.line(street)
        along = np.concatenate([[0.0], np.cumsum(metres_between(lats, lons))])
        at = np.arange(_DOOR_EVERY_METRES / 2, along[-1], _DOOR_EVERY_METRES)
        found.append(
            np.column_stack([np.interp(at, along, lats), np.interp(at, along, lons)])
        )
    return np.concatenate(found)
