"""Referrals (转介) and needs: raised on a visit or a call, followed to their end."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import Conflict
from dispatch.store.columns import Instant, word


class ReferralMoved(Conflict):
    """这条转介的状态已经变化，没有保存。请刷新后查看。"""

    code = "referral_moved"


class Need(StrEnum):
    """What somebody needs that a visit cannot give."""

    MEDICAL = "medical"  # 就医、用药
    CARE = "care"  # 照护、助浴
    MEALS = "meals"  # 用餐
    HOME_SAFETY = "home_safety"  # 居家安全、适老化
    REPAIR = "repair"  # 维修
    RELIEF = "relief"  # 救助、政策
    COMPANY = "company"  # 心理、陪伴
    OTHER = "other"


class Urgency(StrEnum):
    TODAY = "today"
    WEEK = "week"
    MONTH = "month"


class ReferralState(StrEnum):
    OPEN = "open"  # nobody has taken it on
    ACCEPTED = "accepted"
    DONE = "done"
    REFUSED = "refused"


LASTS: Final = {
    Urgency.TODAY: timedelta(hours=24),
    Urgency.WEEK: timedelta(days=7),
    Urgency.MONTH: timedelta(days=30),
}
OPEN_STATES: Final = (ReferralState.OPEN, ReferralState.ACCEPTED)
_ENDED: Final = "('done','refused')"


class Referral(SQLModel, table=True):
    """One need, until somebody says what became of it."""

    __tablename__ = "referral"
    __table_args__ = (
        Index("referrals_of_a_station", "station_id", "state"),
        CheckConstraint(
            "state <> 'open' OR accepted_at IS NULL", name="open_is_nobodys"
        ),
        CheckConstraint(
            "(accepted_at IS NULL) = (accepted_by IS NULL)", name="accepted_by_whom"
        ),
        CheckConstraint(
            "state <> 'accepted' OR accepted_by IS NOT NULL", name="accepted_is_named"
        ),
        CheckConstraint(
            f"(state IN {_ENDED}) = (ended_at IS NOT NULL AND ended_by IS NOT NULL "
            "AND outcome IS NOT NULL)",
            name="ended_by_outcome",
        ),
        CheckConstraint("raised_at < due_at", name="referral_forward"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    station_id: UUID = Field(foreign_key="station.id")
    street_code: str = Field(foreign_key="street.code", max_length=12)
    order_id: UUID | None = Field(default=None, foreign_key="orders.id")
    need: Need = Field(sa_type=word(Need))
    urgency: Urgency = Field(sa_type=word(Urgency))
    words: str = Field(max_length=300)
    state: ReferralState = Field(sa_type=word(ReferralState))
    raised_by: UUID | None = Field(default=None, foreign_key="account.id")
    raised_at: datetime = Field(sa_type=Instant)
    due_at: datetime = Field(sa_type=Instant)
    accepted_by: str | None = Field(default=None, max_length=40)  # an office, a duty
    accepted_at: datetime | None = Field(default=None, sa_type=Instant)
    outcome: str | None = Field(default=None, max_length=300)
    ended_by: UUID | None = Field(default=None, foreign_key="account.id")
    ended_at: datetime | None = Field(default=None, sa_type=Instant)

    def is_overdue(self, now: datetime) -> bool:
        """Nobody has ended it in its time."""
        return self.state in OPEN_STATES and now > self.due_at


def list_open(session: Session, station_id: UUID) -> list[Referral]:
    """What a station still follows, the longest due first."""
    query = select(Referral).where(
        Referral.station_id == station_id, col(Referral.state).in_(OPEN_STATES)
    )
    return list(session.exec(query.order_by(col(Referral.due_at), col(Referral.id))))
