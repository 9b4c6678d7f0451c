"""One cell of the bench: an instance, an engine, its seconds and its seed."""

from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple

SEEDS: Final = (1, 2, 3)


class Key(NamedTuple):
    instance: str
    engine: str
    seconds: float
    seed: int


@dataclass(frozen=True)
class Cell:
    """What is run once, in a process of its own.

    `instance` is the name of a file and what is changed in it, such as
    `lunch-m-1@hot=40` (see `instances`). No seconds at all ask for the first plan.
    """

    instance: str
    engine: str
    seconds: float
    seed: int = 0

    @property
    def key(self) -> Key:
        return Key(self.instance, self.engine, float(self.seconds), self.seed)

    def fields(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.instance} {self.engine} {self.seconds:g} s seed {self.seed}"


def seeded(instance: str, engine: str, seconds: float, seeds: int) -> list[Cell]:
    """The same cell for the first so many seeds."""
    return [Cell(instance, engine, seconds, seed) for seed in SEEDS[:seeds]]
