"""Paying out: what payers owe stations for a month, and what they have paid of it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, func
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.reports.month_sums import MonthGrant
from dispatch.store.columns import MAX_FEN, Instant, word
from dispatch.subsidy.ledger import Entry, EntryKind, LedgerAccount, Posting
from dispatch.subsidy.ledger_accounts import OWED, AccountKind


class PayoutKind(StrEnum):
    REIMBURSEMENT = "reimbursement"  # what the station advanced
    PAYOUT = "payout"  # what was due to it without an advance


KIND_OF: Final = {
    AccountKind.ADVANCE: PayoutKind.REIMBURSEMENT,
    AccountKind.DUE: PayoutKind.PAYOUT,
    AccountKind.EXTERNAL: PayoutKind.PAYOUT,
}


class Payout(SQLModel, table=True):
    """Money that a payer transferred to a station for one month. Rows never change."""

    __tablename__ = "payout"
    __table_args__ = (
        CheckConstraint(f"fen BETWEEN 1 AND {MAX_FEN}", name="some_fen"),
        CheckConstraint("fen = CAST(fen AS BIGINT)", name="whole_fen"),
        CheckConstraint("length(month) = 7", name="a_month"),
        Index("payouts_of_a_month", "month", "station_id"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    month: str = Field(max_length=7)  # the month that is paid for
    station_id: UUID = Field(foreign_key="station.id")
    payer: str = Field(max_length=64)
    account: str = Field(foreign_key="ledger_account.code", max_length=120)
    kind: PayoutKind = Field(sa_type=word(PayoutKind))
    fen: int = Field(sa_column=Column(BigInteger(), nullable=False))
    paid_on: date
    voucher: str = Field(max_length=40)  # 付款凭证号
    entry_id: UUID = Field(foreign_key="ledger_entry.id", unique=True)
    made_at: datetime = Field(sa_type=Instant)
    made_by: UUID | None = Field(default=None, foreign_key="account.id")


@dataclass(frozen=True)
class Owed:
    """What one payer owes one station for a month on one account, and paid of it."""

    station_id: UUID
    payer: str
    kind: AccountKind
    fen: int
    paid_fen: int

    @property
    def left_fen(self) -> int:
        return self.fen - self.paid_fen


def list_owed(
    session: Session, month: str, station_id: UUID | None = None
) -> list[Owed]:
    """Every debt of a month's books, by station, payer and account."""
    owed: dict[tuple[UUID, str, str], int] = defaultdict(int)
    by = (col(MonthGrant.station_id), col(MonthGrant.payer), col(MonthGrant.kind))
    grants = (
        select(*by, func.sum(MonthGrant.fen))
        .where(MonthGrant.period == month)
        .group_by(*by)
    )
    own = (
        select(Entry.station_id, LedgerAccount.payer, LedgerAccount.kind, Posting.fen)
        .join(Posting, col(Posting.entry_id) == col(Entry.id))
        .join(LedgerAccount, col(LedgerAccount.code) == col(Posting.account))
        .where(
            Entry.kind == EntryKind.STATION,
            col(Entry.elder_id).is_(None),  # none has: an index finds them
            Entry.period == month,
            col(LedgerAccount.kind).in_(OWED),
        )
    )
    if station_id is not None:
        grants = grants.where(MonthGrant.station_id == station_id)
        own = own.where(Entry.station_id == station_id)
    for at, payer, kind, fen in session.exec(grants):
        owed[at, payer, kind] += int(fen)
    for at, whose, kind, fen in session.exec(own):
        owed[at, whose or "", kind] += fen
    paid = _paid(session, month)
    return [
        Owed(at, payer, AccountKind(kind), fen, paid.get((at, payer, kind), 0))
        for (at, payer, kind), fen in sorted(owed.items(), key=str)
    ]


def _paid(session: Session, month: str) -> dict[tuple[UUID, str, str], int]:
    query = (
        select(Payout.station_id, Payout.payer, LedgerAccount.kind, Payout.fen)
        .join(LedgerAccount, col(LedgerAccount.code) == col(Payout.account))
        .where(Payout.month == month)
    )
    found: dict[tuple[UUID, str, str], int] = defaultdict(int)
    for station_id, payer, kind, fen in session.exec(query):
        found[station_id, payer, kind] += fen
    return found


def list_payouts(session: Session, month: str) -> list[Payout]:
    """What was paid for a month, first to last."""
    query = select(Payout).where(Payout.month == month)
    return list(session.exec(query.order_by(col(Payout.made_at), col(Payout.id))))
