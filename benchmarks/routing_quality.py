"""How good and how quick `routing` is, as a table in Markdown.

    python3 benchmarks/routing_quality.py --instances FOLDER

The folder of public instances may also be told by DISPATCH_INSTANCES. Every plan is
judged by the check before its line is printed. What is missing is said aloud, and
then the program ends with 1.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402 - the checkout comes first

from routing import (  # noqa: E402
    Effort,
    RoadGraph,
    TravelTimes,
    broken_rules,
    import_roads,
    read_problem,
    solve,
)

LUNCHES: Final = ("lunch-s-1", "lunch-m-1")
SECONDS: Final = (5.0, 20.0)
DOORS: Final = 120


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--instances", type=Path, default=_told_folder())
    words.add_argument("--seed", type=int, default=0)
    told = words.parse_args()
    wanted = [_lunch(told.instances, name) for name in LUNCHES]
    wanted.append(_city(told.instances))
    missing = [path for path in wanted if not path.is_file()]
    for path in missing:
        sys.stderr.write(
            f"MISSING: {path}. Give --instances or set DISPATCH_INSTANCES.\n"
        )
    if missing:
        return 1
    print(f"Commit {_commit()}, seed {told.seed}; {_machine()}.\n")
    print("| lunch | tasks | effort | took s | CPU s | left out | travel h | broken |")
    print("|---|---:|---|---:|---:|---:|---:|---:|")
    for name in LUNCHES:
        for line in _lunch_lines(_lunch(told.instances, name), told.seed):
            print(line, flush=True)
    print("\n| streets | s |\n|---|---:|")
    for line in _street_lines(_city(told.instances), told.seed):
        print(line, flush=True)
    return 0


def _told_folder() -> Path:
    told = os.environ.get("DISPATCH_INSTANCES")
    return Path(told) if told else ROOT.parent / "shared"


def _lunch(folder: Path, name: str) -> Path:
    return folder / "routing" / "instances" / "district" / f"{name}.json"


def _city(folder: Path) -> Path:
    return folder / "roads" / "jinan.osm.pbf"


def _lunch_lines(path: Path, seed: int) -> Iterator[str]:
    lunch = read_problem(path)
    efforts = [("first plan", Effort(iterations=0, seed=seed))]
    efforts += [(f"{s:g} s", Effort(seconds=s, seed=seed)) for s in SECONDS]
    for words, effort in efforts:
        started, busy = time.monotonic(), time.process_time()
        plan = solve(lunch, effort)
        took, busy = time.monotonic() - started, time.process_time() - busy
        hours, left = plan.cost.travel_seconds / 3600, len(plan.left_out)
        broken = len(broken_rules(lunch, plan))
        yield (
            f"| {path.stem} | {len(lunch.tasks)} | {words} "
            f"| {took:.1f} | {busy:.1f} | {left} | {hours:.1f} | {broken} |"
        )


def _street_lines(extract: Path, seed: int) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as home:
        started = time.monotonic()
        city = import_roads(extract, Path(home) / "city.npz")
        took = time.monotonic() - started
    yield f"| import of Jinan's centre, {len(city.lats)} junctions | {took:.1f} |"
    doors = _doors(city, seed)
    for mode in ("walk", "ebike"):
        started = time.monotonic()
        TravelTimes(city).matrix(mode, doors)
        took = time.monotonic() - started
        yield f"| {DOORS} x {DOORS} doors, {mode}, nothing known before | {took:.2f} |"


def _doors(city: RoadGraph, seed: int) -> list[tuple[float, float]]:
    """Spots some fifty metres beside junctions drawn from the seed."""
    chance = np.random.default_rng(seed)
    chosen = chance.integers(0, len(city.lats), DOORS)
    shaken = chance.uniform(-4e-4, 4e-4, (DOORS, 2))
    spots = np.column_stack([city.lats, city.lons])[chosen] + shaken
    return [(float(lat), float(lon)) for lat, lon in spots]


def _commit() -> str:
    asked = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False)
    return said.stdout.strip() or "unknown"


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    major, minor, _ = platform.python_version_tuple()
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {major}.{minor}, "
        f"load {load:.1f} at the beginning"
    )


if __name__ == "__main__":
    sys.exit(main())
