"""What somebody reported that opened a case, and who went in by key or by force."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from dispatch.store.columns import Instant, word

SAID, ASKED, REPLIED = "said", "asked", "replied"  # fields of the vault, by case
FOUND = "found"  # and by entry


class Severity(StrEnum):
    """How soon somebody must look into a change of condition."""

    NOW = "now"  # within half an hour
    TODAY = "today"  # within eight hours
    WEEK = "week"


class CaseReport(SQLModel, table=True):
    """A report; its words lie in the vault: they may speak of health or of guilt."""

    __tablename__ = "case_report"
    __table_args__ = (
        CheckConstraint(
            "severity IS NULL OR accused_station_id IS NULL",
            name="report_of_one_kind",
        ),
        CheckConstraint(
            "replied_at IS NULL OR asked_at IS NOT NULL", name="reply_to_a_question"
        ),
        Index("reports_about_a_station", "accused_station_id"),
    )

    case_id: UUID = Field(foreign_key="safety_case.id", primary_key=True)
    severity: Severity | None = Field(default=None, sa_type=word(Severity))
    told_by: UUID | None = Field(default=None, foreign_key="account.id")
    accused_station_id: UUID | None = Field(default=None, foreign_key="station.id")
    accused_helper_id: UUID | None = Field(default=None, foreign_key="helper.id")
    asked_at: datetime | None = Field(default=None, sa_type=Instant)
    reply_until_at: datetime | None = Field(default=None, sa_type=Instant)
    replied_at: datetime | None = Field(default=None, sa_type=Instant)
    replied_by: UUID | None = Field(default=None, foreign_key="account.id")


class EntryWay(StrEnum):
    KEY = "key"  # 用留存钥匙
    FORCED = "forced"  # 强行开门


class DoorEntry(SQLModel, table=True):
    """Going in without being let in: asked for by one, agreed to by another.

    What they found behind the door lies in the vault, under the entry's id.
    """

    __tablename__ = "door_entry"
    __table_args__ = (
        CheckConstraint("asked_by <> agreed_by", name="entry_by_two"),
        CheckConstraint(
            "(agreed_by IS NULL) = (agreed_at IS NULL)", name="entry_agreed_then"
        ),
        CheckConstraint(
            "entered_at IS NULL OR agreed_at IS NOT NULL", name="no_entry_alone"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="safety_case.id", index=True)
    way: EntryWay = Field(sa_type=word(EntryWay))
    why: str = Field(max_length=200)
    asked_by: UUID = Field(foreign_key="account.id")
    asked_at: datetime = Field(sa_type=Instant)
    agreed_by: UUID | None = Field(default=None, foreign_key="account.id")
    agreed_at: datetime | None = Field(default=None, sa_type=Instant)
    entered_at: datetime | None = Field(default=None, sa_type=Instant)
    inside: str = Field(default="", max_length=80)  # the two who went in, by duty
