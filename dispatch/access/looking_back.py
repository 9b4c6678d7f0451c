"""Who looked at whom: the audit, asked by the person who was looked at.

Whoever asks sees numbers of files and titles of accounts, never a name or an address.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, union
from sqlmodel import Session, col, select

from dispatch.access.accounts import Account, Role
from dispatch.access.audit_rows import (
    OF_ELDERS,
    LookRow,
    Where,
    find_rows,
    rows_of,
)
from dispatch.clock import TOWN, town_moment
from dispatch.errors import NotFound
from dispatch.log.audit import Audit
from dispatch.people.elders import Contact, Elder
from dispatch.people.places import get_station_coded

WEEK: Final = timedelta(days=7)
_BY_PHONE: Final = ("pass_taken",)
_AT_ONCE: Final = 500


@dataclass(frozen=True, kw_only=True)
class WatcherRow:
    """What one account looked at within a week: how often, and how many people."""

    by: str
    role: str
    looks: int
    persons: int
    fields: list[str]


def find_elder_numbered(session: Session, number: str) -> Elder:
    """Raises: NotFound."""
    elder = session.exec(select(Elder).where(Elder.number == number)).first()
    if elder is None:
        raise NotFound("没有这个档案编号。")
    return elder


def looks_at(elder: Elder, first_on: date, last_on: date) -> Where:
    """Every look at somebody's file, home, contacts, orders, cases and calls for help.

    Exported forms and printed packs are about many at once and are not among them: they
    stand under the account that took them.
    """
    theirs = (select(key).where(whose == elder.id) for key, whose in OF_ELDERS)
    return col(Audit.object_id).in_(union(*theirs)), *_within(first_on, last_on)


def deeds_of(account: Account, first_on: date, last_on: date) -> Where:
    """What an account looked at and did, and what was done to it or, where it is a
    helper's, to them.
    """
    about_it = or_(
        _about("account", account.id),
        *(_about("helper", one) for one in [account.helper_id] if one),
    )
    either = or_(col(Audit.account_id) == account.id, about_it)
    return either, *_within(first_on, last_on)


def done_on_the_machine(first_on: date, last_on: date) -> Where:
    """What commands on the machine did: nobody signed in.

    The timers look at nobody and write nothing here. A day pass is taken by a phone on
    the street, before it is anybody's: that stands with the helper whose it is.
    """
    nobody = col(Audit.role) == Role.SYSTEM.value
    inside = col(Audit.action).not_in(_BY_PHONE)
    return nobody, inside, *_within(first_on, last_on)


def _about(kind: str, what: UUID) -> ColumnElement[bool]:
    return and_(col(Audit.object_kind) == kind, col(Audit.object_id) == what)


def list_looks_at(
    session: Session, number: str, first_on: date, last_on: date
) -> list[LookRow]:
    """Every look at somebody, the newest first.

    Raises:
        NotFound: no file of this number.
    """
    elder = find_elder_numbered(session, number)
    rows = find_rows(session, looks_at(elder, first_on, last_on))
    return [replace(row, number=elder.number) for row in rows]


def list_done_on_the_machine(
    session: Session, first_on: date, last_on: date
) -> list[LookRow]:
    """Every deed that nobody had signed in for, the newest first."""
    return find_rows(session, done_on_the_machine(first_on, last_on))


def list_watchers(session: Session, code: str, first_on: date) -> list[WatcherRow]:
    """Who looked at a station's people, their homes and contacts, in the seven days
    from a day on, the busiest first: the list that its head reads every week.

    Raises:
        NotFound: no such station.
    """
    station = get_station_coded(session, code)
    query = select(Elder).where(Elder.station_id == station.id)
    whose = {
        key: elder.number
        for elder in session.exec(query).all()
        for key in (elder.id, elder.household_id)
    }
    theirs = select(Contact.id, Elder.number).join(
        Elder, col(Elder.id) == Contact.elder_id
    )
    whose |= dict(session.exec(theirs.where(Elder.station_id == station.id)).all())
    last_on = first_on + WEEK - timedelta(days=1)
    found: dict[tuple[str, str], list[LookRow]] = {}
    looks = _looks(session, list(whose), first_on, last_on)
    for look, row in zip(looks, rows_of(session, looks), strict=True):
        mine = replace(row, number=whose[look.object_id])
        found.setdefault((row.by, row.role), []).append(mine)
    told = [
        WatcherRow(
            by=by,
            role=role,
            looks=len(rows),
            persons=len({row.number for row in rows}),
            fields=sorted({field for row in rows for field in row.fields}),
        )
        for (by, role), rows in found.items()
    ]
    return sorted(told, key=lambda one: (-one.persons, -one.looks, one.by))


def as_facts(row: LookRow | WatcherRow) -> dict[str, object]:
    """One row as it is printed; the hour is the town's."""
    told = asdict(row)
    if isinstance(row, LookRow):
        told["at"] = row.at.astimezone(TOWN).isoformat(timespec="seconds")
    return told


def _looks(
    session: Session, keys: Sequence[UUID], first_on: date, last_on: date
) -> list[Audit]:
    days = _within(first_on, last_on)
    found: list[Audit] = []
    for start in range(0, len(keys), _AT_ONCE):
        some = col(Audit.object_id).in_(keys[start : start + _AT_ONCE])
        found += session.exec(select(Audit).where(some, *days)).all()
    return sorted(found, key=lambda one: (one.at, one.recorded_at, one.id))[::-1]


def _within(first_on: date, last_on: date) -> tuple[ColumnElement[bool], ...]:
    begins = town_moment(first_on, 0)
    ends = town_moment(last_on + timedelta(days=1), 0)
    return col(Audit.at) >= begins, col(Audit.at) < ends
