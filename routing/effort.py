"""How long and with what a plan is sought."""

import time
from dataclasses import dataclass
from typing import Final, Literal

from routing.errors import BadProblem
from routing.fields import must_be_a_choice, must_be_number, must_be_whole

Engine = Literal["auto", "search", "ortools", "pyvrp"]
ENGINES: Final[tuple[Engine, ...]] = ("auto", "search", "ortools", "pyvrp")
_DEFAULT_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Effort:
    """Stop by the clock (`seconds`) or by count (`iterations`), never by both.

    A plan found by count is the same for the same seed and number of threads.
    `vehicles` is the largest number of vehicles that may leave; those under way
    count.
    """

    seconds: float | None = None
    iterations: int | None = None
    threads: int = 1
    seed: int = 0
    engine: Engine = "auto"
    vehicles: int | None = None

    def __post_init__(self) -> None:
        if self.seconds is not None and self.iterations is not None:
            raise BadProblem("iterations", "give seconds or iterations, not both")
        if self.seconds is None and self.iterations is None:
            object.__setattr__(self, "seconds", _DEFAULT_SECONDS)
        if self.seconds is not None:
            must_be_number("seconds", self.seconds, least=0, most=86_400)
        if self.iterations is not None:
            must_be_whole("iterations", self.iterations, least=0)
        must_be_whole("threads", self.threads, least=1, most=1024)
        must_be_whole("seed", self.seed, least=0)
        must_be_a_choice("engine", self.engine, ENGINES)
        if self.vehicles is not None:
            must_be_whole("vehicles", self.vehicles, least=0)


@dataclass(frozen=True)
class Ending:
    """When the clock stops the work; `at` is of `time.monotonic()`, None: never.

    An effort by count never ends by the clock, so that its plan can be repeated.
    """

    at: float | None = None

    @classmethod
    def of(cls, effort: Effort, started: float) -> "Ending":
        return cls(None if effort.seconds is None else started + effort.seconds)

    def over(self) -> bool:
        return self.at is not None and time.monotonic() >= self.at

    @property
    def seconds_left(self) -> float | None:
        return None if self.at is None else self.at - time.monotonic()

    def sooner(self, seconds: float) -> "Ending":
        return Ending(None if self.at is None else self.at - seconds)

    def not_before(self, seconds: float) -> "Ending":
        """At least so many seconds from now."""
        if self.at is None:
            return self
        return Ending(max(self.at, time.monotonic() + seconds))


NEVER: Final = Ending()
