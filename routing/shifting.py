"""By how much people are reached at another time than they were told."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from routing.plan import Plan

NOTICED_SECONDS: Final = 600  # a shift beyond it is one that somebody notices


@dataclass(frozen=True)
class Shifted:
    """A door or a visit that is reached so much later (below 0: sooner)."""

    task: str
    seconds: int

    @property
    def is_noticed(self) -> bool:
        return abs(self.seconds) > NOTICED_SECONDS


def shifts_between(before: Plan, after: Plan) -> Iterator[Shifted]:
    """Of all tasks that both plans serve, those whose beginning at the door moves."""
    was = _arrivals(before)
    for task, at in _arrivals(after).items():
        if task in was and at != was[task]:
            yield Shifted(task, at - was[task])


def _arrivals(plan: Plan) -> dict[str, int]:
    return {
        stop.task: stop.at
        for route in plan.routes
        for stop in route.stops
        if stop.task is not None and stop.kind != "pickup"
    }
