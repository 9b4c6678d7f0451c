"""The ledger: balanced entries, drafted and then posted, never changed again.

Debits are positive fen and credits negative; the postings of an entry sum to 0. The
database itself refuses to post what does not balance and to touch what is posted
(`dispatch.store.migrations.ledger_guards`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, exists, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.store.columns import MAX_FEN, Instant, word
from dispatch.store.unit_of_work import UnitOfWork


class AccountKind(StrEnum):
    """What an account holds; each belongs to one station."""

    INCOME = "income"  # what meals and services cost, fees included
    SELF = "self"  # what elders paid
    ADVANCE = "advance"  # a subsidy that the station advanced and a payer owes it
    DUE = "due"  # a subsidy that a payer owes without an advance
    DIFFERENCE = "difference"  # promised at payment and not granted, or the reverse


class EntryKind(StrEnum):
    SERVICE = "service"  # one paid and evidenced order
    REVERSAL = "reversal"  # takes one entry back, whole


class EntryState(StrEnum):
    DRAFT = "draft"
    POSTED = "posted"


class LedgerAccount(SQLModel, table=True):
    """One account. Its code says kind, payer and station."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        CheckConstraint(
            "(payer IS NOT NULL) = (kind IN ('advance', 'due'))", name="payers_owe"
        ),
        {"sqlite_with_rowid": False},
    )

    code: str = Field(primary_key=True, max_length=120)
    kind: AccountKind = Field(sa_type=word(AccountKind))
    payer: str | None = Field(default=None, max_length=64)
    station_id: UUID = Field(foreign_key="station.id", index=True)


class Entry(SQLModel, table=True):
    """One fact in the journal: an order's money, or taking that back.

    `category` is the kind of person, `street_code` where the point is, `home_street`
    where the elder is registered. Nothing but `granting` and `posting` makes one.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reversals_name"
        ),
        CheckConstraint("length(period) = 7", name="a_month"),
        CheckConstraint("grade IN ('A','B','C','D','E')", name="grades"),
        Index("entries_of_a_month", "period", "station_id"),
        {"sqlite_with_rowid": False},
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    business_key: str = Field(max_length=80, unique=True)
    kind: EntryKind = Field(sa_type=word(EntryKind))
    state: EntryState = Field(default=EntryState.DRAFT, sa_type=word(EntryState))
    period: str = Field(max_length=7)  # 2026-05
    service_on: date
    rule_version: str = Field(foreign_key="rule_version.id", max_length=64)
    reverses_id: UUID | None = Field(
        default=None, foreign_key="ledger_entry.id", unique=True
    )
    order_id: UUID = Field(foreign_key="orders.id", index=True)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    station_id: UUID = Field(foreign_key="station.id")
    street_code: str = Field(foreign_key="street.code", max_length=12)
    home_street: str = Field(max_length=12)
    channel: str = Field(max_length=24)
    service: str = Field(max_length=24)
    category: str = Field(max_length=64)
    grade: str = Field(max_length=1)
    evidence_id: UUID = Field(foreign_key="evidence.id")
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


@dataclass(frozen=True)
class Amount:
    """Fen for one account of the entry's station; 0 is left out."""

    kind: AccountKind
    fen: int
    payer: str | None = None
    subsidy: str | None = None

    def negated(self) -> "Amount":
        return replace(self, fen=-self.fen)


def post(uow: UnitOfWork, entry: Entry, amounts: Iterable[Amount]) -> Entry:
    """Draft an entry with its amounts, then post it.

    The database raises where the amounts do not sum to 0 or the business key exists.
    """
    session = uow.session
    kept = sorted((a for a in amounts if a.fen != 0), key=lambda a: a.kind)
    accounts = [_account(session, entry.station_id, amount) for amount in kept]
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
    entry.state = EntryState.POSTED
    session.flush()
    return entry


def _account(session: Session, station_id: UUID, amount: Amount) -> str:
    """The code of the amount's account, opened when it is the first of its kind."""
    words = (amount.kind.value, amount.payer, str(station_id))
    code = ":".join(word_ for word_ in words if word_)
    if session.get(LedgerAccount, code) is None:
        opened = insert_of(session)(LedgerAccount).values(
            code=code, kind=amount.kind, payer=amount.payer, station_id=station_id
        )
        session.execute(opened.on_conflict_do_nothing())
    return code


def insert_of(session: Session) -> type[sqlite.Insert] | type[postgresql.Insert]:
    """The engine's own INSERT, which knows ON CONFLICT."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.Insert
    return postgresql.Insert


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
        query = select(Entry.order_id).where(
            col(Entry.order_id).in_(order_ids[start : start + 500]),
            Entry.kind == EntryKind.SERVICE,
            ~exists().where(col(taking_back.reverses_id) == col(Entry.id)),
        )
        found.update(session.exec(query))
    return found


def count_entries(session: Session, order_id: UUID) -> int:
    """How many entries of any kind the order has."""
    query = select(func.count()).where(Entry.order_id == order_id)
    return session.exec(query).one()


def list_amounts(session: Session, entry_id: UUID) -> list[Amount]:
    """The postings of an entry as amounts, by account."""
    query = (
        select(LedgerAccount.kind, Posting.fen, LedgerAccount.payer, Posting.subsidy)
        .join(LedgerAccount, col(LedgerAccount.code) == col(Posting.account))
        .where(Posting.entry_id == entry_id)
        .order_by(col(Posting.account), col(Posting.subsidy))
    )
    return [Amount(*row) for row in session.exec(query)]
