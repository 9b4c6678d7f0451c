"""The calendar: holidays and make-up workdays, as the State Council publishes them.

The package chinesecalendar knows the years that are published; a district's own rows
overrule it, and fill a year that the package does not have yet. Of a year that
neither knows nothing is guessed: it is not yet published (尚未公布), and its days are
only days of the week.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from chinese_calendar import constants
from sqlmodel import Field, Session, SQLModel, select

from dispatch.store.columns import word


class DayKind(StrEnum):
    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"  # 放假: off by the arrangement, weekend days in it too
    MAKE_UP = "make_up"  # 调休上班: a weekend day that is worked

    @property
    def is_worked(self) -> bool:
        return self in (DayKind.WORKDAY, DayKind.MAKE_UP)


class CalendarDay(SQLModel, table=True):
    """A day that the district has put in by itself; it overrules the package."""

    __tablename__ = "calendar_day"

    falls_on: date = Field(primary_key=True)
    kind: DayKind = Field(sa_type=word(DayKind))
    name: str = Field(default="", max_length=20)


class CalendarYear(SQLModel, table=True):
    """A year whose arrangement the district has put in, by which notice."""

    __tablename__ = "calendar_year"

    year: int = Field(primary_key=True)
    notice: str = Field(max_length=80)


@dataclass(frozen=True)
class Day:
    """One day that is not as its weekday says, and since when we know."""

    falls_on: date
    kind: DayKind
    name: str


@dataclass(frozen=True)
class Year:
    """The arrangement of one year; `published` is false while nobody knows it."""

    year: int
    published: bool
    notice: str
    days: list[Day]


def kinds_of(session: Session, days: Collection[date]) -> dict[date, DayKind]:
    """What each of these days is, in one query."""
    years = {on.year for on in days}
    known = {each.falls_on: each.kind for y in years for each in _published(y)}
    known |= {each.falls_on: each.kind for each in _own(session, years)}
    return {on: known.get(on) or plain_kind(on) for on in days}


def kind_of(session: Session, on: date) -> DayKind:
    """What a day is."""
    return kinds_of(session, [on])[on]


def known_kind(on: date) -> DayKind:
    """What a day is without a district's own rows."""
    known = {each.falls_on: each.kind for each in _published(on.year)}
    return known.get(on) or plain_kind(on)


def plain_kind(on: date) -> DayKind:
    """By the weekday alone."""
    return DayKind.WEEKEND if on.weekday() >= 5 else DayKind.WORKDAY


def is_published(session: Session, year: int) -> bool:
    """Somebody knows the holidays of this year."""
    return bool(_published(year)) or session.get(CalendarYear, year) is not None


def show_year(session: Session, year: int) -> Year:
    """A year's holidays and make-up workdays, by date."""
    own = session.get(CalendarYear, year)
    days = {each.falls_on: each for each in _published(year)}
    days |= {
        each.falls_on: Day(each.falls_on, each.kind, each.name)
        for each in _own(session, {year})
    }
    return Year(
        year=year,
        published=is_published(session, year),
        notice=own.notice if own else "",
        days=[days[on] for on in sorted(days) if days[on].kind != plain_kind(on)],
    )


def _own(session: Session, years: Collection[int]) -> list[CalendarDay]:
    if not years:
        return []
    first, last = date(min(years), 1, 1), date(max(years), 12, 31)
    query = select(CalendarDay).where(
        CalendarDay.falls_on >= first, CalendarDay.falls_on <= last
    )
    return [each for each in session.exec(query) if each.falls_on.year in years]


@cache
def _published(year: int) -> tuple[Day, ...]:
    """What the package has of a year; nothing when it is not published."""
    begins, length = date(year, 1, 1), timedelta(days=366)
    days = (begins + timedelta(days=n) for n in range(length.days))
    found = []
    for on in days:
        if on.year != year:
            continue
        if on in constants.holidays:
            found.append(Day(on, DayKind.HOLIDAY, _name(constants.holidays[on])))
        elif on in constants.workdays:
            found.append(Day(on, DayKind.MAKE_UP, _name(constants.workdays[on])))
    return tuple(found)


def _name(english: str) -> str:
    chinese: str = constants.Holiday(english).chinese
    return chinese[:20]
