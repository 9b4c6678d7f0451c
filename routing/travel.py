"""Travel times: by a speed over great circles, or a matrix from outside."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from routing.errors import BadProblem
from routing.fields import HORIZON, must_be_number, must_be_whole

if TYPE_CHECKING:
    from routing.problem import Place

# Mean radius R1: Moritz, Geodetic Reference System 1980, J. Geodesy 74 (2000).
EARTH_RADIUS_METRES: Final = 6_371_008.8
_ROWS: Final = 256  # of a matrix at a time
NO_WAY: Final = -1  # in a matrix: there is no way from here to there

Seconds = NDArray[np.int32]
Degrees = NDArray[np.float64]


@dataclass(frozen=True)
class Speed:
    """One speed for the whole town; the detour stretches the straight line."""

    metres_per_second: float
    detour: float = 1.0

    def __post_init__(self) -> None:
        speed = "metres_per_second"
        must_be_number(speed, self.metres_per_second, least=0.01, most=1000)
        must_be_number("detour", self.detour, least=1, most=100)


@dataclass(frozen=True, eq=False)
class Matrix:
    """Seconds from place i to place j; NO_WAY (-1) where there is none.

    Shape (n, n) in the order of the problem's places. It may be asymmetric and
    need not obey the triangle inequality; the diagonal is zero.
    """

    seconds: Seconds

    def __post_init__(self) -> None:
        kept = np.array(self.seconds)
        if kept.ndim != 2 or kept.shape[0] != kept.shape[1]:
            raise BadProblem("seconds", f"must be square, not {kept.shape}")
        if kept.size and not np.issubdtype(kept.dtype, np.integer):
            raise BadProblem("seconds", "must hold whole seconds")
        if kept.size and (kept.min() < NO_WAY or kept.max() > HORIZON):
            raise BadProblem("seconds", f"must lie between 0 and {HORIZON}")
        if np.diagonal(kept).any():
            row = int(np.flatnonzero(np.diagonal(kept))[0])
            raise BadProblem(f"seconds[{row}][{row}]", "staying must take 0 seconds")
        kept = kept.astype(np.int32)
        kept.flags.writeable = False
        object.__setattr__(self, "seconds", kept)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Matrix):
            return NotImplemented
        return np.array_equal(self.seconds, other.seconds)

    def __hash__(self) -> int:
        return hash(self.seconds.tobytes())

    @classmethod
    def of(cls, rows: Sequence[Sequence[int | None]]) -> "Matrix":
        """From rows of whole seconds, with None where there is no way.

        Raises:
            BadProblem: not square, not whole, negative.
        """
        for i, row in enumerate(rows):
            if len(row) != len(rows):
                raise BadProblem(f"seconds[{i}]", f"must have {len(rows)} entries")
            for j, cell in enumerate(row):
                if cell is not None and (type(cell) is not int or cell < 0):
                    must_be_whole(f"seconds[{i}][{j}]", cell, least=0)
                if cell is not None and cell > HORIZON:
                    raise BadProblem(f"seconds[{i}][{j}]", "is absurdly long")
        cells = [[NO_WAY if cell is None else cell for cell in row] for row in rows]
        return cls(np.array(cells, dtype=np.int32).reshape(len(rows), len(rows)))


def great_circle_metres(here: Degrees, there: Degrees) -> NDArray[np.float64]:
    """Metres from n points to m points, shape (n, m), by the chords between them.

    Exact where points are near, as the haversine formula is, and faster.

    Args:
        here, there: rows of (lat, lon) in degrees.
    """
    squares = np.zeros((len(here), len(there)))
    for one, other in zip(_on_sphere(here), _on_sphere(there), strict=True):
        apart = one[:, None] - other[None, :]
        squares += apart * apart
    half = np.minimum(np.sqrt(squares) / 2, 1.0)
    metres: NDArray[np.float64] = 2 * EARTH_RADIUS_METRES * np.arcsin(half)
    return metres


def _on_sphere(degrees: Degrees) -> NDArray[np.float64]:
    """Rows of (lat, lon) as x, y and z on a sphere of radius 1, shape (3, n)."""
    lat, lon = np.radians(degrees).T
    return np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def travel_seconds(points: Iterable[tuple[float, float]], speed: Speed) -> Seconds:
    """Great circle × detour ÷ speed, rounded to the nearest second.

    Args:
        points: n pairs (lat, lon) in WGS-84 degrees.

    Returns:
        Shape (n, n), symmetric, zero on the diagonal.
    """
    found: Seconds = travel_by_speeds(points, [speed])[0]
    return found


def travel_by_speeds(
    points: Iterable[tuple[float, float]], speeds: Sequence[Speed]
) -> Seconds:
    """The same for several speeds, shape (speeds, n, n): the circles cost most."""
    degrees = np.array(list(points), dtype=np.float64).reshape(-1, 2)
    found = np.empty((len(speeds), len(degrees), len(degrees)), dtype=np.int32)
    for first in range(0, len(degrees), _ROWS):  # a city's square of floats is large
        rows = slice(first, first + _ROWS)
        metres = great_circle_metres(degrees[rows], degrees)
        for number, speed in enumerate(speeds):
            seconds = np.rint(metres * speed.detour / speed.metres_per_second)
            found[number, rows] = np.minimum(seconds, HORIZON)
    return found


def squares_of(
    places: Iterable["Place"], travel: Mapping[str, Speed | Matrix]
) -> dict[str, Seconds]:
    """Seconds from place to place of each mode, shape (n, n); NO_WAY without a way."""
    speeds = {m: each for m, each in travel.items() if isinstance(each, Speed)}
    points = [(place.lat or 0.0, place.lon or 0.0) for place in places]
    found = travel_by_speeds(points, list(speeds.values())) if speeds else ()
    given = {m: each.seconds for m, each in travel.items() if isinstance(each, Matrix)}
    return given | dict(zip(speeds, found, strict=True))
