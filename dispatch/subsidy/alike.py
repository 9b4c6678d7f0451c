"""Who is alike to the rules: kinds of person, each of which is asked about once.

Fifty thousand elders are of a few hundred kinds, because numbers are told apart only
by where they lie among those that the rules compare them with.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Hashable, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, Final

from dispatch.people.elder_facts import (
    NOTHING,
    FactKind,
    History,
    signed_station_on,
    standing_on,
)
from dispatch.subsidy.ages import age_on, months_between
from dispatch.subsidy.facts import DISABLED_FROM, NEED_AGE, FactsOn
from dispatch.subsidy.persons import Person
from dispatch.subsidy.policy import ANY, Category, Policy
from dispatch.subsidy.predicates import NUMBERS

# What stands behind the fields of a rule file that are reckoned from others.
_BEHIND: Final = {
    "disabled": ("ability_level",),
    "relief_and_need": ("relief", "ability_level", "dementia", "age"),
}
_ALSO: Final = {"ability_level": DISABLED_FROM, "age": NEED_AGE}
_COLUMN: Final = {"assessment_age_months": "assessed_on"}
_Place = Callable[[Any], Hashable]


class Alike:
    """Under one version of the rules, the categories of each kind of person.

    Attributes:
        columns: of an elder, what the rules ask besides `born_on`.
        kinds: the dated facts that those are.
        asks_signed: whether they also ask with whom somebody has signed.
    """

    def __init__(self, policy: Policy, wanted: Collection[str] | None = None) -> None:
        """Args:
        wanted: the categories that somebody asks for; every one if None.
        """
        asked = _asked(policy, wanted)
        tests = [test for category in asked for test in category.when.tests()]
        fields = {name for t in tests for name in _BEHIND.get(t.f, (t.f,))}
        columns = {_COLUMN.get(name, name) for name in fields}
        self._policy = policy
        self._ids = {category.id for category in asked} | {ANY}
        self._marks = {name: {_ALSO[name]} if name in _ALSO else set()
                       for name in NUMBERS}  # fmt: skip
        for test in tests:
            if test.f in NUMBERS:
                self._marks[test.f] |= {int(value) for value in test.values()}
        every = [(kind, name) for kind, names in NOTHING.items() for name in names]
        told = [(kind, name) for kind, name in every if name in columns]
        self.columns = tuple(name for _, name in told)
        self.kinds: dict[FactKind, list[tuple[int, str]]] = {k: [] for k, _ in told}
        for at, (kind, name) in enumerate(told):
            self.kinds[kind].append((at, name))
        self.asks_signed = "signed_station" in fields
        self._columns_of = _reading(self.columns)
        self._known: dict[Hashable, frozenset[str]] = {}
        self._on: date | None = None
        self._ages: dict[Any, Hashable] = {}
        self._laid: list[tuple[int, dict[Any, Hashable]]] = []

    def categories(self, elder: Any, history: History, on: date) -> frozenset[str]:
        """What the rules make of an elder on a day, of the categories asked for.

        Args:
            elder: an elder, or a row with `station_id`, `born_on` and the columns.
        """
        if self._on != on:
            self._begin(on)
        told = self._told(elder, history, on)
        signed = signed_station_on(elder, history, on) if self.asks_signed else None
        places = list(told)
        for at, laid in self._laid:
            places[at] = laid[told[at]]
        key = (self._ages[elder.born_on], signed, *places)
        known = self._known.get(key)
        if known is None:
            facts = dict(zip(self.columns, told, strict=True))
            if "living" in facts:
                facts["living"] = facts["living"].value
            person = Person(
                born_on=elder.born_on,
                signed_station=str(signed) if signed else None,
                **facts,
            )
            found = FactsOn(self._policy, person, on).categories
            known = self._known[key] = found & self._ids
        return known

    def _told(self, elder: Any, history: History, on: date) -> Sequence[Any]:
        stood = self._columns_of(elder)
        if not history.facts:
            return stood
        told = list(stood)
        for kind in {row.kind for row in history.facts} & self.kinds.keys():
            stands = standing_on(elder, history, kind, on)
            value = stands.value if stands else NOTHING[kind]
            for at, name in self.kinds[kind]:
                told[at] = value[name]
        return told

    def _begin(self, on: date) -> None:
        """Another day: days lie elsewhere beside it, and so do ages."""
        change, among = self._policy.lifecycle.age_change, _among(self._marks["age"])
        self._on = on
        self._ages = _Laid(lambda born_on: among(age_on(born_on, on, change)))
        self._laid = [
            (at, _Laid(place))
            for at, name in enumerate(self.columns)
            if (place := self._place(name, on))
        ]

    def _place(self, name: str, on: date) -> _Place | None:
        """How a column is laid beside the marks; None where each value is its own."""
        if name == "assessed_on":
            among = _among(self._marks["assessment_age_months"])
            return lambda day: among(
                months_between(day, on) if day and day <= on else None
            )
        return _among(self._marks[name]) if name in NUMBERS else None


class _Laid(dict[Any, Hashable]):
    """Where values lie, each laid once: many elders were born on one day."""

    def __init__(self, place: _Place) -> None:
        super().__init__()
        self._place = place

    def __missing__(self, value: Any) -> Hashable:
        lies = self[value] = self._place(value)
        return lies


def _reading(columns: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """How these columns are read of an elder, at once."""
    if len(columns) > 1:
        return attrgetter(*columns)
    return lambda elder: tuple(getattr(elder, name) for name in columns)


def _asked(policy: Policy, wanted: Collection[str] | None) -> list[Category]:
    """These categories and those that they ask about."""
    left = policy.categories_in_order()
    if wanted is None:
        return left
    names, found = set(wanted), []
    for category in reversed(left):
        if category.id in names:
            found.append(category)
            names |= category.when.asks()
    return found


def _among(marks: Collection[int]) -> Callable[[int | None], int]:
    """Where a number lies: below, at, between or above the marks; -1 for none."""
    sorted_marks = sorted(marks)

    def place(value: int | None) -> int:
        if value is None:
            return -1
        return bisect_left(sorted_marks, value) + bisect_right(sorted_marks, value)

    return place
