"""Orders wanted at once that nobody takes or takes up: people are told why."""

from sqlmodel import Session

from dispatch.orders.orders import OrderState
from dispatch.people.helpers import Helper
from dispatch.planning.on_demand.means import Means
from dispatch.planning.on_demand.minding import Minder
from dispatch.planning.plans import RoundState
from tests.engines import ON_ONE_ENGINE
from tests.little_town import ELEVEN, NOON, LittleTown
from tests.planning.at_once import (
    MINUTE,
    a_visit,
    alarms,
    events_of,
    leave,
    look_twice,
    statements_of,
)
from tests.planning.lunch_wave import (
    add_service,
    begin,
    cancel,
    order_of,
    rounds_of,
    stops_of,
)


def test_who_is_left_says_why_and_waits_again_when_somebody_can(
    town: LittleTown,
) -> None:
    helper_id = town.add_helper(skills=["meal"])
    wanted = a_visit(town)
    town.at(ELEVEN)
    minder = Minder(town.engine)
    minder.look()
    assert order_of(town, wanted).state is OrderState.WAITING  # may still change

    minder.look()

    order = order_of(town, wanted)
    assert order.state is OrderState.UNASSIGNED
    assert order.explanation is not None
    assert order.explanation["why"] == "1 人不具备所需技能。"
    assert order.explanation["candidates"] == [
        {"helper_id": str(helper_id), "rule": "skill", "by": None}
    ]
    changes = len(events_of(town, wanted))
    minder.look()
    assert len(events_of(town, wanted)) == changes  # it is told once

    with Session(town.engine) as session:
        session.get_one(Helper, helper_id).skills = ["visit"]
        session.commit()
    assert minder.look() == 1
    order = order_of(town, wanted)
    assert (order.state, order.explanation) == (OrderState.PLANNED, None)


def test_with_nobody_on_duty_it_says_so(town: LittleTown) -> None:
    wanted = a_visit(town)
    town.at(ELEVEN)
    look_twice(town)

    order = order_of(town, wanted)
    assert order.state is OrderState.UNASSIGNED
    assert order.explanation is not None
    assert order.explanation["why"] == "当班无人可派。"


def test_a_visit_for_two_is_not_given_to_one(town: LittleTown) -> None:
    add_service(town, "BATH_HOME", people=2, minutes=40, skills=["visit"])
    for _ in range(2):
        town.add_helper()
    wanted = a_visit(town, service="BATH_HOME")
    town.at(ELEVEN)
    look_twice(town)

    order = order_of(town, wanted)
    assert order.state is OrderState.UNASSIGNED
    assert order.explanation is not None
    assert {each["rule"] for each in order.explanation["candidates"]} == {"not_at_once"}
    assert "改约时段" in order.explanation["why"]


def test_who_works_by_a_paper_sheet_is_not_sent_at_once(town: LittleTown) -> None:
    town.add_helper(paper=True)
    wanted = a_visit(town)
    town.at(ELEVEN)
    look_twice(town)
    assert order_of(town, wanted).state is OrderState.UNASSIGNED

    town.add_helper()
    assert leave(town) == 1


def test_a_trip_that_nobody_takes_up_is_told_once(town: LittleTown) -> None:
    helper_id = town.add_helper()
    wanted = a_visit(town)
    town.at(ELEVEN)
    minder = Minder(town.engine)
    assert minder.look() == 1
    (round_,) = rounds_of(town)
    (stop,) = stops_of(town, round_)

    town.at(stop.leaves_at + 4 * MINUTE)
    minder.look()
    assert alarms(town) == []

    town.at(stop.leaves_at + 6 * MINUTE)
    for _ in range(2):
        minder.look()
    (alarm,) = alarms(town)
    assert alarm.subject_id == round_.id
    assert alarm.facts["helper_id"] == str(helper_id)
    assert "无人动身" in alarm.facts["words"]
    assert order_of(town, wanted).state is OrderState.PLANNED
    assert events_of(town, wanted)[-1].kind == "order.not_taken_up"


@ON_ONE_ENGINE
def test_a_trip_that_cannot_be_told_of_holds_no_other_back(town: LittleTown) -> None:
    for _ in range(2):
        town.add_helper()
        a_visit(town)
    town.at(ELEVEN)
    minder = Minder(town.engine)
    assert minder.look() == 2
    bad, fine = sorted(round_.id for round_ in rounds_of(town))
    with town.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER stuck BEFORE INSERT ON event "
            f"WHEN NEW.subject_id = '{bad.hex}' BEGIN SELECT RAISE(ABORT, 'no'); END"
        )

    town.at(NOON)
    minder.look()
    assert [alarm.subject_id for alarm in alarms(town)] == [fine]


def test_a_trip_for_which_nobody_waits_any_more_is_no_alarm(town: LittleTown) -> None:
    town.add_helper()
    wanted = a_visit(town)
    town.at(ELEVEN)
    minder = Minder(town.engine)
    minder.look()
    cancel(town, wanted)

    town.at(NOON)
    said = statements_of(town, minder.look)
    assert alarms(town) == []
    assert sum("event.subject_id" in each for each in said) == 1  # asked of all at once


def test_a_trip_that_was_taken_up_is_no_alarm(town: LittleTown) -> None:
    town.add_helper()
    a_visit(town)
    town.at(ELEVEN)
    minder = Minder(town.engine)
    minder.look()
    (round_,) = rounds_of(town)
    begin(town, round_, RoundState.UNDER_WAY)

    town.at(NOON)
    minder.look()
    assert alarms(town) == []


def test_where_nobody_carries_a_phone_nobody_is_missed(town: LittleTown) -> None:
    town.add_helper()
    a_visit(town)
    town.at(ELEVEN)
    minder = Minder(town.engine, Means(silent_seconds=None))
    minder.look()

    town.at(NOON)
    minder.look()
    assert alarms(town) == []
