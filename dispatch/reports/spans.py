"""Which days a report is about: a month, a year, or a week."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement

from dispatch.errors import BadInput

_MONTH: Final = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_YEAR: Final = re.compile(r"20\d\d")
_WEEK: Final = re.compile(r"(20\d\d)-W(\d\d)")


class BadPeriod(BadInput):
    """报表期间不对，没有生成。请写成 2026-05（月）、2026（年）或 2026-W20（周）。"""

    code = "bad_period"


@dataclass(frozen=True)
class Span:
    """The days of a report, both included, as somebody named them."""

    words: str
    first_on: date
    last_on: date

    @property
    def is_month(self) -> bool:
        return len(self.words) == len("2026-05")

    @property
    def is_week(self) -> bool:
        return "W" in self.words

    @property
    def title(self) -> str:
        """As people say it."""
        if self.is_week:
            return f"{self.first_on} 至 {self.last_on}"
        if self.is_month:
            return f"{self.first_on.year}年{self.first_on.month}月"
        return f"{self.words}年"

    def holds(self, period: Any) -> ColumnElement[bool]:
        """For queries: the books of its months."""
        first, last = f"{self.first_on:%Y-%m}", f"{self.last_on:%Y-%m}"
        within: ColumnElement[bool] = period.between(first, last)
        return within

    def before(self) -> "Span":
        """The one before it, of the same kind."""
        eve = self.first_on - timedelta(days=1)
        if self.is_week:
            year, week, _ = eve.isocalendar()
            return span_of(f"{year}-W{week:02d}")
        return span_of(f"{eve:%Y-%m}" if self.is_month else f"{eve:%Y}")

    def as_of(self, today: date) -> date:
        """The last day of it that has come."""
        return max(self.first_on, min(self.last_on, today))


def span_of(words: str) -> Span:
    """Raises: BadPeriod."""
    if found := _MONTH.fullmatch(words):
        year, month = map(int, found.groups())
        after = date(year + month // 12, month % 12 + 1, 1)
        return Span(words, date(year, month, 1), after - timedelta(days=1))
    if _YEAR.fullmatch(words):
        return Span(words, date(int(words), 1, 1), date(int(words), 12, 31))
    if found := _WEEK.fullmatch(words):
        try:
            monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        except ValueError as trouble:
            raise BadPeriod from trouble
        return Span(words, monday, monday + timedelta(days=6))
    raise BadPeriod
