"""Who looked at whom: the audit, asked by the person who was looked at.

Whoever asks sees numbers of files and titles of accounts, never a name or an address.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.access.accounts import Account
from dispatch.clock import TOWN, town_moment
from dispatch.errors import NotFound
from dispatch.log.audit import Audit
from dispatch.orders.orders import Order
from dispatch.people.elders import Contact, Elder
from dispatch.people.places import Station

WEEK: Final = timedelta(days=7)
_AT_ONCE: Final = 500


@dataclass(frozen=True, kw_only=True)
class LookRow:
    """One look or one act: whose file, when, by whom, what was shown, and why."""

    number: str
    at: datetime
    by: str
    role: str
    action: str
    fields: list[str]
    purpose: str


@dataclass(frozen=True, kw_only=True)
class WatcherRow:
    """What one account looked at within a week: how often, and how many people."""

    by: str
    role: str
    looks: int
    persons: int
    fields: list[str]


def list_looks_at(
    session: Session, number: str, first_on: date, last_on: date
) -> list[LookRow]:
    """Every look at somebody's file, home, contacts and orders, the newest first.

    Raises:
        NotFound: no file of this number.
    """
    elder = session.exec(select(Elder).where(Elder.number == number)).first()
    if elder is None:
        raise NotFound("没有这个档案编号。")
    whose = dict.fromkeys(_around(session, [elder]), elder.number)
    return _rows(session, _looks(session, list(whose), first_on, last_on), whose)


def list_watchers(session: Session, code: str, first_on: date) -> list[WatcherRow]:
    """Who looked at a station's people, their homes and contacts, in the seven days
    from a day on, the busiest first: the list that its head reads every week.

    Raises:
        NotFound: no such station.
    """
    station = session.exec(select(Station).where(Station.code == code)).first()
    if station is None:
        raise NotFound("没有这个驿站。")
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
    for row in _rows(session, looks, whose):
        found.setdefault((row.by, row.role), []).append(row)
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


def _around(session: Session, elders: Sequence[Elder]) -> Iterable[UUID]:
    """What is somebody's: their file, their door, their contacts, their orders."""
    ids = [elder.id for elder in elders]
    yield from ids
    yield from (elder.household_id for elder in elders)
    yield from session.exec(select(Contact.id).where(col(Contact.elder_id).in_(ids)))
    yield from session.exec(select(Order.id).where(col(Order.elder_id).in_(ids)))


def _looks(
    session: Session, keys: Sequence[UUID], first_on: date, last_on: date
) -> list[Audit]:
    begins = town_moment(first_on, 0)
    ends = town_moment(last_on + timedelta(days=1), 0)
    found: list[Audit] = []
    for start in range(0, len(keys), _AT_ONCE):
        query = select(Audit).where(
            col(Audit.object_id).in_(keys[start : start + _AT_ONCE]),
            col(Audit.at) >= begins,
            col(Audit.at) < ends,
        )
        found += session.exec(query).all()
    return sorted(found, key=lambda one: (one.at, one.recorded_at, one.id))[::-1]


def _rows(
    session: Session, looks: Sequence[Audit], whose: dict[UUID, str]
) -> list[LookRow]:
    accounts = {one.account_id for one in looks if one.account_id}
    known = {
        one.id: f"{one.title}（{one.login}）"
        for one in session.exec(select(Account).where(col(Account.id).in_(accounts)))
    }
    return [
        LookRow(
            number=whose[one.object_id],
            at=one.at,
            by=known.get(one.account_id, "-") if one.account_id else "-",
            role=one.role,
            action=one.action,
            fields=one.fields,
            purpose=one.purpose,
        )
        for one in looks
    ]
