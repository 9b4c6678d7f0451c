"""What one piece of evidenced work is worth in minutes: a pure judgement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dispatch.people.helpers import HelperKind
from dispatch.timebank.rules import TimeRules

Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True)
class Work:
    """One helper's work for one order, as it is proven.

    Args:
        doubted: its money is held: nobody has decided, or it was not so.
        sold_fen: what was asked for the work itself, not for the food.
        from_at: when it was begun; None where nobody said so.
    """

    kind: HelperKind
    grade: str
    sold_fen: int
    kin: bool
    minor: bool
    guardian_came: bool
    doubted: bool
    from_at: datetime | None
    until_at: datetime


@dataclass(frozen=True)
class Worth:
    """Minutes for the account and minutes for the pool."""

    kept: int
    over: int


def why_nothing(rules: TimeRules, work: Work) -> str | None:
    """Why this work is worth no minutes at all, as a word; None where it may be."""
    mint = rules.mint
    begun = work.from_at is not None and work.from_at < work.until_at
    for stands, word in (
        (work.kind not in mint.helpers, "not_a_volunteer"),
        (work.doubted, "doubted"),
        (work.grade not in mint.grades, "weak_proof"),
        (work.sold_fen > 0 and not mint.sold_work, "sold_work"),
        (work.kin and not mint.own_kin, "own_kin"),
        (_alone(rules, work), "no_guardian"),
        (not begun, "no_beginning"),
    ):
        if stands:
            return word
    return None


def _alone(rules: TimeRules, work: Work) -> bool:
    return rules.mint.minor_with_guardian and work.minor and not work.guardian_came


def new_seconds(stretch: Stretch, counted: Iterable[Stretch]) -> int:
    """The seconds of a stretch that no other one has: no minute counts twice.

    Meals of one round are carried at the same time; each counts from the door before.
    """
    begin, end = stretch
    seconds = 0.0
    for other_from, other_until in sorted(counted):
        if other_from > begin:
            seconds += max(0.0, (min(other_from, end) - begin).total_seconds())
        begin = max(begin, other_until)
        if begin >= end:
            return int(seconds)
    return int(seconds + (end - begin).total_seconds())


def worth(
    rules: TimeRules, seconds: int, *, today: int, held: int, limited: bool = True
) -> Worth:
    """The minutes for so many new seconds, within the day and the account.

    Args:
        today: minutes that the helper has earned on that day already.
        held: the minutes on the account.
        limited: whether the account's limit holds; a team's has none.
    """
    mint = rules.mint
    minutes = rules.rounded(seconds)
    if minutes < max(1, mint.least_minutes):
        return Worth(0, 0)
    minutes = max(0, min(minutes, mint.most_minutes_a_day - today))
    if not limited or mint.most_minutes_kept == 0:
        return Worth(minutes, 0)
    kept = max(0, min(minutes, mint.most_minutes_kept - held))
    return Worth(kept, minutes - kept)
