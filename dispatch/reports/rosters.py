"""Rosters: the persons that a share is divided by, and which list of them it was.

A roster's version is its day and a hash over its members: whoever counts again gets
the same version or knows that the list is another one.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, partial
from hashlib import sha256
from itertools import compress
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, String, and_, cast, func, or_
from sqlmodel import Session, col, select

from dispatch.access.scope import scoped, within
from dispatch.people.agreements import Agreement
from dispatch.people.elder_facts import (
    History,
    facts_within,
    histories_of,
    signed_station_on,
)
from dispatch.people.elders import Elder
from dispatch.reports.circle import Homes, gone_on, homes_of
from dispatch.store.unit_of_work import Actor
from dispatch.subsidy.alike import Alike
from dispatch.subsidy.policy import ANY, Policy

BASIC: Final = "BASIC"
_OTHERS: Final = ("id", "station_id", "born_on", "died_on", "left_on")


@dataclass(frozen=True)
class Roster:
    """Who was on a list on a day."""

    name: str
    on: date
    members: Sequence[str]  # their ids, in the ids' order

    def __len__(self) -> int:
        return len(self.members)

    @cached_property
    def version(self) -> str:
        told = "".join(self.members)
        return f"{self.name} {self.on} #{sha256(told.encode()).hexdigest()[:8]}"

    def count_in(self, other: "Roster") -> int:
        """How many of them stand on another list, too."""
        return len(frozenset(self.members).intersection(other.members))


def signed_on(session: Session, actor: Actor, on: date) -> Roster:
    """Everybody with an agreement that holds on a day."""
    signed = signed_ids(actor, on).subquery()
    ids = select(_digits(signed.c.elder_id)).order_by(signed.c.elder_id)
    return Roster("签约名册", on, session.execute(ids).scalars().all())


def signed_ids(actor: Actor, on: date) -> Any:
    """For queries: the elders of that roster."""
    return select(col(Elder.id).label("elder_id")).where(is_signed(actor, on))


def is_signed(actor: Actor, on: date) -> ColumnElement[bool]:
    """For queries: an elder stands on that roster."""
    holding = select(Agreement.elder_id).where(
        col(Agreement.from_on) <= on,
        or_(col(Agreement.until_on).is_(None), col(Agreement.until_on) >= on),
    )
    holds = col(Elder.id).in_(holding)
    return and_(*within(actor, Elder), living_on(on), holds)


def _digits(elder_id: Any) -> Any:
    """For queries: an id as its 32 digits. Words are read, compared and put in order
    at a tenth of what ids cost in Python, where a city has fifty thousand.
    """
    return func.replace(cast(elder_id, String), "-", "")


class Register:
    """Everybody on file within somebody's reach, read once for all days asked about.

    Only the columns that are asked: a hundred and fifty thousand elders are many.
    """

    def __init__(self, session: Session, actor: Actor) -> None:
        self._session = session
        self._reach = scoped(actor, Elder)
        self._alike: dict[str, Alike] = {}
        self._crowds: dict[Alike, Crowd] = {}

    @cached_property
    def homes(self) -> Homes:
        """Where everybody lives who is on the map."""
        return homes_of(self._session, self._reach)

    def alike(self, policy: Policy) -> Alike:
        """Who are alike when a 基本养老服务对象 is looked for."""
        known = self._alike.get(policy.version.id)
        if known is None:
            basic = any(category.id == BASIC for category in policy.category)
            known = Alike(policy, (BASIC,) if basic else None)
            self._alike[policy.version.id] = known
        return known

    def crowd(self, alike: Alike) -> "Crowd":
        """Everybody, with what these rules ask."""
        if alike not in self._crowds:
            names = (*_OTHERS[1:], *alike.columns)
            asked = (_digits(Elder.id), *(getattr(Elder, name) for name in names))
            query: Any = self._reach.with_only_columns(*asked).order_by(col(Elder.id))
            rows = self._session.connection().execute(query).all()
            self._crowds[alike] = Crowd(alike, rows, self._histories_for(alike, rows))
        return self._crowds[alike]

    def _histories_for(
        self, alike: Alike, rows: Sequence[Any]
    ) -> Mapping[UUID, History]:
        if alike.asks_signed:
            return histories_of(self._session, [UUID(row[0]) for row in rows])
        ids: Any = self._reach.with_only_columns(col(Elder.id))
        return facts_within(self._session, ids, alike.kinds)


class Crowd:
    """Many elders, sorted by what the rules ask of them: of those who are told alike on
    a day, and are of one age to the rules, one is asked about for all.
    """

    def __init__(
        self, alike: Alike, rows: Sequence[Any], histories: Mapping[UUID, History]
    ) -> None:
        """Args:
        rows: by their ids: `_OTHERS` and the columns that are asked.
        """
        self._alike, self._rows, told = alike, rows, len(_OTHERS)
        self._ids = [row[0] for row in rows]
        asks = alike.asks_signed
        asked = ((row[1] if asks else None, *row[told:]) for row in rows)
        self._kinds, self._kind_of = _numbered(asked)
        self._births, self._birth_of = _numbered(row[2] for row in rows)
        self._gone_on = gone_on((row[3], row[4]) for row in rows)
        at_of = {elder_id: at for at, elder_id in enumerate(self._ids)}
        self._written = [
            (at_of[elder_id.hex], history, alike.written(history))
            for elder_id, history in histories.items()
            if history.facts or history.agreements
        ]

    def members(
        self, entitles: Callable[[frozenset[str]], bool], on: date
    ) -> tuple[str, ...]:
        """Of those who live in the district at the end of a day, who is entitled."""
        alike, kind_of = self._alike, self._kind_of.copy()
        kinds = {kind: number for number, kind in enumerate(self._kinds)}
        for at, history, written in self._written:
            signed, *stood = self._kinds[kind_of[at]]
            if alike.asks_signed:
                signed = signed_station_on(self._rows[at], history, on)
            kind = (signed, *alike.told_on(tuple(stood), written, on))
            kind_of[at] = kinds.setdefault(kind, len(kinds))
        told = list(kinds)
        ages, age_of = _numbered(alike.age_place(born, on) for born in self._births)
        alike_to = kind_of * (len(ages) + 1) + age_of[self._birth_of]
        _, first, which = np.unique(alike_to, return_index=True, return_inverse=True)
        entitled = np.zeros(len(first), dtype=bool)
        for n, at in enumerate(first):
            born_on = self._births[self._birth_of[at]]
            signed, *says = told[kind_of[at]]
            entitled[n] = entitles(alike.categories_of(says, born_on, signed, on))
        found = entitled[which] & (self._gone_on > on.toordinal())
        return tuple(compress(self._ids, found.tolist()))


def _numbered(values: Iterable[Any]) -> tuple[list[Any], NDArray[np.int64]]:
    """The values that there are, and of each which of them it is."""
    known: dict[Any, int] = {}
    numbers = (known.setdefault(value, len(known)) for value in values)
    which = np.fromiter(numbers, dtype=np.int64)
    return list(known), which


def entitled_on(register: Register, policy: Policy, on: date) -> Roster:
    """Everybody whom the rules make a 基本养老服务对象 on a day.

    A rule file that does not name such a category means everybody in any it names.
    """
    alike, entitles = register.alike(policy), cache(partial(_entitled, policy))
    members = register.crowd(alike).members(entitles, on)
    return Roster("基本养老服务对象名册", on, members)


def _entitled(policy: Policy, categories: Collection[str]) -> bool:
    if any(category.id == BASIC for category in policy.category):
        return BASIC in categories
    return bool(set(categories) - {ANY})


def living_on(on: date) -> ColumnElement[bool]:
    """For queries: the elder lives, and lives in the district, at the end of a day."""
    return and_(
        or_(col(Elder.died_on).is_(None), col(Elder.died_on) > on),
        or_(col(Elder.left_on).is_(None), col(Elder.left_on) > on),
    )
