"""Care plans of home-care beds (家庭养老床位): the minutes a month that are agreed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.duties.periods import Period, span_of
from dispatch.store.columns import Instant, narrow

_MANY: Final = 500


class CarePlan(SQLModel, table=True):
    """One elder's agreed minutes a month; at most one is open."""

    __tablename__ = "care_plan"
    __table_args__ = (
        narrow("one_open_care_plan", "elder_id", where="until_on IS NULL", unique=True),
        CheckConstraint("minutes_a_month BETWEEN 1 AND 44640", name="care_minutes"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="plan_forward"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    minutes_a_month: int
    from_on: date
    until_on: date | None = None  # the last day
    words: str = Field(default="", max_length=200)  # what is to be done in them
    made_at: datetime | None = Field(default=None, sa_type=Instant)
    made_by: UUID | None = None

    def holds_on(self, on: date) -> bool:
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)


def list_care_plans(
    session: Session, elder_ids: Sequence[UUID]
) -> dict[UUID, list[CarePlan]]:
    """The plans of these elders, also those that are over, first to last."""
    found: dict[UUID, list[CarePlan]] = defaultdict(list)
    for part in parted(elder_ids):
        query = select(CarePlan).where(col(CarePlan.elder_id).in_(part))
        rows = session.exec(query.order_by(col(CarePlan.from_on), col(CarePlan.id)))
        for plan in rows:
            found[plan.elder_id].append(plan)
    return found


def minutes_due(plans: Iterable[CarePlan], on: date) -> int | None:
    """The minutes of a day's month: of a plan that holds for a part of the month, its
    part by days, rounded up. None where no plan holds on the day.
    """
    mine = list(plans)
    if not any(plan.holds_on(on) for plan in mine):
        return None
    month = span_of(Period.MONTH, on)
    days = (month.until_on - month.first_on).days + 1
    parts = sum(
        plan.minutes_a_month * max(0, (until - first).days + 1)
        for plan in mine
        for first in [max(plan.from_on, month.first_on)]
        for until in [min(plan.until_on or month.until_on, month.until_on)]
    )
    return -(-parts // days)


def parted(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    """Not more at once than a query can name."""
    for start in range(0, len(ids), _MANY):
        yield ids[start : start + _MANY]
