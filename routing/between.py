"""What holds between two tasks, and between a vehicle and a task."""

from dataclasses import dataclass
from typing import Literal

from routing.errors import BadProblem
from routing.fields import must_be_a_choice, must_be_named, must_be_whole


@dataclass(frozen=True)
class Sequence:
    """One task follows another, by gaps in seconds (which may be negative).

    From the end of service of the first task's last stop, or with `measured_from`
    "start" from its beginning, to the beginning of the second one's first stop. Void
    when either is left out.
    """

    first: str
    then: str
    min_gap: int | None = None
    max_gap: int | None = None
    same_vehicle: bool = False
    measured_from: Literal["end", "start"] = "end"

    def __post_init__(self) -> None:
        must_be_named("first", self.first)
        must_be_named("then", self.then)
        must_be_a_choice("from", self.measured_from, ("end", "start"))
        if not isinstance(self.same_vehicle, bool):
            raise BadProblem("same_vehicle", "must be true or false")
        if self.first == self.then:
            raise BadProblem("then", "a task cannot follow itself")
        for name in ("min_gap", "max_gap"):
            if getattr(self, name) is not None:
                must_be_whole(name, getattr(self, name))


@dataclass(frozen=True)
class Preference:
    """That vehicle doing that task is worth so many seconds of travel."""

    vehicle: str
    task: str
    seconds: int

    def __post_init__(self) -> None:
        must_be_named("vehicle", self.vehicle)
        must_be_named("task", self.task)
        must_be_whole("seconds", self.seconds)
