"""What the nightly run did: for each duty that was due an order, or why not."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.duties.standing import State
from dispatch.store.columns import Instant, word


class DutyOrder(SQLModel, table=True):
    """One duty of one elder in one period, and the last order that was made for it."""

    __tablename__ = "duty_order"
    __table_args__ = (
        UniqueConstraint("elder_id", "duty", "until_on", name="one_duty_of_a_period"),
        CheckConstraint("first_on <= until_on", name="period_forward"),
        CheckConstraint(
            "(order_id IS NULL) <> (reason IS NULL)", name="ordered_or_why_not"
        ),
        CheckConstraint("tries BETWEEN 0 AND 1000", name="tries"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id")
    station_id: UUID = Field(foreign_key="station.id", index=True)
    street_code: str = Field(foreign_key="street.code", max_length=12)
    duty: str = Field(max_length=64)
    rules: str = Field(max_length=64)  # the version of the file
    first_on: date
    until_on: date
    state: State = Field(sa_type=word(State))  # when it was last looked at
    order_id: UUID | None = Field(default=None, foreign_key="orders.id", unique=True)
    reason: str | None = Field(default=None, max_length=24)
    tries: int = 0  # orders made for it
    looked_on: date


class DutyRun(SQLModel, table=True):
    """The nightly run of one station and day; there is one."""

    __tablename__ = "duty_run"

    station_id: UUID = Field(foreign_key="station.id", primary_key=True)
    on: date = Field(primary_key=True)
    owed: int = 0  # duties of elders, of whatever state
    due: int = 0  # of these, to be ordered by themselves
    ordered: int = 0
    not_ordered: int = 0
    at: datetime = Field(sa_type=Instant)


def list_of_elders(
    session: Session, elder_ids: Collection[UUID], on: date
) -> dict[tuple[UUID, str], DutyOrder]:
    """What stands for these elders' duties, by elder and duty; the latest period."""
    query = (
        select(DutyOrder)
        .where(col(DutyOrder.elder_id).in_(elder_ids), DutyOrder.first_on <= on)
        .order_by(col(DutyOrder.until_on), col(DutyOrder.id))
    )
    return {(row.elder_id, row.duty): row for row in session.exec(query)}
