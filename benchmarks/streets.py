"""How long a city's streets take: to be imported, and to be asked."""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.results import commit, machine
from routing import RoadGraph, TravelTimes, import_roads

DOORS: Final = 120
SEED: Final = 0


def print_streets(folder: Path) -> int:
    extract = folder / "roads" / "jinan.osm.pbf"
    if not extract.is_file():
        sys.stderr.write(
            f"MISSING: {extract}. Give --instances or set DISPATCH_INSTANCES.\n"
        )
        return 1
    print(f"Commit {commit()}, seed {SEED}; {machine()}.\n")
    print("| streets | s |\n|---|---:|")
    for line in _lines(extract):
        print(line, flush=True)
    return 0


def _lines(extract: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as home:
        started = time.monotonic()
        city = import_roads(extract, Path(home) / "city.npz")
        took = time.monotonic() - started
    yield f"| import of Jinan's centre, {len(city.lats)} junctions | {took:.1f} |"
    doors = _doors(city)
    for mode in ("walk", "ebike"):
        started = time.monotonic()
        TravelTimes(city).matrix(mode, doors)
        took = time.monotonic() - started
        yield f"| {DOORS} x {DOORS} doors, {mode}, nothing known before | {took:.2f} |"


def _doors(city: RoadGraph) -> list[tuple[float, float]]:
    """Spots some fifty metres beside junctions drawn from the seed."""
    chance = np.random.default_rng(SEED)
    chosen = chance.integers(0, len(city.lats), DOORS)
    shaken = chance.uniform(-4e-4, 4e-4, (DOORS, 2))
    spots = np.column_stack([city.lats, city.lons])[chosen] + shaken
    return [(float(lat), float(lon)) for lat, lon in spots]
