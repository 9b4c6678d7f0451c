"""When each stop of a route happens: one test per rule of time."""

from typing import Any

import pytest

from routing import (
    Break,
    Effort,
    Halt,
    Matrix,
    NotYetHonoured,
    Problem,
    Task,
    Vehicle,
    broken_rules,
    solve,
)
from routing.instance import Instance
from routing.timing import Broken, Schedule, earliest, first_broken, schedule
from tests.routing.towns import HOUR, MINUTE, car, meal, places, problem, visit


def timed(given: Problem, *nodes: int) -> Schedule:
    inst = Instance(given)
    found = schedule(inst, inst.cars[0], nodes)
    assert isinstance(found, Schedule), found
    return found


def broken(given: Problem, *nodes: int) -> Broken | None:
    inst = Instance(given)
    return first_broken(inst, inst.cars[0], nodes)


def test_stops_follow_each_other_by_travel_and_service() -> None:
    found = timed(
        problem(
            [visit("a", 2, service_seconds=30), visit("b", 5)], [car(shift=(0, 999))]
        ),
        *(0, 2),
    )
    assert found == Schedule(leaves=0, times=[120, 330], ends=330)


def test_service_waits_for_its_window_and_work_begins_no_sooner_than_needed() -> None:
    found = timed(problem([visit("a", 2, (1000, 2000))]), 0)
    assert found == Schedule(leaves=880, times=[1000], ends=1000)


def test_the_second_window_is_taken_when_the_first_is_missed() -> None:
    door = Halt("p5", ((0, 100), (700, 800)))
    found = timed(problem([Task("a", visit=door, penalty=1)]), 0)
    assert found.times == [700]


def test_late_at_a_window() -> None:
    given = problem([visit("a", 5, (0, 200))])
    assert broken(given, 0) == Broken("window", 100, 0)


def test_the_way_home_lies_in_the_shift() -> None:
    given = problem([visit("a", 5)], [car(end="p0", shift=(0, 9 * MINUTE))])
    assert broken(given, 0) == Broken("shift", MINUTE, 0)


def test_service_lies_in_the_shift() -> None:
    given = problem([visit("a", 1, service_seconds=600)], [car(shift=(0, 300))])
    assert broken(given, 0) == Broken("shift", 360, 0)


def test_the_ride_decides_even_where_every_window_is_wide() -> None:
    given = problem([meal("a", 0, 9, max_ride_seconds=500)])
    assert broken(given, 0, 1) == Broken("ride", 40, 0)


def test_it_waits_at_the_kitchen_so_that_the_meal_stays_hot() -> None:
    """Ready at once, wanted at 2000, at most 700 seconds old."""
    given = problem([meal("a", 0, 5, (2000, 3000), max_ride_seconds=700)])
    inst = Instance(given)
    assert earliest(inst, inst.cars[0], (0, 1)) == [1300, 2000, 2000]
    assert timed(given, 0, 1).times == [1700, 2000]


def test_a_kitchen_that_closes_too_soon_breaks_the_ride() -> None:
    kitchen = Halt("p0", ((0, 1200),))
    early = meal("a", 0, 5, (2000, 3000), max_ride_seconds=700, at_kitchen=kitchen)
    assert broken(problem([early]), 0, 1) == Broken("ride", 100, 0)


def test_two_rides_hold_each_other() -> None:
    """The second meal is wanted late; the first, eaten after it, has to wait too."""
    tasks = [
        meal("a", 0, 3, max_ride_seconds=600),
        meal("b", 1, 2, (3000, 4000), max_ride_seconds=400),
    ]
    given = problem(tasks)
    inst = Instance(given)
    soonest = earliest(inst, inst.cars[0], (0, 2, 3, 1))
    assert soonest == [2460, 2600, 3000, 3060, 3060]
    assert timed(given, 0, 2, 3, 1).times == [2880, 2940, 3000, 3060]


def test_work_may_not_last_longer_than_allowed() -> None:
    waits = [visit("a", 1, (0, 600)), visit("b", 2, (3000, 3600))]
    given = problem(waits, [car(max_work_seconds=2000)])
    assert broken(given, 0, 2) == Broken("max_work", 460, 0)


def test_it_leaves_late_so_that_work_stays_short() -> None:
    waits = [visit("a", 1, (0, 2000)), visit("b", 2, (3000, 3600))]
    found = timed(problem(waits, [car(max_work_seconds=2000)]), 0, 2)
    assert found.ends - found.leaves <= 2000
    assert found.times == [2000, 3000]


def test_parking_is_paid_once_per_stay() -> None:
    tasks = [visit("a", 3, service_seconds=10), visit("b", 3), visit("c", 0)]
    given = problem(tasks, places=places(arrive_seconds=100))
    assert timed(given, 4, 0, 2).times == [0, 280, 290]


def test_reaching_the_end_needs_no_parking() -> None:
    given = problem([visit("a", 3)], [car(end="p0")], places=places(arrive_seconds=100))
    assert timed(given, 0).ends == 280 + 180


def test_where_there_is_no_way_nobody_goes() -> None:
    given = problem(
        [visit("a", 1)],
        places=places(2),
        travel={"walk": Matrix.of([[0, None], [5, 0]])},
    )
    assert broken(given, 0) == Broken("no_way", None, 0)


@pytest.mark.parametrize(
    ("changes", "task", "found"),
    [
        ({"capacity": (1,)}, {"load": (2,)}, Broken("capacity", 1, 0)),
        ({}, {"needs": frozenset({"bath"})}, Broken("skill", 1, 0)),
        ({"max_tasks": 0}, {}, Broken("max_tasks", 1)),
    ],
)
def test_what_no_clock_can_mend(
    changes: dict[str, Any], task: dict[str, Any], found: Broken
) -> None:
    given = problem([meal("a", 0, 1, **task)], [car(**changes)])
    assert broken(given, 0, 1) == found


def test_a_forbidden_pair() -> None:
    given = problem([visit("a", 1)], never=(("v", "a"),))
    assert broken(given, 0) == Broken("never", None, 0)


def test_what_a_visit_brings_is_on_board_from_the_start() -> None:
    tasks = [meal("a", 1, 2), visit("b", 3, load=(1,))]
    given = problem(tasks, [car(capacity=(1,))])
    assert broken(given, 0, 1, 2) == Broken("capacity", 1, 0)
    assert broken(given, 2, 0, 1) is None


def test_compartments_are_counted_apart() -> None:
    hot, cold = meal("a", 0, 2, load=(1, 0)), meal("b", 0, 3, load=(0, 1))
    given = problem([hot, cold], [car(capacity=(1, 1))])
    assert broken(given, 0, 2, 1, 3) is None


def test_more_breaks_than_can_be_tried_are_refused_by_name() -> None:
    given = problem([visit("a", 1)], [car(breaks=(Break((0, 900), 300),) * 4)])
    with pytest.raises(NotYetHonoured, match="breaks"):
        solve(given, Effort(iterations=0, engine="search"))


def test_an_idle_vehicle_costs_nothing() -> None:
    given = problem([visit("a", 1)], [car(), Vehicle("w", "walk", "p9", end="p0")])
    plan = solve(given, Effort(iterations=5, engine="search"))
    assert [route.vehicle for route in plan.routes] == ["v"]
    assert plan.cost.travel_seconds == MINUTE
    assert broken_rules(given, plan) == []


def test_a_lunch_is_never_early() -> None:
    given = problem([meal("a", 0, 1, (3 * HOUR, 4 * HOUR))])
    stops = solve(given, Effort(iterations=0, engine="search")).routes[0].stops
    assert stops[-1].at == 3 * HOUR
