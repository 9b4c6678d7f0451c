"""The second opinion: one good plan, and one test per way of spoiling it."""

from dataclasses import replace
from typing import Any

import pytest

from routing import (
    BadProblem,
    Begun,
    Break,
    Effort,
    Matrix,
    Plan,
    Problem,
    Sequence,
    Stop,
    broken_rules,
    cost_of,
    solve,
)
from tests.routing.towns import MINUTE, car, meal, places, plan, problem, stop, visit


def rules(given: Problem, proposed: Plan) -> set[str]:
    return {broken.rule for broken in broken_rules(given, proposed)}


def one_meal(**changes: Any) -> Problem:
    vehicle = changes.pop("vehicle", {})
    others = changes.pop("problem", {})
    task = meal("a", 1, 4, (300, 900), **({"max_ride_seconds": 400} | changes))
    return problem([task], [car(**vehicle)], **others)


def carried(pickup_at: int = 120, door_at: int = 300) -> Plan:
    return plan({"v": [stop("a", "pickup", pickup_at), stop("a", "dropoff", door_at)]})


def test_a_good_plan_breaks_nothing() -> None:
    assert broken_rules(one_meal(), carried()) == []


@pytest.mark.parametrize(
    ("given", "proposed", "rule"),
    [
        (one_meal(max_ride_seconds=None), carried(door_at=901), "window"),
        (one_meal(), carried(pickup_at=60, door_at=461), "ride"),
        (one_meal(), carried(pickup_at=130, door_at=307), "travel"),
        (one_meal(load=(2,), vehicle={"capacity": (1,)}), carried(), "capacity"),
        (one_meal(needs=frozenset({"bath"})), carried(), "skill"),
        (one_meal(problem={"never": (("v", "a"),)}), carried(), "never"),
        (one_meal(vehicle={"max_tasks": 0}), carried(), "max_tasks"),
        (one_meal(vehicle={"shift": (0, 299)}), carried(), "shift"),
        (one_meal(vehicle={"shift": (62, 999)}), carried(), "shift"),
        (one_meal(problem={"now": 62}), carried(), "shift"),
        (one_meal(vehicle={"end": "p0", "shift": (0, 538)}), carried(), "shift"),
        (one_meal(vehicle={"max_work_seconds": 238}), carried(), "max_work"),
        (one_meal(penalty=None), plan({}, ["a"]), "must_serve"),
        (one_meal(), plan({}), "served_once"),
        (
            one_meal(),
            plan({"v": list(carried().routes[0].stops)}, ["a"]),
            "served_once",
        ),
        (one_meal(), plan({"v": [stop("a", "dropoff", 300)]}), "served_once"),
        (
            one_meal(vehicle={"breaks": (Break((100, 250), 60),)}),
            carried(),
            "break",
        ),
    ],
)
def test_each_rule_is_seen(given: Problem, proposed: Plan, rule: str) -> None:
    assert rules(given, proposed) == {rule}


def test_one_second_per_leg_is_forgiven_but_not_two() -> None:
    assert broken_rules(one_meal(), carried(pickup_at=121, door_at=300)) == []
    assert rules(one_meal(), carried(pickup_at=122, door_at=300)) == {"travel"}


def test_the_dropoff_comes_after_the_pickup_on_the_same_vehicle() -> None:
    given = problem([meal("a", 1, 4)], [car(), car("w")])
    turned = plan({"v": [stop("a", "dropoff", 240), stop("a", "pickup", 420)]})
    torn = plan({"v": [stop("a", "pickup", 60)], "w": [stop("a", "dropoff", 240)]})
    assert rules(given, turned) == {"pair"}
    assert rules(given, torn) == {"pair"}


def test_no_way_is_no_way() -> None:
    rows: list[list[int | None]] = [[0, None], [60, 0]]
    given = problem([visit("a", 1)], places=places(2), travel={"walk": Matrix.of(rows)})
    assert rules(given, plan({"v": [stop("a", "visit", 500)]})) == {"no_way"}


def test_parking_is_owed_once_per_stay() -> None:
    given = problem([visit("a", 3), visit("b", 3)], places=places(arrive_seconds=100))
    fine = plan({"v": [stop("a", "visit", 280), stop("b", "visit", 280)]})
    hurried = plan({"v": [stop("a", "visit", 280), stop("b", "visit", 279)]})
    assert rules(given, fine) == set()
    assert rules(given, hurried) == {"travel"}


def test_two_people_begin_at_the_same_second() -> None:
    given = problem([visit("bath", 2, people=2)], [car(), car("w")])
    both = {"v": [stop("bath", "visit", 200)], "w": [stop("bath", "visit", 200)]}
    assert rules(given, plan(both)) == set()
    assert rules(given, plan(both | {"w": [stop("bath", "visit", 201)]})) == {"people"}
    assert rules(given, plan({"v": both["v"]})) == {"people"}


