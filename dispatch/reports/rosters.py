"""Rosters: the persons that a share is divided by, and which list of them it was.

A roster's version is its day and a hash over its members: whoever counts again gets
the same version or knows that the list is another one.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, partial
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from dispatch.access.scope import scoped
from dispatch.people.agreements import Agreement
from dispatch.people.elder_facts import (
    NO_HISTORY,
    History,
    facts_within,
    histories_of,
)
from dispatch.people.elders import Elder
from dispatch.reports.circle import Homes, homes_of
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
    members: frozenset[UUID]

    def __len__(self) -> int:
        return len(self.members)

    @cached_property
    def version(self) -> str:
        told = "".join(sorted(member.hex for member in self.members))
        return f"{self.name} {self.on} #{sha256(told.encode()).hexdigest()[:8]}"


def signed_on(session: Session, actor: Actor, on: date) -> Roster:
    """Everybody with an agreement that holds on a day."""
    return Roster("签约名册", on, frozenset(session.exec(signed_ids(actor, on))))


def signed_ids(actor: Actor, on: date) -> Any:
    """For queries: the elders of that roster."""
    reach = scoped(actor, Elder).where(living_on(on)).subquery()
    return (
        select(Agreement.elder_id)
        .join(reach, reach.c.id == col(Agreement.elder_id))
        .where(
            Agreement.from_on <= on,
            or_(col(Agreement.until_on).is_(None), col(Agreement.until_on) >= on),
        )
        .distinct()
    )


class Register:
    """Everybody on file within somebody's reach, read once for all days asked about.

    Only the columns that are asked: a hundred and fifty thousand elders are many.
    """

    def __init__(self, session: Session, actor: Actor) -> None:
        self._session = session
        self._reach = scoped(actor, Elder)
        self._alike: dict[str, Alike] = {}
        self._rows: dict[tuple[str, ...], Sequence[Any]] = {}
        self._histories: dict[Alike, Mapping[UUID, History]] = {}

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

    def people(self, alike: Alike, on: date) -> Iterator[tuple[Any, History]]:
        """Who lives in the district at the end of a day, and what was written down."""
        histories = self._histories_for(alike)
        for row in self._rows_with(alike.columns):
            if (row.died_on is None or row.died_on > on) and (
                row.left_on is None or row.left_on > on
            ):
                yield row, histories.get(row.id, NO_HISTORY)

    def _rows_with(self, columns: tuple[str, ...]) -> Sequence[Any]:
        if columns not in self._rows:
            asked = [getattr(Elder, name) for name in (*_OTHERS, *columns)]
            query: Any = self._reach.with_only_columns(*asked)
            self._rows[columns] = self._session.execute(query).all()
        return self._rows[columns]

    def _histories_for(self, alike: Alike) -> Mapping[UUID, History]:
        if alike not in self._histories:
            ids: Any = self._reach.with_only_columns(col(Elder.id))
            self._histories[alike] = (
                histories_of(self._session, self._session.execute(ids).scalars().all())
                if alike.asks_signed
                else facts_within(self._session, ids, alike.kinds)
            )
        return self._histories[alike]


def entitled_on(register: Register, policy: Policy, on: date) -> Roster:
    """Everybody whom the rules make a 基本养老服务对象 on a day.

    A rule file that does not name such a category means everybody in any it names.
    """
    alike, entitles = register.alike(policy), cache(partial(_entitled, policy))
    members = frozenset(
        elder.id
        for elder, history in register.people(alike, on)
        if entitles(alike.categories(elder, history, on))
    )
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
