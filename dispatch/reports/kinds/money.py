"""Money beside the elders' services: of stations, and what waits for a decision."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from dispatch.access.scope import scoped
from dispatch.orders.orders import Order
from dispatch.reports.figures import Looking
from dispatch.subsidy.anomalies.anomaly import open_holds
from dispatch.subsidy.grants import Promise
from dispatch.subsidy.ledger import Entry, EntryKind, Posting
from dispatch.subsidy.ledger_accounts import OWED, LedgerAccount


def station_side(look: Looking) -> dict[str, int]:
    """By station, what its month earned by station-side subsidies."""
    found: dict[str, int] = defaultdict(int)
    for (station, _), fen in station_side_by_rule(look).items():
        found[station] += fen
    return dict(found)


def station_side_by_rule(look: Looking) -> dict[tuple[str, str], int]:
    """The same by station and rule."""
    entries = _of_nobody(look, EntryKind.STATION)
    by = (entries.c.station_id, Posting.subsidy)
    query = _owed(entries, *by).group_by(*by)
    return {
        (str(station), str(rule or "")): int(fen)
        for station, rule, fen in look.session.execute(query)
    }


def paid_by_payer(look: Looking) -> dict[str, int]:
    """By payer, what it has paid in these books, above 0."""
    entries = _of_nobody(look, EntryKind.PAYOUT, EntryKind.REIMBURSEMENT)
    query = _owed(entries, LedgerAccount.payer).group_by(col(LedgerAccount.payer))
    return {str(payer): -int(fen) for payer, fen in look.session.execute(query)}


def _of_nobody(look: Looking, *kinds: EntryKind) -> Any:
    """Entries of these kinds: none has an elder, and so their index finds them."""
    query = scoped(look.actor, Entry).where(
        col(Entry.elder_id).is_(None),
        look.span.holds(col(Entry.period)),
        col(Entry.kind).in_(kinds),
    )
    return query.subquery()


def _owed(entries: Any, *by: Any) -> Any:
    return (
        select(*by, func.sum(col(Posting.fen)))
        .select_from(entries)
        .join(Posting, col(Posting.entry_id) == entries.c.id)
        .join(LedgerAccount, col(LedgerAccount.code) == col(Posting.account))
        .where(col(LedgerAccount.kind).in_(OWED))
    )


def held_by_station(look: Looking) -> dict[str, int]:
    """By station, the subsidies that wait until a person has decided on a doubt.

    What is held has no grant yet: its promise says how much it would be.
    """
    if not look.span.is_month:
        return {}
    holds = open_holds(look.session, look.span.words)
    return _promised(
        look.session, {one.order_id for one in holds if one.order_id}, look
    )


def _promised(session: Session, orders: set[UUID], look: Looking) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    wanted = sorted(orders)
    reach = scoped(look.actor, Order).subquery()
    for start in range(0, len(wanted), 500):
        query = (
            select(reach.c.station_id, func.sum(col(Promise.fen)))
            .select_from(reach)
            .join(Promise, col(Promise.order_id) == reach.c.id)
            .where(reach.c.id.in_(wanted[start : start + 500]))
            .group_by(reach.c.station_id)
        )
        for station, fen in session.execute(query):
            found[str(station)] += int(fen)
    return dict(found)
