"""Heat warnings: on such days helpers work less, as the district has decided."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, select

from dispatch.store.columns import Instant, word


class HeatLevel(StrEnum):
    """The colours of the weather service's warning."""

    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


class HeatWarning(SQLModel, table=True):
    """高温预警 of one street and day, and what it means for those who go out.

    `most_seconds` bounds everybody's work that day, None nobody's; a helper's own
    limit for heat holds on each such day. From `rest_from` to `rest_until`, seconds of
    the town's day, nobody is out.
    """

    __tablename__ = "heat_warning"
    __table_args__ = (
        CheckConstraint("most_seconds BETWEEN 0 AND 86400", name="heat_work"),
        CheckConstraint(
            "(rest_from IS NULL AND rest_until IS NULL) OR "
            "(rest_from >= 0 AND rest_from < rest_until AND rest_until <= 86400)",
            name="midday_rest",
        ),
    )

    street_code: str = Field(foreign_key="street.code", primary_key=True)
    warns_on: date = Field(primary_key=True)
    level: HeatLevel = Field(sa_type=word(HeatLevel))
    most_seconds: int | None = None
    volunteers_stay: bool = False
    rest_from: int | None = None
    rest_until: int | None = None
    set_at: datetime | None = Field(default=None, sa_type=Instant)
    set_by: UUID | None = None


def find_heat(session: Session, street_code: str, on: date) -> HeatWarning | None:
    """The warning of a street's day, if there is one."""
    return session.exec(
        select(HeatWarning).where(
            HeatWarning.street_code == street_code, HeatWarning.warns_on == on
        )
    ).first()
