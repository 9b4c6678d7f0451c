"""Budgets: what a payer may spend in a year, and what is left of it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, func
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.reports.month_sums import MonthGrant
from dispatch.store.columns import Instant
from dispatch.subsidy.ledger import Entry, EntryKind, LedgerAccount, Posting
from dispatch.subsidy.ledger_accounts import OWED
from dispatch.subsidy.payouts import Payout

MOST_FEN = 10**13  # a hundred thousand million yuan


class BudgetLine(SQLModel, table=True):
    """One decision about a payer's year: set, raised or, below 0, cut. It stays."""

    __tablename__ = "budget_line"
    __table_args__ = (
        CheckConstraint(f"fen BETWEEN -{MOST_FEN} AND {MOST_FEN}", name="some_budget"),
        CheckConstraint("fen <> 0 AND fen = CAST(fen AS BIGINT)", name="whole_fen"),
        CheckConstraint("year BETWEEN 2000 AND 2199", name="a_year"),
        Index("budget_of_a_year", "year", "payer"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    payer: str = Field(max_length=64)
    year: int
    fen: int = Field(sa_column=Column(BigInteger(), nullable=False))
    doc_no: str = Field(max_length=60)  # 文号
    made_at: datetime = Field(sa_type=Instant)
    made_by: UUID | None = Field(default=None, foreign_key="account.id")


@dataclass(frozen=True)
class Budget:
    """A payer's year. `left_fen` is what nothing was granted from yet; below 0, over.

    `granted_fen` counts the subsidies in the months' books of the year, paid out or
    not; `paid_fen` what was transferred for them. What an insurance pays of a price is
    no subsidy: the insurance pays it from money of its own, and no budget is spent.
    """

    payer: str
    year: int
    fen: int
    granted_fen: int
    paid_fen: int

    @property
    def left_fen(self) -> int:
        return self.fen - self.granted_fen


def list_budgets(session: Session, year: int) -> list[Budget]:
    """Each payer that has a budget or owes something in the year, by name."""
    lines = (
        select(BudgetLine.payer, func.sum(BudgetLine.fen))
        .where(BudgetLine.year == year)
        .group_by(BudgetLine.payer)
    )
    budgets = {payer: int(fen) for payer, fen in session.exec(lines)}
    granted = _granted(session, year)
    first, last = f"{year}-01", f"{year}-12"
    transfers = (
        select(Payout.payer, func.sum(Payout.fen))
        .join(LedgerAccount, col(LedgerAccount.code) == col(Payout.account))
        .where(
            col(Payout.month).between(first, last), col(LedgerAccount.kind).in_(OWED)
        )
        .group_by(Payout.payer)
    )
    paid = {payer: int(fen) for payer, fen in session.exec(transfers)}
    return [
        Budget(
            payer,
            year,
            budgets.get(payer, 0),
            granted.get(payer, 0),
            paid.get(payer, 0),
        )
        for payer in sorted(budgets.keys() | granted.keys() | paid.keys())
    ]


def list_budget_lines(session: Session, year: int) -> list[BudgetLine]:
    """The decisions about a year, first to last."""
    query = select(BudgetLine).where(BudgetLine.year == year)
    return list(session.exec(query.order_by(col(BudgetLine.made_at), BudgetLine.payer)))


def _granted(session: Session, year: int) -> dict[str, int]:
    first, last = f"{year}-01", f"{year}-12"
    people = (
        select(MonthGrant.payer, func.sum(MonthGrant.fen))
        .where(
            col(MonthGrant.period).between(first, last), col(MonthGrant.kind).in_(OWED)
        )
        .group_by(MonthGrant.payer)
    )
    stations = (
        select(LedgerAccount.payer, func.sum(Posting.fen))
        .join(Posting, col(Posting.account) == col(LedgerAccount.code))
        .join(Entry, col(Entry.id) == col(Posting.entry_id))
        .where(
            Entry.kind == EntryKind.STATION,
            col(Entry.elder_id).is_(None),  # none has: an index finds them
            col(Entry.period).between(first, last),
            col(LedgerAccount.kind).in_(OWED),
        )
        .group_by(col(LedgerAccount.payer))
    )
    found: dict[str, int] = defaultdict(int)
    for payer, fen in [*session.exec(people), *session.exec(stations)]:
        found[payer or ""] += int(fen)
    return dict(found)
