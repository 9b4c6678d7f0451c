"""Every no has a reason, and every relaxation offered works."""

from dataclasses import replace
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings

from routing import (
    Effort,
    Halt,
    LeftOut,
    Plan,
    Problem,
    Relaxation,
    Task,
    Vehicle,
    broken_rules,
    solve,
)
from routing import effort as clock
from routing.effort import NEVER, Ending
from routing.explain import explained
from routing.instance import Instance
from routing.relaxing import cheapest_relaxation
from routing.search.fleet import Fleet
from routing.timing import Broken
from tests.routing.towns import car, meal, problem, problems, visit

QUICK = Effort(iterations=5, engine="search")


def why(task: Task, *cars: Vehicle, **changes: Any) -> LeftOut:
    (left,) = solve(problem([task], cars or [car()], **changes), QUICK).left_out
    return left


@pytest.mark.parametrize(
    ("task", "vehicle", "rule", "by", "relaxation"),
    [
        (visit("a", 5, (0, 200)), {}, "window", 100, Relaxation("window", 120)),
        (meal("a", 0, 9, max_ride_seconds=500), {}, "ride", 40, Relaxation("ride", 60)),
        (
            visit("a", 5),
            {"end": "p0", "shift": (0, 500)},
            "shift",
            100,
            Relaxation("shift", 120),
        ),
        (
            visit("a", 5),
            {"end": "p0", "max_work_seconds": 500},
            "max_work",
            100,
            Relaxation("max_work", 120),
        ),
        (
            visit("a", 1, needs=frozenset({"bath"})),
            {},
            "skill",
            1,
            Relaxation("skill", "bath"),
        ),
        (meal("a", 0, 1, load=(3,)), {"capacity": (2,)}, "capacity", 1, None),
    ],
)
def test_the_first_broken_rule_and_the_cheapest_cure(
    task: Task,
    vehicle: dict[str, Any],
    rule: str,
    by: int,
    relaxation: Relaxation | None,
) -> None:
    left = why(task, car(**vehicle))
    (candidate,) = left.candidates
    assert (candidate.vehicle, candidate.rule, candidate.by) == ("v", rule, by)
    assert left.relaxation == relaxation
    assert f"（{rule}" in left.why
    assert left.why.startswith("没有人能做")


def test_a_forbidden_pair_is_told() -> None:
    left = why(visit("a", 1), never=(("v", "a"),))
    assert [each.rule for each in left.candidates] == ["never"]
    assert left.relaxation is None


def test_nobody_on_shift() -> None:
    given = problem([visit("a", 1)], [])
    (left,) = solve(given, QUICK).left_out
    assert left.why == "当班没有人。"


def test_what_would_displace_others_says_so() -> None:
    tasks = [visit("a", 5, (300, 300), tier=1), visit("b", 0, (300, 300))]
    (left,) = solve(problem(tasks), QUICK).left_out
    assert left.task == "b"
    assert "挤掉 a（displaces）" in left.why
    assert left.displaces == ("a",)
    assert left.relaxation is not None


def test_the_least_dear_of_all_who_could_give_way_is_named() -> None:
    now: dict[str, Any] = {"window": (0, 0), "service_seconds": 60}
    tasks = [visit(t, 1, penalty=p, **now) for t, p in (("a", 900), ("b", 800))]
    tasks.append(visit("no", 1, penalty=7, **now))
    cars = [car("v", start="p1"), car("w", start="p1")]
    (left,) = solve(problem(tasks, cars), QUICK).left_out
    assert (left.task, left.displaces) == ("no", ("b",))


def test_where_one_is_not_enough_several_would_have_to_go() -> None:
    tasks = [visit(f"t{n}", 0, service_seconds=300) for n in range(3)]
    tasks.append(visit("long", 0, penalty=7, service_seconds=900))
    (left,) = solve(problem(tasks, [car(shift=(0, 1000))]), QUICK).left_out
    assert left.displaces == ("t0", "t1", "t2")


def test_no_loosening_of_a_week_is_offered() -> None:
    left = why(visit("a", 1, service_seconds=10**6))
    assert left.relaxation is None


def test_another_person_is_offered_when_time_is_short() -> None:
    tasks = [
        visit(f"t{n}", n, (0, 9000), service_seconds=9000, penalty=10) for n in (1, 2)
    ]
    plan = solve(problem(tasks, [car(shift=(0, 9300))]), QUICK)
    (left,) = plan.left_out
    assert left.relaxation is not None
    assert left.relaxation.kind in {"person", "shift"}


def test_what_stood_in_the_way_is_loosened_first_when_trials_are_few() -> None:
    inst = Instance(problem([visit("a", 9, (0, 0))], [car()]))
    found = [(inst.cars[0], Broken("window", 540))]
    cure = cheapest_relaxation(Fleet(inst), 0, found, 1, NEVER)
    assert cure == (Relaxation("window", 540), 0)


