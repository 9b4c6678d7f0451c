"""What hangs together in ways that cannot be is an answer with reasons, or refused."""

from typing import Any

import pytest

from routing import (
    BadProblem,
    Begun,
    Effort,
    Halt,
    Matrix,
    Problem,
    Sequence,
    Speed,
    Task,
    broken_rules,
    solve,
)
from tests.routing.towns import HOUR, car, meal, problem, stop, visit

MILLION = 1_000_000
BATH = frozenset({"bath"})


def two(name: str, place: int, **changes: Any) -> Task:
    return visit(name, place, people=2, **changes)


def tied(*lines: Sequence, **changes: Any) -> Problem:
    tasks = [visit("a", 1), visit("b", 2), visit("c", 3)]
    return problem(tasks, [car("v"), car("w")], sequence=lines, **changes)


@pytest.mark.parametrize("engine", ["search", "auto"])
@pytest.mark.parametrize(
    ("given", "left_out"),
    [
        (problem([two("a", 1)], []), 1),
        (problem([two("a", 1)]), 1),
        (problem([two("a", 1)], [car("v"), car("w", shift=(0, 0))]), 1),
        (problem([two("a", 1, needs=BATH)], [car("v", skills=BATH), car("w")]), 1),
        (problem([two("a", 1)], [car("v"), car("w")], never=(("v", "a"),)), 1),
        (problem([two("a", 1, service_seconds=MILLION)], [car("v"), car("w")]), 1),
        (problem([two("a", 1), visit("b", 2)], [car("v", max_tasks=0), car("w")]), 1),
        (tied(Sequence("a", "b", min_gap=600, max_gap=0)), 1),
        (tied(Sequence("a", "b", min_gap=1), Sequence("b", "a", min_gap=1)), 1),
        (
            tied(
                Sequence("a", "b", min_gap=1),
                Sequence("b", "c", min_gap=1),
                Sequence("c", "a", min_gap=1),
            ),
            1,
        ),
        (tied(Sequence("a", "b", min_gap=MILLION)), 1),
        (
            tied(
                Sequence("a", "b", same_vehicle=True),
                never=(("v", "a"), ("w", "b")),
            ),
            1,
        ),
        (tied(Sequence("a", "b", max_gap=-MILLION)), 1),
        (
            problem(
                [two("a", 1), visit("b", 2)],
                [car("v"), car("w")],
                sequence=(Sequence("a", "b", same_vehicle=True),),
            ),
            1,
        ),
        (
            problem(
                [visit("a", 1), visit("b", 2)],
                begun={"v": Begun("p9", MILLION, (stop("a", "visit", 60),))},
                now=MILLION,
            ),
            1,
        ),
    ],
)
def test_an_answer_with_reasons(given: Problem, left_out: int, engine: Any) -> None:
    """As many as can be are served: an empty plan would be no answer."""
    plan = solve(given, Effort(iterations=5, engine=engine))
    assert len(plan.left_out) == left_out
    assert all(each.why for each in plan.left_out)
    assert broken_rules(given, plan) == []


@pytest.mark.parametrize(
    ("made", "field"),
    [
        (lambda: visit("a", 1, (5, 4)), "closes at 4"),
        (lambda: visit("a", 1, service_seconds=-1), "service"),
        (lambda: meal("a", 0, 1, load=(-1,)), "load"),
        (lambda: meal("a", 0, 1, max_ride_seconds=-1), "max_ride_seconds"),
        (lambda: visit("a", 1, people=0), "people"),
        (lambda: Task("a", penalty=1), "visit"),
        (lambda: car(capacity=(-1,)), "capacity"),
        (lambda: car(shift=(9, 3)), "shift"),
        (lambda: Matrix.of([[0, 1]]), "seconds"),
        (lambda: Matrix.of([[0, -1], [1, 0]]), "seconds"),
        (lambda: Speed(0.0), "metres_per_second"),
        (lambda: Speed(float("nan")), "metres_per_second"),
        (lambda: problem([visit("a", 99)]), "place"),
        (lambda: problem([visit("a", 1)], [car(start="p99")]), "start"),
        (lambda: problem([visit("a", 1)], [car(end="p99")]), "end"),
        (lambda: problem([visit("a", 1)], [car(travel="jet")]), "travel"),
        (lambda: problem([visit("a", 1), visit("a", 2)]), "twice"),
        (lambda: problem([visit("a", 1)], never=(("v", "b"),)), "never"),
        (lambda: problem([], travel={"walk": Matrix.of([[0]])}), "seconds"),
        (lambda: tied(Sequence("a", "zz")), "sequence"),
        (lambda: Sequence("a", "a"), "then"),
        (lambda: Halt("p0", ()), "windows"),
        (lambda: Effort(seconds=-1), "seconds"),
        (lambda: Effort(iterations=1, threads=0), "threads"),
    ],
)
def test_nonsense_is_refused_with_the_name_of_its_field(made: Any, field: str) -> None:
    with pytest.raises(BadProblem, match=field):
        made()


def test_a_hundred_absurd_tasks_hide_none_that_can_be_done() -> None:
    """Whatever cannot be stands aside; the rest is served as if it were not there."""
    absurd = [visit(f"x{n}", n % 10, service_seconds=MILLION) for n in range(100)]
    good = [visit(f"g{n}", n, (0, HOUR)) for n in range(9)]
    plan = solve(problem([*absurd, *good]), Effort(iterations=20, engine="search"))
    assert plan.served == {task.id for task in good}
    assert all("shift" in each.why for each in plan.left_out)
