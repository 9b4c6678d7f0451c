"""A road network: junctions, and pieces of street between them."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.errors import BadRoads
from routing.travel import EARTH_RADIUS_METRES

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bytes = NDArray[np.uint8]

ROAD_CLASSES: Final = (
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "residential",
    "service",
    "track",
    "cycleway",
    "footway",
    "steps",
)
# Who may use a piece of street, as bits.
CAR: Final = 1
BIKE: Final = 2
FOOT: Final = 4
EVERYBODY: Final = CAR | BIKE | FOOT


@dataclass(frozen=True, eq=False)
class RoadGraph:
    """Junctions and the streets between them, in WGS-84 degrees and metres.

    Street k runs from junction `first[k]` to `last[k]`; its line is
    `line_lats[line_starts[k]:line_starts[k + 1]]` and the like, both junctions
    included. `onward[k]` and `back[k]` hold the bits of those who may use it in
    and against its direction. `kind[k]` indexes ROAD_CLASSES.
    """

    lats: Floats
    lons: Floats
    first: Ints
    last: Ints
    metres: Floats
    kind: Bytes
    onward: Bytes
    back: Bytes
    line_starts: Ints
    line_lats: Floats
    line_lons: Floats
    attribution: str = ""

    ARRAYS = (
        *("lats", "lons", "first", "last", "metres", "kind", "onward", "back"),
        *("line_starts", "line_lats", "line_lons"),
    )

    def __post_init__(self) -> None:
        if not len(self.first):
            raise BadRoads("the road network holds no street")
        if len(self.line_starts) != len(self.first) + 1:
            raise BadRoads("the road network's lines do not fit its streets")
        for name in self.ARRAYS:
            getattr(self, name).flags.writeable = False

    def __repr__(self) -> str:
        return (
            f"RoadGraph({len(self.lats)} junctions, {len(self.first)} streets, "
            f"{self.kilometres:.0f} km, version {self.version})"
        )

    @cached_property
    def version(self) -> str:
        """Changes when anything that a travel time depends on changes."""
        digest = hashlib.sha256()
        for name in self.ARRAYS:
            digest.update(np.ascontiguousarray(getattr(self, name)).tobytes())
        return digest.hexdigest()[:16]

    @property
    def kilometres(self) -> float:
        """Of all streets, each counted once."""
        return float(self.metres.sum()) / 1000

    @property
    def directed_edges(self) -> int:
        """Streets counted once per direction open to some vehicle."""
        vehicles = CAR | BIKE
        return int(((self.onward & vehicles) > 0).sum()) + int(
            ((self.back & vehicles) > 0).sum()
        )

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """South, west, north, east."""
        return (
            float(self.lats.min()),
            float(self.lons.min()),
            float(self.lats.max()),
            float(self.lons.max()),
        )

    def line(self, street: int) -> tuple[Floats, Floats]:
        """Latitudes and longitudes along a street, in its direction."""
        part = slice(self.line_starts[street], self.line_starts[street + 1])
        return self.line_lats[part], self.line_lons[part]


def metres_between(lats: Floats, lons: Floats) -> Floats:
    """Metres from each point of a line to the next; one shorter than the line."""
    phi, lam = np.radians(lats), np.radians(lons)
    half = np.sin(np.diff(phi) / 2) ** 2
    half = half + np.cos(phi[:-1]) * np.cos(phi[1:]) * np.sin(np.diff(lam) / 2) ** 2
    metres: Floats = 2 * EARTH_RADIUS_METRES * np.arcsin(np.sqrt(half))
    return metres


def flat_metres(lats: Floats, lons: Floats, *, around: float) -> Floats:
    """Degrees to metres on a plane that is true near latitude `around`; (n, 2)."""
    scale = np.radians(1.0) * EARTH_RADIUS_METRES
    east = np.asarray(lons) * scale * np.cos(np.radians(around))
    return np.column_stack([east, np.asarray(lats) * scale])
