"""Ages: three rules, every birthday, leap days included."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.subsidy.ages import AgeChange, age_on, months_between

BIRTHDAY = AgeChange(effective="birthday")
DAY_AFTER = AgeChange(effective="day_after_birthday")
NEXT_MONTH = AgeChange(effective="birthday_month_next")


@pytest.mark.parametrize(
    ("rule", "born_on", "first_day_at_80"),
    [
        (BIRTHDAY, date(1946, 5, 20), date(2026, 5, 20)),
        (DAY_AFTER, date(1946, 5, 20), date(2026, 5, 21)),
        (NEXT_MONTH, date(1946, 5, 20), date(2026, 6, 1)),
        (NEXT_MONTH, date(1946, 5, 1), date(2026, 6, 1)),
        (NEXT_MONTH, date(1946, 12, 31), date(2027, 1, 1)),
        (BIRTHDAY, date(1944, 2, 29), date(2024, 2, 29)),
        (NEXT_MONTH, date(1944, 2, 29), date(2024, 3, 1)),
    ],
)
def test_from_when_somebody_counts_as_80(
    rule: AgeChange, born_on: date, first_day_at_80: date
) -> None:
    assert age_on(born_on, first_day_at_80 - timedelta(days=1), rule) == 79
    assert age_on(born_on, first_day_at_80, rule) == 80


@pytest.mark.parametrize(
    ("leap_day", "first_day_at_70"),
    [("mar_1", date(2026, 3, 1)), ("feb_28", date(2026, 2, 28))],
)
@pytest.mark.proves("F80")
def test_a_leap_day_birthday_in_a_common_year(
    leap_day: Literal["mar_1", "feb_28"], first_day_at_70: date
) -> None:
    born_on = date(1956, 2, 29)
    rule = AgeChange(effective="birthday", leap_day=leap_day)
    assert age_on(born_on, first_day_at_70 - timedelta(days=1), rule) == 69
    assert age_on(born_on, first_day_at_70, rule) == 70


@pytest.mark.parametrize("leap_day", ["mar_1", "feb_28"])
def test_the_month_of_birth_stays_february(
    leap_day: Literal["mar_1", "feb_28"],
) -> None:
    rule = AgeChange(effective="birthday_month_next", leap_day=leap_day)
    assert age_on(date(1956, 2, 29), date(2026, 2, 28), rule) == 69
    assert age_on(date(1956, 2, 29), date(2026, 3, 1), rule) == 70


rules = st.sampled_from([BIRTHDAY, DAY_AFTER, NEXT_MONTH])


@given(
    st.dates(date(1900, 1, 1), date(2000, 12, 31)),
    st.dates(date(2001, 1, 1), date(2040, 1, 1)),
    rules,
)
def test_an_age_grows_by_one_and_once_a_year(
    born_on: date, on: date, rule: AgeChange
) -> None:
    ages = [age_on(born_on, on + timedelta(days=i), rule) for i in range(367)]
    steps = [later - earlier for earlier, later in pairwise(ages)]
    assert set(steps) <= {0, 1}
    assert 1 <= sum(steps) <= 2
    assert abs(ages[0] - (on.year - born_on.year)) <= 1


def test_an_assessment_ages_by_completed_months() -> None:
    assert months_between(date(2024, 5, 11), date(2026, 5, 11)) == 24
    assert months_between(date(2024, 5, 11), date(2026, 6, 10)) == 24
    assert months_between(date(2024, 5, 11), date(2026, 6, 11)) == 25
    assert months_between(date(2026, 1, 31), date(2026, 2, 28)) == 0
