"""From a wave to a problem: the district's facts as seconds, skills and ranks."""

import json
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, select

from dispatch.catalogue.sittings import Serving, Sitting
from dispatch.clock import set_clock, town_moment
from dispatch.people.elders import Elder, Household
from dispatch.people.helpers import Shift, TravelMode
from dispatch.planning import roads
from dispatch.planning.plans import Round, RoundState
from dispatch.planning.roads import base_map
from dispatch.planning.waves import Wave
from dispatch.settings import settings
from routing import Matrix, Task, make_roads, problem_to, save_roads
from tests.little_town import EIGHT, LAT, LON, STREET, TODAY, LittleTown
from tests.planning.lunch_wave import (
    add_service,
    order_lunch,
    order_visit,
    plan,
    read_wave,
    rounds_of,
    wave_of,
)

HALF_PAST_TEN = 37_800
ELEVEN = 39_600
HALF_PAST_TWELVE = 45_000
YOUNG = date(1960, 1, 1)


def task_for(town: LittleTown, order_id: UUID) -> Task:
    return read_wave(town).problem.task(str(order_id))


def test_a_lunch_is_a_pair_with_hard_windows_and_a_longest_ride(
    town: LittleTown,
) -> None:
    task = task_for(town, order_lunch(town))

    assert task.pickup is not None
    assert task.dropoff is not None
    assert task.pickup.windows == ((HALF_PAST_TEN, HALF_PAST_TWELVE),)
    assert task.dropoff.windows == ((ELEVEN, HALF_PAST_TWELVE),)
    assert task.max_ride_seconds == 3000
    assert task.load == (1,)
    assert task.needs == {"meal"}
    assert task.penalty


def test_a_box_is_never_planned_past_its_clock(town: LittleTown) -> None:
    order_id = order_lunch(town)
    with Session(town.engine) as session:
        sitting = session.get_one(Sitting, town.sitting_id)
        sitting.eat_by_at = town_moment(TODAY, HALF_PAST_TWELVE - 600)
        session.commit()

    dropoff = task_for(town, order_id).dropoff
    assert dropoff is not None
    assert dropoff.windows == ((ELEVEN, HALF_PAST_TWELVE - 600),)


@pytest.mark.parametrize(
    ("floor", "lift", "more"), [(1, False, 0), (6, False, 100), (6, True, 45)]
)
def test_floors_cost_time_and_a_lift_saves_some(
    town: LittleTown, floor: int, lift: bool, more: int
) -> None:
    flat = task_for(town, order_lunch(town)).dropoff
    high = town.add_elder(floor=floor, lift=lift)
    there = task_for(town, order_lunch(town, high)).dropoff

    assert flat is not None
    assert there is not None
    assert there.service_seconds - flat.service_seconds == more


def test_a_visit_lasts_its_minutes(town: LittleTown) -> None:
    task = task_for(town, order_visit(town))

    assert task.visit is not None
    assert task.visit.service_seconds == 20 * 60
    assert task.needs == {"visit"}
    assert task.load == ()


def test_ranks_follow_the_rules(town: LittleTown) -> None:
    add_service(town, "URGENT", assist="助急", minutes=30)
    overdue = town.add_elder(born_on=YOUNG, visit_every_days=7)
    lately = town.add_elder(born_on=YOUNG, visit_every_days=7)
    with Session(town.engine) as session:
        session.get_one(Elder, overdue).last_visit_at = EIGHT - timedelta(days=9)
        session.get_one(Elder, lately).last_visit_at = EIGHT - timedelta(days=3)
        session.commit()
    young = town.add_elder(born_on=YOUNG)
    weak = town.add_elder(born_on=YOUNG, ability_level=2)

    assert task_for(town, order_lunch(town, young)).tier == 0
    assert task_for(town, order_lunch(town, weak)).tier == 1
    assert task_for(town, order_visit(town, lately)).tier == 0
    assert task_for(town, order_visit(town, overdue)).tier == 2
    assert task_for(town, order_visit(town, young, service="URGENT")).tier == 3


def test_where_no_phone_works_goes_who_works_by_paper(town: LittleTown) -> None:
    town.add_helper()
    town.add_helper(paper=True)
    elder = town.add_elder()
    with Session(town.engine) as session:
        door = session.get_one(Elder, elder).household_id
        session.get_one(Household, door).signal = False
        session.commit()

    assert "paper" in task_for(town, order_lunch(town, elder)).needs
    skilled = ["paper" in v.skills for v in read_wave(town).problem.vehicles]
    assert sorted(skilled) == [False, True]


