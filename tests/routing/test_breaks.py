"""Breaks: when they are due, where they lie, and what they forbid."""

from typing import Any

import pytest

from routing import (
    Begun,
    Break,
    Effort,
    Halt,
    NotYetHonoured,
    Plan,
    Problem,
    Sequence,
    Stop,
    broken_rules,
    solve,
)
from routing.instance import Instance
from routing.timing import first_broken
from tests.routing.towns import HOUR, car, meal, places, plan, problem, stop, visit

QUICK = Effort(iterations=10, engine="search")
NOON = Break((600, 1200), 300)


def planned(problem: Problem) -> Plan:
    found = solve(problem, QUICK)
    assert broken_rules(problem, found) == []
    return found


def line(found: Plan) -> list[tuple[str | None, int]]:
    (route,) = found.routes
    return [(each.task, each.at) for each in route.stops]


def test_a_break_is_taken_where_the_helper_is_next() -> None:
    first = visit("a", 0, (0, 0), service_seconds=550)
    then = visit("b", 5, (0, 1400), service_seconds=400)
    found = planned(problem([first, then], [car(breaks=(NOON,))]))
    assert line(found) == [("a", 0), (None, 850), ("b", 1150)]


def test_a_break_is_taken_before_a_leg_that_is_too_long_for_it() -> None:
    first = visit("a", 0, (0, 0), service_seconds=650)
    then = visit("b", 9, (0, 1500), service_seconds=100)
    found = planned(problem([first, then], [car(breaks=(NOON,))]))
    assert line(found) == [("a", 0), (None, 650), ("b", 1490)]


def test_whoever_stops_before_its_window_ends_needs_no_break() -> None:
    tasks = [visit("a", 0, (0, 0)), visit("b", 9, (1199, 1300))]
    given = problem(tasks, [car(shift=(0, 1199), breaks=(NOON,))])
    assert line(planned(given)) == [("a", 0), ("b", 1199)]


def test_whoever_comes_after_its_window_began_needs_no_break() -> None:
    late = visit("a", 0, (601, 700), service_seconds=HOUR)
    assert line(planned(problem([late], [car(breaks=(NOON,))]))) == [("a", 601)]


def test_service_over_the_whole_window_leaves_no_room() -> None:
    long = visit("a", 1, (500, 550), service_seconds=800)
    found = planned(problem([long], [car(breaks=(NOON,))]))
    (left,) = found.left_out
    assert {each.rule for each in left.candidates} == {"break"}
    assert "休息时间排不下" in left.why


def test_the_hot_clock_runs_on_during_a_break() -> None:
    """Work until 600, the kitchen until 650: the break falls into the ride."""
    kitchen = Halt("p0", ((550, 650),))
    first = visit("b", 0, (0, 0), service_seconds=600)
    rest = car(breaks=(Break((650, 1000), 300),))
    for most, rule in ((840, None), (839, "break")):
        lunch = meal("a", 0, 9, max_ride_seconds=most, at_kitchen=kitchen)
        inst = Instance(problem([lunch, first], [rest]))
        broken = first_broken(inst, inst.cars[0], (2, 0, 1))
        assert (broken and broken.rule) == rule


def test_breaks_count_as_work() -> None:
    first = visit("a", 0, (0, 0), service_seconds=600)
    then = visit("b", 0, (0, 900), service_seconds=700)
    for most, left_out in ((1600, 0), (1599, 1)):
        given = problem([first, then], [car(breaks=(NOON,), max_work_seconds=most)])
        assert len(planned(given).left_out) == left_out


def test_a_break_that_was_taken_is_not_taken_again() -> None:
    done = (stop("a", "visit", 60), Stop(at=600, break_number=0))
    given = problem(
        [visit("a", 1), visit("b", 3, service_seconds=HOUR)],
        [car(breaks=(NOON,))],
        begun={"v": Begun("p1", 900, done)},
    )
    assert line(planned(given)) == [("a", 60), (None, 600), ("b", 1020)]


def test_a_break_that_was_missed_bars_nobody_from_work() -> None:
    given = problem(
        [visit("a", 1), visit("b", 3)],
        [car(breaks=(NOON,))],
        begun={"v": Begun("p1", 1000, (stop("a", "visit", 60),))},
    )
    assert line(planned(given)) == [("a", 60), ("b", 1120)]


@pytest.mark.parametrize("engine", ["search", "auto", "ortools"])
@pytest.mark.parametrize("tied", [False, True])
def test_more_than_three_breaks_of_one_helper_are_refused_by_name(
    engine: Any, *, tied: bool
) -> None:
    breaks = tuple(Break((600 * n, 600 * n + 100), 60) for n in range(1, 5))
    line = (Sequence("a", "b", min_gap=0),) if tied and engine != "ortools" else ()
    tasks = [visit("a", 1), visit("b", 2)]
    four = problem(tasks, [car(), car("w", breaks=breaks)], sequence=line)
    with pytest.raises(NotYetHonoured, match=r"vehicles\[1\]\.breaks.*3 breaks"):
        solve(four, Effort(iterations=1, engine=engine))

    three = four.replaced(vehicles=(car(), car("w", breaks=breaks[:3])))
    assert solve(three, Effort(iterations=1, engine=engine)).left_out == ()


@pytest.mark.parametrize(
    ("at", "broken"), [(160, set()), (60, set()), (100, {"shift"})]
)
def test_the_judge_takes_a_break_on_either_side_of_parking(
    at: int, broken: set[str]
) -> None:
    """A minute of way and a hundred seconds of stairs, then the first visit."""
    given = problem(
        [visit("a", 1, (0, 460))],
        [car(breaks=(Break((0, 500), 300),))],
        places=places(arrive_seconds=100),
    )
    stops = [Stop(at=at, break_number=0), stop("a", "visit", 460)]
    found = {each.rule for each in broken_rules(given, plan({"v": stops}))}
    assert found == broken


def test_the_judge_lets_nobody_rest_during_the_last_service() -> None:
    given = problem([visit("a", 0, service_seconds=1500)], [car(breaks=(NOON,))])
    stops = [stop("a", "visit", 0), Stop(at=700, break_number=0)]
    found = {broken.rule for broken in broken_rules(given, plan({"v": stops}))}
    assert found == {"break"}
