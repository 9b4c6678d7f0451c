"""Two people at one start, one visit after another: judged, and beside brute force."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from routing import (
    Effort,
    Matrix,
    Plan,
    Problem,
    Sequence,
    broken_rules,
    cost_of,
)
from routing.check_routes import BrokenRule
from routing.linked.fixing import fixed_starts, is_linked, starts_of
from routing.linked.solving import fixed_by_search, linked_plan
from routing.problem import Begun
from routing.solve import solve
from tests.routing.linked_towns import cheapest_travel, linked_problems, served_sets
from tests.routing.towns import (
    HOUR,
    MINUTE,
    car,
    meal,
    places,
    plan,
    problem,
    stop,
    visit,
)

QUICK = Effort(iterations=60)


def planned(given: Problem, effort: Effort = QUICK) -> Plan:
    found = linked_plan(given, effort, unlinked)
    assert faults(given, found) == []
    return found


def unlinked(given: Problem, effort: Effort, start: Plan | None) -> Plan:
    return solve(given, replace(effort, engine="search"), start)


def faults(given: Problem, found: Plan) -> list[BrokenRule]:
    """What must be served and cannot be is an answer, not a fault."""
    return [each for each in broken_rules(given, found) if each.rule != "must_serve"]


def times(found: Plan, task: str) -> dict[str, int]:
    return {
        route.vehicle: each.at
        for route in found.routes
        for each in route.stops
        if each.task == task
    }


def left_out(found: Plan) -> set[str]:
    return {each.task for each in found.left_out}


def test_two_people_begin_at_the_same_second() -> None:
    bath = visit("bath", 4, (0, HOUR), people=2, service_seconds=HOUR)
    found = planned(problem([bath], [car("near", start="p3"), car("far")]))

    assert times(found, "bath") == {"near": 4 * MINUTE, "far": 4 * MINUTE}


def test_one_person_alone_cannot_do_the_work_of_two() -> None:
    bath = visit("bath", 4, (0, HOUR), people=2)
    found = planned(problem([bath, visit("chat", 2)], [car()]))

    assert left_out(found) == {"bath"}
    assert "people" in found.left_out[0].why


def test_whoever_comes_first_waits_so_that_the_other_visit_is_not_too_long_after() -> (
    None
):
    wash = visit("wash", 1, (0, HOUR), service_seconds=MINUTE)
    dress = visit("dress", 1, (50 * MINUTE, HOUR))
    line = Sequence("wash", "dress", min_gap=0, max_gap=5 * MINUTE)
    found = planned(problem([wash, dress], [car("a"), car("b")], sequence=(line,)))

    assert left_out(found) == set()


def test_a_line_is_void_when_one_of_its_tasks_is_left_out() -> None:
    never = visit("first", 5, (0, 10), penalty=7)
    line = Sequence("first", "then", min_gap=0)
    found = planned(problem([never, visit("then", 1)], [car()], sequence=(line,)))

    assert left_out(found) == {"first"}


def test_one_vehicle_does_both_when_the_line_says_so() -> None:
    tasks = [visit("a", 1), visit("b", 8)]
    line = Sequence("a", "b", same_vehicle=True)
    cars = [car("v", start="p1"), car("w", start="p8")]
    found = planned(problem(tasks, cars, sequence=(line,)))

    assert times(found, "a").keys() == times(found, "b").keys()


def test_a_meal_is_brought_after_the_visit_and_is_still_hot() -> None:
    tasks = [
        visit("visit", 5, (30 * MINUTE, HOUR), service_seconds=10 * MINUTE),
        meal("lunch", 0, 5, max_ride_seconds=6 * MINUTE),
    ]
    line = Sequence("visit", "lunch", min_gap=0, max_gap=MINUTE)
    cars = [car("v", capacity=(1,)), car("w", start="p5", capacity=(1,))]
    found = planned(problem(tasks, cars, sequence=(line,)))

    assert left_out(found) == set()


def test_what_has_begun_binds_what_follows() -> None:
    tasks = [visit("a", 1, service_seconds=MINUTE), visit("b", 2, (0, HOUR))]
    line = Sequence("a", "b", min_gap=20 * MINUTE, max_gap=25 * MINUTE)
    begun = {"v": Begun("p1", 3 * MINUTE, (stop("a", "visit", 2 * MINUTE),))}
    given = problem(tasks, [car("v")], sequence=(line,), begun=begun, now=3 * MINUTE)

    assert times(planned(given), "b")["v"] >= 23 * MINUTE


@given(linked_problems())
@settings(deadline=None, max_examples=60)
def test_every_linked_plan_obeys_the_rules_and_serves_what_brute_force_serves(
    drawn: Problem,
) -> None:
    found = planned(drawn)
    served = {drawn.task_numbers[name] for name in found.served}
    best = min(
        (missing(drawn, each), each) for each in map(frozenset, served_sets(drawn))
    )

    assert missing(drawn, served) == best[0]


def missing(given: Problem, served: frozenset[int] | set[int]) -> tuple[int, ...]:
    """Tasks left out: those that must be served, then tier by tier."""
    gone = [task for k, task in enumerate(given.tasks) if k not in served]
    must = sum(task.penalty is None for task in gone)
    tiers = (sum(t.penalty is not None and t.tier == n for t in gone) for n in (1, 0))
    return (must, *tiers)


@given(linked_problems(most_tasks=4))
@settings(deadline=None, max_examples=25)
def test_no_rounds_of_the_same_visits_are_shorter(drawn: Problem) -> None:
    found = planned(drawn, Effort(iterations=150))
    served = {drawn.task_numbers[name] for name in found.served}

    assert solve_cost(drawn, found) == cheapest_travel(drawn, served) - 1


def solve_cost(given: Problem, found: Plan) -> int:
    return cost_of(given, found).travel_seconds


@given(linked_problems())
@settings(deadline=None, max_examples=40)
def test_fixed_starts_keep_every_link_whatever_the_engine_does(drawn: Problem) -> None:
    fixed = fixed_by_search(drawn, QUICK)

    assert not is_linked(fixed.problem)
    around = solve(fixed.problem, Effort(iterations=5, engine="search"))
    assert faults(drawn, fixed.back(around)) == []


def test_half_a_visit_by_two_is_taken_out_whole() -> None:
    tasks = [visit("bath", 4, people=2, service_seconds=60), visit("chat", 6)]
    given = problem(tasks, [car("v"), car("w")])
    fixed = fixed_starts(given, {("bath", "visit"): {"v": 600, "w": 600}})
    half = plan({"v": [stop("bath", "visit", 600), stop("chat", "visit", 780)]})
    second = next(iter(fixed.halves))
    back = fixed.back(replace(half, left_out=plan({}, [second]).left_out))

    assert left_out(back) == {"bath"}
    assert [each.task for each in back.routes[0].stops] == ["chat"]


def test_the_same_seed_and_count_give_the_same_plan() -> None:
    tasks = [visit(f"t{n}", n % 9, people=1 + n % 2) for n in range(8)]
    given = problem(tasks, [car("a"), car("b"), car("c", start="p5")])
    effort = Effort(iterations=100, seed=3, threads=2)

    assert planned(given, effort).routes == planned(given, effort).routes


def test_a_station_keeps_its_linked_visits_while_the_rest_is_planned_around() -> None:
    meals = [meal(f"m{n}", 0, 1 + n % 9, max_ride_seconds=HOUR) for n in range(16)]
    tasks = [
        *meals,
        visit("bath", 4, (HOUR, 2 * HOUR), people=2, service_seconds=20 * MINUTE),
        visit("before", 6, service_seconds=MINUTE),
        visit("after", 2, service_seconds=MINUTE),
    ]
    line = Sequence("before", "after", min_gap=10 * MINUTE, max_gap=20 * MINUTE)
    cars = [car(f"v{n}", capacity=(4,)) for n in range(4)]
    found = planned(problem(tasks, cars, sequence=(line,)), Effort(iterations=40))

    assert left_out(found) == set()
    assert len(set(times(found, "bath").values())) == 1
    assert len(found.decided_by) > 1


@pytest.mark.parametrize("people", [1, 2])
def test_starts_are_read_from_a_plan(people: int) -> None:
    given = problem([visit("a", 1, people=people)], [car("v"), car("w")])
    starts = starts_of(given, planned(given))

    assert sum(map(len, starts.values())) == (2 if people == 2 else 0)


def test_when_half_a_visit_leaves_a_round_that_does_not_hold_it_says_so() -> None:
    """From p0 straight to p2 is a long way; over p1 it is short."""
    rows = [[0, 60, 5000], [60, 0, 60], [5000, 60, 0]]
    tasks = [
        visit("bath", 1, people=2, service_seconds=60),
        visit("chat", 2, (0, 1000)),
        visit("home", 0),
    ]
    given = problem(
        tasks,
        [car("v"), car("w")],
        places=places(3),
        travel={"walk": Matrix.of(rows)},
    )
    fixed = fixed_starts(given, {("bath", "visit"): {"v": 60, "w": 60}})
    (second,) = fixed.halves
    stops = [stop("home", "visit", 0), stop("bath", "visit", 60)]
    half = plan({"v": [*stops, stop("chat", "visit", 180)]}, [second])
    back = fixed.back(half)

    assert faults(given, back) == []
    assert left_out(back) == {"bath", "chat"}
    assert [each.task for each in back.routes[0].stops] == ["home"]
    reasons = {each.task: each.why for each in back.left_out}
    assert "window" in reasons["chat"]


def test_what_a_round_loses_may_be_half_of_another_visit() -> None:
    rows = [[0, 60, 5000], [60, 0, 60], [5000, 60, 0]]
    tasks = [
        visit("bath", 1, people=2, service_seconds=60),
        visit("lift", 2, (0, 1000), people=2, service_seconds=60),
    ]
    given = problem(
        tasks,
        [car("v"), car("w", start="p2")],
        places=places(3),
        travel={"walk": Matrix.of(rows)},
    )
    starts = {
        ("bath", "visit"): {"v": 60, "w": 60},
        ("lift", "visit"): {"v": 180, "w": 180},
    }
    fixed = fixed_starts(given, starts)
    bath, lift = sorted(fixed.halves)
    routes = {
        "v": [stop("bath", "visit", 60), stop("lift", "visit", 180)],
        "w": [stop(lift, "visit", 180)],
    }
    back = fixed.back(plan(routes, [bath]))

    assert faults(given, back) == []
    assert left_out(back) == {"bath", "lift"}
    assert back.routes == ()


def test_what_two_have_begun_stays_theirs_when_another_is_left_out() -> None:
    both = {n: Begun("p1", 60, (stop("t", "visit", 60),)) for n in ("v", "w")}
    late = problem(
        [visit("t", 1, people=2), visit("x", 9, (0, 10))],
        [car("v"), car("w")],
        begun=both,
        now=60,
    )
    found = solve(late, QUICK)
    assert broken_rules(late, found) == []
    assert [each.task for each in found.left_out] == ["x"]


def test_who_has_begun_alone_and_is_not_joined_is_told_of() -> None:
    one = {"w": Begun("p1", 60, (stop("t", "visit", 60),))}
    late = problem(
        [visit("t", 1, people=2), visit("y", 3)],
        [car("v"), car("w")],
        begun=one,
        now=60,
    )
    found = solve(late, QUICK)
    assert [each.task for each in found.left_out] == ["t"]
    assert "people" in found.left_out[0].why
    assert found.served == {"t", "y"}
