"""Leave: hours and days at which a helper on shift is not there."""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.store.columns import Instant, word

Stretch = tuple[datetime, datetime]


class LeaveKind(StrEnum):
    LEAVE = "leave"  # 请假
    SICK = "sick"  # 病假
    TRAINING = "training"  # 培训
    OTHER = "other"


class Leave(SQLModel, table=True):
    """One absence; called off, it no longer counts."""

    __tablename__ = "leave"
    __table_args__ = (
        Index("leave_of_a_helper", "helper_id", "from_at"),
        CheckConstraint("from_at < until_at", name="leave_forward"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    helper_id: UUID = Field(foreign_key="helper.id")
    kind: LeaveKind = Field(sa_type=word(LeaveKind))
    from_at: datetime = Field(sa_type=Instant)
    until_at: datetime = Field(sa_type=Instant)
    called_off: bool = False


def list_absences(
    session: Session, helper_ids: Collection[UUID], during: Stretch
) -> dict[UUID, list[Stretch]]:
    """When these helpers are away in a stretch of time, by helper."""
    query = (
        select(Leave)
        .where(col(Leave.helper_id).in_(list(helper_ids)), ~col(Leave.called_off))
        .where(Leave.from_at < during[1], Leave.until_at > during[0])
        .order_by(col(Leave.from_at), col(Leave.id))
    )
    found: dict[UUID, list[Stretch]] = {}
    for each in session.exec(query):
        found.setdefault(each.helper_id, []).append((each.from_at, each.until_at))
    return found


def without(part: Stretch, away: Collection[Stretch]) -> list[Stretch]:
    """What is left of a stretch when others are taken from it, in order."""
    left = [part]
    for start, end in away:
        left = [
            piece
            for begin, until in left
            for piece in ((begin, min(until, start)), (max(begin, end), until))
            if piece[0] < piece[1]
        ]
    return left


def covered_seconds(stretches: Iterable[Stretch]) -> int:
    """How long at least one of some stretches lasts: what overlaps counts once."""
    seconds, reached = 0.0, None
    for start, end in sorted(stretches):
        begin = start if reached is None else max(start, reached)
        if begin < end:
            seconds += (end - begin).total_seconds()
            reached = end
    return round(seconds)
