"""The judge's rarer rules: one plan that breaks each, beside a good one."""

from typing import Any

import pytest

from routing import (
    BadProblem,
    Begun,
    Break,
    Halt,
    Matrix,
    Plan,
    Problem,
    Route,
    Stop,
    Task,
    broken_rules,
)
from tests.routing.test_check import rules
from tests.routing.towns import car, meal, places, plan, problem, stop, visit

NOON = Break((600, 1200), 300)


def alone(task: Task, at: int, **vehicle: Any) -> set[str]:
    """Rules that one visit at that time breaks."""
    given = problem([task], [car(**vehicle)])
    return rules(given, plan({"v": [stop(task.id, "visit", at)]}))


def test_nothing_begins_before_its_window() -> None:
    assert alone(visit("a", 1, (300, 900)), 300) == set()
    assert alone(visit("a", 1, (300, 900)), 299) == {"window"}


def test_between_two_windows_is_outside() -> None:
    door = Task("a", visit=Halt("p1", ((100, 200), (400, 500))), penalty=1)
    assert alone(door, 450) == set()
    assert alone(door, 300) == {"window"}


def test_compartments_are_judged_apart() -> None:
    given = problem([meal("a", 0, 1, load=(1, 2))], [car(capacity=(9, 1))])
    stops = [stop("a", "pickup", 0), stop("a", "dropoff", 60)]
    assert rules(given, plan({"v": stops})) == {"capacity"}


def test_a_visit_brings_its_load_from_the_start() -> None:
    tasks = [meal("a", 1, 2), visit("b", 3, load=(1,))]
    given = problem(tasks, [car(capacity=(1,))])
    carried = [stop("a", "pickup", 60), stop("a", "dropoff", 120)]
    assert rules(given, plan({"v": [*carried, stop("b", "visit", 180)]})) == {
        "capacity"
    }
    first = [stop("b", "visit", 180), stop("a", "pickup", 300)]
    assert rules(given, plan({"v": [*first, stop("a", "dropoff", 360)]})) == set()


def test_what_a_visit_brings_must_fit_by_itself() -> None:
    assert alone(visit("a", 1, load=(2,)), 60, capacity=(1,)) == {"capacity"}


def test_there_must_be_a_way_home() -> None:
    rows: list[list[int | None]] = [[0, 60], [None, 0]]
    given = problem(
        [visit("a", 1)],
        [car(end="p0")],
        places=places(2),
        travel={"walk": Matrix.of(rows)},
    )
    assert rules(given, plan({"v": [stop("a", "visit", 60)]})) == {"no_way"}


def test_each_stay_begins_with_parking() -> None:
    given = problem([visit("a", 1), visit("b", 2)], places=places(arrive_seconds=100))
    for at, found in ((320, set()), (310, {"travel"})):
        stops = [stop("a", "visit", 160), stop("b", "visit", at)]
        assert rules(given, plan({"v": stops})) == found


def test_one_helper_is_not_two() -> None:
    given = problem([visit("a", 1, people=2)], [car(), car("w")])
    twice = [stop("a", "visit", 60), stop("a", "visit", 60)]
    assert "people" in rules(given, plan({"v": twice}))


def test_a_visit_is_made_once() -> None:
    given = problem([visit("a", 1)], [car(), car("w")])
    both = {"v": [stop("a", "visit", 60)], "w": [stop("a", "visit", 60)]}
    assert rules(given, plan(both)) == {"served_once"}
    assert rules(given, plan({}, ["a", "a"])) == {"served_once"}


def test_a_vehicle_stands_in_a_plan_once() -> None:
    given = problem([visit("a", 1)])
    twice = Plan("street", (Route("v"), Route("v")), plan({}, ["a"]).left_out)
    with pytest.raises(BadProblem, match="twice"):
        broken_rules(given, twice)


def under_way(begun: Begun, **vehicle: Any) -> Problem:
    return problem([visit("a", 1), visit("b", 3)], [car(**vehicle)], begun={"v": begun})