def test_a_helper_is_a_vehicle_of_their_shift(town: LittleTown) -> None:
    town.add_helper(capacity=7, max_work_seconds=3600)
    order_lunch(town)

    (vehicle,) = read_wave(town).problem.vehicles

    assert vehicle.capacity == (7,)
    assert vehicle.shift == (10 * 3600, 14 * 3600)
    assert vehicle.max_work_seconds == 3600
    assert vehicle.start.startswith("station ")


def test_suspended_helpers_and_other_days_do_not_count(town: LittleTown) -> None:
    town.add_helper(suspended=True)
    off = town.add_helper()
    with Session(town.engine) as session:
        shift = session.exec(select(Shift).where(Shift.helper_id == off)).one()
        shift.works_on = TODAY + timedelta(days=1)
        session.commit()
    order_lunch(town)

    assert read_wave(town).problem.vehicles == ()


def test_another_wave_takes_its_part_of_a_shift(town: LittleTown) -> None:
    helper = town.add_helper(max_work_seconds=2 * 3600)
    order_lunch(town)
    with Session(town.engine) as session:
        breakfast = Wave(
            street_code=STREET,
            serve_on=TODAY,
            serving=Serving.BREAKFAST,
            plan_at=EIGHT,
            departs_at=EIGHT,
            ends_at=EIGHT + timedelta(hours=3),
        )
        session.add(breakfast)
        session.flush()
        session.add(
            Round(
                wave_id=breakfast.id,
                helper_id=helper,
                state=RoundState.READY,
                made_in_version=1,
                leaves_at=EIGHT + timedelta(hours=2),
                ends_at=EIGHT + timedelta(hours=2, minutes=30),
            )
        )
        session.commit()

    (vehicle,) = read_wave(town).problem.vehicles

    assert vehicle.shift == (10 * 3600 + 1800, 14 * 3600)
    assert vehicle.max_work_seconds == 2 * 3600 - 1800


def test_whoever_is_on_the_way_is_left_alone(town: LittleTown) -> None:
    town.add_helper()
    order_lunch(town)
    plan(town)
    (round_,) = rounds_of(town)
    with Session(town.engine) as session:
        session.get_one(Round, round_.id).state = RoundState.UNDER_WAY
        session.commit()

    problem = read_wave(town).problem

    assert problem.vehicles == ()
    assert problem.tasks == ()


def test_who_is_planned_already_is_preferred(town: LittleTown) -> None:
    town.add_helper()
    order_id = order_lunch(town)
    plan(town)

    (wish,) = read_wave(town).problem.prefer
    assert wish.task == str(order_id)


def test_one_building_is_one_place_and_another_of_its_name_is_not(
    town: LittleTown,
) -> None:
    for lat in (LAT + 0.002, LAT + 0.002, LAT + 0.02):
        order_lunch(town, town.add_elder(lat=lat, lon=LON))

    doors = [spot for spot in read_wave(town).spots if spot.startswith("door")]
    assert len(doors) == 2


def test_nobody_leaves_before_the_plan_is_thought(town: LittleTown) -> None:
    order_lunch(town)
    with Session(town.engine) as session:
        set_clock(session, EIGHT, speed=60)
        session.commit()

    now = read_wave(town).problem.now
    assert now is not None
    assert now >= 8 * 3600 + settings().solve_seconds * 60


def test_a_problem_holds_no_word_about_a_person(town: LittleTown) -> None:
    town.add_helper()
    order_lunch(town, town.add_elder(name="赵钱孙"))
    order_visit(town)

    text = json.dumps(problem_to(read_wave(town).problem), ensure_ascii=False)

    for word in ("赵", "清河", "3号楼", "13800000000"):
        assert word not in text


def test_streets_make_matrices_ways_and_a_map(
    town: LittleTown,
) -> None:
    town.add_helper()
    order_lunch(town)
    graph = make_roads(1, radius_metres=900, centre=(LAT, LON))
    save_roads(graph, settings().home / roads.ROADS_FILE)
    roads._read_times.cache_clear()
    roads._leg.cache_clear()
    try:
        problem = read_wave(town).problem
        assert isinstance(problem.travel["ebike"], Matrix)
        plan(town)
        (round_,) = rounds_of(town)
        assert len(round_.path) > len(read_wave(town).spots)
        words, lines = base_map()
        assert words
        assert {width for width, _ in lines} <= {0, 1, 2}
        assert wave_of(town).plan_version == 1
        spots = read_wave(town).spots.values()
        one, other, *_ = ((each.lat, each.lon) for each in spots)
        [[seconds]] = roads.seconds_between(TravelMode.EBIKE, [one], [other])
        assert 0 < seconds == problem.travel["ebike"].seconds[0, 1]
    finally:
        (settings().home / roads.ROADS_FILE).unlink()
        roads._read_times.cache_clear()
        roads._leg.cache_clear()
