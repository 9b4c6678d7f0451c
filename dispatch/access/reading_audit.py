"""The audit administrator's page: by whom somebody was looked at, what an account did,
a station's week, and whether any line of the audit was changed.

They read the audit and nothing else: numbers of files and titles of accounts, never a
name or an address. Each reading is for a purpose and is written down itself.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from dispatch.access.accounts import Role
from dispatch.access.looking_back import (
    LookRow,
    WatcherRow,
    find_account_named,
    find_elder_numbered,
    list_deeds_of,
    list_looks_at,
    list_watchers,
)
from dispatch.clock import wall_now
from dispatch.errors import BadInput, NotAllowed
from dispatch.log.audit import AuditWaiting, write_down
from dispatch.log.audit_chain import head_of_audit, verify_audit
from dispatch.people.places import Station, get_station
from dispatch.store.unit_of_work import UnitOfWork

MOST_DAYS: Final = 366
MOST_ROWS: Final = 500


class TooManyDays(BadInput):
    """一次最多查一年，而且结束日期不能早于开始日期。"""

    code = "too_many_days"


@dataclass(frozen=True, kw_only=True)
class AuditPage:
    """Looks and deeds, the newest first; `many`: there are more than are shown."""

    rows: list[LookRow]
    many: bool


@dataclass(frozen=True, kw_only=True)
class StationChoice:
    id: UUID
    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ChainReport:
    """The audit's chain looked through: what of it is not as it was written.

    `links` were checked, `waiting` rows are linked within seconds. `head` is the last
    link: whoever wrote it down earlier sees that nothing before it has changed.
    """

    as_of: datetime
    links: int
    waiting: int
    head: str
    broken: list[str]


def read_looks_at(
    uow: UnitOfWork, number: str, first_on: date, last_on: date, purpose: str
) -> AuditPage:
    """Every look at somebody's file, home, contacts and orders.

    Raises: NotFound, TooManyDays.
    """
    _is_theirs(uow, first_on, last_on)
    elder_id = find_elder_numbered(uow.session, number).id
    rows = list_looks_at(uow.session, number, first_on, last_on)
    write_down(uow, "audit_read", "elder", elder_id, purpose=purpose)
    return AuditPage(rows=rows[:MOST_ROWS], many=len(rows) > MOST_ROWS)


def read_deeds_of(
    uow: UnitOfWork, login: str, first_on: date, last_on: date, purpose: str
) -> AuditPage:
    """What an account looked at and did. Raises: NotFound, TooManyDays."""
    _is_theirs(uow, first_on, last_on)
    account_id = find_account_named(uow.session, login).id
    rows = list_deeds_of(uow.session, login, first_on, last_on, most=MOST_ROWS + 1)
    write_down(uow, "audit_read", "account", account_id, purpose=purpose)
    return AuditPage(rows=rows[:MOST_ROWS], many=len(rows) > MOST_ROWS)


def read_watchers(
    uow: UnitOfWork, station_id: UUID, first_on: date, purpose: str
) -> list[WatcherRow]:
    """Who looked at a station's people in the seven days from a day on.

    Raises: NotFound.
    """
    _is_theirs(uow, first_on, first_on)
    station = get_station(uow.session, station_id)
    rows = list_watchers(uow.session, station.code, first_on)
    write_down(uow, "audit_read", "station", station.id, purpose=purpose)
    return rows


def list_station_choices(uow: UnitOfWork) -> list[StationChoice]:
    """The stations whose week may be read, those that have left among them."""
    _is_theirs(uow)
    stations = uow.session.exec(select(Station).order_by(col(Station.code)))
    return [StationChoice(id=one.id, code=one.code, name=one.name) for one in stations]


def read_chain(uow: UnitOfWork) -> ChainReport:
    """Look the whole chain through: dear where there are millions of lines."""
    _is_theirs(uow)
    links, broken = verify_audit(uow.session)
    waiting = uow.session.exec(select(func.count()).select_from(AuditWaiting)).one()
    number, head = head_of_audit(uow.session)
    return ChainReport(
        as_of=wall_now(),
        links=links,
        waiting=waiting,
        head=f"{number}:{head.hex()}",
        broken=broken,
    )


def _is_theirs(
    uow: UnitOfWork, first_on: date | None = None, last_on: date | None = None
) -> None:
    if uow.actor.role != Role.AUDIT_ADMIN:
        raise NotAllowed
    if first_on and last_on and not 0 <= (last_on - first_on).days < MOST_DAYS:
        raise TooManyDays
