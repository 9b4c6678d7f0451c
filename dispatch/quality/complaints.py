"""Complaints (投诉): of the 12345 hotline and our own, each with a day to answer by."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from dispatch.store.columns import Instant, word


class ComplaintFrom(StrEnum):
    HOTLINE = "hotline"  # 12345
    PHONE = "phone"
    VISIT = "visit"  # 来访
    LETTER = "letter"


class ComplaintState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"  # who complained was answered; whether it is so is open
    CLOSED = "closed"


class ComplaintOutcome(StrEnum):
    UPHELD = "upheld"  # 属实
    PARTLY = "partly"  # 部分属实
    UNFOUNDED = "unfounded"  # 不属实


class Complaint(SQLModel, table=True):
    """One ticket; what was said, and the answer, are in the vault."""

    __tablename__ = "complaint"
    __table_args__ = (
        UniqueConstraint("source", "ticket_no", name="one_ticket_each"),
        CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL) "
            "AND (state = 'open') = (answered_at IS NULL)",
            name="complaint_answered_whole",
        ),
        CheckConstraint(
            "(state = 'closed') = (outcome IS NOT NULL) "
            "AND (closed_at IS NULL) = (outcome IS NULL) "
            "AND (closed_by IS NULL) = (outcome IS NULL)",
            name="complaint_closed_whole",
        ),
        CheckConstraint("due_on >= got_on", name="due_after_it_came"),
        Index("complaints_of_a_street", "state", "street_code", "due_on"),
        Index("complaints_of_a_station", "station_id", "got_on"),
        Index("complaints_about_an_order", "order_id"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    source: ComplaintFrom = Field(sa_type=word(ComplaintFrom))
    ticket_no: str = Field(max_length=40)
    got_on: date
    due_on: date
    station_id: UUID | None = Field(default=None, foreign_key="station.id")
    street_code: str = Field(foreign_key="street.code", max_length=12)
    elder_id: UUID | None = Field(default=None, foreign_key="elder.id")
    order_id: UUID | None = Field(default=None, foreign_key="orders.id")
    helper_id: UUID | None = Field(default=None, foreign_key="helper.id")
    state: ComplaintState = Field(
        default=ComplaintState.OPEN, sa_type=word(ComplaintState)
    )
    outcome: ComplaintOutcome | None = Field(
        default=None, sa_type=word(ComplaintOutcome)
    )
    made_at: datetime = Field(sa_type=Instant)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    answered_by: UUID | None = Field(default=None, foreign_key="account.id")
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_by: UUID | None = Field(default=None, foreign_key="account.id")
