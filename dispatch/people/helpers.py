"""Helpers: couriers, volunteers, caregivers, and when they are on shift."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, Index
from sqlmodel import Field, Session, SQLModel

from dispatch.errors import NotFound
from dispatch.people.elders import age_on
from dispatch.people.guardians import OF_AGE
from dispatch.store.columns import Instant, facts, word


class HelperKind(StrEnum):
    COURIER = "courier"
    VOLUNTEER = "volunteer"
    CAREGIVER = "caregiver"
    STAFF = "staff"
    PROPERTY = "property"  # 物业人员


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
    sex: str | None = Field(default=None, max_length=1)
    born_on: date | None = None
    must_be_insured: bool = False  # goes out only with accident insurance

    def is_minor_on(self, on: date) -> bool:
        """Under age on a day; whoever told no birthday is of age."""
        return self.born_on is not None and age_on(self.born_on, on) < OF_AGE


class Shift(SQLModel, table=True):
    """One helper's one stretch of duty, and its break: so long, between these.

    `pattern_id` is the week's pattern that laid it out; None: put in by hand.
    """

    __tablename__ = "shift"
    __table_args__ = (
        Index("on_duty", "works_on", "helper_id"),
        Index("one_shift_of_a_pattern", "pattern_id", "works_on", unique=True),
        CheckConstraint("starts_at < ends_at", name="shift_forward"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    helper_id: UUID = Field(foreign_key="helper.id")
    works_on: date
    starts_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    pattern_id: UUID | None = Field(default=None, foreign_key="week_pattern.id")
    break_from_at: datetime | None = Field(default=None, sa_type=Instant)
    break_until_at: datetime | None = Field(default=None, sa_type=Instant)
    break_seconds: int = Field(default=0, ge=0)


def get_helper(session: Session, helper_id: UUID) -> Helper:
    """Raises: NotFound."""
    if helper := session.get(Helper, helper_id):
        return helper
    raise NotFound("没有找到这位助老员。")
