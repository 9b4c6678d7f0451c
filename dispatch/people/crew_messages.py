"""Messages from the coordinators to many helpers at once, and who has said 收到."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from dispatch.store.columns import Instant, narrow, word

LONGEST: Final = 120  # read on a phone in the street, at a glance


class Audience(StrEnum):
    """To whom a message goes: those of them who work on its day."""

    ON_DUTY = "on_duty"  # on shift at this moment
    KITCHEN = "kitchen"  # with a round of today that takes meals of this kitchen
    STREET = "street"  # everybody of a street with a shift today


class CrewMessage(SQLModel, table=True):
    """A few words to many; the words are in the vault, under this id.

    `street_code` is the street that it was sent in; none: the whole district.
    """

    __tablename__ = "crew_message"
    __table_args__ = (
        CheckConstraint(
            "(audience = 'kitchen') = (kitchen_id IS NOT NULL)", name="which_kitchen"
        ),
        CheckConstraint(
            "audience <> 'street' OR street_code IS NOT NULL", name="which_street"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    audience: Audience = Field(sa_type=word(Audience))
    street_code: str | None = Field(
        default=None, foreign_key="street.code", max_length=12
    )
    kitchen_id: UUID | None = Field(default=None, foreign_key="kitchen.id")
    sent_at: datetime = Field(sa_type=Instant, index=True)
    sent_by: UUID | None = Field(default=None, foreign_key="account.id")


class CrewReceipt(SQLModel, table=True):
    """One helper whom a message was sent to, and when they said 收到."""

    __tablename__ = "crew_receipt"
    __table_args__ = (
        Index("one_receipt_each", "message_id", "helper_id", unique=True),
        narrow("messages_to_read", "helper_id", where="read_at IS NULL"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    message_id: UUID = Field(foreign_key="crew_message.id")
    helper_id: UUID = Field(foreign_key="helper.id")
    read_at: datetime | None = Field(default=None, sa_type=Instant)
