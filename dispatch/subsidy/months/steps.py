"""Steps of a month: who signed what figures, each step chained to the one before."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, func, text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.store.columns import Instant, word
from dispatch.subsidy.ledger import Entry, EntryKind, LedgerAccount, Posting
from dispatch.subsidy.ledger_accounts import OWED

PAID_BACK: Final = (EntryKind.REIMBURSEMENT, EntryKind.PAYOUT)  # granted before


class Step(StrEnum):
    """The way of a month; each step needs those before it."""

    CONFIRM = "confirm"  # 驿站确认
    REVIEW = "review"  # 街道初审
    PUBLISH = "publish"  # 公示：从此不再记入新的发生额
    APPROVE = "approve"  # 区级复审
    PAY = "pay"  # 财务拨付
    REOPEN = "reopen"  # 公示期内发现问题，退回重办


class PeriodStep(SQLModel, table=True):
    """One signature. `digest` is the SHA-256 over the ids of the entries signed."""

    __tablename__ = "period_step"
    __table_args__ = (
        Index("steps_in_order", "month", "number", unique=True),
        CheckConstraint(
            "(step = 'confirm') = (station_id IS NOT NULL)", name="stations_confirm"
        ),
        CheckConstraint(
            "(step = 'review') = (street_code IS NOT NULL)", name="streets_review"
        ),
        CheckConstraint(
            "(step = 'publish') = (until_on IS NOT NULL)", name="notices_expire"
        ),
        CheckConstraint("step <> 'reopen' OR length(words) > 0", name="said_why"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    month: str = Field(foreign_key="period.month", max_length=7)
    number: int
    begun: int
    step: Step = Field(sa_type=word(Step))
    station_id: UUID | None = Field(default=None, foreign_key="station.id")
    street_code: str | None = Field(
        default=None, foreign_key="street.code", max_length=12
    )
    until_on: date | None = None  # the last day of a public notice
    entries: int
    persons: int
    subsidy_fen: int = Field(sa_column=Column(BigInteger(), nullable=False))
    digest: str = Field(max_length=64)
    account_id: UUID = Field(foreign_key="account.id")
    role: str = Field(max_length=16)
    title: str = Field(max_length=40)  # the account's, on that day
    words: str = Field(default="", max_length=200)
    signed_at: datetime = Field(sa_type=Instant)
    checks: str = Field(default="", max_length=200)
    hash: str = Field(default="", max_length=64)


@dataclass(frozen=True)
class Figures:
    """What somebody puts their name to."""

    entries: int = 0
    persons: int = 0
    subsidy_fen: int = 0
    digest: str = sha256().hexdigest()


def list_steps(session: Session, month: str) -> list[PeriodStep]:
    """All signatures of a month, first to last."""
    query = select(PeriodStep).where(PeriodStep.month == month)
    return list(session.exec(query.order_by(col(PeriodStep.number))))


def stations_of_street(session: Session, month: str, street: str) -> set[UUID]:
    """The stations with entries of that street in the month."""
    query = select(Entry.station_id).where(
        Entry.period == month, Entry.street_code == street
    )
    return set(session.exec(query.distinct()))


def figures_by_station(
    session: Session, month: str, only: Collection[UUID] | None = None
) -> dict[UUID, tuple[str, Figures]]:
    """The street and the figures of each station with entries in the month.

    Args:
        only: of these stations; a month's postings are many.
    """
    wanted: list[Any] = [Entry.period == month]
    if only is not None:
        wanted.append(col(Entry.station_id).in_(only))
    streets: dict[UUID, str] = {}
    counting = (
        select(
            Entry.station_id,
            func.max(Entry.street_code),
            func.count(),
            func.count(col(Entry.elder_id).distinct()),
        )
        .where(*wanted)
        .group_by(col(Entry.station_id))
    )
    counted = {}
    for station, street, entries, persons in session.exec(counting):
        streets[station] = street
        counted[station] = (entries, persons)
    paid = _subsidies(session, wanted)
    digests = _digests(session, wanted)
    return {
        station: (streets[station], Figures(*n, paid.get(station, 0), digests[station]))
        for station, n in counted.items()
    }


def together(figures: Iterable[Figures]) -> Figures:
    """The figures of several stations; a person of two stations counts in each."""
    every = list(figures)
    return Figures(
        entries=sum(each.entries for each in every),
        persons=sum(each.persons for each in every),
        subsidy_fen=sum(each.subsidy_fen for each in every),
        digest=sha256("".join(each.digest for each in every).encode()).hexdigest(),
    )


def _subsidies(session: Session, wanted: list[Any]) -> dict[UUID, int]:
    query = (
        select(Entry.station_id, func.sum(Posting.fen))
        .join(Posting, col(Posting.entry_id) == col(Entry.id))
        .join(LedgerAccount, col(LedgerAccount.code) == col(Posting.account))
        .where(*wanted, col(LedgerAccount.kind).in_(OWED))
        .where(col(Entry.kind).not_in(PAID_BACK))
        .group_by(col(Entry.station_id))
    )
    return {station: int(fen) for station, fen in session.exec(query)}


def _digests(session: Session, wanted: list[Any]) -> dict[UUID, str]:
    """Over the bytes of each station's entry ids, in their order."""
    if session.get_bind().dialect.name == "postgresql":
        return _digests_there(session, wanted)
    query = select(Entry.station_id, Entry.id).where(*wanted)
    ids: dict[UUID, bytearray] = {}
    for station, entry in session.exec(query.order_by(col(Entry.id))):
        ids.setdefault(station, bytearray()).extend(entry.bytes)
    return {station: sha256(each).hexdigest() for station, each in ids.items()}


def _digests_there(session: Session, wanted: list[Any]) -> dict[UUID, str]:
    """The same bytes, put together by the database: a city's month has too many."""
    entry = col(Entry.id)
    ids = func.string_agg(
        func.uuid_send(entry), aggregate_order_by(text("''::bytea"), entry)
    )
    digest = func.encode(func.sha256(ids), "hex")
    query = select(Entry.station_id, digest).where(*wanted)
    return dict(session.exec(query.group_by(col(Entry.station_id))).all())
