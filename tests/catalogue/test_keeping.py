"""The catalogue is data: a new row is dispatched the same day."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from dispatch.access.accounts import Role
from dispatch.catalogue.calendar import DayKind, kinds_of, show_year
from dispatch.catalogue.keeping import (
    AssistUnknown,
    CalendarUnclear,
    ServiceDraft,
    ServiceExists,
    SkillUnknown,
    add_service,
    add_skill,
    change_service,
    put_in_year,
    read_days,
    set_assist,
)
from dispatch.catalogue.services import Proof, SameSex
from dispatch.orders.orders import OrderState
from dispatch.people.week_patterns import WeekPattern
from dispatch.planning.rules import SAME_SEX_SECONDS
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from tests.little_town import TODAY, LittleTown
from tests.planning.lunch_wave import (
    order_of,
    order_visit,
    plan,
    quick,
    read_wave,
    rounds_of,
)

HAIRCUT = ServiceDraft(
    code="HAIR_HOME",
    assist="助洁",
    name="上门理发",
    minutes=30,
    skills=("barber",),
    price_fen=2000,
    proofs=(Proof.SIGN, Proof.HOURS),
)


def offer_haircuts(uow: UnitOfWork) -> None:
    add_skill(uow, "barber", "理发", certified=False)
    set_assist(uow, "助洁", "助洁", one_of_six=True, rank=4)
    add_service(uow, HAIRCUT)


def test_haircuts_are_added_as_data_and_planned_the_same_day(town: LittleTown) -> None:
    barber = town.add_helper(skills=["barber"])
    town.add_helper()
    office = town.add_account("office", Role.DISTRICT)

    in_one_transaction(town.engine, offer_haircuts, actor=office)
    order = order_visit(town, service="HAIR_HOME")
    plan(town, thinking=quick)

    assert order_of(town, order).state is OrderState.PLANNED
    assert order_of(town, order).price_fen == 2000
    assert [r.helper_id for r in rounds_of(town)] == [barber]
    with pytest.raises(ServiceExists):
        in_one_transaction(town.engine, lambda uow: add_service(uow, HAIRCUT))
    for wrong, why in (
        (replace(HAIRCUT, skills=("magic",)), SkillUnknown),
        (replace(HAIRCUT, assist="助乐"), AssistUnknown),
    ):
        with pytest.raises(why):
            in_one_transaction(town.engine, partial(change_service, draft=wrong))


@pytest.mark.parametrize("wish", [SameSex.ONLY, SameSex.RATHER])
def test_whose_sex_is_asked_for_is_kept_or_preferred(
    town: LittleTown, wish: SameSex
) -> None:
    woman, man = town.add_helper(sex="F"), town.add_helper(sex="M")
    in_one_transaction(town.engine, offer_haircuts)
    draft = replace(HAIRCUT, skills=(), same_sex=wish)
    in_one_transaction(town.engine, lambda uow: change_service(uow, draft))
    order = order_visit(town, town.add_elder(sex="F"), service="HAIR_HOME")

    wave = read_wave(town)

    task = wave.problem.task(str(order))
    able = {wave.carriers[v.id].helper_id for v in wave.problem.vehicles
            if task.needs <= v.skills}  # fmt: skip
    rather = {wave.carriers[wish.vehicle].helper_id for wish in wave.problem.prefer
              if wish.seconds == SAME_SEX_SECONDS}  # fmt: skip
    expected: tuple[set[UUID], set[UUID]] = (
        ({woman}, set()) if wish is SameSex.ONLY else ({woman, man}, {woman})
    )
    assert (able, rather) == expected


def test_holidays_are_known_or_not_yet_published_and_never_guessed(
    town: LittleTown,
) -> None:
    labour_day, worked = date(2026, 5, 1), date(2026, 5, 9)
    with Session(town.engine) as session:
        kinds = kinds_of(session, [labour_day, worked, date(2026, 5, 16), TODAY])
        coming = show_year(session, 2099)
    assert [*kinds.values()] == [
        DayKind.HOLIDAY,
        DayKind.MAKE_UP,
        DayKind.WEEKEND,
        DayKind.WORKDAY,
    ]
    assert not coming.published
    assert coming.days == []

    text = "日期,类型,名称\n2099-01-01,放假,元旦\n2099-01-03,上班,元旦\n"
    days = read_days(text)
    year = in_one_transaction(
        town.engine, lambda uow: put_in_year(uow, 2099, "通知一号", days)
    )
    assert (year.published, year.notice) == (True, "通知一号")
    assert [day.kind for day in year.days] == [DayKind.HOLIDAY, DayKind.MAKE_UP]


@pytest.mark.parametrize(
    "text", ["2099-02-30,放假,", "2099-01-01,也许,元旦", "放假", "2099-01-01"]
)
def test_a_holiday_sheet_that_is_unclear_says_which_line(text: str) -> None:
    with pytest.raises(CalendarUnclear, match="第 1 行"):
        read_days(text)


def test_a_pattern_rests_on_holidays_and_works_on_make_up_days() -> None:
    def works(on: date, kind: DayKind, **about: Any) -> bool:
        facts: dict[str, Any] = {"weekday": 4, "off_on_holidays": True} | about
        hours: dict[str, Any] = {"begins": 0, "ends": 60, "from_on": TODAY}
        pattern = WeekPattern(helper_id=uuid4(), **hours, **facts)
        return pattern.is_for(on, kind, by_make_up=pattern.weekday == 7)

    saturday = date(2026, 11, 21)
    assert works(TODAY, DayKind.WORKDAY)
    assert not works(TODAY, DayKind.HOLIDAY)
    assert works(TODAY, DayKind.HOLIDAY, off_on_holidays=False)
    assert not works(saturday, DayKind.MAKE_UP)
    assert works(saturday, DayKind.MAKE_UP, weekday=7)
    assert not works(TODAY, DayKind.WORKDAY, until_on=date(2026, 11, 19))
