"""Life events: what befell an elder, and what the house did because of it."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import NotFound
from dispatch.store.columns import Instant, Json, facts, word


class LifeKind(StrEnum):
    DIED = "died"  # 去世
    MOVED_OUT = "moved_out"  # 迁出本区
    MOVED = "moved"  # 区内搬家
    HOSPITAL = "hospital"  # 住院
    INSTITUTION = "institution"  # 入住养老机构
    UNREACHABLE = "unreachable"  # 失联


class LifeEvent(SQLModel, table=True):
    """One event, written down by a person; `did` names what it changed, for undoing.

    An event that is over (back from hospital) has its last day in `ended_on`; one that
    never was so (a wrong name) is undone.
    """

    __tablename__ = "life_event"
    __table_args__ = (
        CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by_a_person"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    kind: LifeKind = Field(sa_type=word(LifeKind))
    happened_on: date
    ended_on: date | None = None
    source: str = Field(max_length=40)
    words: str = Field(default="", max_length=200)
    did: Json = Field(default_factory=dict, sa_column=Column(facts(), nullable=False))
    made_at: datetime = Field(sa_type=Instant)
    made_by: UUID | None = Field(default=None, foreign_key="account.id")
    undone_at: datetime | None = Field(default=None, sa_type=Instant)
    undone_by: UUID | None = Field(default=None, foreign_key="account.id")
    undone_because: str = Field(default="", max_length=200)


def list_life_events(session: Session, elder_id: UUID) -> list[LifeEvent]:
    """What befell an elder, first to last, what was undone among it."""
    query = select(LifeEvent).where(LifeEvent.elder_id == elder_id)
    return list(session.exec(query.order_by(col(LifeEvent.made_at), col(LifeEvent.id))))


def get_life_event(session: Session, event_id: UUID) -> LifeEvent:
    """Raises: NotFound."""
    if kept := session.get(LifeEvent, event_id):
        return kept
    raise NotFound("没有找到这条记录。")