@pytest.mark.parametrize(
    ("line", "fine"),
    [
        (Sequence("a", "b", min_gap=30), True),
        (Sequence("a", "b", min_gap=31), False),
        (Sequence("a", "b", max_gap=29), False),
        (Sequence("a", "b", min_gap=130, max_gap=130, measured_from="start"), True),
        (Sequence("a", "b", min_gap=-5), True),
        (Sequence("a", "b", same_vehicle=True), False),
    ],
)
def test_a_sequence_counts_from_the_end_of_service(line: Sequence, fine: bool) -> None:
    first = visit("a", 2, service_seconds=100)
    given = problem([first, visit("b", 3)], [car(), car("w")], sequence=(line,))
    proposed = plan({"v": [stop("a", "visit", 200)], "w": [stop("b", "visit", 330)]})
    assert (rules(given, proposed) == set()) is fine
    alone = plan({"v": [stop("a", "visit", 200)]}, ["b"])
    assert rules(given, alone) == set()


def test_a_break_is_taken_whole_and_never_on_the_way() -> None:
    tasks = [visit("a", 0), visit("b", 5)]
    given = problem(tasks, [car(breaks=(Break((60, 600), 120),))])
    for at, service, found in [
        (60, 480, set()),  # before the leg
        (300, 480, set()),  # behind it
        (100, 480, {"break"}),  # in the middle of it
        (500, 620, {"break"}),  # over the end of its window
    ]:
        rest = Stop(at=at, break_number=0)
        stops = [stop("a", "visit", 0), rest, stop("b", "visit", service)]
        assert rules(given, plan({"v": stops})) == found, at


def test_what_has_begun_stays_and_is_not_judged_again() -> None:
    begun = Begun("p4", 700, (stop("a", "pickup", 60),))
    given = problem([meal("a", 1, 4, (0, 900)), visit("b", 6)], begun={"v": begun})
    kept = [stop("a", "pickup", 60), stop("a", "dropoff", 700)]
    fine = plan({"v": [*kept, stop("b", "visit", 820)]})
    assert rules(given, fine) == set()
    assert cost_of(given, fine).travel_seconds == 6 * MINUTE
    assert "begun" in rules(given, plan({"v": kept[1:]}, ["b"]))
    assert rules(given, plan({"v": [kept[0]]}, ["a", "b"])) == {"must_serve"}
    early = plan({"v": [kept[0], stop("a", "dropoff", 650)]}, ["b"])
    assert rules(given, early) == {"travel"}


def test_costs_are_travel_and_penalties_less_preferences() -> None:
    from routing import Preference

    wishes = (Preference("v", "a", 7), Preference("v", "a", 5), Preference("v", "b", 9))
    tasks = [visit("a", 2), visit("b", 3, penalty=50)]
    given = problem(tasks, [car(end="p0")], prefer=wishes)
    cost = cost_of(given, plan({"v": [stop("a", "visit", 120)]}, ["b"]))
    assert (cost.travel_seconds, cost.penalties, cost.preferences) == (240, 50, 12)
    assert cost.total == 278


@pytest.mark.parametrize(
    ("proposed", "field"),
    [
        (plan({"x": []}), r"routes\[0\].vehicle"),
        (plan({"v": [stop("zz", "visit", 0)]}), r"routes\[0\].stops\[0\].task"),
        (plan({"v": [stop("a", "visit", 0)]}), r"routes\[0\].stops\[0\].stop"),
        (plan({"v": [Stop(at=0, break_number=0)]}), r"stops\[0\].break"),
        (plan({}, ["zz"]), r"left_out\[0\].task"),
    ],
)
def test_a_plan_for_another_problem_is_no_plan(proposed: Plan, field: str) -> None:
    with pytest.raises(BadProblem, match=field):
        broken_rules(one_meal(), proposed)


@pytest.mark.proves("F10")
def test_a_spoilt_plan_is_caught_wherever_it_is_spoilt() -> None:
    """Each stop of a tight plan, moved or taken away, breaks something."""
    tasks = [meal(f"m{n}", 0, n, (60 * n, 60 * n + 60)) for n in range(1, 6)]
    given = problem(tasks, [car(capacity=(5,), shift=(0, 400))])
    found = solve(given, Effort(iterations=10, engine="search"))
    assert broken_rules(given, found) == []
    assert not found.left_out
    (route,) = found.routes
    for n, each in enumerate(route.stops):
        for at in (each.at - 150, each.at + 150):
            stops = (*route.stops[:n], replace(each, at=at), *route.stops[n + 1 :])
            spoilt = replace(found, routes=(replace(route, stops=stops),))
            assert broken_rules(given, spoilt), each
        lost = (*route.stops[:n], *route.stops[n + 1 :])
        assert broken_rules(given, replace(found, routes=(replace(route, stops=lost),)))
