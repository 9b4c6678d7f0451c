"""Empty, contradictory and absurd problems get an answer, never a hang or a crash."""

from dataclasses import replace
from typing import Any

import pytest

from routing import (
    BadProblem,
    Effort,
    Matrix,
    Place,
    Problem,
    Task,
    broken_rules,
    solve,
)
from routing.fields import LONGEST_ARRIVAL
from routing.instance import BLOCKED, Instance
from tests.routing.towns import car, halt, meal, places, problem, visit

MILLION = 1_000_000


def no_way_at_all(size: int = 10) -> Matrix:
    return Matrix.of(
        [[0 if i == j else None for j in range(size)] for i in range(size)]
    )


@pytest.mark.parametrize("engine", ["search", "ortools", "auto"])
@pytest.mark.parametrize(
    ("given", "left_out"),
    [
        (problem([]), 0),
        (problem([], []), 0),
        (problem([visit("a", 1)], []), 1),
        (problem([visit("a", 1), meal("b", 0, 2)], [], travel={}), 2),
        (problem([], [], travel={}, places=()), 0),
        (problem([visit("a", 1, service_seconds=MILLION)]), 1),
        (
            problem(
                [visit("a", 0, service_seconds=MILLION)], [car(shift=(0, 2 * MILLION))]
            ),
            0,
        ),
        (problem([meal("a", 0, 1)], [car(capacity=(0,))]), 1),
        (problem([meal("a", 0, 1)], [car(capacity=())]), 1),
        (problem([visit("a", 1)], [car(shift=(0, 0))]), 1),
        (problem([visit("a", 0)], [car(shift=(0, 0))]), 0),
        (problem([meal("a", 0, 1, max_ride_seconds=0)]), 1),
        (problem([meal("a", 3, 3, max_ride_seconds=0)]), 0),
        (problem([visit("a", 1)], travel={"walk": no_way_at_all()}), 1),
        (problem([visit("a", 0)], travel={"walk": no_way_at_all()}), 0),
        (problem([visit("a", 1), visit("b", 2)], [car(max_work_seconds=0)]), 2),
        (problem([visit("a", 1)], now=100 * MILLION), 1),
    ],
)
def test_an_answer_with_reasons(given: Problem, left_out: int, engine: Any) -> None:
    plan = solve(given, Effort(iterations=3, engine=engine))
    assert len(plan.left_out) == left_out
    assert all(each.why for each in plan.left_out)
    assert broken_rules(given, plan) == []


def test_dear_penalties_and_many_tiers_are_no_overflow() -> None:
    tasks = [visit(f"t{n}", 9, (0, 540), tier=n, penalty=10**12) for n in range(30)]
    given = problem(tasks, [car(max_tasks=1, shift=(0, 540))])
    plan = solve(given, Effort(iterations=3))
    assert plan.served == {"t29"}
    assert plan.cost.penalties == 29 * 10**12
    assert plan.decided_by == ("search 2",)


def test_raising_a_penalty_never_drops_its_task() -> None:
    tasks = [visit(f"t{n}", n, (0, 200), penalty=100 + n) for n in range(1, 8)]
    given = problem(tasks, [car(max_tasks=1)])
    (kept,) = solve(given, Effort(iterations=40, engine="search")).served
    for n, task in enumerate(tasks):
        raised = replace(task, penalty=10_000)
        dearer = given.replaced(tasks=(*tasks[:n], raised, *tasks[n + 1 :]))
        plan = solve(dearer, Effort(iterations=40, engine="search"))
        assert (task.id in plan.served) or (task.id != kept and n >= 3)


def test_the_longest_stairs_open_no_way_where_there_is_none() -> None:
    stairs = places(3, arrive_seconds=LONGEST_ARRIVAL)
    given = problem([visit("a", 1)], places=stairs, travel={"walk": no_way_at_all(3)})
    assert Instance(given).hop.max() == BLOCKED
    assert Instance(given).hop.min() == 0
    assert solve(given, Effort(iterations=3, engine="search")).served == frozenset()


def test_stairs_longer_than_any_day_are_refused_by_name() -> None:
    with pytest.raises(BadProblem, match=r"^arrive_seconds: must lie between 0 and"):
        Place("p0", arrive_seconds=LONGEST_ARRIVAL + 1)


def test_a_must_that_cannot_be_is_told_as_left_out() -> None:
    given = problem([Task("a", visit=halt(9, (0, 10)))])
    plan = solve(given, Effort(iterations=3))
    assert [each.task for each in plan.left_out] == ["a"]
    assert {b.rule for b in broken_rules(given, plan)} == {"must_serve"}


def test_a_station_where_everybody_stands_at_one_place() -> None:
    tasks = [meal(f"m{n}", 0, 0, max_ride_seconds=60) for n in range(20)]
    given = problem(
        tasks, [car(capacity=(3,))], places=places(1), travel={"walk": Matrix.of([[0]])}
    )
    plan = solve(given, Effort(iterations=5))
    assert plan.left_out == ()
    assert plan.cost.total == 0


@pytest.mark.parametrize("effort", [Effort(iterations=3), Effort(seconds=0.1)])
def test_without_anybody_and_without_ways_the_reason_is_that_nobody_is_there(
    effort: Effort,
) -> None:
    plan = solve(problem([visit("a", 1), meal("b", 0, 2)], [], travel={}), effort)
    assert [left.why for left in plan.left_out] == ["当班没有人。"] * 2
