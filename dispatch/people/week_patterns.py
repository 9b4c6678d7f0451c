"""The pattern of a helper's week, laid out as shifts some days ahead."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, insert
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.catalogue.calendar import DayKind, kinds_of
from dispatch.clock import town_moment
from dispatch.people.helpers import Shift

AHEAD: Final = timedelta(days=14)
MAKE_UP_DAY: Final = 7  # instead of the weekday, on a make-up workday (调休上班)


class WeekPattern(SQLModel, table=True):
    """One stretch of duty of each week; times are seconds after local midnight.

    `weekday` is 0 for Monday to 6 for Sunday; 7 is for make-up workdays, on which it
    replaces the weekday's own. A year whose holidays are not published has none.
    """

    __tablename__ = "week_pattern"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 7", name="day_of_week"),
        CheckConstraint(
            "begins BETWEEN 0 AND 86399 AND begins < ends AND ends <= 108000",
            name="pattern_forward",
        ),
        CheckConstraint(
            "(break_from IS NULL AND break_until IS NULL AND break_seconds = 0) OR "
            "(break_seconds BETWEEN 60 AND break_until - break_from "
            "AND break_from >= begins AND break_until <= ends)",
            name="break_inside",
        ),
        CheckConstraint("until_on IS NULL OR from_on <= until_on", name="valid"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    helper_id: UUID = Field(foreign_key="helper.id", index=True)
    weekday: int
    begins: int
    ends: int
    break_from: int | None = None
    break_until: int | None = None
    break_seconds: int = 0
    off_on_holidays: bool = False
    from_on: date
    until_on: date | None = None

    def is_for(self, on: date, kind: DayKind, *, by_make_up: bool) -> bool:
        """It says that its helper works on this day.

        Args:
            by_make_up: its helper has a pattern for make-up workdays.
        """
        if on < self.from_on or (self.until_on is not None and on > self.until_on):
            return False
        if kind is DayKind.HOLIDAY and self.off_on_holidays:
            return False
        if kind is DayKind.MAKE_UP and by_make_up:
            return self.weekday == MAKE_UP_DAY
        return self.weekday == on.weekday()

    def shift_on(self, on: date) -> Shift:
        """The shift of a day, as it would be kept."""
        rests: tuple[datetime | None, datetime | None] = (None, None)
        if self.break_from is not None and self.break_until is not None:
            rests = town_moment(on, self.break_from), town_moment(on, self.break_until)
        return Shift(
            id=uuid4(),
            helper_id=self.helper_id,
            works_on=on,
            starts_at=town_moment(on, self.begins),
            ends_at=town_moment(on, self.ends),
            pattern_id=self.id,
            break_from_at=rests[0],
            break_until_at=rests[1],
            break_seconds=self.break_seconds,
        )


class ShiftHorizon(SQLModel, table=True):
    """Up to which day shifts are laid out; one row."""

    __tablename__ = "shift_horizon"
    __table_args__ = (CheckConstraint("id = 1", name="one_horizon"),)

    id: int = Field(default=1, primary_key=True)
    until_on: date


def list_patterns(session: Session, helper_id: UUID) -> list[WeekPattern]:
    """A helper's patterns, by weekday and hour."""
    query = select(WeekPattern).where(WeekPattern.helper_id == helper_id)
    by = (col(WeekPattern.weekday), col(WeekPattern.begins), col(WeekPattern.id))
    return list(session.exec(query.order_by(*by)))


def lay_out_when_due(session: Session, today: date) -> int:
    """Lay out the days that have come into sight; nothing on the day's later looks.

    Returns:
        how many shifts were new.
    """
    horizon, until = session.get(ShiftHorizon, 1), today + AHEAD
    if horizon is not None and horizon.until_on >= until:
        return 0
    session.merge(ShiftHorizon(id=1, until_on=until))
    return lay_out_shifts(session, today)


def lay_out_shifts(session: Session, today: date) -> int:
    """Keep the shifts of the days ahead that no earlier run has kept.

    Doing it twice makes nothing new; what was laid out stays as it is.

    Returns:
        how many were new.
    """
    days = [today + timedelta(days=ahead) for ahead in range(AHEAD.days)]
    shifts = [shift.model_dump() for shift in _missing(session, days)]
    if shifts:
        session.exec(insert(Shift), params=shifts)
    return len(shifts)


def take_back_shifts(session: Session, pattern: WeekPattern, first: date) -> None:
    """Forget what a pattern has laid out from a day on; it is about to change."""
    query = select(Shift).where(Shift.pattern_id == pattern.id, Shift.works_on >= first)
    for shift in session.exec(query).all():
        session.delete(shift)
    session.flush()


def _missing(session: Session, days: list[date]) -> Iterator[Shift]:
    patterns = session.exec(
        select(WeekPattern)
        .where(WeekPattern.from_on <= days[-1])
        .where(
            col(WeekPattern.until_on).is_(None) | (col(WeekPattern.until_on) >= days[0])
        )
        .order_by(col(WeekPattern.helper_id), col(WeekPattern.id))
    ).all()
    query = (
        select(col(Shift.pattern_id), col(Shift.works_on))
        .where(col(Shift.pattern_id).is_not(None))
        .where(Shift.works_on >= days[0], Shift.works_on <= days[-1])
    )
    kept = {(pattern_id, on) for pattern_id, on in session.exec(query)}
    make_up = {each.helper_id for each in patterns if each.weekday == MAKE_UP_DAY}
    kinds = kinds_of(session, days)
    for on in days:
        for each in patterns:
            by_make_up = each.helper_id in make_up
            if (each.id, on) not in kept and each.is_for(
                on, kinds[on], by_make_up=by_make_up
            ):
                yield each.shift_on(on)
