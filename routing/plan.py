"""A plan: who goes where and when, what is left out and why, what it costs."""

from dataclasses import dataclass, field
from typing import Final

from routing.fields import must_be_a_choice, must_be_named, must_be_whole
from routing.problem import Stop

RULES: Final = (
    "window",
    "ride",
    "capacity",
    "shift",
    "max_work",
    "skill",
    "never",
    "max_tasks",
    "break",
    "sequence",
    "people",
    "no_way",
    "displaces",
    "search_ended",
)
RELAXATIONS: Final = ("window", "shift", "max_work", "skill", "ride", "person")

_MOST: Final = 10**18  # of any cost


@dataclass(frozen=True)
class Route:
    """One vehicle's stops in order. Times are None only when read from elsewhere."""

    vehicle: str
    stops: tuple[Stop, ...] = ()
    leaves_at: int | None = None
    ends_at: int | None = None

    def __post_init__(self) -> None:
        must_be_named("vehicle", self.vehicle)
        for name in ("leaves_at", "ends_at"):
            if getattr(self, name) is not None:
                must_be_whole(name, getattr(self, name))


@dataclass(frozen=True)
class Candidate:
    """The first rule that this vehicle would break, and by how much."""

    vehicle: str
    rule: str
    by: int | None = None

    def __post_init__(self) -> None:
        must_be_named("vehicle", self.vehicle)
        must_be_a_choice("rule", self.rule, RULES)


@dataclass(frozen=True)
class Relaxation:
    """The cheapest loosening that was tried again and makes the task fit.

    `value` is in seconds for window, shift, max_work and ride, the name of the
    skill for skill, and the number of further people for person.
    """

    kind: str
    value: int | str

    def __post_init__(self) -> None:
        must_be_a_choice("kind", self.kind, RELAXATIONS)


@dataclass(frozen=True)
class LeftOut:
    """A task that nobody does, and the reason.

    Attributes:
        candidates: per vehicle the first rule that its best insertion breaks.
        displaces: tasks of one round that would have to go for it to fit there; empty
            where nobody can do it at all, or where nobody looked so closely.
    """

    task: str
    why: str = ""
    candidates: tuple[Candidate, ...] = ()
    relaxation: Relaxation | None = None
    displaces: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        must_be_named("task", self.task)


@dataclass(frozen=True)
class Cost:
    """In seconds; `preferences` is what kept preferences are worth, taken off."""

    travel_seconds: int = 0
    penalties: int = 0
    preferences: int = 0

    def __post_init__(self) -> None:
        for name in ("travel_seconds", "penalties", "preferences"):
            must_be_whole(name, getattr(self, name), least=-_MOST, most=_MOST)

    @property
    def total(self) -> int:
        """Travel, and penalties, less kept preferences: smaller is better."""
        return self.travel_seconds + self.penalties - self.preferences


@dataclass(frozen=True)
class Plan:
    """Each task of the problem is on a route or left out.

    `decided_by` names the engines that made it, with versions, such as
    `("search 2", "ortools 9.15.6755")`; the last one named made the final plan.
    """

    problem: str
    routes: tuple[Route, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    cost: Cost = field(default_factory=Cost)
    seconds_used: float = 0.0
    decided_by: tuple[str, ...] = ()

    @property
    def served(self) -> frozenset[str]:
        """Ids of the tasks that have at least one stop on a route."""
        return frozenset(
            stop.task
            for route in self.routes
            for stop in route.stops
            if stop.task is not None
        )
