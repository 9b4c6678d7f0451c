"""The anomaly as it is kept: found once, answered by the station, decided by people.

A row that `holds` keeps the money of its order from being granted, and nothing else:
the meal is served and the visit made. It holds while nobody has decided, and for good
once a person has confirmed it.
"""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, Index
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.store.columns import Instant, Json, facts, narrow, word
from dispatch.subsidy.anomalies.finding import AnomalyRule, Level


class AnomalyState(StrEnum):
    OPEN = "open"  # nobody has decided
    CLEARED = "cleared"  # 排除
    CONFIRMED = "confirmed"  # 属实
    APPEALED = "appealed"  # confirmed, and a second person is asked


class FoundBy(StrEnum):
    POSTING = "posting"
    NIGHT = "night"
    CALL_BACK = "call_back"
    COMPLAINT = "complaint"


UNDECIDED = (AnomalyState.OPEN, AnomalyState.APPEALED)


class Anomaly(SQLModel, table=True):
    """One finding. Words about it (reply, verdict, appeal, final) are in the vault."""

    __tablename__ = "anomaly"
    __table_args__ = (
        CheckConstraint("state <> 'cleared' OR NOT holds", name="cleared_is_free"),
        CheckConstraint("NOT holds OR order_id IS NOT NULL", name="holds_an_order"),
        CheckConstraint(
            "(replied_at IS NULL) = (replied_by IS NULL)", name="replied_whole"
        ),
        CheckConstraint(
            "(concluded_at IS NULL) = (concluded_by IS NULL) "
            "AND (state = 'open') = (concluded_at IS NULL)",
            name="concluded_whole",
        ),
        CheckConstraint(
            "(appealed_at IS NULL) = (appealed_by IS NULL) "
            "AND (appealed_at IS NULL OR concluded_at IS NOT NULL)",
            name="appealed_whole",
        ),
        CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL) "
            "AND (decided_at IS NULL OR appealed_at IS NOT NULL) "
            "AND (state <> 'appealed' OR decided_at IS NULL)",
            name="anomaly_decided_whole",
        ),
        CheckConstraint(
            "decided_by IS NULL "
            "OR (decided_by <> concluded_by AND decided_by <> appealed_by)",
            name="decided_by_another",
        ),
        narrow("held_orders", "order_id", where="holds"),
        narrow(
            "holds_of_a_month",
            "period",
            where="holds AND state IN ('open', 'appealed')",
        ),
        Index("anomalies_of_a_street", "state", "street_code", "found_at"),
        Index("anomalies_of_a_station", "station_id", "found_at"),
        Index("anomalies_of_a_helper", "helper_id", "service_on"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    rule: AnomalyRule = Field(sa_type=word(AnomalyRule))
    level: Level = Field(sa_type=word(Level))
    key: str = Field(max_length=160, unique=True)
    state: AnomalyState = Field(default=AnomalyState.OPEN, sa_type=word(AnomalyState))
    holds: bool = False
    order_id: UUID | None = Field(default=None, foreign_key="orders.id", index=True)
    other_order_id: UUID | None = Field(default=None, foreign_key="orders.id")
    elder_id: UUID | None = Field(default=None, foreign_key="elder.id")
    helper_id: UUID | None = Field(default=None, foreign_key="helper.id")
    station_id: UUID = Field(foreign_key="station.id")
    street_code: str = Field(foreign_key="street.code", max_length=12)
    service_on: date
    period: str = Field(max_length=7)
    reason: str = Field(max_length=24)
    measured: Json = Field(
        default_factory=dict, sa_column=Column(facts(), nullable=False)
    )
    found_by: FoundBy = Field(sa_type=word(FoundBy))
    found_at: datetime = Field(sa_type=Instant)
    reply_until_at: datetime = Field(sa_type=Instant)
    replied_at: datetime | None = Field(default=None, sa_type=Instant)
    replied_by: UUID | None = Field(default=None, foreign_key="account.id")
    concluded_at: datetime | None = Field(default=None, sa_type=Instant)
    concluded_by: UUID | None = Field(default=None, foreign_key="account.id")
    appealed_at: datetime | None = Field(default=None, sa_type=Instant)
    appealed_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")


class NightScreen(SQLModel, table=True):
    """A day that was looked through once more, when it was over."""

    __tablename__ = "night_screen"

    day: date = Field(primary_key=True)
    orders: int
    found: int
    screened_at: datetime = Field(sa_type=Instant)


def is_held(session: Session, order_id: UUID) -> bool:
    """Nothing is granted for this order: somebody doubts it, or has confirmed it."""
    query = select(Anomaly.id).where(Anomaly.order_id == order_id, col(Anomaly.holds))
    return session.exec(query.limit(1)).first() is not None


def open_holds(session: Session, period: str) -> list[Anomaly]:
    """The money of a month that waits for a person, the oldest first."""
    query = select(Anomaly).where(
        Anomaly.period == period,
        col(Anomaly.holds),
        col(Anomaly.state).in_(UNDECIDED),
    )
    return list(session.exec(query.order_by(col(Anomaly.found_at), col(Anomaly.id))))


def known_keys(session: Session, keys: Collection[str]) -> set[str]:
    """Which of these were found before."""
    wanted, found = sorted(keys), set[str]()
    for start in range(0, len(wanted), 500):
        query = select(Anomaly.key).where(
            col(Anomaly.key).in_(wanted[start : start + 500])
        )
        found.update(session.exec(query))
    return found


def screened_since(session: Session, day: date) -> set[date]:
    """The days from this one on that were looked through."""
    query = select(col(NightScreen.day)).where(col(NightScreen.day) >= day)
    return set(session.exec(query))
