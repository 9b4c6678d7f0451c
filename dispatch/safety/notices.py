"""Notices: words for one person, kept in the transaction that made them necessary.

A notice names nobody: who it is about is read where one is signed in. What goes out
of the house (messages, group robots) is sent after the commit by `sending`.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from dispatch.store.columns import Instant, narrow, word

LONGEST = 200


class Way(StrEnum):
    INBOX = "inbox"  # 收件箱: seen by whoever is signed in
    SMS = "sms"
    GROUP = "group"  # a robot in the duty's group chat


class NoticeState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    KEPT = "kept"  # no such way is set up; it can be read here only
    GIVEN_UP = "given_up"


class Notice(SQLModel, table=True):
    """One notice. The times of sending are wall time, the others the product's."""

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint(
            "way = 'group' OR (account_id IS NULL) <> (contact_id IS NULL)",
            name="one_receiver",
        ),
        CheckConstraint("way <> 'inbox' OR state = 'sent'", name="inbox_is_there"),
        CheckConstraint(
            "way = 'inbox' OR street_code IS NOT NULL", name="outside_by_street"
        ),
        narrow("notices_to_send", "next_at", where="state = 'waiting'"),
        Index("notices_of_somebody", "account_id", "made_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID | None = Field(default=None, foreign_key="safety_case.id", index=True)
    # None: the whole district's affair, in the inbox of its officials.
    street_code: str | None = Field(
        default=None, foreign_key="street.code", max_length=12
    )
    station_id: UUID | None = Field(default=None, foreign_key="station.id")
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    contact_id: UUID | None = None  # may be forgotten while the notice is kept
    way: Way = Field(sa_type=word(Way))
    words: str = Field(max_length=LONGEST)
    made_at: datetime = Field(sa_type=Instant)
    state: NoticeState = Field(sa_type=word(NoticeState))
    tries: int = 0
    next_at: datetime | None = Field(default=None, sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    last_error: str | None = Field(default=None, max_length=60)
    read_at: datetime | None = Field(default=None, sa_type=Instant)
