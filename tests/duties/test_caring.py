"""Care plans are agreed, changed and ended; the file tells how each duty went."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from dispatch.duties.care_plans import CarePlan, minutes_due
from dispatch.duties.caring import (
    BadCareDays,
    CareDraft,
    LaterCarePlan,
    agree_minutes,
    end_care,
)
from dispatch.duties.duties_file import DutiesFile, DutyStory, show_duties_file
from dispatch.errors import NotFound
from dispatch.people.elders import Living
from dispatch.store.unit_of_work import picture, unit_of_work
from tests.little_town import EIGHT, TODAY, LittleTown

DAY = timedelta(days=1)


def test_a_part_of_a_month_counts_by_its_days() -> None:
    first = plan(600, date(2026, 11, 1), date(2026, 11, 10))
    then = plan(900, date(2026, 11, 11))

    assert minutes_due([first, then], date(2026, 11, 20)) == 200 + 600
    assert minutes_due([first, then], date(2026, 12, 1)) == 900
    assert minutes_due([first], date(2026, 11, 11)) is None
    assert minutes_due([plan(100, date(2026, 11, 30))], date(2026, 11, 30)) == 4


def test_a_care_plan_is_agreed_changed_and_ended(town: LittleTown) -> None:
    elder_id = town.add_elder()
    agree(town, elder_id, 600, TODAY - 9 * DAY)
    agree(town, elder_id, 900, TODAY, words="翻身、擦浴")
    agree(town, elder_id, 800, TODAY, words="擦浴")  # put right the same day
    with pytest.raises(LaterCarePlan):
        agree(town, elder_id, 300, TODAY - DAY)
    with pytest.raises(BadCareDays):
        agree(town, elder_id, 300, TODAY - 40 * DAY)

    file = shown(town, elder_id)
    assert [(p.minutes_a_month, p.until_on, p.made_by) for p in file.care_plans] == [
        (800, None, "front"),
        (600, TODAY - DAY, "front"),
    ]
    [owed] = [line for line in file.row.duties if line.minutes]
    assert (owed.needed, owed.got) == (-(-(600 * 9 + 800 * 11) // 30), 0)

    with unit_of_work(town.engine, town.staff) as uow:
        end_care(uow, elder_id, TODAY - DAY)
    file = shown(town, elder_id)
    assert [plan.minutes_a_month for plan in file.care_plans] == [600]
    assert not any(line.minutes for line in file.row.duties)
    with pytest.raises(NotFound), unit_of_work(town.engine, town.staff) as uow:
        end_care(uow, elder_id, TODAY)


def test_the_file_tells_what_was_credited_and_which_weeks_were_missed(
    town: LittleTown,
) -> None:
    elder_id = town.add_elder(
        relief="TK",
        born_on=date(1960, 1, 1),
        living=Living.ALONE,
        made_at=EIGHT - 300 * DAY,
        last_visit_at=EIGHT - 9 * DAY,
    )
    file = shown(town, elder_id)
    week = story(file, "visit-week")
    assert (week.period, week.credits) == ("week", [])
    assert [(p.until_on.day, p.met, p.got) for p in week.past] == [
        (15, True, 1),
        (8, False, 0),
    ]
    assert [(c.what, c.way, c.on) for c in week.past[0].credits] == [
        ("VISIT_HOME", "file", TODAY - 9 * DAY)
    ]
    assert story(file, "haircut-month").past == []  # not counted before November
    assert file.last_visit_at == EIGHT - 9 * DAY


def plan(minutes: int, from_on: date, until_on: date | None = None) -> CarePlan:
    return CarePlan(
        elder_id=uuid4(), minutes_a_month=minutes, from_on=from_on, until_on=until_on
    )


def agree(
    town: LittleTown, elder_id: UUID, minutes: int, from_on: date, words: str = ""
) -> None:
    with unit_of_work(town.engine, town.staff) as uow:
        agree_minutes(uow, elder_id, CareDraft(minutes, from_on, words=words))


def shown(town: LittleTown, elder_id: UUID) -> DutiesFile:
    with picture(town.engine, town.staff) as seen:
        return show_duties_file(seen, elder_id)


def story(file: DutiesFile, duty: str) -> DutyStory:
    [found] = [one for one in file.stories if one.duty == duty]
    return found
