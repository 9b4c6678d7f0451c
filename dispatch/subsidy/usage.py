"""Usage of subsidies in a month, from the ledger's sums only (`reports.month_sums`).

人次 (`orders`), 人数 (`persons`, each counted once) and 人日 (`person_days`) are three
different counts. An order that was taken back in the same books is in none of them.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from dispatch.access.scope import scoped
from dispatch.people.places import Station
from dispatch.reports.month_sums import MonthGrant
from dispatch.reports.spans import span_of
from dispatch.reports.sums import Sums as MonthSums
from dispatch.reports.sums import sums_by, total_of
from dispatch.store.unit_of_work import Actor, UnitOfWork
from dispatch.subsidy.ledger import Entry, EntryKind
from dispatch.subsidy.ledger_accounts import OWED
from dispatch.subsidy.months.periods import state_of
from dispatch.subsidy.rule_versions import RuleVersion


@dataclass(frozen=True)
class Sums:
    """Counts and fen; `price_fen` holds fees too, and all the other fen add up to it.

    `borne_fen`: promised to the elder and not granted, for weak evidence mostly; the
    point bears it, never the elder. Below 0 more was granted than was promised.
    `external_fen`: an insurance or the like settled it. `other_fen`: what corrections
    of closed months give to elders or take back from them.
    """

    orders: int = 0
    persons: int = 0
    person_days: int = 0
    price_fen: int = 0
    subsidy_fen: int = 0
    coupon_fen: int = 0
    self_fen: int = 0
    borne_fen: int = 0
    external_fen: int = 0
    other_fen: int = 0


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
    """The same granted fen counted in four ways.

    `prices`: what is left of the services' prices once elders, points, insurances and
    others have borne their parts; `persons` and `stations`: each one's grants, added
    up; `report`: the rows as they are shown. The first comes from other accounts than
    the next two. That all of them are the ledger's own is a look at every posting of
    the month: `verify` does it (`dispatch.subsidy.checking`).
    """

    prices: int
    persons: int
    stations: int
    report: int

    @property
    def ok(self) -> bool:
        return self.prices == self.persons == self.stations == self.report


@dataclass(frozen=True)
class Usage:
    """A month's table. `rules` are the versions by which its entries were made."""

    period: str
    state: str
    as_of: datetime
    rules: tuple[str, ...]
    rows: tuple[UsageRow, ...]
    totals: Sums
    ties: Ties


def usage_of(uow: UnitOfWork, period: str) -> Usage:
    """The month's usage within the actor's reach. `period` is YYYY-MM."""
    session, actor, span = uow.session, uow.actor, span_of(period)
    stations = {str(one.id): one for one in session.exec(select(Station))}
    groups = sums_by(session, actor, span, ("station_id", "channel", "category"))
    rows = tuple(
        UsageRow(UUID(station), stations[station].name, channel, category, _plain(sums))
        for (station, channel, category), sums in sorted(
            groups.items(), key=lambda one: (stations[one[0][0]].code, *one[0])
        )
    )
    whole = total_of(session, actor, span)
    return Usage(
        period=period,
        state=state_of(session, period).value,
        as_of=uow.now,
        rules=_rules(session, actor, period),
        rows=rows,
        totals=_plain(whole),
        ties=_ties(session, actor, period, rows, whole),
    )


def _plain(sums: MonthSums) -> Sums:
    return Sums(**{one.name: getattr(sums, one.name) for one in fields(Sums)})


def _rules(session: Session, actor: Actor, period: str) -> tuple[str, ...]:
    """Each version is asked for once: the first entry that used it is enough."""
    used = (
        scoped(actor, Entry)
        .where(Entry.period == period)
        .where(col(Entry.rule_version) == col(RuleVersion.id))
        .exists()
    )
    query = select(RuleVersion.id).where(used).order_by(col(RuleVersion.id))
    return tuple(session.exec(query))


def live_entries(actor: Actor, period: str) -> Subquery:
    """The month's entries in the actor's reach that nothing in its books takes back.

    What a later month takes back stands there as taken back: this month's books stay.
    """
    back = aliased(Entry)
    taken_back = (
        select(back.id)
        .where(col(back.reverses_id) == col(Entry.id))
        .where(col(back.period) == col(Entry.period))
        .exists()
    )
    return (
        scoped(actor, Entry)
        .where(Entry.period == period, Entry.kind == EntryKind.SERVICE, ~taken_back)
        .subquery()
    )


def _ties(
    session: Session,
    actor: Actor,
    period: str,
    rows: tuple[UsageRow, ...],
    whole: MonthSums,
) -> Ties:
    borne = whole.self_fen + whole.borne_fen + whole.other_fen + whole.external_fen
    owed = (
        scoped(actor, MonthGrant)
        .where(MonthGrant.period == period, col(MonthGrant.kind).in_(OWED))
        .subquery()
    )
    return Ties(
        prices=whole.price_fen - borne,
        persons=_sum_by(session, owed, owed.c.elder_id),
        stations=_sum_by(session, owed, owed.c.station_id),
        report=sum(row.sums.subsidy_fen + row.sums.coupon_fen for row in rows),
    )


def _sum_by(session: Session, owed: Subquery, column: ColumnElement[Any]) -> int:
    query = select(func.sum(owed.c.fen)).group_by(column)
    return sum(int(fen) for fen in session.exec(query))
