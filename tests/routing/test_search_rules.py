"""What one rule forbids is left out by the search: one tiny day per rule.

A search that did not know the rule would take the task, or the cheaper order, and the
judge would refuse the plan. `rules_taken_out` tells which test holds which rule.
"""

from dataclasses import replace
from typing import Any

import pytest

from routing import (
    Begun,
    Break,
    Effort,
    Halt,
    Matrix,
    Problem,
    Task,
    broken_rules,
    solve,
)
from routing.instance import Instance
from routing.search.chains import search
from routing.search.insertion import best_spot
from routing.search.tour import Tour
from routing.timing import Broken, first_broken
from tests.routing.towns import HOUR, car, meal, places, problem, stop, visit

STEPS = Effort(iterations=40, engine="search")
BATH = frozenset({"bath"})
KITCHEN = Halt("p0", ((0, 1200),))
WAITING = [visit("a", 1, (0, 600)), visit("b", 2, (3000, 3600))]


def served(given: Problem, effort: Effort = STEPS) -> set[str]:
    plan = solve(given, effort)
    assert broken_rules(given, plan) == []
    assert all(each.why for each in plan.left_out)
    return set(plan.served)


def one(task: Task, vehicle: dict[str, Any] | None = None, **more: Any) -> Problem:
    return problem([task], [car(**(vehicle or {}))], **more)


def after_ten_minutes(seconds: int, *windows: tuple[int, int]) -> Problem:
    """Ten minutes of service, then breaks of five minutes, and more service."""
    tasks = [visit("a", 0, (0, 0), service_seconds=600)]
    tasks.append(visit("b", 0, service_seconds=seconds))
    return problem(tasks, [car(breaks=tuple(Break(each, 300) for each in windows))])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(one(visit("a", 5, (0, 200))), set(), id="window"),
        pytest.param(
            problem([visit("a", 1, (1000, 1000)), visit("b", 5, (990, 1010))]),
            {"a"},
            id="earliest",
        ),
        pytest.param(
            one(
                Task("a", visit=Halt("p5", ((0, 100), (700, 800))), penalty=9),
                {"shift": (0, 400)},
            ),
            set(),
            id="between two windows",
        ),
        pytest.param(one(meal("a", 0, 9, max_ride_seconds=500)), set(), id="ride"),
        pytest.param(
            one(
                meal("a", 0, 5, (2000, 3000), max_ride_seconds=700, at_kitchen=KITCHEN)
            ),
            set(),
            id="ride with waiting",
        ),
        pytest.param(
            one(visit("a", 2, service_seconds=200), {"shift": (0, 300)}),
            set(),
            id="shift",
        ),
        pytest.param(
            one(visit("a", 5), {"shift": (0, 500), "end": "p0"}), set(), id="way home"
        ),
        pytest.param(one(visit("a", 1, (0, 4000)), now=5000), set(), id="now"),
        pytest.param(
            problem(WAITING, [car(max_work_seconds=2000)]), {"a"}, id="longest work"
        ),
        pytest.param(
            one(visit("a", 5), {"max_work_seconds": 500, "end": "p0"}),
            set(),
            id="longest work with the way home",
        ),
        pytest.param(
            one(
                visit("a", 3),
                {"max_work_seconds": 279},
                places=places(arrive_seconds=100),
            ),
            set(),
            id="parking",
        ),
        pytest.param(
            one(visit("a", 3, (0, 279)), places=places(arrive_seconds=100)),
            set(),
            id="stairs",
        ),
        pytest.param(
            one(meal("a", 0, 1, load=(2,)), {"capacity": (1,)}), set(), id="capacity"
        ),
        pytest.param(
            one(meal("a", 0, 1, load=(0, 2)), {"capacity": (9, 1)}),
            set(),
            id="compartment",
        ),
        pytest.param(
            problem(
                [visit("a", 9, load=(1,)), meal("b", 0, 2, (0, 200), penalty=9)],
                [car(capacity=(1,), shift=(0, 600))],
            ),
            {"a"},
            id="what a visit brings",
        ),
        pytest.param(one(visit("a", 1, needs=BATH)), set(), id="skill"),
        pytest.param(one(visit("a", 1), never=(("v", "a"),)), set(), id="never"),
        pytest.param(
            problem([visit("a", 1), visit("b", 2, penalty=9)], [car(max_tasks=1)]),
            {"a"},
            id="so many tasks",
        ),
        pytest.param(
            one(
                visit("a", 0, (0, 0), service_seconds=1500),
                {"breaks": (Break((600, 1200), 300),)},
            ),
            set(),
            id="break",
        ),
        pytest.param(
            problem(
                [
                    visit("a", 0, (0, 0), service_seconds=600),
                    visit("b", 0, (0, 1000), service_seconds=700),
                ],
                [car(breaks=(Break((600, 1200), 300), Break((600, 1300), 300)))],
            ),
            {"a"},
            id="two breaks one behind the other",
        ),
        pytest.param(after_ten_minutes(400, (600, 900), (600, 900)), {"a"}, id="rests"),
        pytest.param(after_ten_minutes(350, (600, 940), (600, 1000)), {"a"}, id="due"),
        pytest.param(
            one(
                visit("a", 1),
                travel={"walk": Matrix.of([[0, None], [60, 0]])},
                places=places(2),
            ),
            set(),
            id="no way",
        ),
        pytest.param(
            one(
                visit("a", 1),
                {"end": "p0"},
                travel={"walk": Matrix.of([[0, 60], [None, 0]])},
                places=places(2),
            ),
            set(),
            id="no way home",
        ),
        pytest.param(
            problem(
                [
                    visit("a", 9, (540, 540)),
                    visit("b", 5, service_seconds=600, penalty=9),
                ],
                [car(shift=(0, 600))],
            ),
            {"a"},
            id="who comes behind a visit",
        ),
        pytest.param(
            problem(
                [
                    visit("a", 9, (540, 540)),
                    meal("b", 1, 5, service_seconds=600, penalty=9),
                ],
                [car(shift=(0, 600))],
            ),
            {"a"},
            id="who comes behind a meal",
        ),
    ],
)
def test_what_a_rule_forbids_is_left_out(given: Problem, expected: set[str]) -> None:
    assert served(given) == expected


