"""The search as one call: construct, then improve."""

import random
import time
from collections.abc import Callable
from typing import Final

from routing.effort import Effort
from routing.errors import NotYetHonoured
from routing.instance import Instance
from routing.problem import Problem
from routing.search.fleet import Fleet
from routing.search.recreate import Search

VERSION: Final = "search 1"


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


def search(inst: Instance, effort: Effort, *, share: float = 1.0) -> Fleet:
    """Find tours for an instance.

    Args:
        share: which part of the effort's seconds may be used.
    """
    started = time.monotonic()
    fleet = Fleet(inst, most_used=effort.vehicles)
    # A plan must be repeatable, not secret.
    worker = Search(inst, fleet, random.Random(effort.seed))
    worker.construct()
    worker.improve(_progress(effort, started, share))
    return fleet


def _progress(effort: Effort, started: float, share: float) -> Callable[[], float]:
    """A function that says how much of the effort is spent, from 0 to 1."""
    if effort.iterations is not None:
        count, limit = 0, effort.iterations

        def by_count() -> float:
            nonlocal count
            count += 1
            return (count - 1) / limit if limit else 1.0

        return by_count
    limit_seconds = (effort.seconds or 0.0) * share

    def by_clock() -> float:
        spent = time.monotonic() - started
        return spent / limit_seconds if limit_seconds else 1.0

    return by_clock