def too_far(number: int) -> Fleet:
    """A fleet that has served nothing of so many visits; each is 100 s too far."""
    tasks = [visit(f"t{n}", 5, (0, 200), tier=n % 2) for n in range(number)]
    cars = [car("v"), car("w"), car("x")]
    return Fleet(Instance(problem(tasks, cars)))


def test_after_the_time_has_ended_nothing_is_made_up() -> None:
    fleet = too_far(5)
    for left in explained(fleet.inst, fleet, Ending(0.0)):
        assert [each.rule for each in left.candidates] == ["search_ended"]
        assert left.why == "计算时间用完，没有细看（search_ended）。"
        assert left.relaxation is None


def test_when_time_runs_out_the_dear_ones_are_explained_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A clock that ticks once per look: full answers, then glances, then words."""
    fleet = too_far(60)
    fully = explained(fleet.inst, fleet, NEVER)
    ticks = count()
    ticking = SimpleNamespace(monotonic=lambda: next(ticks) / 500)
    monkeypatch.setattr(clock, "time", ticking)

    hurried = explained(fleet.inst, fleet, Ending(0.25))

    assert [left.task for left in hurried] == [left.task for left in fully]
    rank = [fleet.ranks[k] for k in range(60)]
    full = [left == whole for left, whole in zip(hurried, fully, strict=True)]
    assert {rank[k] for k in range(60) if full[k]} == {min(rank)}
    glanced = [left for left in hurried if "只粗看了2人" in left.why]
    assert glanced
    assert {(c.rule, c.by) for left in glanced for c in left.candidates} == {
        ("window", 100)
    }
    assert all(left.relaxation is None for left in glanced)
    assert all(left.why and left.candidates for left in hurried)


def test_no_time_at_all_still_gives_each_task_a_reason() -> None:
    tasks = [visit(f"t{n}", 5, (0, 200)) for n in range(4)]
    found = solve(problem(tasks), Effort(seconds=0, engine="search"))
    assert len(found.left_out) == 4
    assert all(left.why and left.candidates for left in found.left_out)


@given(problems())
@settings(deadline=None, max_examples=60)
def test_every_relaxation_offered_lets_the_task_in(drawn: Problem) -> None:
    """Apply it to the problem; the old plan with the task in it is then legal."""
    plan = solve(drawn, QUICK)
    for left in plan.left_out:
        if left.relaxation is not None:
            assert _can_be_let_in(drawn, plan, left), left


def _can_be_let_in(drawn: Problem, plan: Plan, left: LeftOut) -> bool:
    """Freeze every other tour: only this task may still be inserted."""
    loose = applied(drawn, left)
    served = plan.served | {left.task}
    others = tuple(task for task in loose.tasks if task.id in served)
    names = {task.id for task in others}
    small = loose.replaced(
        tasks=others,
        never=tuple(pair for pair in loose.never if pair[1] in names),
        prefer=tuple(wish for wish in loose.prefer if wish.task in names),
    )
    found = solve(small, Effort(iterations=60, engine="search"))
    assert [b for b in broken_rules(small, found) if b.rule != "must_serve"] == []
    return len(found.left_out) == 0 or len(found.served) >= len(plan.served)


def applied(drawn: Problem, left: LeftOut) -> Problem:
    assert left.relaxation is not None
    kind, value = left.relaxation.kind, left.relaxation.value
    task = drawn.task(left.task)
    if kind == "person":
        more = [replace(v, id=f"{v.id} again") for v in drawn.vehicles]
        return drawn.replaced(vehicles=(*drawn.vehicles, *more))
    if kind in {"window", "ride"}:
        changed = loosened(task, kind, int(value))
        tasks = [changed if each.id == task.id else each for each in drawn.tasks]
        return drawn.replaced(tasks=tuple(tasks))
    return drawn.replaced(vehicles=tuple(eased(v, kind, value) for v in drawn.vehicles))


def loosened(task: Task, kind: str, value: int) -> Task:
    if kind == "ride":
        return replace(task, max_ride_seconds=(task.max_ride_seconds or 0) + value)

    def later(halt: Halt | None) -> Halt | None:
        if halt is None:
            return None
        windows = tuple((opens, closes + value) for opens, closes in halt.windows)
        return replace(halt, windows=windows)

    return replace(
        task,
        pickup=later(task.pickup),
        dropoff=later(task.dropoff),
        visit=later(task.visit),
    )


def eased(vehicle: Vehicle, kind: str, value: int | str) -> Vehicle:
    if kind == "skill":
        return replace(vehicle, skills=vehicle.skills | {str(value)})
    if kind == "shift":
        longer = vehicle.shift[0], vehicle.shift[1] + int(value)
        return replace(vehicle, shift=longer)
    work = vehicle.max_work_seconds
    most = None if work is None else work + int(value)
    return replace(vehicle, max_work_seconds=most)
