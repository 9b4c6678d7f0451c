"""Who has which duty: from what is known of an elder on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dispatch.duties.rules import DutyFile, DutyRule


@dataclass(frozen=True)
class About:
    """What duties ask of an elder. `since`: from when we answer for them,
    `signed`: by an agreement (签约).

    `own_days` is the rhythm that was agreed with them, `care_minutes` a month's
    minutes of their home-care bed; None where there is none.
    """

    categories: frozenset[str]
    living: str
    since: date
    own_days: int | None = None
    care_minutes: int | None = None
    signed: bool = True


@dataclass(frozen=True)
class Held:
    """One duty that is owed to one elder. `since`: periods from here on are judged."""

    rule: DutyRule
    since: date
    days: int | None = None
    minutes: int | None = None


def held_by(file: DutyFile, about: About) -> list[Held]:
    """The duties owed to an elder, in the file's order."""
    rules = [rule for rule in file.duty if _holds(rule, about)]
    replaced = {name for rule in rules for name in rule.instead_of}
    since = max(about.since, file.version.counted_from)
    return [_held(rule, about, since) for rule in rules if rule.id not in replaced]


def _held(rule: DutyRule, about: About, since: date) -> Held:
    own = rule.by == "own_interval"
    return Held(
        rule,
        # A rhythm runs from the last time, also from one before we began to count.
        since=about.since if rule.days or own else since,
        days=about.own_days if own else rule.days,
        minutes=about.care_minutes if rule.by == "care_plan" else None,
    )


def _holds(rule: DutyRule, about: About) -> bool:
    if rule.by == "own_interval" and about.own_days is None:
        return False
    if rule.by == "care_plan" and not about.care_minutes:
        return False
    if rule.signed_only and not about.signed:
        return False
    among = not rule.categories or not about.categories.isdisjoint(rule.categories)
    return among and (not rule.living or about.living in rule.living)


def competing(held: Iterable[Held]) -> list[list[Held]]:
    """Duties that may want the same encounters stand together."""
    groups: list[tuple[set[str], list[Held]]] = []
    for one in held:
        words, members = set(one.rule.words), [one]
        for group in [group for group in groups if group[0] & words]:
            groups.remove(group)
            words |= group[0]
            members = group[1] + members
        groups.append((words, members))
    return [members for _, members in groups]
