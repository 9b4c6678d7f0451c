"""When versions of the rules hold: one after the other, no day twice and none left out.

A version that names the one before it in `supersedes` ends it early, on the day
before its own first day; without that word two versions never share a day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Reign:
    """One version's days, both included; None: until further notice."""

    id: str
    from_on: date
    until_on: date | None = None
    supersedes: str | None = None

    def holds_on(self, on: date) -> bool:
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)


def in_turn(reigns: Iterable[Reign]) -> list[Reign]:
    """By first day, each ended by the one that supersedes it."""
    ordered = sorted(reigns, key=lambda one: (one.from_on, one.id))
    ended = [_ended_by(one, after) for one, after in pairwise(ordered)]
    return [*ended, *ordered[-1:]]


def _ended_by(one: Reign, after: Reign) -> Reign:
    if after.supersedes != one.id or after.from_on == one.from_on:
        return one
    last = after.from_on - _DAY
    return one if one.until_on and one.until_on < last else replace(one, until_on=last)


def clashes(reigns: Iterable[Reign]) -> Iterator[tuple[Reign, str, str]]:
    """Each version that overlaps the one before it or leaves a gap: it, what, remedy.

    The remedy is about its key `effective_from`.
    """
    for one, after in pairwise(in_turn(reigns)):
        if one.until_on is None or after.from_on <= one.until_on:
            until = one.until_on or "further notice"
            yield (
                after,
                f"overlaps version {one.id!r}, which holds until {until}",
                f'begin later, or write supersedes = "{one.id}" to end that one',
            )
        elif after.from_on > one.until_on + _DAY:
            yield (
                after,
                f"leaves a gap after version {one.id!r}, which ends {one.until_on}",
                f"begin on {one.until_on + _DAY}, or let that one hold longer",
            )
