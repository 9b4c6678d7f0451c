"""Usage of subsidies in a month, from the ledger only.

人次 (`orders`), 人数 (`persons`, each counted once) and 人日 (`person_days`) are three
different counts. An order that was taken back is in none of them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, Subquery, case, cast, func
from sqlalchemy import select as columns_of
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from dispatch.access.scope import scoped
from dispatch.people.places import Station
from dispatch.store.unit_of_work import Actor, UnitOfWork
from dispatch.subsidy.elder_rules import NATIONAL_COUPON
from dispatch.subsidy.grants import Grant
from dispatch.subsidy.ledger import (
    AccountKind,
    Entry,
    EntryKind,
    LedgerAccount,
    Posting,
)

_SUBSIDY = (AccountKind.ADVANCE, AccountKind.DUE)


@dataclass(frozen=True)
class Sums:
    """Counts and fen; `price_fen` holds fees too, and the other four add up to it.

    `borne_fen`: promised to the elder and not granted, for weak evidence mostly; the
    point bears it, never the elder. Below 0 more was granted than was promised.
    """

    orders: int = 0
    persons: int = 0
    person_days: int = 0
    price_fen: int = 0
    subsidy_fen: int = 0
    coupon_fen: int = 0
    self_fen: int = 0
    borne_fen: int = 0


@dataclass(frozen=True)
class UsageRow:
    """One station, one channel, one kind of person."""

    station_id: UUID
    station: str
    channel: str
    category: str
    sums: Sums


@dataclass(frozen=True)
class Ties:
    """The same granted fen counted in four ways."""

    lines: int
    persons: int
    stations: int
    report: int

    @property
    def ok(self) -> bool:
        return self.lines == self.persons == self.stations == self.report


@dataclass(frozen=True)
class Usage:
    """A month's table. `rules` are the versions by which its entries were made."""

    period: str
    as_of: datetime
    rules: tuple[str, ...]
    rows: tuple[UsageRow, ...]
    totals: Sums
    ties: Ties


def usage_of(uow: UnitOfWork, period: str) -> Usage:
    """The month's usage within the actor's reach. `period` is YYYY-MM."""
    session = uow.session
    kept = live_entries(uow.actor, period)
    by = (kept.c.station_id, kept.c.channel, kept.c.category)
    query = (
        _sums(kept, *by, col(Station.name))
        .join(Station, col(Station.id) == kept.c.station_id)
        .group_by(*by, col(Station.name), col(Station.code))
        .order_by(col(Station.code), kept.c.channel, kept.c.category)
    )
    rows = tuple(
        UsageRow(station_id, name, channel, category, Sums(*map(int, sums)))
        for station_id, channel, category, name, *sums in session.execute(query)
    )
    totals = Sums(*(int(n or 0) for n in session.execute(_sums(kept)).one()))
    versions = select(kept.c.rule_version).distinct().order_by(kept.c.rule_version)
    return Usage(
        period=period,
        as_of=uow.now,
        rules=tuple(session.exec(versions)),
        rows=rows,
        totals=totals,
        ties=_ties(session, uow.actor, period, rows),
    )


def live_entries(actor: Actor, period: str) -> Subquery:
    """The month's entries in the actor's reach that nothing takes back."""
    back = aliased(Entry)
    taken_back = select(back.id).where(col(back.reverses_id) == col(Entry.id)).exists()
    return (
        scoped(actor, Entry)
        .where(Entry.period == period, Entry.kind == EntryKind.SERVICE, ~taken_back)
        .subquery()
    )


def _sums(kept: Subquery, *columns: Any) -> Select[Any]:
    kind, fen = col(LedgerAccount.kind), col(Posting.fen)
    coupon = col(LedgerAccount.payer) == NATIONAL_COUPON
    person_day = cast(kept.c.elder_id, String) + cast(kept.c.service_on, String)
    entries = func.count(kept.c.id.distinct())
    return (
        columns_of(
            *columns,
            entries,
            func.count(kept.c.elder_id.distinct()),
            func.count(person_day.distinct()),
            func.sum(case((kind == AccountKind.INCOME, -fen), else_=0)),
            func.sum(case((kind.in_(_SUBSIDY) & ~coupon, fen), else_=0)),
            func.sum(case((kind.in_(_SUBSIDY) & coupon, fen), else_=0)),
            func.sum(case((kind == AccountKind.SELF, fen), else_=0)),
            func.sum(case((kind == AccountKind.DIFFERENCE, fen), else_=0)),
        )
        .select_from(kept)
        .join(Posting, col(Posting.entry_id) == kept.c.id)
        .join(LedgerAccount, col(LedgerAccount.code) == col(Posting.account))
    )


def _ties(
    session: Session, actor: Actor, period: str, rows: tuple[UsageRow, ...]
) -> Ties:
    """Granted lines; each person's postings, taken back ones too; accounts; report."""
    kept = live_entries(actor, period)
    lines = (
        select(func.coalesce(func.sum(Grant.fen), 0))
        .join(kept, kept.c.id == col(Grant.entry_id))
        .where(col(Grant.reversed_by).is_(None))
    )
    every = scoped(actor, Entry).where(Entry.period == period).subquery()
    paid = (
        select(every.c.elder_id, LedgerAccount.station_id, Posting.fen)
        .join(every, every.c.id == col(Posting.entry_id))
        .join(LedgerAccount, col(LedgerAccount.code) == col(Posting.account))
        .where(col(LedgerAccount.kind).in_(_SUBSIDY))
        .subquery()
    )
    return Ties(
        lines=int(session.exec(lines).one()),
        persons=_sum_by(session, paid, paid.c.elder_id),
        stations=_sum_by(session, paid, paid.c.station_id),
        report=sum(row.sums.subsidy_fen + row.sums.coupon_fen for row in rows),
    )


def _sum_by(session: Session, paid: Subquery, column: ColumnElement[Any]) -> int:
    query = select(func.sum(paid.c.fen)).group_by(column)
    return sum(int(fen) for fen in session.exec(query))
