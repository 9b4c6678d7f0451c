"""Care plans of home-care beds (家庭养老床位): the minutes a month that are agreed."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, Session, SQLModel, col, or_, select

_MANY: Final = 500


class CarePlan(SQLModel, table=True):
    """One elder's agreed minutes a month; at most one is open."""

    __tablename__ = "care_plan"
    __table_args__ = (
        Index(
            "one_open_care_plan",
            "elder_id",
            unique=True,
            postgresql_where=text("until_on IS NULL"),
            sqlite_where=text("until_on IS NULL"),
        ),
        CheckConstraint("minutes_a_month BETWEEN 1 AND 44640", name="care_minutes"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="plan_forward"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    minutes_a_month: int
    from_on: date
    until_on: date | None = None  # the last day


def planned_minutes(
    session: Session, elder_ids: Sequence[UUID], on: date
) -> dict[UUID, int]:
    """The minutes a month of those who have a plan on a day."""
    found: dict[UUID, int] = {}
    for part in parted(elder_ids):
        query = (
            select(CarePlan)
            .where(col(CarePlan.elder_id).in_(part), CarePlan.from_on <= on)
            .where(or_(col(CarePlan.until_on).is_(None), col(CarePlan.until_on) >= on))
            .order_by(col(CarePlan.from_on), col(CarePlan.id))
        )
        found |= {plan.elder_id: plan.minutes_a_month for plan in session.exec(query)}
    return found


def parted(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    """Not more at once than a query can name."""
    for start in range(0, len(ids), _MANY):
        yield ids[start : start + _MANY]
