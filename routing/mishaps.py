"""What goes wrong on a day, each as one call that changes the problem.

The answer is a problem ready for `routing.changing.proposal`. What has begun stays as
it was, and a box that is on the way keeps its hot clock.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

import numpy as np

from routing.cost import Legs
from routing.errors import BadProblem
from routing.fields import HORIZON, must_be_known, must_be_number, must_be_whole
from routing.leaving import without_helper
from routing.problem import Begun, Halt, Problem, Task, Vehicle, Window
from routing.travel import NO_WAY, Matrix, Speed

_HANDOVER_SECONDS: Final = 60  # boxes change hands at a meeting point


def kitchen_late(problem: Problem, place: str, minutes: int) -> Problem:
    """Nothing is fetched there before so many minutes later than it should be.

    Counted from the opening of each pickup's window, or from `now` when that is
    past. Whoever is already on the way there waits, and is free later.

    Raises:
        BadProblem: no such place, or a negative number.
    """
    must_be_known("place", place, "place", problem.place_numbers)
    must_be_whole("minutes", minutes, least=0)
    late = {
        task.id: replace(task, pickup=_opened_later(problem, task.pickup, minutes))
        for task in problem.tasks
        if task.pickup is not None and task.pickup.place == place
    }
    begun = {
        vehicle: _waiting(problem, each, late)
        for vehicle, each in problem.begun.items()
    }
    tasks = tuple(late.get(task.id, task) for task in problem.tasks)
    return problem.replaced(tasks=tasks, begun=begun)


def _opened_later(problem: Problem, halt: Halt, minutes: int) -> Halt:
    first = min(opens for opens, _ in halt.windows)
    now = first if problem.now is None else max(first, problem.now)
    return replace(halt, windows=_no_earlier(halt, now, now + 60 * minutes))


def _no_earlier(halt: Halt, now: int, at: int) -> tuple[Window, ...]:
    """A kitchen that is late closes as much later as it opens: a window of what is
    left of it may be too short to hand out all boxes.
    """
    opens = min(at, HORIZON)
    late = [(o, c) for o, c in halt.windows if o < opens]
    if not late:
        return halt.windows
    waited = [(now if o <= now <= c else o, c) for o, c in late]
    closes = min(max(c + opens - since for since, c in waited), HORIZON)
    rest = [(o, c) for o, c in halt.windows if o > closes]
    closes = max(closes, *(c for o, c in halt.windows if o <= closes))
    return ((opens, closes), *rest)


def _waiting(problem: Problem, begun: Begun, late: dict[str, Task]) -> Begun:
    """Fetching that lies ahead begins later, and so does what comes behind it."""
    wait, stops = 0, []
    for stop in begun.stops:
        ahead = problem.now is not None and stop.at > problem.now
        if ahead and stop.kind == "pickup" and stop.task in late:
            (_, halt), *_ = late[stop.task].halts
            wait = max(wait, halt.windows[0][0] - stop.at)
        stops.append(replace(stop, at=stop.at + wait))
    return replace(begun, free_at=begun.free_at + wait, stops=tuple(stops))


def helper_gone(
    problem: Problem,
    vehicle: str,
    *,
    at: int,
    at_place: str,
    on_board: Collection[str] | None = None,
    handover_seconds: int = _HANDOVER_SECONDS,
) -> Problem:
    """Somebody falls out and stands at a meeting point with the boxes they have.

    Others fetch the boxes there. The hot clock runs on: each must be at its door by
    the time that its first pickup allowed. A box that nobody could bring in time any
    more is cooked again: the order is fetched from its kitchen as if it were new.
    What they had finished is no part of the problem that remains.

    Args:
        on_board: ids of the boxes; None takes them from what the vehicle has begun.

    Raises:
        BadProblem: no such vehicle, place or box.
    """
    must_be_known("vehicle", vehicle, "vehicle", problem.vehicle_numbers)
    must_be_known("at_place", at_place, "place", problem.place_numbers)
    begun = problem.begun.get(vehicle)
    done = [s for s in begun.stops if s.at <= at and s.task] if begun else []
    taken = {stop.task or "": stop.at for stop in done if stop.kind == "pickup"}
    ended = {stop.task or "" for stop in done if stop.kind != "pickup"}
    boxes = set(taken) - ended if on_board is None else set(on_board)
    if unknown := boxes - set(taken):
        raise BadProblem("on_board", f"{min(unknown)!r} was not picked up by them")
    done = [s for s in done if s.kind != "dropoff" or s.task not in boxes]
    now = at if problem.now is None else max(at, problem.now)
    remaining = without_helper(problem.replaced(now=now), vehicle, done)
    meeting = Halt(at_place, ((at, HORIZON),), handover_seconds)
    handed = {
        box: _handed_over(remaining, remaining.task(box), meeting, taken[box])
        for box in boxes
    }
    tasks = tuple(handed.get(task.id, task) for task in remaining.tasks)
    return remaining.replaced(tasks=tasks)


def _handed_over(problem: Problem, task: Task, meeting: Halt, taken_at: int) -> Task:
    """The box from the meeting point; as it was ordered when that is too late."""
    _, (_, door) = task.halts
    if task.max_ride_seconds is None:
        return replace(task, pickup=meeting)
    until = taken_at + task.max_ride_seconds
    windows = tuple((o, min(c, until)) for o, c in door.windows if o <= until)
    if not windows or _soonest(problem, meeting, door) > until:
        return task
    return replace(
        task,
        pickup=meeting,
        dropoff=replace(door, windows=windows),
        max_ride_seconds=None,
    )


def _soonest(problem: Problem, meeting: Halt, door: Halt) -> int:
    """Nobody can be at the door earlier, even if they set off for the boxes at once."""
    legs, best = Legs(problem), HORIZON
    for vehicle in problem.vehicles:
        begun = problem.begun.get(vehicle.id)
        here = begun.at_place if begun is not None else vehicle.start
        free = begun.free_at if begun is not None else vehicle.shift[0]
        into = legs.seconds(vehicle.travel, here, meeting.place)
        onward = legs.seconds(vehicle.travel, meeting.place, door.place)
        if into is not None and onward is not None:
            there = max(free, problem.now or free) + into
            fetched = max(there, meeting.windows[0][0]) + meeting.service_seconds
            best = min(best, fetched + onward)
    return best


def weather(
    problem: Problem,
    factor: float,
    *,
    longest_work_seconds: int | None = None,
    at_home: Collection[str] = (),
) -> Problem:
    """Every way takes `factor` times as long; rounds that begin now are shorter.

    Args:
        longest_work_seconds: of rounds that have not begun.
        at_home: vehicles that shall not go out, such as older volunteers. Who has
            begun finishes what they have, and is given nothing more.

    Raises:
        BadProblem: a factor below 1, or no such vehicle.
    """
    must_be_number("factor", factor, least=1, most=100)
    for name in at_home:
        must_be_known("at_home", name, "vehicle", problem.vehicle_numbers)
    staying = {name for name in at_home if not _has_begun(problem, name)}
    vehicles = tuple(
        _in_weather(problem, each, longest_work_seconds, each.id in at_home)
        for each in problem.vehicles
        if each.id not in staying
    )
    return problem.replaced(
        travel={mode: _slower(each, factor) for mode, each in problem.travel.items()},
        vehicles=vehicles,
        never=tuple(line for line in problem.never if line[0] not in staying),
        prefer=tuple(wish for wish in problem.prefer if wish.vehicle not in staying),
        begun={v: each for v, each in problem.begun.items() if v not in staying},
    )


def _has_begun(problem: Problem, vehicle: str) -> bool:
    begun = problem.begun.get(vehicle)
    return begun is not None and begun.has_left(problem.vehicle(vehicle).start)


def _in_weather(
    problem: Problem, vehicle: Vehicle, longest: int | None, finishing: bool
) -> Vehicle:
    if finishing:
        stops = problem.begun[vehicle.id].stops
        return replace(vehicle, max_tasks=len({s.task for s in stops if s.task}))
    if longest is None or _has_begun(problem, vehicle.id):
        return vehicle
    limit = vehicle.max_work_seconds
    return replace(
        vehicle, max_work_seconds=longest if limit is None else min(limit, longest)
    )


def _slower(travel: Speed | Matrix, factor: float) -> Speed | Matrix:
    if isinstance(travel, Speed):
        slow = max(0.01, travel.metres_per_second / factor)
        return replace(travel, metres_per_second=slow)
    longer = np.minimum(np.ceil(travel.seconds * factor), HORIZON)
    kept = np.where(travel.seconds == NO_WAY, NO_WAY, longer)
    return Matrix(kept.astype(np.int32))
