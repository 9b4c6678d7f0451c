"""How the bench is fair: what it changes in a problem, and a peer's best times."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.engines import CannotSay, must_be_sayable
from benchmarks.grouping import Tours, grouped, ungrouped, with_tight_pickups
from benchmarks.instances import NoInstance, load, tiled, wave_of
from benchmarks.retiming import timed
from routing import Effort, broken_rules, solve, write_problem
from tests.routing.bench_town import town
from tests.routing.towns import HOUR, car, meal, problem, visit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "routing" / "instances" / "district"
    home.mkdir(parents=True)
    write_problem(town(), home / "town.json")
    return tmp_path


def test_changes_are_named_in_the_instance(folder: Path) -> None:
    assert load(folder, "town@hot=40").problem.task("o0").max_ride_seconds == 2400
    wave = load(folder, "town@kitchen=p1@hot=30").problem
    assert {task.id for task in wave.tasks} == {f"o{n}" for n in range(1, 12, 2)}
    assert len(wave.vehicles) == 2
    with pytest.raises(NoInstance, match="elsewhere"):
        load(folder, "elsewhere")


def test_a_wave_has_only_the_places_that_it_needs() -> None:
    wave = wave_of(town(), "p0")
    assert {place.id for place in wave.places} >= {"p0"}
    assert solve(wave, Effort(iterations=5, engine="search")).left_out == ()


def test_tiles_lie_side_by_side_and_cost_the_same() -> None:
    one, three = town(), tiled(town(), "3")
    assert len(three.tasks) == 3 * len(one.tasks)
    assert len({(place.lat, place.lon) for place in three.places}) == 24
    plan = solve(one, Effort(iterations=5, engine="search"))
    again = {
        f"{n}.{route.vehicle}": [(f"{n}.{s.task}", s.kind) for s in route.stops]
        for n in range(3)
        for route in plan.routes
    }
    tripled = timed(three, again)  # type: ignore[arg-type]
    assert broken_rules(three, tripled) == []
    assert tripled.cost.travel_seconds == 3 * plan.cost.travel_seconds


def tours_of(plan: Any) -> Tours:
    return {r.vehicle: [(s.task, s.kind) for s in r.stops] for r in plan.routes}


def test_a_grouped_plan_holds_for_every_box_of_the_group() -> None:
    lunch = town(40)
    merged, members = grouped(lunch)
    assert len(merged.tasks) < len(lunch.tasks)
    told = sorted(each for part in members.values() for each in part)
    assert told == sorted(task.id for task in lunch.tasks)
    assert all(sum(task.load) <= 4 for task in merged.tasks)
    plan = solve(merged, Effort(iterations=5, engine="search"))
    assert plan.served
    whole = timed(lunch, ungrouped(tours_of(plan), members))
    assert len(whole.left_out) == sum(len(members[each.task]) for each in plan.left_out)
    assert broken_rules(lunch, whole) == []


def test_what_is_not_alike_is_not_grouped() -> None:
    day = problem([meal("a", 0, 4), meal("b", 0, 4, (0, 60)), visit("c", 4)])
    assert grouped(day)[1] == {"a": ["a"], "b": ["b"], "c": ["c"]}


def test_tight_pickups_leave_no_ride_that_is_too_long() -> None:
    tight = with_tight_pickups(town())
    free = tight.replaced(
        tasks=tuple(
            type(task)(**(vars(task) | {"max_ride_seconds": None}))
            for task in tight.tasks
        )
    )
    plan = solve(free, Effort(iterations=5, engine="search"))
    rules = {rule.rule for rule in broken_rules(town(), timed(town(), tours_of(plan)))}
    assert rules == set()


def test_a_peers_round_gets_the_kindest_times() -> None:
    """Waiting with the food on board is moved to the kitchen."""
    day = problem([meal("a", 0, 1, (HOUR, HOUR), max_ride_seconds=60)], [car()])
    plan = timed(day, {"v": [("a", "pickup"), ("a", "dropoff")]})
    assert [stop.at for stop in plan.routes[0].stops] == [HOUR - 60, HOUR]
    assert broken_rules(day, plan) == []


def test_a_ride_that_cannot_be_kept_is_counted_and_windows_are_kept() -> None:
    tour = [("a", "pickup"), ("b", "visit"), ("a", "dropoff")]
    meals = [
        meal("a", 0, 1, max_ride_seconds=300),
        visit("b", 2, service_seconds=600),
        meal("c", 0, 9),
    ]
    day = problem(meals, [car()])
    plan = timed(day, {"v": tour})  # type: ignore[dict-item]
    assert [rule.rule for rule in broken_rules(day, plan)] == ["ride"]
    assert [each.task for each in plan.left_out] == ["c"]


@settings(max_examples=25)
@given(st.permutations(range(4)), st.integers(0, 40))
def test_retiming_never_breaks_what_the_order_allows(
    order: list[int], limit: int
) -> None:
    """If a plan of ours holds, its order alone, timed anew, holds as well."""
    meals = [
        meal(f"o{n}", n, 9 - n, (600 * n, 600 * n + 3000), max_ride_seconds=60 * limit)
        for n in order
    ]
    day = problem(meals, [car("v"), car("w")])
    plan = solve(day, Effort(iterations=3, engine="search"))
    again = timed(day, tours_of(plan))
    assert broken_rules(day, again) == []
    assert again.cost == plan.cost


def test_peers_are_not_asked_what_they_have_no_words_for() -> None:
    must_be_sayable(town())
    with pytest.raises(CannotSay, match="tier"):
        must_be_sayable(problem([visit("a", 1, tier=2)]))
    with pytest.raises(CannotSay, match="needs"):
        must_be_sayable(problem([visit("a", 1, needs=frozenset({"bath"}))]))
