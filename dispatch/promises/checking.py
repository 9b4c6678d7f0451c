"""What a promise is when somebody looks: held or broken."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from sqlmodel import Session

_MOST_KEPT: Final = 200


class Status(StrEnum):
    """How a promise stands; the words are those of the report."""

    HELD = "held"
    OPEN = "open"  # nothing is broken that we know of, but news is overdue
    BROKEN = "broken"


@dataclass(frozen=True)
class Promise:
    """One promise after a look: how much was looked at, and what was found.

    `not_looked_at` says what could not be read and why: nothing is known of it, so it
    is neither held nor broken there. `untold` are those that are over and of which no
    time is known that could be trusted; `waited_for` those of which we should have
    heard by now.
    """

    n: int
    words: str
    status: Status
    checked: int
    broken: list[str]
    not_looked_at: list[str] = field(default_factory=list)
    untold: int = 0
    waited_for: int = 0


@dataclass
class Look:
    """Counts what was looked at and keeps what was found broken."""

    checked: int = 0
    broken: list[str] = field(default_factory=list)
    not_looked_at: list[str] = field(default_factory=list)
    untold: int = 0
    waited_for: int = 0

    def expect(self, fine: bool, words: str) -> None:
        """One thing was looked at; `words` say what is wrong when it is not fine."""
        self.checked += 1
        if not fine:
            self.broken.append(words)

    def told(self, n: int, words: str) -> Promise:
        status = Status.OPEN if self.waited_for else Status.HELD
        if self.broken:
            status = Status.BROKEN
        kept = self.broken[:_MOST_KEPT]
        if len(self.broken) > _MOST_KEPT:
            kept.append(f"and {len(self.broken) - _MOST_KEPT} more")
        return Promise(
            n,
            words,
            status,
            self.checked,
            kept,
            self.not_looked_at,
            self.untold,
            self.waited_for,
        )


@dataclass(frozen=True)
class Premises:
    """Where to look: the database, the state folder, and Redis.

    `played`: a demo's day was played here, so its people have written down what they
    were told; that file must then be in the state folder. `now`: of whoever looks while
    the day goes on; without it nothing is overdue.
    """

    session: Session
    home: Path | None = None
    redis_url: str | None = None
    played: bool = False
    now: datetime | None = None


Checker = Callable[[Premises, Look], None]
