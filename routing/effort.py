"""How long and with what a plan is sought."""

from dataclasses import dataclass
from typing import Final, Literal

from routing.errors import BadProblem
from routing.fields import must_be_a_choice, must_be_number, must_be_whole

Engine = Literal["auto", "search", "ortools"]
ENGINES: Final[tuple[Engine, ...]] = ("auto", "search", "ortools")
_DEFAULT_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Effort:
    """Stop by the clock (`seconds`) or by count (`iterations`), never by both.

    A plan found by count is the same for the same seed and number of threads.
    `threads` is kept for the plan's sake: this search uses one. `vehicles` is the
    largest number of vehicles that may leave; those under way count.
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
