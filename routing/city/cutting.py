"""Cut one problem into several that share neither tasks nor vehicles."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.cost import Legs
from routing.narrowing import narrowed
from routing.problem import Problem, Task

Spots = NDArray[np.float64]


@dataclass(frozen=True)
class Share:
    """Whose tasks and vehicles one part gets, as numbers of the whole problem."""

    tasks: tuple[int, ...]
    vehicles: tuple[int, ...]


@dataclass(frozen=True)
class Seam:
    """A border inside one share: across this axis of the plane, at that place.

    Seams of one level share nothing.
    """

    share: Share
    axis: int
    at: float
    level: int


def split(problem: Problem, parts: int) -> tuple[Problem, ...]:
    """Cut a problem into so many, of about equal work, without losing anything.

    What hangs together stays together: tasks in one sequence, and what a vehicle
    has on board or has begun. Vehicles go where the work is, by their starts.
    """
    found, _ = shares(problem, parts)
    return tuple(part_of(problem, share) for share in found)


def shares(problem: Problem, parts: int) -> tuple[list[Share], list[Seam]]:
    """The same as numbers, and the borders between them."""
    spots = spots_of(problem)
    numbers = problem.place_numbers
    doors = np.array(
        [_middle(spots, numbers, task) for task in problem.tasks], dtype=np.float64
    ).reshape(-1, 2)
    starts = spots[[numbers[vehicle.start] for vehicle in problem.vehicles]]
    group, held = _tied(problem)
    for v, begun in problem.begun.items():
        starts[problem.vehicle_numbers[v]] = spots[numbers[begun.at_place]]
    found: list[Share] = []
    seams: list[Seam] = []
    whole = Share(tuple(range(len(doors))), tuple(range(len(starts))))
    where = doors[group], starts.reshape(-1, 2)
    _halve(whole, parts, where, (found, seams))
    return _with_holders(found, held, group), seams


def part_of(problem: Problem, share: Share) -> Problem:
    """The problem of these tasks and vehicles alone, with the places they need."""
    return narrowed(
        problem,
        {problem.vehicles[v].id for v in share.vehicles},
        {problem.tasks[k].id for k in share.tasks},
    )


def spots_of(problem: Problem) -> Spots:
    """Places on a plane, in about equal units; without coordinates by two pivots."""
    points = [(p.lat, p.lon) for p in problem.places]
    if all(lat is not None for lat, _ in points):
        found = np.array(points, dtype=np.float64).reshape(-1, 2)
        middle = np.cos(np.radians(found[:, 0].mean())) if len(found) else 1.0
        plane: Spots = found * np.array([1.0, middle])
        return plane
    mode = next(iter(problem.travel))
    legs, names = Legs(problem), [place.id for place in problem.places]
    far = [legs.seconds(mode, names[0], name) or 0 for name in names]
    pivot = names[int(np.argmax(far))]
    again = [legs.seconds(mode, pivot, name) or 0 for name in names]
    return np.array([far, again], dtype=np.float64).T


def _middle(spots: Spots, numbers: dict[str, int], task: Task) -> Spots:
    where: Spots = np.mean([spots[numbers[halt.place]] for _, halt in task.halts], 0)
    return where


def _tied(problem: Problem) -> tuple[list[int], list[tuple[int, int]]]:
    """Per task the one whose spot it shares; and who has begun which task.

    A visit by two may be begun by both.
    """
    tasks = problem.task_numbers
    group = list(range(len(problem.tasks)))
    for line in problem.sequence:
        group[root_of(group, tasks[line.then])] = root_of(group, tasks[line.first])
    held = [
        (tasks[stop.task], problem.vehicle_numbers[v])
        for v, begun in problem.begun.items()
        for stop in begun.stops
        if stop.task is not None
    ]
    return [root_of(group, k) for k in range(len(group))], held


def root_of(group: list[int], k: int) -> int:
    while group[k] != k:
        k = group[k]
    return k


def _halve(
    share: Share,
    parts: int,
    where: tuple[Spots, Spots],
    found: tuple[list[Share], list[Seam]],
    level: int = 0,
) -> None:
    """Along the wider side, until there are so many parts."""
    if parts <= 1 or len(share.tasks) < 2:
        found[0].append(share)
        return
    doors, starts = where
    tasks, cars = np.array(share.tasks), np.array(share.vehicles, dtype=np.int64)
    axis = int(np.argmax(np.ptp(doors[tasks], axis=0)))
    order = tasks[np.argsort(doors[tasks, axis], kind="stable")]
    first = parts // 2
    cut = _between_groups(doors[order, axis], len(order) * first // parts)
    line = cars[np.argsort(starts[cars, axis], kind="stable")]
    turn = round(len(line) * cut / len(order))
    at = float(doors[order[min(cut, len(order) - 1)], axis])
    found[1].append(Seam(share, axis, at, level))
    low = Share(_told(order[:cut]), _told(line[:turn]))
    high = Share(_told(order[cut:]), _told(line[turn:]))
    _halve(low, first, where, found, level + 1)
    _halve(high, parts - first, where, found, level + 1)


def _between_groups(along: Spots, cut: int) -> int:
    """Not between two that stand on the same spot: they may be tied."""
    while 0 < cut < len(along) and along[cut - 1] == along[cut]:
        cut += 1
    return cut


def _told(numbers: Iterable[np.int64]) -> tuple[int, ...]:
    return tuple(sorted(int(each) for each in numbers))


def _with_holders(
    found: list[Share], held: list[tuple[int, int]], group: list[int]
) -> list[Share]:
    """What is begun goes with whoever began it, and all that is tied to it.

    Two who have begun the same come into one part.
    """
    part = {v: n for n, share in enumerate(found) for v in share.vehicles}
    crew, first = list(range(len(part))), dict[int, int]()
    for k, v in held:
        others = root_of(crew, first.setdefault(group[k], v))
        low, high = sorted((others, root_of(crew, v)))
        crew[high] = low
    home = {v: part[root_of(crew, v)] for v in part}
    place = {k: n for n, share in enumerate(found) for k in share.tasks}
    for k, root in enumerate(group):
        if root in first:
            place[k] = home[first[root]]
    return [
        Share(
            tuple(k for k in sorted(place) if place[k] == n),
            tuple(v for v in sorted(home) if home[v] == n),
        )
        for n in range(len(found))
    ]
