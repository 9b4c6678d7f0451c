"""Closing a month: one transaction, one close, and a hash that covers all of it."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.errors import Conflict, NotAllowed
from dispatch.log.audit_chain import head_of_audit
from dispatch.log.book_chain import head_of_books
from dispatch.log.events import record
from dispatch.store.fail_points import fail_point
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.ledger import Entry, LedgerAccount, Posting
from dispatch.subsidy.ledger_accounts import OWED
from dispatch.subsidy.months.blocking import Blocker, blockers
from dispatch.subsidy.months.lines import BEGINNING, seal_lines, sealed_columns
from dispatch.subsidy.months.periods import Period, PeriodState, hold_alone
from dispatch.subsidy.months.sealing import seal_period
from dispatch.subsidy.months.signing import MonthIsClosed, subject_of
from dispatch.subsidy.months.steps import PAID_BACK, list_steps


class MonthNotReady(Conflict):
    """这个月还不能月结。"""

    code = "month_not_ready"

    def __init__(self, found: list[Blocker]) -> None:
        words = "；".join(blocker.words for blocker in found)
        super().__init__(f"还不能月结：{words}。", blockers=[b.kind for b in found])
        self.found = tuple(found)


@dataclass(frozen=True)
class Head:
    """What a closed month is: printed on its statement, it lets anybody check it."""

    month: str
    hash: str
    lines: int
    totals: dict[str, int]


def close_month(uow: UnitOfWork, period: str) -> Head:
    """Close a month for good. Of several who try at once one closes it.

    Nothing is booked in it since its public notice, so that whoever delivers
    meanwhile waits for nobody.

    Raises:
        NotAllowed: only the district closes.
        MonthNotReady: with everything that is still open.
        MonthIsClosed: somebody has closed it.
    """
    if uow.actor.role != "district" or uow.actor.account_id is None:
        raise NotAllowed("月结由区级办理。")
    held = hold_alone(uow.session, period)
    if held.state is PeriodState.CLOSED:
        raise MonthIsClosed
    if found := blockers(uow.session, period):
        raise MonthNotReady(found)
    _close(uow, held)
    record(
        uow,
        "period.closed",
        "period",
        subject_of(period),
        facts={"month": period, "head": held.head_hash, "lines": held.line_count},
    )
    fail_point("month.closed")
    return head_of(held)


def head_of(closed: Period) -> Head:
    """The head of a month that is closed.

    Raises: Conflict, while it is not.
    """
    if closed.head_hash is None or closed.totals is None or closed.line_count is None:
        raise Conflict("这个月还没有月结。")
    totals = json.loads(closed.totals)["totals"]
    return Head(closed.month, closed.head_hash, closed.line_count, totals)


def previous_head(session: Session, month: str) -> str:
    """The head of the last month closed before this one; empty for the first."""
    query = (
        select(Period.head_hash)
        .where(Period.month < month, Period.state == PeriodState.CLOSED)
        .order_by(col(Period.month).desc())
    )
    return session.exec(query.limit(1)).first() or ""


def totals_of(session: Session, month: str) -> dict[str, int]:
    """Counts and fen of a month from its entries and postings."""
    return dict(_totals(session, month))


def _close(uow: UnitOfWork, held: Period) -> None:
    """The lines first, then the row, then its hash over the row as it is kept."""
    session, columns = uow.session, sealed_columns()
    previous = previous_head(session, held.month)
    (number, audit), (link, books) = head_of_audit(session), head_of_books(session)
    told = {
        "audit": [number, audit.hex()],
        "books": [link, books.hex()],
        "columns": columns,
        "totals": totals_of(session, held.month),
    }
    before = bytes.fromhex(previous) or BEGINNING
    count, last = seal_lines(session, held.month, before, columns)
    fail_point("month.sealed")
    held.previous_hash, held.line_count, held.lines_hash = previous, count, last.hex()
    held.totals = json.dumps(told, sort_keys=True, separators=(",", ":"))
    held.state, held.closed_at = PeriodState.CLOSED, uow.now
    held.closed_by, held.head_hash = uow.actor.account_id, ""
    session.add(held)
    session.flush()
    seal_period(session, held, list_steps(session, held.month)[-1])
    session.add(held)
    session.flush()


def _totals(session: Session, month: str) -> Iterator[tuple[str, int]]:
    counting = select(func.count(), func.count(col(Entry.elder_id).distinct()))
    entries, persons = session.exec(counting.where(col(Entry.period) == month)).one()
    yield "entries", entries
    yield "persons", persons
    query = (
        select(Entry.kind, LedgerAccount.kind, LedgerAccount.payer)
        .add_columns(func.sum(Posting.fen))
        .join(Posting, col(Posting.account) == col(LedgerAccount.code))
        .join(Entry, col(Entry.id) == col(Posting.entry_id))
        .where(col(Entry.period) == month)
        .group_by(col(Entry.kind), col(LedgerAccount.kind), col(LedgerAccount.payer))
    )
    granted = 0
    found: Counter[str] = Counter()
    for entry, kind, payer, fen in session.execute(query):
        granted += int(fen) if kind in OWED and entry not in PAID_BACK else 0
        found[":".join(filter(None, (kind, payer))) + "_fen"] += int(fen)
    yield from sorted(found.items())
    yield "subsidy_fen", granted
