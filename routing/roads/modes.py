"""How fast the modes of travel are on each class of road.

Door-to-door speeds for a helper with boxes, not top speeds: lights, crossings and
looking for the door included. They agree with the speeds of the district family
(walk 4.5, bicycle 11, e-bike 15, car 20 km/h) on residential streets.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from routing.errors import BadRoads
from routing.roads.graph import BIKE, CAR, FOOT, Floats, RoadGraph

OFF_ROAD_METRES_PER_SECOND: Final = 4.5 / 3.6  # from the street to the door, on foot


@dataclass(frozen=True)
class Mode:
    """`km_per_hour` has one speed per ROAD_CLASSES; 0: it may not go there."""

    name: str
    bit: int
    km_per_hour: tuple[float, ...]

    def metres_per_second(self, graph: RoadGraph) -> Floats:
        """Per street of the graph, shape (streets,)."""
        speeds = np.array(self.km_per_hour, dtype=np.float64) / 3.6
        found: Floats = speeds[graph.kind]
        return found


MODES: Final = {
    mode.name: mode
    for mode in (
        Mode("walk", FOOT, (0, 4.5, 4.5, 4.5, 4.5, 4.5, 4.5, 4.5, 4.5, 4.5, 2.5)),
        Mode("bike", BIKE, (0, 12, 12, 12, 12, 11, 10, 8, 11, 6, 0)),
        Mode("ebike", BIKE, (0, 17, 17, 17, 16, 15, 12, 10, 14, 6, 0)),
        Mode("car", CAR, (60, 40, 30, 28, 24, 20, 12, 10, 0, 0, 0)),
    )
}


def mode_named(name: str) -> Mode:
    """Raises: BadRoads."""
    if name not in MODES:
        raise BadRoads(
            f"no mode of travel is called {name!r}; known: {', '.join(MODES)}"
        )
    return MODES[name]
