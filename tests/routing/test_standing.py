"""A week begins from last week's rounds, and what keeps them is priced."""

import random
from typing import Final

import pytest

from routing import (
    Begun,
    Effort,
    Plan,
    Problem,
    Route,
    Stop,
    Vehicle,
    broken_rules,
    cost_of,
    solve,
)
from routing.settling import settled
from routing.standing import NEW, Same, preferences_for, stability_of, start_from
from tests.routing.towns import HOUR, car, meal, problem, street, visit

QUICK: Final = Effort(iterations=200, engine="search")


def town(*names: str, cars: tuple[str, ...] = ("v", "w")) -> Problem:
    """A visit at the place that its number says, as t3 is at p3."""
    return problem(
        [visit(name, int(name[1:])) for name in names], [car(v) for v in cars]
    )


def rounds(**orders: str) -> Plan:
    """Visits by helper, in order; only order counts."""
    routes = [
        Route(v, tuple(Stop(60 * n, t, "visit") for n, t in enumerate(order.split())))
        for v, order in orders.items()
    ]
    return Plan("last week", tuple(routes))


def orders_of(plan: Plan) -> dict[str, list[str | None]]:
    return {route.vehicle: [s.task for s in route.stops] for route in plan.routes}


def everybody(problem: Problem) -> Same:
    return Same.by_name(problem, problem)


def test_last_weeks_order_is_this_weeks_start() -> None:
    now = town("t1", "t2", "t3")
    start = start_from(now, rounds(v="t3 t1", w="t2"), everybody(now))
    assert orders_of(start) == {"v": ["t3", "t1"], "w": ["t2"]}
    assert broken_rules(now, start) == []
    assert start.cost == cost_of(now, start)


def test_who_is_gone_is_dropped_and_who_is_new_is_left_to_the_search() -> None:
    now = town("t1", "t3", "t4")
    start = start_from(
        now, rounds(v="t1 t2 t3"), Same({"v": "v"}, {"t1": "t1", "t3": "t3"})
    )
    assert orders_of(start) == {"v": ["t1", "t3"]}
    assert [(each.task, each.why) for each in start.left_out] == [("t4", NEW)]
    assert solve(now, QUICK, start=start).left_out == ()


def test_ids_may_be_others_this_week() -> None:
    now = town("t1", "t2")
    same = Same({"monday": "v"}, {"a": "t2", "b": "t1"})
    assert orders_of(start_from(now, rounds(monday="a b"), same)) == {"v": ["t2", "t1"]}


def test_the_round_of_who_is_gone_goes_to_the_nearest_free_helper() -> None:
    tasks = [visit("t8", 8), visit("t9", 9), visit("t1", 1)]
    now = problem(tasks, [car("v"), car("far"), car("near", start="p7")])
    last = rounds(v="t1", gone="t9 t8")
    start = start_from(now, last, Same({"v": "v"}, {t.id: t.id for t in now.tasks}))
    assert orders_of(start) == {"v": ["t1"], "near": ["t9", "t8"]}


def test_what_breaks_a_rule_this_week_is_left_out_of_the_start() -> None:
    tasks = [visit("t1", 1), visit("t9", 9, (0, 300)), visit("t2", 2)]
    now = problem(tasks, [car("v")])
    start = start_from(now, rounds(v="t1 t9 t2"), everybody(now))
    assert orders_of(start) == {"v": ["t1", "t2"]}
    assert broken_rules(now, start) == []


def test_a_pair_goes_whole_or_not_at_all() -> None:
    now = problem([meal("a", 1, 3), meal("b", 1, 5)], [car("v")])
    stops = (Stop(0, "a", "pickup"), Stop(1, "b", "dropoff"), Stop(2, "a", "dropoff"))
    start = start_from(now, Plan("last", (Route("v", stops),)), everybody(now))
    assert orders_of(start) == {"v": ["a", "a"]}


def test_what_has_begun_is_not_begun_again() -> None:
    now = town("t1", "t2").replaced(
        begun={"v": Begun("p1", 60, (Stop(60, "t1", "visit"),))}
    )
    start = start_from(now, rounds(v="t1 t2"), everybody(now))
    assert orders_of(start) == {"v": ["t1", "t2"]}
    assert start.left_out == ()
    assert broken_rules(now, start) == []


