"""Each rule among visits that hang together: what it forbids, nobody does."""

from typing import Any

import pytest

from routing import Begun, Effort, Halt, Problem, Sequence, Task, broken_rules
from routing.solve import solve
from tests.routing.towns import HOUR, MINUTE, car, meal, places, problem, stop, visit

QUICK = Effort(iterations=60)
BATH = frozenset({"bath"})
A, B = visit("a", 1), visit("b", 2)
LONG = visit("a", 1, service_seconds=10 * MINUTE)


def tied(
    tasks: list[Task], *cars: Any, line: Sequence | None = None, **more: Any
) -> Any:
    """A day whose first two tasks hang together; the usual line asks nothing."""
    line = line or Sequence(tasks[0].id, tasks[1].id)
    return problem(tasks, cars or [car()], sequence=(line,), **more)


def after(**gaps: Any) -> Sequence:
    return Sequence("a", "b", **gaps)


DAYS: dict[str, tuple[Problem, set[str]]] = {
    "the gap is long enough": (
        tied([A, B], car(), car("w"), line=after(min_gap=600)),
        set(),
    ),
    "no gap is too long": (
        tied(
            [visit("a", 1, (0, 60), penalty=9), visit("b", 2, (3000, HOUR))],
            line=after(max_gap=600),
        ),
        {"a"},
    ),
    "a gap begins with the end": (
        tied(
            [LONG, B],
            car(start="p1"),
            car("w", start="p2"),
            line=after(min_gap=0),
        ),
        set(),
    ),
    "or with the beginning": (
        tied(
            [LONG, B],
            car(),
            car("w"),
            line=after(min_gap=0, max_gap=0, measured_from="start"),
        ),
        set(),
    ),
    "what has begun binds what comes before": (
        tied(
            [visit("a", 1, (1000, HOUR)), B],
            line=after(min_gap=-600),
            begun={"v": Begun("p2", 120, (stop("b", "visit", 120),))},
            now=120,
        ),
        {"a"},
    ),
    "who has begun goes on": (
        tied(
            [A, visit("b", 9, (0, 600))],
            car(),
            car("w", start="p9"),
            line=after(same_vehicle=True),
            begun={"v": Begun("p1", 300, (stop("a", "visit", 60),))},
            now=300,
        ),
        {"b"},
    ),
    "two do what two must do": (
        tied([visit("a", 1, people=2), B], car(), line=after()),
        {"a"},
    ),
    "boxes fit": (
        tied(
            [meal("a", 0, 5, (300, 300)), meal("b", 0, 5, (300, 300), penalty=9)],
            car(capacity=(1,)),
        ),
        {"b"},
    ),
    "what a visit brings fits": (
        tied([A, visit("b", 2, load=(2,))], car(capacity=(1,))),
        {"b"},
    ),
    "rides are short": (
        tied([meal("a", 0, 9, max_ride_seconds=500), B]),
        {"a"},
    ),
    "no more tasks than so many": (
        tied([A, visit("b", 2, penalty=9)], car(max_tasks=1)),
        {"b"},
    ),
    "only who is able": (tied([visit("a", 1, needs=BATH), B]), {"a"}),
    "windows close": (tied([A, visit("b", 9, (0, 500))]), {"b"}),
    "windows open": (tied([A, visit("b", 2, (700, 700))]), set()),
    "between two windows nothing begins": (
        tied([A, Task("b", visit=Halt("p5", ((0, 100), (700, 800))), penalty=9)]),
        set(),
    ),
    "work is no longer than allowed": (
        tied(
            [visit("a", 1, (0, 60)), visit("b", 2, (900, 900), penalty=9)],
            car(max_work_seconds=600),
        ),
        {"b"},
    ),
    "shifts end": (tied([A, visit("b", 9)], car(shift=(0, 500))), {"b"}),
    "service takes its time": (
        tied(
            [
                visit("a", 1, (0, 60), service_seconds=600),
                visit("b", 2, (0, 600), penalty=9),
            ]
        ),
        {"b"},
    ),
    "parking takes its time": (
        tied(
            [visit("a", 1, (0, 120)), visit("b", 2, (0, 200), penalty=9)],
            places=places(arrive_seconds=60),
        ),
        {"b"},
    ),
    "the way home counts": (
        tied([A, visit("b", 5)], car(end="p0", shift=(0, 500))),
        {"b"},
    ),
}


@pytest.mark.parametrize("name", DAYS)
def test_what_a_rule_forbids_is_left_out(name: str) -> None:
    given, gone = DAYS[name]
    found = solve(given, QUICK)
    assert broken_rules(given, found) == []
    assert {each.task for each in found.left_out} == gone


def test_no_more_vehicles_leave_than_allowed() -> None:
    given = tied(
        [visit("a", 1, (60, 60)), visit("b", 9, (60, 60))], car(), car("w", start="p9")
    )
    assert len(solve(given, QUICK).routes) == 2
    assert len(solve(given, Effort(iterations=60, vehicles=1)).routes) == 1


def test_one_of_a_higher_tier_outweighs_all_below() -> None:
    near = [visit(f"n{n}", n, (0, 300)) for n in (1, 2, 3)]
    far = visit("old", 9, (540, 540), tier=1, penalty=1)
    given = tied([*near, far], car(shift=(0, 540), max_tasks=1))
    found = solve(given, QUICK)
    assert {each.task for each in found.left_out} == {"n1", "n2", "n3"}
