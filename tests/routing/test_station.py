"""OR-Tools on station-sized problems: each rule, and who decided."""

import sys
from typing import Any

import pytest

from routing import (
    Begun,
    Break,
    Effort,
    EngineMissing,
    Halt,
    NotYetHonoured,
    Plan,
    Preference,
    Problem,
    Task,
    broken_rules,
    solve,
    station,
)
from routing.instance import Instance
from routing.rules import RULES
from tests.routing.towns import car, meal, problem, visit

ORTOOLS = Effort(iterations=0, engine="ortools")


def left_out(plan: Plan) -> set[str]:
    return {each.task for each in plan.left_out}


def solved(tasks: list[Task], *cars: Any, **changes: Any) -> Plan:
    given = problem(tasks, cars or [car()], **changes)
    plan = solve(given, ORTOOLS)
    assert broken_rules(given, plan) == []
    return plan


def test_a_round_is_planned() -> None:
    meals = [meal(f"m{n}", 0, n, max_ride_seconds=900) for n in range(1, 6)]
    plan = solved(meals, car(capacity=(5,), end="p0"))
    assert left_out(plan) == set()
    assert plan.cost.travel_seconds == 600
    assert plan.decided_by[-1].startswith("ortools")


@pytest.mark.parametrize(
    ("task", "vehicle", "changes"),
    [
        (visit("a", 5, (0, 200)), {}, {}),
        (
            Task("a", visit=Halt("p5", ((0, 100), (900, 950))), penalty=9),
            {},
            {"now": 700},
        ),
        (meal("a", 0, 9, max_ride_seconds=500), {}, {}),
        (meal("a", 0, 1, load=(3,)), {"capacity": (2,)}, {}),
        (visit("a", 1, needs=frozenset({"bath"})), {}, {}),
        (visit("a", 5), {"end": "p0", "shift": (0, 500)}, {}),
        (visit("a", 5), {"end": "p0", "max_work_seconds": 500}, {}),
        (visit("a", 1), {"max_tasks": 0}, {}),
        (visit("a", 1), {}, {"never": (("v", "a"),)}),
    ],
)
def test_what_a_rule_forbids_is_left_out(
    task: Task, vehicle: dict[str, Any], changes: dict[str, Any]
) -> None:
    assert left_out(solved([task], car(**vehicle), **changes)) == {"a"}


def test_a_kitchen_may_be_waited_at() -> None:
    plan = solved([meal("a", 0, 5, (2000, 3000), max_ride_seconds=700)])
    assert left_out(plan) == set()


def test_the_gap_between_two_windows_is_closed() -> None:
    door = Halt("p5", ((0, 100), (700, 800)))
    plan = solved([Task("a", visit=door, penalty=9)])
    assert plan.routes[0].stops[0].at == 700


def test_one_of_a_higher_tier_outweighs_all_below() -> None:
    """One old neighbour at the far end, or three dear tasks close by."""
    near = [visit(f"n{n}", n, (0, 300), penalty=1_000_000) for n in (1, 2, 3)]
    far = visit("old", 9, (0, 540), tier=1, penalty=1)
    shifts = car(shift=(0, 540), max_tasks=1)
    assert left_out(solved([*near, far], shifts)) == {"n1", "n2", "n3"}


def test_a_preference_is_worth_a_detour() -> None:
    cars = car("near", start="p2"), car("far", start="p9")
    wish = (Preference("far", "a", 600),)
    assert solved([visit("a", 1)], *cars).routes[0].vehicle == "near"
    assert solved([visit("a", 1)], *cars, prefer=wish).routes[0].vehicle == "far"


def test_a_break_lies_behind_a_way() -> None:
    tasks = [visit("a", 1, (0, 60), service_seconds=200), visit("b", 5, (900, 1200))]
    plan = solved(tasks, car(breaks=(Break((200, 800), 300),)))
    (route,) = plan.routes
    assert [stop.task for stop in route.stops] == ["a", None, "b"]
    assert left_out(plan) == set()


