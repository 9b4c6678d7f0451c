"""Stops of a round, and what of it has been done."""

from dataclasses import dataclass
from typing import Final, Literal

from routing.errors import BadProblem
from routing.fields import must_be_a_choice, must_be_named, must_be_whole

StopKind = Literal["pickup", "dropoff", "visit"]
STOP_KINDS: Final[tuple[StopKind, ...]] = ("pickup", "dropoff", "visit")


@dataclass(frozen=True)
class Stop:
    """One thing on a route: a stop of a task, or the vehicle's n-th break.

    `at` is the beginning of service, or of the break.
    """

    at: int
    task: str | None = None
    kind: StopKind | None = None
    break_number: int | None = None

    def __post_init__(self) -> None:
        must_be_whole("at", self.at)
        if self.break_number is not None:
            must_be_whole("break", self.break_number, least=0)
            if self.task is not None or self.kind is not None:
                raise BadProblem("break", "a break is no stop of a task")
            return
        must_be_named("task", self.task)
        must_be_a_choice("stop", self.kind, STOP_KINDS)


@dataclass(frozen=True)
class Begun:
    """What a vehicle has done, and where and when it is free again.

    `stops` are final and break no window; a plan repeats them first.
    """

    at_place: str
    free_at: int
    stops: tuple[Stop, ...] = ()

    def __post_init__(self) -> None:
        must_be_named("at_place", self.at_place)
        must_be_whole("free_at", self.free_at)

    def has_left(self, start: str) -> bool:
        """Work has begun; whoever only rests where they start has not left."""
        return self.at_place != start or any(each.task for each in self.stops)
