"""One clock for the product: cut-offs, deadlines and timers follow it.

In the demo it is a row that every process reads: it starts when told, runs at a
speed, and at speed 0 stands until it is moved. Everywhere else it is wall time.
Leases, heartbeats and sockets never ask it.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.store.columns import Instant

TOWN = ZoneInfo("Asia/Shanghai")


class ClockSetting(SQLModel, table=True):
    """Where the simulated clock stood at one wall moment, and how fast it runs."""

    __tablename__ = "clock"
    __table_args__ = (CheckConstraint("id = 1", name="one_clock"),)

    id: int = Field(default=1, primary_key=True)
    wall_at: datetime = Field(sa_type=Instant)
    product_at: datetime = Field(sa_type=Instant)
    speed: float = Field(default=1.0, ge=0)


def wall_now() -> datetime:
    """The machine's own time, for leases, heartbeats and receipts."""
    return datetime.now(UTC)


_SETTING: Final = select(
    ClockSetting.product_at, ClockSetting.wall_at, ClockSetting.speed
).where(col(ClockSetting.id) == 1)


def read_clock(session: Session) -> datetime:
    """The product's time now."""
    now = wall_now()
    setting = session.exec(_SETTING).first()
    if setting is None:
        return now
    product_at, wall_at, speed = setting
    return product_at + (now - wall_at) * speed


def clock_speed(session: Session) -> float:
    """Product seconds per wall second; 0 when the clock is moved by hand."""
    setting = session.get(ClockSetting, 1)
    return 1.0 if setting is None else setting.speed


def set_clock(session: Session, at: datetime, *, speed: float) -> None:
    """Put the simulated clock at a moment; it runs on from there."""
    session.merge(ClockSetting(id=1, wall_at=wall_now(), product_at=at, speed=speed))


def town_day(at: datetime) -> date:
    """The local day of a moment."""
    return at.astimezone(TOWN).date()


def town_moment(on: date, seconds: int) -> datetime:
    """The moment so many seconds after local midnight of a day, in UTC."""
    midnight = datetime(on.year, on.month, on.day, tzinfo=TOWN)
    return (midnight + timedelta(seconds=seconds)).astimezone(UTC)


def town_seconds(at: datetime, on: date) -> int:
    """Whole seconds from local midnight of a day to a moment (may be negative)."""
    return round((at - town_moment(on, 0)).total_seconds())
