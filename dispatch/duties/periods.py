"""Periods of the calendar: natural weeks, months, quarters and years of the town."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

_DAY = timedelta(days=1)


class Period(StrEnum):
    WEEK = "week"  # Monday to Sunday
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    DAYS = "days"  # so many days after the last time


@dataclass(frozen=True, order=True)
class Span:
    """From the first day to the last, both included."""

    first_on: date
    until_on: date

    def holds(self, on: date) -> bool:
        return self.first_on <= on <= self.until_on

    def days_left(self, on: date) -> int:
        """0 on the last day; below 0 when it is over."""
        return (self.until_on - on).days


@lru_cache(maxsize=4096)
def span_of(period: Period, on: date) -> Span:
    """The period of the calendar that a day lies in.

    Raises:
        ValueError: the period is not one of the calendar.
    """
    match period:
        case Period.WEEK:
            first = on - timedelta(days=on.weekday())
            return Span(first, first + timedelta(days=6))
        case Period.MONTH:
            return _months(on.replace(day=1), 1)
        case Period.QUARTER:
            return _months(on.replace(month=on.month - (on.month - 1) % 3, day=1), 3)
        case Period.YEAR:
            return _months(on.replace(month=1, day=1), 12)
        case Period.DAYS:
            raise ValueError("days after the last time are no period of the calendar")


def span_before(period: Period, span: Span) -> Span:
    return span_of(period, span.first_on - _DAY)


def spans_between(period: Period, first: date, last: date) -> Iterator[Span]:
    """The periods that these days lie in and all between them, in order."""
    span = span_of(period, first)
    while span.first_on <= last:
        yield span
        span = span_of(period, span.until_on + _DAY)


def _months(first: date, count: int) -> Span:
    year, month = divmod(first.year * 12 + first.month - 1 + count, 12)
    return Span(first, date(year, month + 1, 1) - _DAY)
