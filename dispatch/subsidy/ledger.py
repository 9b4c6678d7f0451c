"""The ledger: balanced entries, drafted and then posted, never changed again.

Debits are positive fen and credits negative; the postings of an entry sum to 0. The
database itself refuses to post what does not balance and to touch what is posted
(`dispatch.store.migrations.ledger_guards`).
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, exists, func
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.store.columns import MAX_FEN, Instant, narrow, word
from dispatch.store.fail_points import fail_point
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.ledger_accounts import (
    AccountKind,
    Amount,
    LedgerAccount,
    account_of,
)

__all__ = [
    "AccountKind",
    "Amount",
    "Entry",
    "EntryKind",
    "EntryState",
    "LedgerAccount",
    "Posting",
    "count_entries",
    "find_live_entry",
    "list_amounts",
    "list_settled",
    "post",
]


class EntryKind(StrEnum):
    SERVICE = "service"  # one paid and evidenced order
    REVERSAL = "reversal"  # takes one entry back, whole
    STATION = "station"  # what a station's month earns by station-side subsidies
    REIMBURSEMENT = "reimbursement"  # a payer gives back what a station advanced
    PAYOUT = "payout"  # a payer pays what it owes without an advance
    ADJUSTMENT = "adjustment"  # decided afterwards about one entry that it names
    PURSE = "purse"  # an elder's own money, put in, spent or given back


class EntryState(StrEnum):
    DRAFT = "draft"
    POSTED = "posted"


ENTRY_RULES: Final = {
    "corrections_name": "(kind = 'adjustment') = (corrects_id IS NOT NULL)",
    "services_are_proven": "kind <> 'service' OR (order_id IS NOT NULL "
    "AND elder_id IS NOT NULL AND evidence_id IS NOT NULL AND grade IS NOT NULL)",
    "stations_have_no_order": "kind NOT IN ('station', 'reimbursement', 'payout') OR "
    "(order_id IS NULL AND elder_id IS NULL AND evidence_id IS NULL AND grade IS NULL)",
    "rules_are_named": "kind NOT IN ('service', 'station', 'adjustment') "
    "OR rule_version IS NOT NULL",
    "purses_are_somebodys": "kind <> 'purse' OR elder_id IS NOT NULL",
    "adjusts_another": "adjusts_period IS NULL "
    "OR (length(adjusts_period) = 7 AND adjusts_period <> period)",
}


class Entry(SQLModel, table=True):
    """One fact in the journal: an order's money, a station's, or taking that back.

    `category` is the first kind of person that the elder is, `categories` all of them
    with a space around each; `street_code` is where the point is, `home_street` where
    the elder is registered. What no order stands behind leaves those words empty.
    `period` is the month whose books hold it; `adjusts_period` the closed month that
    it would have belonged to.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reversals_name"
        ),
        CheckConstraint("length(period) = 7", name="a_month"),
        CheckConstraint("grade IN ('A','B','C','D','E')", name="grades"),
        *(CheckConstraint(rule, name=name) for name, rule in ENTRY_RULES.items()),
        Index("entries_of_a_month", "period", "station_id"),
        # From a figure to its lines, day by day, without reading the whole month.
        Index(
            "days_of_a_month",
            *("period", "service_on", "id", "street_code", "channel"),
            *("category", "service"),
        ),
        narrow("entries_of_stations", "station_id", where="kind = 'station'"),
        narrow("entries_that_correct", "corrects_id", where="corrects_id IS NOT NULL"),
        narrow(
            "entries_that_adjust", "adjusts_period", where="adjusts_period IS NOT NULL"
        ),
        Index("entries_of_a_person", "elder_id", "period"),
        {"sqlite_with_rowid": False},
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    business_key: str = Field(max_length=80, unique=True)
    kind: EntryKind = Field(sa_type=word(EntryKind))
    state: EntryState = Field(default=EntryState.DRAFT, sa_type=word(EntryState))
    period: str = Field(max_length=7)  # 2026-05
    service_on: date
    adjusts_period: str | None = Field(default=None, max_length=7)
    rule_version: str | None = Field(
        default=None, foreign_key="rule_version.id", max_length=64
    )
    reverses_id: UUID | None = Field(
        default=None, foreign_key="ledger_entry.id", unique=True
    )
    corrects_id: UUID | None = Field(default=None, foreign_key="ledger_entry.id")
    order_id: UUID | None = Field(default=None, foreign_key="orders.id", index=True)
    elder_id: UUID | None = Field(default=None, foreign_key="elder.id")
    station_id: UUID = Field(foreign_key="station.id")
    street_code: str = Field(foreign_key="street.code", max_length=12)
    home_street: str = Field(default="", max_length=12)
    channel: str = Field(default="", max_length=24)
    service: str = Field(default="", max_length=24)
    category: str = Field(default="", max_length=64)
    categories: str = Field(default="", max_length=1000)
    grade: str | None = Field(default=None, max_length=1)
    evidence_id: UUID | None = Field(default=None, foreign_key="evidence.id")
    anomaly: str | None = Field(default=None, max_length=8)
    reason: str = Field(default="", max_length=100)
    made_at: datetime = Field(sa_type=Instant)


