"""A made-up town: streets of no real place, drawn from a seed.

An irregular grid with main roads, some links missing and some one-way; a river
that only a few main roads cross; and, far beyond the edge, one valley that a
single winding road reaches.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from routing.fields import must_be_number, must_be_whole
from routing.roads.building import Street, graph_of
from routing.roads.graph import CAR, EVERYBODY, FOOT, RoadGraph
from routing.travel import EARTH_RADIUS_METRES

MADE_UP_ATTRIBUTION: Final = "虚构的街道 · 六助"
_BLOCK_METRES: Final = 160.0
_MAIN_EVERY: Final = 5  # blocks between main roads
_BRIDGE_EVERY: Final = 2  # main roads between bridges
_MISSING: Final = 0.14
_ONE_WAY: Final = 0.08
_VALLEY_BEYOND_METRES: Final = 2_000.0
_HAMLETS: Final = 16
_CENTRE: Final = (36.66, 117.02)
Spot = tuple[float, float]  # metres east and north of the centre
Cell = tuple[int, int]


def make_roads(
    seed: int,
    *,
    radius_metres: float = 4_000.0,
    centre: tuple[float, float] = _CENTRE,
) -> RoadGraph:
    """Draw the streets of a town; the same seed draws the same town.

    Args:
        radius_metres: of the built-up town, at least 800. The valley begins 2 km
            beyond.
        centre: latitude and longitude of the town's middle.

    Raises:
        BadProblem: a radius below 800 m or above 40 km, a negative seed.
    """
    must_be_whole("seed", seed, least=0)
    must_be_number("radius_metres", radius_metres, least=800, most=40_000)
    town = _Town(random.Random(seed), radius_metres, centre)
    return graph_of(list(town.streets()), attribution=MADE_UP_ATTRIBUTION)


@dataclass
class _Town:
    rng: random.Random
    radius: float
    centre: tuple[float, float]

    def __post_init__(self) -> None:
        self.reach = math.ceil(self.radius / _BLOCK_METRES)
        self.turn = self.rng.uniform(-0.3, 0.3)
        self.phase = self.rng.uniform(0, 2 * math.pi)
        self.spots = {cell: self._spot(cell) for cell in self._cells()}
        self.numbers = {cell: n for n, cell in enumerate(self.spots)}

    def streets(self) -> Iterator[Street]:
        yield from self._grid()
        yield from self._valley()

    def _cells(self) -> Iterator[Cell]:
        for i in range(-self.reach, self.reach + 1):
            for j in range(-self.reach, self.reach + 1):
                if math.hypot(i, j) * _BLOCK_METRES <= self.radius:
                    yield i, j

    def _spot(self, cell: Cell) -> Spot:
        """A corner of the grid, shaken and turned; main roads are straighter."""
        i, j = cell
        loose = 0.08 if i % _MAIN_EVERY == 0 or j % _MAIN_EVERY == 0 else 0.24
        x = (i + self.rng.uniform(-loose, loose)) * _BLOCK_METRES
        y = (j + self.rng.uniform(-loose, loose)) * _BLOCK_METRES
        x += 90 * math.sin(y / 700 + self.phase)
        cos, sin = math.cos(self.turn), math.sin(self.turn)
        return x * cos - y * sin, x * sin + y * cos

    def _river(self, x: float) -> float:
        """How far north of the centre the river runs at x."""
        wave = math.sin(x / (0.45 * self.radius) + self.phase)
        return 0.12 * self.radius * wave - 0.3 * self.radius

    def _over_river(self, a: Spot, b: Spot) -> bool:
        return (a[1] > self._river(a[0])) != (b[1] > self._river(b[0]))

    def _grid(self) -> Iterator[Street]:
        for (i, j), here in self.spots.items():
            for other in ((i + 1, j), (i, j + 1)):
                there = self.spots.get(other)
                if there is None:
                    continue
                line = j if other[0] > i else i
                main = line % _MAIN_EVERY == 0
                if self._over_river(here, there):
                    upright = other[0] == i
                    if not (upright and line % (_MAIN_EVERY * _BRIDGE_EVERY) == 0):
                        continue
                elif not main and self.rng.random() < _MISSING:
                    continue
                yield self._link((i, j), other, self._kind(line))

    def _kind(self, line: int) -> str:
        if line % (4 * _MAIN_EVERY) == 0:
            return "primary"
        if line % (2 * _MAIN_EVERY) == 0:
            return "secondary"
        if line % _MAIN_EVERY == 0:
            return "tertiary"
        chance = self.rng.random()
        return (
            "footway" if chance < 0.06 else "service" if chance < 0.2 else "residential"
        )

    def _link(self, a: Cell, b: Cell, kind: str) -> Street:
        who = EVERYBODY & ~CAR if kind == "footway" else EVERYBODY
        one_way = kind in {"residential", "service"} and self.rng.random() < _ONE_WAY
        return Street(
            first=self.numbers[a],
            last=self.numbers[b],
            line=self._bent(self.spots[a], self.spots[b], 0.04),
            kind=kind,
            onward=who,
            back=FOOT if one_way else who,
        )

    def _bent(self, a: Spot, b: Spot, bend: float) -> list[tuple[float, float]]:
        """A line with its middle a little to one side."""
        aside = self.rng.uniform(-bend, bend)
        middle = (
            (a[0] + b[0]) / 2 - aside * (b[1] - a[1]),
            (a[1] + b[1]) / 2 + aside * (b[0] - a[0]),
        )
        return [self._degrees(spot) for spot in (a, middle, b)]

    def _degrees(self, spot: Spot) -> tuple[float, float]:
        metre = math.degrees(1 / EARTH_RADIUS_METRES)
        lat = self.centre[0] + spot[1] * metre
        lon = self.centre[1] + spot[0] * metre / math.cos(math.radians(self.centre[0]))
        return round(lat, 7), round(lon, 7)

    def _valley(self) -> Iterator[Street]:
        """One road north, winding, to hamlets along a brook."""
        gate = max(
            (cell for cell in self.spots if cell[0] % _MAIN_EVERY == 0),
            key=lambda cell: self.spots[cell][1],
        )
        x, y = self.spots[gate]
        road = [(x, y)]
        steps = int(_VALLEY_BEYOND_METRES / 100)
        for step in range(1, steps + 1):
            swing = 140 * math.sin(step / 2.3) * min(1.0, step / 4)
            road.append((x + swing, y + 100.0 * step))
        number = len(self.spots)
        yield Street(
            first=self.numbers[gate],
            last=number,
            line=[self._degrees(spot) for spot in road],
            kind="tertiary",
        )
        yield from self._hamlets(road[-1], number)

    def _hamlets(self, first: Spot, number: int) -> Iterator[Street]:
        here, spine = first, number
        for _ in range(_HAMLETS):
            for side in (-1, 1):
                length = self.rng.uniform(70, 160)
                yard = here[0] + side * length, here[1] + self.rng.uniform(-40, 40)
                number += 1
                yield self._lane(spine, here, number, yard, "track")
            onward = here[0] + self.rng.uniform(-90, 90), here[1] + 170.0
            number += 1
            yield self._lane(spine, here, number, onward, "residential")
            here, spine = onward, number

    def _lane(self, a: int, here: Spot, b: int, there: Spot, kind: str) -> Street:
        return Street(a, b, self._bent(here, there, 0.1), kind)
