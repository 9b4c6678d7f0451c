"""How old somebody is on a day, as the district's rule counts it."""

from datetime import date, timedelta
from typing import Literal

from dispatch.subsidy.strict import Strict


class AgeChange(Strict):
    """From when a new age counts.

    `birthday`: on the birthday itself. `day_after_birthday`: from the day after it.
    `birthday_month_next`: from the first day of the month after the birthday's month.
    In a common year somebody born on 29 February has the birthday that `leap_day`
    names; the month of birth stays February either way.
    """

    effective: Literal["birthday", "day_after_birthday", "birthday_month_next"]
    leap_day: Literal["feb_28", "mar_1"] = "mar_1"


def age_on(born_on: date, on: date, rule: AgeChange) -> int:
    """Whole years that count on this date; 0 before the first birthday."""
    if rule.effective == "birthday_month_next":
        months = (on.year - born_on.year) * 12 + on.month - born_on.month
        return max(0, (months - 1) // 12)
    if rule.effective == "day_after_birthday":
        on -= timedelta(days=1)
    reached = (on.month, on.day) >= _birthday_in(on.year, born_on, rule)
    return max(0, on.year - born_on.year - (not reached))


def _birthday_in(year: int, born_on: date, rule: AgeChange) -> tuple[int, int]:
    born_on_leap_day = (born_on.month, born_on.day) == (2, 29)
    if born_on_leap_day and not _is_leap(year):
        return (2, 28) if rule.leap_day == "feb_28" else (3, 1)
    return born_on.month, born_on.day


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def months_between(earlier: date, later: date) -> int:
    """Completed months from one date to a later one."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months - (later.day < earlier.day)
