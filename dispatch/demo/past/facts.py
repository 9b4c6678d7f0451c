"""What is made up of one order that has been, and of the lies told about some."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from dispatch.demo.past.cast import At, Eater, Hands
from dispatch.subsidy.outcomes import Line


@dataclass(slots=True)
class Past:
    """One order with its end. `at` is the moment of its proof, in UTC; `began_at` when
    a box was picked up or a visit begun.
    """

    id: UUID
    point: At
    eater: Eater
    service: str
    channel: str
    serving: str
    on: date
    price_fen: int
    fee_fen: int
    at: datetime
    began_at: datetime | None = None
    state: str = "done"
    reason: str | None = None
    grade: str | None = "A"
    hands: Hands | None = None
    here: tuple[float, float] | None = None
    accuracy_m: float | None = None
    basis: dict[str, Any] = field(default_factory=dict)
    detail: dict[str, Any] = field(default_factory=dict)
    pictures: list[tuple[str, str, str | None]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    once: bool = True  # its grants name the window that takes one

    @property
    def is_meal(self) -> bool:
        return self.channel != "visit"

    @property
    def given_fen(self) -> int:
        return sum(line.fen for line in self.lines)


@dataclass
class Truth:
    """What was planted: by rule, the subjects that it is true of.

    A subject is an order's id, except for AN12 (a station and a day), AN13 and AN14
    (an elder) and AN15 (a helper).
    """

    lies: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    orders: int = 0
    lines: int = 0

    def tell(self, rule: str, *subjects: object) -> None:
        self.lies[rule].update(str(subject) for subject in subjects)

    @property
    def lied_about(self) -> set[str]:
        """Every subject of any lie."""
        return set().union(*self.lies.values())
