"""Who is alike to the rules: kinds of person, each of which is asked about once.

Fifty thousand elders are of a few hundred kinds, because numbers are told apart only
by where they lie among those that the rules compare them with.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from dispatch.people.elder_facts import (
    NOTHING,
    FactKind,
    History,
    read_value,
    signed_station_on,
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
# From when until when a fact holds, and its values in the order of the columns.
_Row = tuple[date, date, tuple[Any, ...]]
Written = Mapping[FactKind, Sequence[_Row]]


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
        self._nothing = {
            kind: tuple(NOTHING[kind][name] for _, name in asked)
            for kind, asked in self.kinds.items()
        }
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
        told = self.told_on(self._columns_of(elder), self.written(history), on)
        signed = signed_station_on(elder, history, on) if self.asks_signed else None
        return self.categories_of(told, elder.born_on, signed, on)

    def categories_of(
        self, told: Sequence[Any], born_on: date, signed: UUID | None, on: date
    ) -> frozenset[str]:
        """The same for whoever is told so in `columns` on that day and was born then.

        Args:
            signed: the station that they have signed with, where the rules ask.
        """
        if self._on != on:
            self._begin(on)
        places = list(told)
        for at, laid in self._laid:
            places[at] = laid[told[at]]
        key = (self._ages[born_on], signed, *places)
        known = self._known.get(key)
        if known is None:
            facts = dict(zip(self.columns, told, strict=True))
            if "living" in facts:
                facts["living"] = facts["living"].value
            person = Person(
                born_on=born_on,
                signed_station=str(signed) if signed else None,
                **facts,
            )
            found = FactsOn(self._policy, person, on).categories
            known = self._known[key] = found & self._ids
        return known

    def age_place(self, born_on: date, on: date) -> Hashable:
        """Where somebody's age lies on a day among those that the rules ask about."""
        if self._on != on:
            self._begin(on)
        return self._ages[born_on]

    def written(self, history: History) -> Written:
        """What was written down of these facts, by kind, the last to begin last."""
        found: dict[FactKind, list[_Row]] = {}
        for row in sorted(history.facts, key=attrgetter("from_on", "seq")):
            if row.kind in self.kinds:
                value = read_value(row.kind, row.value)
                says = tuple(value[name] for _, name in self.kinds[row.kind])
                found.setdefault(row.kind, []).append(
                    (row.from_on, row.until_on or date.max, says)
                )
        return found

    def told_on(
        self, stood: tuple[Any, ...], written: Written, on: date
    ) -> tuple[Any, ...]:
        """The columns on a day, as `elder_facts.standing_on` has it for one kind.

        Args:
            stood: as they stand today, where nothing was written down.
        """
        if not written:
            return stood
        told = list(stood)
        for kind, rows in written.items():
            says = self._nothing[kind]
            for from_on, until_on, value in rows:
                if from_on <= on:
                    says = value if on <= until_on else self._nothing[kind]
            for (at, _), each in zip(self.kinds[kind], says, strict=True):
                told[at] = each
        return tuple(told)

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
