"""Helpers: couriers, volunteers, caregivers, and when they are on shift."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, Index
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import NotFound
from dispatch.store.columns import Instant, facts, word


class HelperKind(StrEnum):
    COURIER = "courier"
    VOLUNTEER = "volunteer"
    CAREGIVER = "caregiver"
    STAFF = "staff"


class TravelMode(StrEnum):
    WALK = "walk"
    BIKE = "bike"
    EBIKE = "ebike"
    CAR = "car"


class Helper(SQLModel, table=True):
    """Somebody who carries or visits; name and phone are in the vault."""

    __tablename__ = "helper"
    __table_args__ = (
        CheckConstraint("capacity BETWEEN 0 AND 500", name="boxes"),
        CheckConstraint("max_work_seconds BETWEEN 60 AND 86400", name="work"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    station_id: UUID = Field(foreign_key="station.id", index=True)
    street_code: str = Field(foreign_key="street.code", index=True)
    kind: HelperKind = Field(sa_type=word(HelperKind))
    mode: TravelMode = Field(sa_type=word(TravelMode))
    capacity: int = Field(ge=0)
    max_work_seconds: int = 8 * 3600
    skills: list[str] = Field(
        default_factory=list, sa_column=Column(facts(), nullable=False)
    )
    paper: bool = False  # works by a printed sheet, typed in afterwards
    shows_position: bool = True
    suspended: bool = False


class Shift(SQLModel, table=True):
    """One helper's one stretch of duty."""

    __tablename__ = "shift"
    __table_args__ = (
        Index("on_duty", "works_on", "helper_id"),
        CheckConstraint("starts_at < ends_at", name="shift_forward"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    helper_id: UUID = Field(foreign_key="helper.id")
    works_on: date
    starts_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)


def get_helper(session: Session, helper_id: UUID) -> Helper:
    """Raises: NotFound."""
    if helper := session.get(Helper, helper_id):
        return helper
    raise NotFound("没有找到这位助老员。")


def list_on_duty(
    session: Session, street_code: str, works_on: date
) -> list[tuple[Helper, Shift]]:
    """Helpers of a street with their shifts of a day, suspended ones left out."""
    query = (
        select(Helper, Shift)
        .join(Shift, col(Shift.helper_id) == Helper.id)
        .where(Helper.street_code == street_code, Shift.works_on == works_on)
        .where(~col(Helper.suspended))
        .order_by(col(Shift.starts_at), col(Helper.id))
    )
    return [(helper, shift) for helper, shift in session.exec(query)]
