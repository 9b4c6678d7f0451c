"""Instances by name, and what is changed in them: `NAME@change=value`.

| change | makes of the file |
|---|---|
| `hot=MINUTES` | another longest ride for every meal |
| `kitchen=ID` | the wave of one kitchen with the helpers nearest to it |
| `tiles=N` | the same district N times, side by side |
| `spare=N` | a fleet of as many vehicles as the best known plan has, and N more |
"""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from benchmarks.best_known import BEST_KNOWN
from routing import Place, Problem, Source, Task, Vehicle, read_source
from routing.problem import Halt
from routing.public import OwnFile, PlaneFile

_ORDERS_PER_HELPER: Final = 6


class NoInstance(LookupError):
    """The file, or what should be changed in it, is not there."""


def load(folder: Path, spec: str) -> Source:
    """Raises: NoInstance."""
    name, *changes = spec.split("@")
    source = read_source(path_of(folder, name))
    for change in changes:
        word, _, value = change.partition("=")
        source = _changed(source, CHANGES[word](source.problem, value))
    return source


def path_of(folder: Path, name: str) -> Path:
    """Raises: NoInstance."""
    home = folder / "routing" / "instances"
    for path in sorted(home.glob(f"*/{name}.*")):
        return path
    raise NoInstance(
        f"{name} is not under {home}: give --instances or set DISPATCH_INSTANCES"
    )


def _changed(source: Source, problem: Problem) -> Source:
    if isinstance(source, OwnFile | PlaneFile):
        return replace(source, problem=problem)
    raise NoInstance(f"nothing can be changed in {source.problem.name}")


def with_hot_limit(problem: Problem, minutes: str) -> Problem:
    seconds = int(minutes) * 60
    tasks = (replace(task, max_ride_seconds=seconds) for task in problem.tasks)
    return problem.replaced(tasks=tuple(tasks))


def wave_of(problem: Problem, kitchen: str) -> Problem:
    """The orders of one kitchen, and the helpers that start nearest to it."""
    tasks = [t for t in problem.tasks if t.pickup and t.pickup.place == kitchen]
    here = problem.place(kitchen)
    near = sorted(problem.vehicles, key=lambda v: _apart(here, problem.place(v.start)))
    helpers = near[: math.ceil(len(tasks) / _ORDERS_PER_HELPER) + 1]
    used = {halt.place for task in tasks for _, halt in task.halts}
    used |= {helper.start for helper in helpers}
    used |= {helper.end for helper in helpers if helper.end is not None}
    return problem.replaced(
        places=tuple(place for place in problem.places if place.id in used),
        vehicles=tuple(helpers),
        tasks=tuple(tasks),
    )


def _apart(here: Place, there: Place) -> float:
    """Near enough for sorting inside one town."""
    assert here.lat is not None
    assert here.lon is not None
    assert there.lat is not None
    assert there.lon is not None
    narrow = math.cos(math.radians(here.lat))
    return math.hypot(here.lat - there.lat, narrow * (here.lon - there.lon))


def tiled(problem: Problem, count: str) -> Problem:
    """The same district again and again towards the east, with ids `n.id`."""
    lons = [place.lon for place in problem.places if place.lon is not None]
    width = 1.02 * (max(lons) - min(lons))
    tiles = [(f"{n}.", n * width) for n in range(int(count))]
    return problem.replaced(
        places=tuple(
            replace(p, id=tile + p.id, lon=None if p.lon is None else p.lon + east)
            for tile, east in tiles
            for p in problem.places
        ),
        vehicles=tuple(_moved(v, tile) for tile, _ in tiles for v in problem.vehicles),
        tasks=tuple(_copied(t, tile) for tile, _ in tiles for t in problem.tasks),
    )


def _moved(vehicle: Vehicle, tile: str) -> Vehicle:
    return replace(
        vehicle,
        id=tile + vehicle.id,
        start=tile + vehicle.start,
        end=None if vehicle.end is None else tile + vehicle.end,
    )


def _copied(task: Task, tile: str) -> Task:
    def halt(old: Halt | None) -> Halt | None:
        return None if old is None else replace(old, place=tile + old.place)

    return replace(
        task,
        id=tile + task.id,
        pickup=halt(task.pickup),
        dropoff=halt(task.dropoff),
        visit=halt(task.visit),
    )


def with_spare_vehicles(problem: Problem, spare: str) -> Problem:
    known = BEST_KNOWN[problem.name].vehicles
    assert known is not None
    return problem.replaced(vehicles=problem.vehicles[: known + int(spare)])


CHANGES: Final[dict[str, Callable[[Problem, str], Problem]]] = {
    "hot": with_hot_limit,
    "kitchen": wave_of,
    "tiles": tiled,
    "spare": with_spare_vehicles,
}
