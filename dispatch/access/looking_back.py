"""Who looked at whom: the audit, asked by the person who was looked at.

Whoever asks sees numbers of files and titles of accounts, never a name or an address.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement
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
    about: str  # what kind of thing it was; `number` is empty where it is nobody's
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


def find_elder_numbered(session: Session, number: str) -> Elder:
    """Raises: NotFound."""
    elder = session.exec(select(Elder).where(Elder.number == number)).first()
    if elder is None:
        raise NotFound("没有这个档案编号。")
    return elder


def find_account_named(session: Session, login: str) -> Account:
    """Raises: NotFound."""
    account = session.exec(select(Account).where(Account.login == login)).first()
    if account is None:
        raise NotFound("没有这个账号。")
    return account


def list_looks_at(
    session: Session, number: str, first_on: date, last_on: date
) -> list[LookRow]:
    """Every look at somebody's file, home, contacts and orders, the newest first.

    Raises:
        NotFound: no file of this number.
    """
    elder = find_elder_numbered(session, number)
    whose = dict.fromkeys(_around(session, [elder]), elder.number)
    return _rows(session, _looks(session, list(whose), first_on, last_on), whose)


def list_deeds_of(
    session: Session, login: str, first_on: date, last_on: date, *, most: int
) -> list[LookRow]:
    """What an account looked at and did, the newest first, so many at most.

    Raises:
        NotFound: no such account.
    """
    account = find_account_named(session, login)
    query = select(Audit).where(
        Audit.account_id == account.id, *_within(first_on, last_on)
    )
    newest = (col(Audit.at).desc(), col(Audit.recorded_at).desc(), col(Audit.id).desc())
    looks = session.exec(query.order_by(*newest).limit(most)).all()
    return _rows(session, looks, _numbers(session, looks))


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


def _numbers(session: Session, looks: Sequence[Audit]) -> dict[UUID, str]:
    """Whose file, door, contact or order each thing is, as far as it is anybody's."""
    ids = {one.object_id for one in looks}
    found: dict[UUID, str] = {}
    homes = select(Elder.household_id, Elder.number).order_by(col(Elder.number))
    for home, number in session.exec(homes.where(col(Elder.household_id).in_(ids))):
        found[home] = f"{found[home]}、{number}" if home in found else number
    for thing, whose in ((Contact, Contact.elder_id), (Order, Order.elder_id)):
        query = select(thing.id, Elder.number).join(Elder, col(Elder.id) == whose)
        found |= dict(session.exec(query.where(col(thing.id).in_(ids))).all())
    files = select(Elder.id, Elder.number).where(col(Elder.id).in_(ids))
    return found | dict(session.exec(files).all())


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
            number=whose.get(one.object_id, ""),
            at=one.at,
            by=known.get(one.account_id, "-") if one.account_id else "-",
            role=one.role,
            action=one.action,
            about=one.object_kind,
            fields=one.fields,
            purpose=one.purpose,
        )
        for one in looks
    ]
