"""What a station's month was counted as, each time that its money was posted."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, Index
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.store.columns import Instant, Json, facts
from dispatch.subsidy.ledger import Entry, EntryKind, LedgerAccount, Posting
from dispatch.subsidy.ledger_accounts import OWED

Earned = dict[tuple[str, str], int]  # payer and subsidy → fen


class StationTally(SQLModel, table=True):
    """One counting of one station's month; the newest holds. Rows never change.

    `persons_days` and `earned` are by rule, `refused` says why a rule gave nothing.
    `entry_id` is what was posted: the difference to everything posted before it.
    """

    __tablename__ = "station_tally"
    __table_args__ = (
        CheckConstraint("length(month) = 7", name="a_month"),
        CheckConstraint("star BETWEEN 0 AND 5", name="stars"),
        CheckConstraint(
            "signed_persons >= 0 AND visits_due >= 0 AND haircuts_due >= 0 "
            "AND visits_done BETWEEN 0 AND visits_due "
            "AND haircuts_done BETWEEN 0 AND haircuts_due",
            name="counted",
        ),
        Index("tallies_of_a_month", "month", "station_id"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    station_id: UUID = Field(foreign_key="station.id")
    month: str = Field(max_length=7)
    rule_version: str = Field(foreign_key="rule_version.id", max_length=64)
    operator_id: UUID | None = Field(default=None, foreign_key="operator.id")
    rural: bool
    star: int
    signed_persons: int
    visits_due: int
    visits_done: int
    haircuts_due: int
    haircuts_done: int
    persons_days: Json = Field(sa_column=Column(facts(), nullable=False))
    earned: Json = Field(sa_column=Column(facts(), nullable=False))
    refused: Json = Field(sa_column=Column(facts(), nullable=False))
    entry_id: UUID | None = Field(
        default=None, foreign_key="ledger_entry.id", unique=True
    )
    counted_at: datetime = Field(sa_type=Instant)
    counted_by: UUID | None = Field(default=None, foreign_key="account.id")


def find_tally(session: Session, station_id: UUID, month: str) -> StationTally | None:
    """The newest counting of a station's month."""
    query = (
        select(StationTally)
        .where(StationTally.station_id == station_id, StationTally.month == month)
        .order_by(col(StationTally.counted_at).desc(), col(StationTally.id))
    )
    return session.exec(query).first()


def newest_tallies(session: Session, month: str) -> dict[UUID, StationTally]:
    """The newest counting of that month of each station that was counted."""
    query = select(StationTally).where(StationTally.month == month)
    oldest_first = query.order_by(
        col(StationTally.counted_at), col(StationTally.id).desc()
    )
    return {one.station_id: one for one in session.exec(oldest_first)}


def list_posted(session: Session, station_id: UUID, month: str) -> Earned:
    """What all entries for a station's month together gave it, corrections too."""
    query = (
        select(Posting, LedgerAccount)
        .join(Entry, col(Entry.id) == col(Posting.entry_id))
        .join(LedgerAccount, col(LedgerAccount.code) == col(Posting.account))
        .where(
            Entry.kind == EntryKind.STATION,
            Entry.station_id == station_id,
            (col(Entry.adjusts_period) == month)
            | (col(Entry.adjusts_period).is_(None) & (col(Entry.period) == month)),
            col(LedgerAccount.kind).in_(OWED),
        )
    )
    found: Earned = {}
    for posting, account in session.exec(query):
        key = (account.payer or "", posting.subsidy or "")
        found[key] = found.get(key, 0) + posting.fen
    return found
