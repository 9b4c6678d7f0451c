"""The search as one call: construct, then improve."""

import random
import time
from collections.abc import Callable
from typing import Final

from routing.effort import NEVER, Effort, Ending
from routing.errors import NotYetHonoured
from routing.instance import Instance
from routing.problem import Problem
from routing.search.fleet import Fleet
from routing.search.recreate import Search

VERSION: Final = "search 1"
_MOST_RESERVED: Final = 0.3  # of the seconds, for explaining
_RESERVED_PER_TASK: Final = 0.02


def must_be_honoured(problem: Problem) -> None:
    """Raises: NotYetHonoured, for what this search does not know."""
    for number, vehicle in enumerate(problem.vehicles):
        if vehicle.breaks:
            raise NotYetHonoured(
                f"vehicles[{number}].breaks", "no engine here can plan breaks yet"
            )
    for number, task in enumerate(problem.tasks):
        if task.people > 1:
            raise NotYetHonoured(
                f"tasks[{number}].people",
                "no engine here can plan two people at one start yet",
            )
    if problem.sequence:
        raise NotYetHonoured(
            "sequence[0]", "no engine here can plan tasks in sequence yet"
        )


def search(
    inst: Instance, effort: Effort, *, ending: Ending = NEVER, share: float = 1.0
) -> Fleet:
    """Find tours for an instance.

    Args:
        ending: when the whole effort ends; what is reserved is taken off here.
        share: which part of the time until then may be used.
    """
    started = time.monotonic()
    fleet = Fleet(inst, most_used=effort.vehicles)
    # A plan must be repeatable, not secret.
    worker = Search(inst, fleet, random.Random(effort.seed))
    worker.construct()
    if effort.iterations is not None:
        worker.improve(_by_count(effort.iterations))
    else:
        seconds = (ending.seconds_left or 0.0) + time.monotonic() - started
        ends = Ending(started + seconds * share)
        reserved = reserved_seconds(effort, fleet)
        worker.improve(_by_clock(effort, fleet, started, ends), ends.sooner(reserved))
    return fleet


def reserved_seconds(effort: Effort, fleet: Fleet) -> float:
    """How much of the time explaining wants, if something is left out."""
    most = _MOST_RESERVED * (effort.seconds or 0.0)
    return min(most, _RESERVED_PER_TASK * len(fleet.absent))


def _by_count(limit: int) -> Callable[[], float]:
    """A function that says which part of the steps is done, from 0 to 1."""
    count = 0

    def progress() -> float:
        nonlocal count
        count += 1
        return (count - 1) / limit if limit else 1.0

    return progress


def _by_clock(
    effort: Effort, fleet: Fleet, started: float, ends: Ending
) -> Callable[[], float]:
    """A function that says which part of the time is spent, from 0 to 1."""

    def progress() -> float:
        until = ends.sooner(reserved_seconds(effort, fleet))
        if until.at is None or until.over():
            return 1.0
        return (time.monotonic() - started) / (until.at - started)

    return progress
