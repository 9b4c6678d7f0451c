"""PyVRP as an engine for plain days: what it may plan, and what it refuses."""

import sys
from typing import Any

import pytest

from routing import (
    Begun,
    Break,
    Effort,
    EngineMissing,
    NotYetHonoured,
    Preference,
    Problem,
    Sequence,
    broken_rules,
    solve,
)
from tests.routing.towns import HOUR, car, meal, places, problem, visit

BY_PYVRP = Effort(iterations=50, engine="pyvrp", seed=1)


@pytest.fixture
def pyvrp() -> Any:
    """Peers are not in the test lock: where PyVRP is missing, this is skipped."""
    return pytest.importorskip("pyvrp", reason="PyVRP is optional and not installed")


def vans(count: int, **changes: Any) -> list[Any]:
    known: dict[str, Any] = {"end": "p0", "capacity": (2,)}
    return [car(f"v{n}", **(known | changes)) for n in range(count)]


def test_a_plain_day_is_planned_whole(pyvrp: Any) -> None:
    day = problem([visit(f"t{n}", n, load=(1,)) for n in range(1, 7)], vans(4))
    plan = solve(day, BY_PYVRP)
    assert plan.left_out == ()
    assert broken_rules(day, plan) == []
    assert plan.cost.travel_seconds == 2 * 60 * (2 + 4 + 6)
    assert plan.decided_by[-1].startswith("pyvrp ")


def test_what_does_not_fit_is_left_out_and_no_rule_is_broken(pyvrp: Any) -> None:
    late = visit("late", 9, (0, 60), penalty=None)
    gone = visit("gone", 1, (-HOUR, -60))
    day = problem(
        [visit(f"t{n}", n, load=(1,), penalty=None) for n in range(1, 6)]
        + [late, gone],
        vans(2),
    )
    plan = solve(day, BY_PYVRP)
    left_out = {each.task for each in plan.left_out}
    assert {"late", "gone"} < left_out
    assert len(left_out) == 3
    assert {rule.rule for rule in broken_rules(day, plan)} == {"must_serve"}


def test_the_effort_caps_the_fleet(pyvrp: Any) -> None:
    day = problem([visit(f"t{n}", n, load=(1,)) for n in range(1, 5)], vans(4))
    capped = Effort(iterations=50, engine="pyvrp", vehicles=1)
    assert len(solve(day, capped).served) == 2
    nobody = Effort(iterations=50, engine="pyvrp", vehicles=0)
    assert solve(day, nobody).served == frozenset()


@pytest.mark.parametrize("day", [problem([], vans(1)), problem([visit("a", 1)], [])])
def test_an_empty_day_is_an_answer(pyvrp: Any, day: Problem) -> None:
    assert solve(day, BY_PYVRP).served == frozenset()


ODD: dict[str, Problem] = {
    "tasks[0].pickup": problem([meal("a", 1, 2)], vans(1)),
    "tasks[0].needs": problem([visit("a", 1, needs=frozenset({"x"}))], vans(1)),
    "tasks[1].tier": problem([visit("a", 1), visit("b", 2, tier=1)], vans(1)),
    "vehicles[1].start": problem([], [*vans(1), car("w", start="p1", end="p1")]),
    "vehicles[0].end": problem([], [car()]),
    "vehicles[0].max_tasks": problem([], vans(1, max_tasks=2)),
    "vehicles[0].max_work_seconds": problem([], vans(1, max_work_seconds=9)),
    "never": problem([visit("a", 1)], vans(1), never=(("v0", "a"),)),
    "prefer": problem(
        [visit("a", 1)], vans(1), prefer=(Preference("v0", "a", seconds=9),)
    ),
    "begun": problem([], vans(1), begun={"v0": Begun("p1", 60)}),
    "now": problem([], vans(1), now=60),
    "places[0].arrive_seconds": problem([], vans(1), places=places(arrive_seconds=9)),
}


@pytest.mark.parametrize("field", ODD)
def test_what_pyvrp_does_not_know_is_refused_by_name(pyvrp: Any, field: str) -> None:
    with pytest.raises(NotYetHonoured) as refused:
        solve(ODD[field], BY_PYVRP)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "odd",
    [
        problem([], vans(1, breaks=(Break((0, 600), 60),))),
        problem([visit("a", 1, people=2)], vans(2)),
        problem(
            [visit("a", 1), visit("b", 2)], vans(1), sequence=(Sequence("a", "b"),)
        ),
    ],
)
def test_breaks_couples_and_sequences_are_refused(pyvrp: Any, odd: Problem) -> None:
    with pytest.raises(NotYetHonoured):
        solve(odd, BY_PYVRP)


def test_a_missing_pyvrp_is_said_aloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyvrp", None)
    with pytest.raises(EngineMissing, match="PyVRP"):
        solve(problem([visit("a", 1)], vans(1)), BY_PYVRP)
