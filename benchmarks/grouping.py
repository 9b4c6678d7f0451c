"""Boxes of one kitchen for one door in one window, seen as one stop.

A group's stops are served one after another, so its windows end earlier and its ride
is shorter, by the service of the boxes before the last.
"""

from collections import defaultdict
from dataclasses import replace
from itertools import accumulate, zip_longest
from typing import TypeAlias

from routing.problem import Halt, Problem, StopKind, Task

Members: TypeAlias = dict[str, list[str]]
Tour: TypeAlias = list[tuple[str, StopKind]]
Tours: TypeAlias = dict[str, Tour]


def grouped(problem: Problem) -> tuple[Problem, Members]:
    """The problem with merged tasks, and which tasks each of them stands for.

    A group is no larger than the smallest vehicle; it has its first task's id.
    """
    alike: dict[object, list[Task]] = defaultdict(list)
    for task in problem.tasks:
        alike[_likeness(task)].append(task)
    smallest = min((sum(v.capacity or ()) for v in problem.vehicles), default=0)
    tasks, members = [], {}
    for together in alike.values():
        for part in _parts(together, smallest):
            tasks.append(_merged(part))
            members[part[0].id] = [task.id for task in part]
    return problem.replaced(tasks=tuple(tasks)), members


def ungrouped(tours: Tours, members: Members) -> Tours:
    return {
        vehicle: [(each, kind) for task, kind in tour for each in members[task]]
        for vehicle, tour in tours.items()
    }


def _likeness(task: Task) -> object:
    if task.pickup is None or task.dropoff is None:
        return task.id
    places = tuple((halt.place, halt.windows) for _, halt in task.halts)
    return places, task.needs, task.tier, task.max_ride_seconds, task.penalty is None


def _parts(tasks: list[Task], largest: int) -> list[list[Task]]:
    parts: list[list[Task]] = [[]]
    for task in tasks:
        if parts[-1] and not _fits([*parts[-1], task], largest):
            parts.append([])
        parts[-1].append(task)
    return parts


def _fits(tasks: list[Task], largest: int) -> bool:
    if sum(sum(task.load) for task in tasks) > largest:
        return False
    first = tasks[0]
    if first.max_ride_seconds is not None and _longer(tasks) > first.max_ride_seconds:
        return False
    return all(
        opens <= closes - _before_the_last(tasks, kind)
        for kind, halt in first.halts
        for opens, closes in halt.windows
    )


def _merged(tasks: list[Task]) -> Task:
    first = tasks[0]
    if len(tasks) == 1:
        return first
    halts = {kind: _joint(tasks, kind, halt) for kind, halt in first.halts}
    ride = first.max_ride_seconds
    penalties = [task.penalty or 0 for task in tasks]
    return replace(
        first,
        pickup=halts["pickup"],
        dropoff=halts["dropoff"],
        load=tuple(map(sum, zip_longest(*(t.load for t in tasks), fillvalue=0))),
        penalty=None if first.penalty is None else sum(penalties),
        max_ride_seconds=None if ride is None else ride - _longer(tasks),
    )


def _joint(tasks: list[Task], kind: StopKind, halt: Halt) -> Halt:
    before = _before_the_last(tasks, kind)
    return Halt(
        halt.place,
        tuple((opens, closes - before) for opens, closes in halt.windows),
        sum(_services(tasks, kind)),
    )


def _services(tasks: list[Task], kind: StopKind) -> list[int]:
    return [dict(task.halts)[kind].service_seconds for task in tasks]


def _before_the_last(tasks: list[Task], kind: StopKind) -> int:
    return sum(_services(tasks, kind)[:-1])


def _longer(tasks: list[Task]) -> int:
    """By how much the worst box rides longer than the group's first."""
    up = accumulate([0, *_services(tasks, "pickup")[:-1]])
    down = accumulate([0, *_services(tasks, "dropoff")[:-1]])
    return max(b - a for a, b in zip(up, down, strict=True))


def with_tight_pickups(problem: Problem) -> Problem:
    """Pickups so late that no ride can be too long: the one way to make peers obey.

    Not before the end of the door's window, less the longest ride.
    """
    return problem.replaced(tasks=tuple(_tight(task) for task in problem.tasks))


def _tight(task: Task) -> Task:
    if task.pickup is None or task.dropoff is None or task.max_ride_seconds is None:
        return task
    least = max(closes for _, closes in task.dropoff.windows) - task.max_ride_seconds
    windows = tuple(
        (max(opens, least), closes)
        for opens, closes in task.pickup.windows
        if closes >= least
    )
    return replace(task, pickup=replace(task.pickup, windows=windows))
