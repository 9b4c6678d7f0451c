"""Categories of an elder on a day (人员类别), each with why, since when, until when.

These are the codes that every district uses. What a district itself makes of them
(基本养老服务对象 and the like) its rule file says, asked by `subsidy.facts.FactsOn`
of the same facts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from dispatch.people.elder_facts import (
    FactKind,
    History,
    Standing,
    facts_on,
    standing_on,
)
from dispatch.people.elders import Elder, Living, age_on

OLDEST_OLD: Final = "LLR"
_OLD: Final = 80
_DISABLED_FROM: Final = 2  # moderate, GB/T 42195
_SEVERE_GRADES: Final = (1, 2)
_LIVING: Final = {Living.ALONE: "DJ", Living.EMPTY_NEST: "KC"}
_FLAGS: Final = {
    FactKind.DEMENTIA: "SZ",
    FactKind.FAMILY: "JSTS",
    FactKind.VETERAN: "YF",
    FactKind.LEFT_BEHIND: "LS",
    FactKind.NO_KIN: "GX",
}


@dataclass(frozen=True, kw_only=True)
class Category:
    """One category: its code, the fact behind it, and the days on which it holds.

    `since_on` is None where nobody knows, `until_on` where it does not end.
    """

    code: str
    why: str
    source: str
    since_on: date | None = None
    until_on: date | None = None


def categories_on(elder: Elder, history: History, on: date) -> tuple[Category, ...]:
    """Every category of an elder on a day, by code; nothing but these three decide."""
    found = [
        *_by_age(elder, on),
        *_by_facts(elder, history, on),
        *_oldest_old(elder, history, on),
    ]
    return tuple(sorted(found, key=lambda each: each.code))


# What may make somebody one of them, beside the age.
OLDEST_OLD_BY: Final = (FactKind.ABILITY, FactKind.DEMENTIA)


def is_oldest_old(elder: Elder, history: History, on: date) -> bool:
    """老老人: eighty and more, or younger with lost ability or dementia."""
    if age_on(elder.born_on, on) >= _OLD:
        return True
    known = facts_on(elder, history, on)
    return bool(known["ability_level"] >= _DISABLED_FROM or known["dementia"])


def birthday(born_on: date, age: int) -> date:
    """The day on which somebody reaches an age; 1 March for 29 February."""
    year = born_on.year + age
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if (born_on.month, born_on.day) == (2, 29) and not leap:
        return date(year, 3, 1)
    return born_on.replace(year=year)


def _by_age(elder: Elder, on: date) -> Iterator[Category]:
    for age in (100, 90, 80):
        if age_on(elder.born_on, on) >= age:
            since = birthday(elder.born_on, age)
            yield Category(code=f"GL{age}", why="age", source="birth", since_on=since)
            return


def _by_facts(elder: Elder, history: History, on: date) -> Iterator[Category]:
    def stands(kind: FactKind) -> Standing | None:
        return standing_on(elder, history, kind, on)

    for kind, code in _FLAGS.items():
        if (flag := stands(kind)) and any(flag.value.values()):
            yield _of(code, kind, flag)
    if (relief := stands(FactKind.RELIEF)) and relief.value["relief"]:
        yield _of(relief.value["relief"], FactKind.RELIEF, relief)
    if (ability := stands(FactKind.ABILITY)) and ability.value["ability_level"]:
        yield _of(f"SN{ability.value['ability_level']}", FactKind.ABILITY, ability)
    grade = stands(FactKind.DISABILITY)
    if grade and grade.value["disability_grade"] in _SEVERE_GRADES:
        yield _of("ZC", FactKind.DISABILITY, grade)
    if (living := stands(FactKind.LIVING)) and living.value["living"] in _LIVING:
        yield _of(_LIVING[living.value["living"]], FactKind.LIVING, living)


def _oldest_old(elder: Elder, history: History, on: date) -> Iterator[Category]:
    """By age if that is enough, else by whichever fact carries it longest."""
    if age_on(elder.born_on, on) >= _OLD:
        since = birthday(elder.born_on, _OLD)
        yield Category(code=OLDEST_OLD, why="age", source="birth", since_on=since)
        return
    carrying = []
    dementia = standing_on(elder, history, FactKind.DEMENTIA, on)
    if dementia and dementia.value["dementia"]:
        carrying.append(_of(OLDEST_OLD, FactKind.DEMENTIA, dementia))
    ability = standing_on(elder, history, FactKind.ABILITY, on)
    if ability and ability.value["ability_level"] >= _DISABLED_FROM:
        carrying.append(_of(OLDEST_OLD, FactKind.ABILITY, ability))
    if carrying:
        yield max(carrying, key=lambda each: each.until_on or date.max)


def _of(code: str, kind: FactKind, stands: Standing) -> Category:
    return Category(
        code=code,
        why=kind.value,
        source=stands.source,
        since_on=stands.from_on,
        until_on=stands.until_on,
    )
