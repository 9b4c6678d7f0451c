"""Week menus: one kitchen's menu from Monday to Sunday, and whether it is published."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, select

from dispatch.store.columns import Instant


class WeekMenu(SQLModel, table=True):
    """Once it is published, a change needs a reason and is told to the stations.

    The meals themselves are the menu items of the week's sittings.
    """

    __tablename__ = "week_menu"
    __table_args__ = (
        UniqueConstraint("kitchen_id", "starts_on", name="one_week_menu"),
        CheckConstraint(
            "(published_at IS NULL) = (published_by IS NULL)", name="published_by_one"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kitchen_id: UUID = Field(foreign_key="kitchen.id", index=True)
    starts_on: date
    published_at: datetime | None = Field(default=None, sa_type=Instant)
    published_by: UUID | None = Field(default=None, foreign_key="account.id")


def monday_of(on: date) -> date:
    """The Monday of a day's week."""
    return on - timedelta(days=on.weekday())


def find_week(
    session: Session, kitchen_id: UUID, on: date, *, lock: bool = False
) -> WeekMenu | None:
    """The menu of the week that a day lies in, if somebody has begun it."""
    query = select(WeekMenu).where(
        WeekMenu.kitchen_id == kitchen_id, WeekMenu.starts_on == monday_of(on)
    )
    return session.exec(query.with_for_update() if lock else query).first()