def test_tasks_that_have_begun_are_counted() -> None:
    given = under_way(Begun("p1", 60, (stop("a", "visit", 60),)), max_tasks=1)
    stops = [stop("a", "visit", 60), stop("b", "visit", 180)]
    assert rules(given, plan({"v": stops})) == {"max_tasks"}


@pytest.mark.parametrize(("most", "found"), [(939, set()), (930, {"max_work"})])
def test_work_that_has_begun_is_counted(most: int, found: set[str]) -> None:
    """Left at 0 for the first stop; on the last at 940."""
    given = under_way(
        Begun("p1", 820, (stop("a", "visit", 60),)), max_work_seconds=most
    )
    stops = [stop("a", "visit", 60), stop("b", "visit", 940)]
    assert rules(given, plan({"v": stops})) == found


@pytest.mark.parametrize(("most", "found"), [(300, set()), (230, {"max_work"})])
def test_work_begins_with_leaving_though_nothing_is_done_yet(
    most: int, found: set[str]
) -> None:
    given = under_way(Begun("p2", 400), max_work_seconds=most)
    stops = [stop("b", "visit", 460), stop("a", "visit", 580)]
    assert rules(given, plan({"v": stops})) == found


def test_who_is_still_at_the_start_leaves_when_free() -> None:
    given = under_way(Begun("p0", 400))
    for at, found in ((460, set()), (450, {"shift"})):
        stops = [stop("a", "visit", at), stop("b", "visit", 700)]
        assert rules(given, plan({"v": stops})) == found


def resting(at: int, *, leaves: int = 0) -> set[str]:
    """A long visit next door, a break, and a visit when it is over."""
    tasks = [visit("a", 0, service_seconds=600), visit("b", 0, service_seconds=300)]
    given = problem(tasks, [car(breaks=(NOON,))])
    rest = Stop(at=at, break_number=0)
    stops = [stop("a", "visit", leaves), rest, stop("b", "visit", 1000)]
    return rules(given, plan({"v": stops}))


def test_a_break_lies_between_two_services() -> None:
    assert resting(600) == set()
    assert resting(700) == set()
    assert resting(599) == {"break"}
    assert resting(701) == {"break"}


def test_a_break_is_taken_once() -> None:
    given = problem([visit("a", 0), visit("b", 0, service_seconds=60)], [rested()])
    rest = [Stop(at=600, break_number=0), Stop(at=900, break_number=0)]
    stops = [stop("a", "visit", 0), *rest, stop("b", "visit", 1200)]
    assert rules(given, plan({"v": stops})) == {"break"}


def rested() -> Any:
    return car(breaks=(NOON,))


def test_a_break_may_not_begin_before_its_window() -> None:
    given = problem([visit("a", 0), visit("b", 0, service_seconds=60)], [rested()])
    stops = [stop("a", "visit", 0), Stop(at=590, break_number=0)]
    stops.append(stop("b", "visit", 1200))
    assert rules(given, plan({"v": stops})) == {"break"}


def test_a_break_behind_the_last_visit_lies_before_or_behind_the_way_home() -> None:
    given = problem(
        [visit("a", 5, service_seconds=600)], [car(end="p0", breaks=(NOON,))]
    )
    for at, found in ((900, set()), (1000, {"break"}), (899, {"break"})):
        stops = [stop("a", "visit", 300), Stop(at=at, break_number=0)]
        assert rules(given, plan({"v": stops})) == found, at


def test_a_break_before_or_behind_the_first_way_is_over_when_service_begins() -> None:
    """The break lasts from 600 to 900."""
    given = problem([visit("a", 5, service_seconds=60)], [rested()])
    rest = Stop(at=600, break_number=0)
    assert rules(given, plan({"v": [rest, stop("a", "visit", 1200)]})) == set()
    assert rules(given, plan({"v": [rest, stop("a", "visit", 890)]})) == {"break"}
