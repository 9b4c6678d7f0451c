"""Urgent help (助急): somebody called, and how soon they were accepted and met."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from dispatch.store.columns import Instant


class HelpCall(SQLModel, table=True):
    """The clock of one urgent order; its words lie in the vault under the order."""

    __tablename__ = "help_call"
    __table_args__ = (
        CheckConstraint(
            "on_scene_at IS NULL OR accepted_at IS NOT NULL", name="accepted_first"
        ),
        CheckConstraint(
            "(accepted_at IS NULL) = (helper_id IS NULL)", name="accepted_by_somebody"
        ),
        CheckConstraint(
            "(closed_at IS NULL) = (outcome IS NULL)", name="call_closed_by_outcome"
        ),
    )

    order_id: UUID = Field(foreign_key="orders.id", primary_key=True)
    street_code: str = Field(foreign_key="street.code", max_length=12, index=True)
    station_id: UUID = Field(foreign_key="station.id")
    called_at: datetime = Field(sa_type=Instant)
    helper_id: UUID | None = Field(default=None, foreign_key="helper.id")
    accepted_at: datetime | None = Field(default=None, sa_type=Instant)
    on_scene_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    outcome: str | None = Field(default=None, max_length=120)
