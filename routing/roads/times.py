"""Travel times of one road graph, kept so that no pair is computed twice."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from threading import RLock
from typing import Final

import numpy as np

from routing.roads.graph import RoadGraph
from routing.roads.network import Network, Point
from routing.roads.ways import Way, way_between
from routing.travel import Matrix, Seconds

_UNKNOWN: Final = -2
_MOST_POINTS: Final = 6_000  # per mode; beyond that the oldest knowledge is let go
_DECIMALS: Final = 6  # about a tenth of a metre


class TravelTimes:
    """Matrices by mode over one graph, remembered per pair of points.

    With a folder, what is known survives the process, in one file per graph
    version and mode; `keep` writes it. A changed graph never meets old times.
    Threads may share it; while one learns, the others wait.
    """

    def __init__(self, graph: RoadGraph, *, folder: Path | None = None) -> None:
        self.graph, self._folder = graph, folder
        self._networks: dict[str, Network] = {}
        self._known: dict[str, _Known] = {}
        self._lock = RLock()

    def network(self, mode: str) -> Network:
        """The streets that a mode may use; made when first asked for."""
        with self._lock:
            if mode not in self._networks:
                self._networks[mode] = Network(self.graph, mode)
            return self._networks[mode]

    def matrix(self, mode: str, points: Sequence[Point]) -> Matrix:
        """Seconds between n points (lat, lon), as a problem wants them.

        Raises:
            BadRoads: the mode is unknown.
        """
        places = [(round(lat, _DECIMALS), round(lon, _DECIMALS)) for lat, lon in points]
        with self._lock:
            known = self._known_of(mode)
            known.learn(self.network(mode), list(dict.fromkeys(places)))
            numbers = [known.numbers[place] for place in places]
            found = known.seconds[np.ix_(numbers, numbers)]
        np.fill_diagonal(found, 0)
        return Matrix(found)

    def way(self, mode: str, origin: Point, goal: Point) -> Way | None:
        """The line from door to door; None where there is no way."""
        return way_between(self.network(mode), origin, goal)

    def keep(self) -> None:
        """Write what is known to the folder; without a folder, do nothing."""
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._lock:
            for mode, known in self._known.items():
                known.write(self._file(self._folder, mode))

    def _known_of(self, mode: str) -> "_Known":
        if mode not in self._known:
            known = None
            if self._folder is not None:
                known = _Known.read(self._file(self._folder, mode))
            self._known[mode] = known or _Known()
        return self._known[mode]

    def _file(self, folder: Path, mode: str) -> Path:
        return folder / f"travel-{self.graph.version}-{mode}.npz"


class _Known:
    """Points with a table of seconds between them; _UNKNOWN where not asked yet."""

    def __init__(self) -> None:
        self.numbers: dict[Point, int] = {}
        self.seconds: Seconds = np.zeros((0, 0), dtype=np.int32)

    def learn(self, network: Network, places: list[Point]) -> None:
        fresh = [place for place in places if place not in self.numbers]
        if len(self.numbers) + len(fresh) > _MOST_POINTS:
            self.numbers, fresh = {}, places
            self.seconds = np.zeros((0, 0), dtype=np.int32)
        for place in fresh:
            self.numbers[place] = len(self.numbers)
        self._grow()
        asked = np.array([self.numbers[place] for place in places], dtype=np.intp)
        unknown = self.seconds[np.ix_(asked, asked)] == _UNKNOWN
        if not unknown.any():
            return
        old = [p for p in places if p not in set(fresh)]
        if not self._all_known(old):
            fresh, old = places, []
        self._fill(network, fresh, places)
        self._fill(network, old, fresh)

    def _all_known(self, places: list[Point]) -> bool:
        numbers = [self.numbers[place] for place in places]
        return not (self.seconds[np.ix_(numbers, numbers)] == _UNKNOWN).any()

    def _fill(self, network: Network, sources: list[Point], goals: list[Point]) -> None:
        rows = [self.numbers[place] for place in sources]
        columns = [self.numbers[place] for place in goals]
        self.seconds[np.ix_(rows, columns)] = network.seconds(sources, goals)

    def _grow(self) -> None:
        size = len(self.numbers)
        if size > len(self.seconds):
            grown = np.full((size, size), _UNKNOWN, dtype=np.int32)
            old = len(self.seconds)
            grown[:old, :old] = self.seconds
            self.seconds = grown

    def write(self, path: Path) -> None:
        beside = path.with_name(f".{path.name}.part")
        points = np.array(list(self.numbers), dtype=np.float64).reshape(-1, 2)
        with beside.open("wb") as file:
            np.savez_compressed(file, points=points, seconds=self.seconds)
        beside.replace(path)

    @classmethod
    def read(cls, path: Path) -> "_Known | None":
        """None when there is no such file, or a damaged one: it is only a cache."""
        try:
            with np.load(path, allow_pickle=False) as kept:
                points, seconds = kept["points"], kept["seconds"]
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
            return None
        known = cls()
        known.numbers = {(float(a), float(b)): n for n, (a, b) in enumerate(points)}
        known.seconds = seconds
        return known