def test_stability_has_a_price() -> None:
    """The one helper stands nearer; the other has always come."""
    tasks = [visit("t8", 8), visit("t9", 9)]
    now = problem(tasks, [car("old"), car("near", start="p7")])
    start = start_from(now, rounds(old="t8 t9"), everybody(now))
    assert orders_of(solve(now, QUICK, start=start)) == {"near": ["t8", "t9"]}
    wished = now.replaced(prefer=preferences_for(start, 500))
    assert orders_of(solve(wished, QUICK, start=start)) == {"old": ["t8", "t9"]}


@pytest.mark.parametrize(
    ("now", "kept", "keepable", "stops"),
    [
        (rounds(v="t1 t2 t3", w="t4"), 4, 4, 4),
        (rounds(v="t1 t9 t2 t3", w="t4"), 4, 4, 4),  # what is put in moves nobody
        (rounds(v="t3 t1 t2", w="t4"), 3, 4, 4),  # one has moved, two have not
        (rounds(v="t1 t2", w="t4 t3"), 3, 4, 4),
        (rounds(v="t1 t2"), 2, 2, 2),  # who is gone does not count
    ],
)
def test_a_stop_keeps_its_place_in_the_longest_common_order(
    now: Plan, kept: int, keepable: int, stops: int
) -> None:
    last = rounds(v="t1 t2 t3", w="t4")
    names = {f"t{n}": f"t{n}" for n in range(1, 5)}
    found = stability_of(last, now, Same({"v": "v", "w": "w"}, names))
    assert (found.kept, found.keepable, found.stops) == (kept, keepable, stops)


def test_the_doors_of_who_is_gone_cannot_be_kept() -> None:
    last, now = rounds(v="t1", gone="t2"), rounds(v="t1 t2")
    found = stability_of(last, now, Same({"v": "v"}, {"t1": "t1", "t2": "t2"}))
    assert (found.share, found.share_of_keepable) == (0.5, 1.0)


def timed(now: Problem, plan: Plan) -> Plan:
    """The plan as the search would hand it out."""
    return start_from(now, plan, everybody(now))


def test_stops_go_back_to_their_place_within_the_travel_allowed() -> None:
    now = town("t1", "t3", "t5", cars=("v",))
    plan, last = timed(now, rounds(v="t1 t3 t5")), rounds(v="t3 t1 t5")
    same = everybody(now)
    # 3 + 2 + 4 minutes instead of 5
    assert settled(now, plan, last, same, extra_seconds=239) == plan
    back = settled(now, plan, last, same, extra_seconds=240)
    assert orders_of(back) == {"v": ["t3", "t1", "t5"]}
    assert broken_rules(now, back) == []
    assert back.cost == cost_of(now, back)


def test_the_cheapest_return_comes_first() -> None:
    now = town("t1", "t2", "t5", "t9")
    plan = timed(now, rounds(v="t1 t2", w="t5 t9"))
    last = rounds(v="t2 t1", w="t9 t5")
    back = settled(now, plan, last, everybody(now), extra_seconds=200)
    assert orders_of(back) == {"v": ["t2", "t1"], "w": ["t5", "t9"]}


def test_a_return_that_breaks_a_rule_is_none() -> None:
    tasks = [visit("t1", 1, (0, 100)), visit("t5", 5)]
    now = problem(tasks, [car("v")])
    plan, last = timed(now, rounds(v="t1 t5")), rounds(v="t5 t1")
    assert settled(now, plan, last, everybody(now), extra_seconds=HOUR) == plan


@pytest.mark.parametrize("seed", range(8))
def test_whatever_changes_the_start_and_the_return_are_good_plans(seed: int) -> None:
    chance = random.Random(seed)
    tasks = [meal(f"m{n}", n % 2, chance.randint(2, 9)) for n in range(12)]
    cars = [car(f"v{n}", capacity=(5,)) for n in range(4)]
    before = problem(tasks, cars, travel={"walk": street()})
    last = solve(before, QUICK)
    fewer = [t for t in tasks if chance.random() < 0.8]
    others = [meal(f"n{n}", 0, chance.randint(2, 9)) for n in range(3)]
    people: list[Vehicle] = [*cars[1:], car("new")]
    now = problem([*fewer, *others], people, travel={"walk": street()})
    same = Same.by_name(before, now)
    start = start_from(now, last, same)
    assert broken_rules(now, start) == []
    plan = solve(now, QUICK, start=start)
    back = settled(now, plan, last, same, extra_seconds=600)
    assert broken_rules(now, back) == []
    assert back.cost.travel_seconds <= plan.cost.travel_seconds + 600
    assert stability_of(last, back, same).kept >= stability_of(last, plan, same).kept