def test_no_more_vehicles_leave_than_allowed() -> None:
    tasks = [visit("a", 0, (0, 0)), visit("b", 9, (0, 0))]
    given = problem(tasks, [car("v"), car("w", start="p9")])
    for engine in ("search", "ortools"):
        one = Effort(iterations=0, vehicles=1, engine=engine)
        assert len(solve(given, Effort(iterations=0)).routes) == 2
        assert len(solve(given, one).routes) == 1


def test_by_count_no_clock_is_asked() -> None:
    """Neither for the whole nor for a neighbourhood: a slow machine plans the same."""
    counted, timed = station._parameters(None), station._parameters(2.0)
    assert not counted.HasField("time_limit")
    assert counted.lns_time_limit.seconds > 10**8
    assert timed.time_limit.seconds == 2


def test_the_better_plan_wins_and_the_plan_names_both() -> None:
    meals = [meal(f"m{n}", 0, n, max_ride_seconds=900) for n in range(1, 6)]
    plan = solve(problem(meals), Effort(iterations=5))
    assert {name.split()[0] for name in plan.decided_by} == {"search", "ortools"}


def test_a_big_problem_is_left_to_the_search() -> None:
    tasks = [visit(f"t{n}", n % 10) for n in range(station.MOST_STOPS + 1)]
    plan = solve(problem(tasks), Effort(iterations=0))
    assert plan.decided_by == ("search 2",)
    with pytest.raises(NotYetHonoured, match="tasks"):
        solve(problem(tasks), ORTOOLS)


def test_begun_rounds_are_refused_by_name() -> None:
    given = problem([visit("a", 1)], begun={"v": Begun("p1", 60)})
    with pytest.raises(NotYetHonoured, match="begun"):
        solve(given, ORTOOLS)


@pytest.fixture
def _no_ortools(monkeypatch: pytest.MonkeyPatch) -> Any:
    station._ortools.cache_clear()
    monkeypatch.setitem(sys.modules, "ortools.constraint_solver.pywrapcp", None)
    yield
    station._ortools.cache_clear()


@pytest.mark.usefixtures("_no_ortools")
@pytest.mark.parametrize("engine", ["auto", "ortools"])
def test_without_ortools_planning_fails_loudly(engine: Any) -> None:
    with pytest.raises(EngineMissing, match="ortools"):
        solve(problem([visit("a", 1)]), Effort(iterations=0, engine=engine))


@pytest.mark.usefixtures("_no_ortools")
def test_only_the_search_runs_without_ortools() -> None:
    plan = solve(problem([visit("a", 1)]), Effort(iterations=0, engine="search"))
    assert plan.decided_by == ("search 2",)


# A problem for each rule that only this rule keeps from a broken plan.
ONLY_KEPT_BY = {
    "begin_inside_windows": problem([visit("a", 5, (0, 200))]),
    "work_inside_the_shift": problem([visit("a", 5)], [car(shift=(0, 200))]),
    "work_no_longer_than_allowed": problem(
        [visit("a", 5)], [car(end="p0", max_work_seconds=500)]
    ),
    "ride_no_longer_than_hot": problem([meal("a", 0, 9, max_ride_seconds=500)]),
    "carry_no_more_than_fits": problem(
        [meal("a", 0, 1, load=(3,))], [car(capacity=(2,))]
    ),
    "send_only_whom_it_may_be": problem([visit("a", 1)], never=(("v", "a"),)),
    "do_no_more_than_so_many": problem([visit("a", 1)], [car(max_tasks=0)]),
    "rest_inside_the_window": problem(
        [visit("a", 1, (0, 60), service_seconds=600)],
        [car(breaks=(Break((200, 400), 100),))],
    ),
}


@pytest.mark.parametrize("name", ONLY_KEPT_BY)
def test_without_one_rule_ortools_breaks_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: Problem = ONLY_KEPT_BY[name]
    inst = Instance(given)
    assert station.station_plan(inst, seconds=None, start=None) == [[]]
    kept = tuple(rule for rule in RULES if rule.__name__ != name)
    monkeypatch.setattr(station, "RULES", kept)
    assert station.station_plan(inst, seconds=None, start=None) != [[]]
