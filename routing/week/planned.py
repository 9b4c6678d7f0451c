"""A planned week: each due visit has a day and a name, or reasons why not."""

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Placed:
    """One visit: the day, who goes, and who stands in if they cannot."""

    visit: str
    day: int
    visitor: str
    backup: str | None = None


@dataclass(frozen=True)
class Reason:
    """The first rule that keeps this visitor from this visit.

    `absent`: away on each day of the visit's window; `no_day`: never on duty then;
    `full`: on duty, and too few minutes are left on each of those days.
    """

    visitor: str
    rule: str


@dataclass(frozen=True)
class NotPlaced:
    """A visit that found no day. Nobody in `reasons`: the station has no visitor."""

    visit: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Week:
    """Each due visit is placed or explained.

    `troubles` names the stations whose answer is not CP-SAT's last word, and why.
    """

    placed: tuple[Placed, ...]
    not_placed: tuple[NotPlaced, ...] = ()
    decided_by: tuple[str, ...] = ()
    troubles: tuple[tuple[str, str], ...] = ()

    @cached_property
    def place_of(self) -> dict[str, Placed]:
        """Day and person by the visit's name; what is not placed is missing."""
        return {each.visit: each for each in self.placed}
