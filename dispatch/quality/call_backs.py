"""Call-backs (回访): which orders are asked about, and what the elder said."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from dispatch.store.columns import Instant, narrow, word


class CallWhy(StrEnum):
    """Why this order is asked about; of several the first here."""

    COMPLAINT = "complaint"  # somebody complained of it
    BATHING = "bathing"  # 助浴: all
    FIRST = "first"  # an elder's first service: all
    RANDOM = "random"  # one in ten, by a draw that nobody can foresee


class Answer(StrEnum):
    """What the elder, or who was there, said."""

    FITS = "fits"  # 属实
    NOT_RECEIVED = "not_received"  # 没有收到、没有来
    OTHERWISE = "otherwise"  # 与记录不符
    NOT_REACHED = "not_reached"  # 没打通
    DECLINED = "declined"  # 不愿回答


CONTRADICTIONS: Final = frozenset({Answer.NOT_RECEIVED, Answer.OTHERWISE})
SPOKEN: Final = CONTRADICTIONS | {Answer.FITS}


class CallBack(SQLModel, table=True):
    """One order to ask about, once; the elder's words are in the vault."""

    __tablename__ = "call_back"
    __table_args__ = (
        CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL) "
            "AND (answer IS NULL) = (answered_by IS NULL)",
            name="answered_whole",
        ),
        CheckConstraint(
            "content IS NULL OR (content BETWEEN 1 AND 5 AND answer IS NOT NULL)",
            name="contents",
        ),
        narrow("calls_to_make", *("street_code", "until_on"), where="answer IS NULL"),
        Index("calls_about_a_helper", "helper_id", "service_on"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    order_id: UUID = Field(foreign_key="orders.id", unique=True)
    elder_id: UUID = Field(foreign_key="elder.id")
    helper_id: UUID | None = Field(default=None, foreign_key="helper.id")
    station_id: UUID = Field(foreign_key="station.id", index=True)
    street_code: str = Field(foreign_key="street.code", max_length=12)
    service_on: date
    why: CallWhy = Field(sa_type=word(CallWhy))
    drawn_at: datetime = Field(sa_type=Instant)
    until_on: date
    tries: int = 0
    answer: Answer | None = Field(default=None, sa_type=word(Answer))
    content: int | None = None  # 1 not at all, 5 very
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    answered_by: UUID | None = Field(default=None, foreign_key="account.id")
