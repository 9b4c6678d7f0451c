"""Positions: where helpers on duty were last; a short memory, nothing more."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from dispatch.people.places import ON_EARTH
from dispatch.store.columns import Instant


class Position(SQLModel, table=True):
    """The last known place of a helper, by the server's receipt."""

    __tablename__ = "position"
    __table_args__ = (CheckConstraint(ON_EARTH, name="position_on_earth"),)

    helper_id: UUID = Field(foreign_key="helper.id", primary_key=True)
    lat: float
    lon: float
    accuracy_m: float | None = None
    at: datetime = Field(sa_type=Instant)  # product time, never after its receipt
