"""What is owed to a station's signed persons in a month: visits and haircuts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Final

from sqlmodel import Session

from dispatch.duties.gathering import how_stood
from dispatch.duties.periods import Period, span_of
from dispatch.duties.rules import DutyRule
from dispatch.people.elders import Elder
from dispatch.subsidy.months.periods import first_day, month_after

_VISIT: Final = "VISIT_HOME"
_HAIRCUT: Final = "CARE_HAIRCUT"


@dataclass
class Duty:
    """How often something was owed to signed persons in a month, and how often done."""

    due: int = 0
    done: int = 0

    @property
    def pct(self) -> int | None:
        """Whole percent, rounded down; None where nothing was due."""
        return 100 * self.done // self.due if self.due else None


def last_day(month: str) -> date:
    """The last day of YYYY-MM. Raises: BadInput."""
    return first_day(month_after(month)) - timedelta(days=1)


def count_duties(
    session: Session, elders: Sequence[Elder], month: str
) -> tuple[Duty, Duty]:
    """Visits and haircuts of the periods that end within the month."""
    found = {_VISIT: Duty(), _HAIRCUT: Duty()}
    first, last = first_day(month), last_day(month)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    for one in how_stood(session, elders, days, partial(_ends, last)):
        if not one.paused:
            duty = found[one.held.rule.orders or ""]
            duty.due += one.needed
            duty.done += min(one.got, one.needed)
    return found[_VISIT], found[_HAIRCUT]


def _ends(last: date, rule: DutyRule, on: date) -> bool:
    """A period ends on this day; what rolls on is asked on the month's last day."""
    if rule.orders not in (_VISIT, _HAIRCUT):
        return False
    rolls = rule.period is Period.DAYS
    return on == (last if rolls else span_of(rule.period, on).until_on)