def test_two_boxes_are_carried_one_after_the_other_when_only_one_fits() -> None:
    tasks = [meal("a", 0, 3), meal("b", 0, 6)]
    given = problem(tasks, [car(capacity=(1,))])
    assert served(given) == {"a", "b"}
    assert solve(given, STEPS).cost.total == (3 + 3 + 6) * 60


def on_board(*tasks: Task, **vehicle: Any) -> Problem:
    """The first task's box is on board of a helper who is at p1 at 100."""
    known = meal("box", 1, 5, max_ride_seconds=1300)
    begun = {"v": Begun("p1", 100, (stop("box", "pickup", 60),))}
    return problem([known, *tasks], [car(**vehicle)], begun=begun, now=100)


def test_a_box_on_board_takes_its_room_until_it_is_brought() -> None:
    given = on_board(meal("a", 2, 8), capacity=(1,))
    assert served(given) == {"box", "a"}
    assert served(on_board(meal("a", 2, 8, (0, 500)), capacity=(1,))) == {"box"}


def test_what_was_taken_up_is_brought_in_time_though_another_waits() -> None:
    """On the way lies a kitchen whose meal may not be taken up so early."""
    late = meal("a", 2, 8, (2000, 2600), max_ride_seconds=500)
    given = on_board(late)
    assert served(given) == {"box", "a"}
    (route,) = solve(given, STEPS).routes
    assert [each.task for each in route.stops] == ["box", "box", "a", "a"]


def test_tasks_that_were_begun_count_too() -> None:
    assert served(on_board(visit("a", 2), max_tasks=1)) == {"box"}


def test_work_that_was_begun_counts_too() -> None:
    given = on_board(visit("a", 9), max_work_seconds=400)
    assert served(given) == {"box"}
    inst = Instance(given)
    assert first_broken(inst, inst.cars[0], (1, 2)) == Broken("max_work", 180, 1)


def test_no_more_vehicles_leave_than_allowed() -> None:
    tasks = [visit("a", 0, (0, 0)), visit("b", 8, (0, 60), penalty=9)]
    cars = [car("v"), car("w", start="p8")]
    given = problem(tasks, cars)
    assert served(given) == {"a", "b"}
    assert served(given, Effort(iterations=40, engine="search", vehicles=1)) == {"a"}


def test_one_of_a_higher_tier_outweighs_any_number_below_inside_the_search() -> None:
    """No later step mends it here: only what the compiled search found is asked."""
    low = [visit(f"low{n}", 1, service_seconds=600) for n in range(4)]
    high = visit("high", 9, (540, 540), tier=1, penalty=1, service_seconds=HOUR)
    given = problem([*low, high], [car(shift=(0, 540 + HOUR))])
    assert search(Instance(given), STEPS).absent == {0, 1, 2, 3}


AT_NINE = visit("a", 9, (540, 540))


@pytest.mark.parametrize(
    ("task", "vehicle"),
    [
        pytest.param(visit("b", 1), {"max_tasks": 1}, id="so many tasks"),
        pytest.param(visit("b", 5, service_seconds=600), {}, id="window behind"),
        pytest.param(meal("b", 1, 5, service_seconds=600), {}, id="behind a pair"),
        pytest.param(
            meal("b", 5, 9, at_kitchen=Halt("p5", ((0, 400),), 600)),
            {"shift": (0, 4 * HOUR)},
            id="inside a pair",
        ),
        pytest.param(visit("b", 9, service_seconds=90), {}, id="shift"),
        pytest.param(visit("b", 9, load=(1,)), {"capacity": (1,)}, id="capacity"),
        pytest.param(meal("b", 5, 9, (600, 600), max_ride_seconds=250), {}, id="ride"),
    ],
)
def test_there_is_no_spot_beside_a_visit_at_nine(
    task: Task, vehicle: dict[str, Any]
) -> None:
    """The spots that are found one by one, for reasons and for the last tasks."""
    first = replace(AT_NINE, load=(1,))
    given = problem([first, task], [car(**({"shift": (0, 600)} | vehicle))])
    inst = Instance(given)
    assert best_spot(inst, Tour(inst, inst.cars[0], [0]), 1) is None