class Posting(SQLModel, table=True):
    """Money of one entry on one account; for a granted line also its subsidy."""

    __tablename__ = "ledger_posting"
    __table_args__ = (
        CheckConstraint("fen <> 0", name="not_nothing"),
        CheckConstraint(f"fen BETWEEN -{MAX_FEN} AND {MAX_FEN}", name="some_fen"),
        CheckConstraint("fen = CAST(fen AS BIGINT)", name="whole_fen"),
        Index("one_posting_each", "entry_id", "account", "subsidy", unique=True),
        {"sqlite_with_rowid": False},
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    entry_id: UUID = Field(foreign_key="ledger_entry.id")
    account: str = Field(foreign_key="ledger_account.code", max_length=120, index=True)
    subsidy: str | None = Field(default=None, max_length=64)
    fen: int = Field(sa_column=Column(BigInteger(), nullable=False))


def post(uow: UnitOfWork, entry: Entry, amounts: Iterable[Amount]) -> Entry:
    """Draft an entry with its amounts, then post it.

    The database raises where the amounts do not sum to 0 or the business key exists.
    """
    session = uow.session
    kept = sorted((a for a in amounts if a.fen != 0), key=lambda a: a.kind)
    accounts = [account_of(session, entry.station_id, amount) for amount in kept]
    session.add(entry)
    session.flush()
    for amount, account in zip(kept, accounts, strict=True):
        session.add(
            Posting(
                entry_id=entry.id,
                account=account,
                subsidy=amount.subsidy,
                fen=amount.fen,
            )
        )
    session.flush()
    fail_point("ledger.drafted")
    entry.state = EntryState.POSTED
    session.flush()
    fail_point("ledger.posted")
    return entry


def find_live_entry(session: Session, order_id: UUID) -> Entry | None:
    """The order's entry that no other entry takes back."""
    taking_back = aliased(Entry)
    query = select(Entry).where(
        Entry.order_id == order_id,
        Entry.kind == EntryKind.SERVICE,
        ~exists().where(col(taking_back.reverses_id) == col(Entry.id)),
    )
    return session.exec(query).one_or_none()


def list_settled(session: Session, order_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these orders have an entry that no other entry takes back."""
    taking_back = aliased(Entry)
    found: set[UUID] = set()
    for start in range(0, len(order_ids), 500):
        query = select(col(Entry.order_id)).where(
            col(Entry.order_id).in_(order_ids[start : start + 500]),
            Entry.kind == EntryKind.SERVICE,
            ~exists().where(col(taking_back.reverses_id) == col(Entry.id)),
        )
        found.update(order_id for order_id in session.exec(query) if order_id)
    return found


def count_entries(session: Session, order_id: UUID) -> int:
    """How many entries of any kind the order has."""
    query = select(func.count()).where(Entry.order_id == order_id)
    return session.exec(query).one()


def list_amounts(session: Session, entry_id: UUID) -> list[Amount]:
    """The postings of an entry as amounts, by account."""
    query = (
        select(Posting, LedgerAccount)
        .join(LedgerAccount, col(LedgerAccount.code) == col(Posting.account))
        .where(Posting.entry_id == entry_id)
        .order_by(col(Posting.account), col(Posting.subsidy))
    )
    return [
        Amount(
            account.kind,
            posting.fen,
            account.payer,
            posting.subsidy,
            account.elder_id,
            account.operator_id,
        )
        for posting, account in session.exec(query)
    ]
