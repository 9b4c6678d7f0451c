"""The audit administrator's page: by whom somebody was looked at, what an account did,
what was done to it or on the machine, a station's week, and whether any line of the
audit was changed.

They read the audit and nothing else: numbers of files and titles of accounts, never a
name or an address. Each reading is for a purpose and is written down itself.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from dispatch.access.accounts import Role, get_account_named
from dispatch.access.audit_rows import AuditPage, Turn, Where, page_of_rows
from dispatch.access.looking_back import (
    WatcherRow,
    deeds_of,
    done_on_the_machine,
    find_elder_numbered,
    list_watchers,
    looks_at,
)
from dispatch.clock import wall_now
from dispatch.errors import BadInput, NotAllowed
from dispatch.log.audit import AuditWaiting, write_down
from dispatch.log.audit_chain import head_of_audit, verify_audit
from dispatch.people.places import Station, get_station
from dispatch.store.unit_of_work import UnitOfWork

MOST_DAYS: Final = 366
FIRST_PAGE: Final = Turn()
MACHINE: Final = UUID(int=0)  # the audit's object where it is no row of a table


class TooManyDays(BadInput):
    """一次最多查一年，而且结束日期不能早于开始日期。"""

    code = "too_many_days"


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


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Some days, what they are looked at for, and the page of what is found."""

    first_on: date
    last_on: date
    purpose: str
    turn: Turn = FIRST_PAGE


def read_looks_at(uow: UnitOfWork, number: str, asked: Asked) -> AuditPage:
    """Every look at somebody's file, home, contacts, orders, cases and calls for help.

    Raises: NotFound, TooManyDays.
    """
    _is_theirs(uow, asked.first_on, asked.last_on)
    elder = find_elder_numbered(uow.session, number)
    where = looks_at(elder, asked.first_on, asked.last_on)
    return _page(uow, where, asked, "elder", elder.id)


def read_deeds_of(uow: UnitOfWork, login: str, asked: Asked) -> AuditPage:
    """What an account looked at and did, and what was done to it.

    Raises: NotFound, TooManyDays.
    """
    _is_theirs(uow, asked.first_on, asked.last_on)
    account = get_account_named(uow.session, login)
    where = deeds_of(account, asked.first_on, asked.last_on)
    return _page(uow, where, asked, "account", account.id)


def read_done_on_the_machine(uow: UnitOfWork, asked: Asked) -> AuditPage:
    """What commands did that nobody signed in for. Raises: TooManyDays."""
    _is_theirs(uow, asked.first_on, asked.last_on)
    where = done_on_the_machine(asked.first_on, asked.last_on)
    return _page(uow, where, asked, "machine", MACHINE)


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


def _page(
    uow: UnitOfWork, where: Where, asked: Asked, about: str, what: UUID
) -> AuditPage:
    """A page of what was asked for; that it was read is written down after it."""
    page = page_of_rows(uow.session, where, asked.turn)
    write_down(uow, "audit_read", about, what, purpose=asked.purpose)
    return page


def _is_theirs(
    uow: UnitOfWork, first_on: date | None = None, last_on: date | None = None
) -> None:
    if uow.actor.role != Role.AUDIT_ADMIN:
        raise NotAllowed
    if first_on and last_on and not 0 <= (last_on - first_on).days < MOST_DAYS:
        raise TooManyDays
