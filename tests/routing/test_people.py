"""Rounds are given to people: rule by rule, beside brute force, and when killed."""

from collections.abc import Sequence
from typing import Any, Final

import pytest

from routing import (
    Plan,
    Preference,
    Problem,
    Task,
    WrongPlan,
    broken_rules,
    cost_of,
)
from routing import (
    Sequence as Following,
)
from routing.choosing import Patience
from routing.people import Past, PastOf, give_rounds, giving, rules
from routing.people.draft import Worth
from routing.people.driving import Driving
from tests.routing import towns
from tests.routing.towns import HOUR, car, meal, problem, stop, visit

FREE: Final = Worth(extra_travel=5.0, change_seconds=1)
QUICK: Final = Patience(seconds=60, work=1)


def two_rounds(
    tasks: Sequence[Task] | None = None, second: dict[str, Any] | None = None
) -> tuple[Problem, Plan]:
    """Two helpers at one station; `v` visits the second place, `w` the fourth."""
    wanted = tasks or [visit("a", 2), visit("b", 4)]
    town = problem(wanted, [car("v"), car("w", **(second or {}))])
    rounds = {"v": [stop("a", "visit", 120)], "w": [stop("b", "visit", 240)]}
    return town, timed(town, towns.plan(rounds))


def timed(town: Problem, plan: Plan) -> Plan:
    """The plan with departures and ends as the routes have them."""
    routes = Driving(town, plan)
    found = []
    for number, route in enumerate(routes.rounds):
        first, last = route.stops[0], route.stops[-1]
        far = routes.inst.cars[0].rows[0][routes.inst.place[routes.nodes[number][0]]]
        halt = dict(town.task(last.task or "").halts)[last.kind or "visit"]
        leaves, ends = first.at - far, last.at + halt.service_seconds
        found.append(type(route)(route.vehicle, route.stops, leaves, ends))
    return Plan(plan.problem, tuple(found), plan.left_out, cost_of(town, plan))


def who(plan: Plan) -> dict[str | None, str]:
    return {s.task: r.vehicle for r in plan.routes for s in r.stops}


def swapped(town: Problem, plan: Plan, past: Past, worth: Worth = FREE) -> bool:
    """Have the two rounds changed hands? The plan must be good in any case."""
    found = give_rounds(town, plan, past, worth=worth, patience=QUICK)
    assert found.trouble is None
    assert broken_rules(town, found.plan) == []
    return who(found.plan) != who(plan)


KNOWN: Final = {("w", "a"): 4, ("v", "b"): 4}


def test_who_is_known_at_the_doors_goes_there() -> None:
    town, plan = two_rounds()
    found = give_rounds(town, plan, Past(served=KNOWN), worth=FREE, patience=QUICK)
    assert who(found.plan) == {"a": "w", "b": "v"}
    assert (found.faces_before.share, found.faces_after.share) == (0.0, 1.0)
    assert [(c.was, c.now, c.because) for c in found.changes] == [
        ("v", "w", ("faces",)),
        ("w", "v", ("faces",)),
    ]
    assert found.plan.decided_by[-1].startswith("cp-sat ")
    assert found.proven


def test_without_a_past_nothing_changes_hands() -> None:
    town, plan = two_rounds()
    assert not swapped(town, plan, Past(), Worth())


def test_a_round_stays_when_the_other_lacks_the_skill() -> None:
    tasks = [visit("a", 2, needs=frozenset({"bath"})), visit("b", 4)]
    town = problem(tasks, [car("v", skills=frozenset({"bath"})), car("w")])
    _, plan = two_rounds(tasks=[visit("a", 2), visit("b", 4)])
    assert not swapped(town, plan, Past(served=KNOWN))


def test_who_may_never_come_does_not_come() -> None:
    town, plan = two_rounds()
    assert not swapped(town.replaced(never=(("w", "a"),)), plan, Past(served=KNOWN))


def test_who_asks_for_a_woman_gets_a_woman() -> None:
    town, plan = two_rounds(second={"skills": frozenset({"female"})})
    assert swapped(town, plan, Past(asked={"a": "female"}))
    assert not swapped(town, plan, Past(asked={"b": "female"}, served=KNOWN))


def test_a_round_is_given_only_to_who_can_carry_it() -> None:
    tasks = [meal("a", 1, 2, load=(3,)), meal("b", 1, 4)]
    town = problem(tasks, [car("v", capacity=(3,)), car("w", capacity=(2,))])
    rounds = {
        "v": [stop("a", "pickup", 60), stop("a", "dropoff", 120)],
        "w": [stop("b", "pickup", 60), stop("b", "dropoff", 240)],
    }
    assert not swapped(town, timed(town, towns.plan(rounds)), Past(served=KNOWN))


def test_a_round_is_given_only_to_who_comes_in_time() -> None:
    tasks = [visit("a", 2, (0, 130)), visit("b", 4)]
    town, _ = two_rounds(tasks, {"shift": (30, HOUR)})
    rounds = {"v": [stop("a", "visit", 120)], "w": [stop("b", "visit", 270)]}
    plan = timed(town, towns.plan(rounds))
    assert not swapped(town, plan, Past(served=KNOWN))


@pytest.mark.parametrize(
    "known",
    [
        {"rested_at": 600},
        {"worked_today_seconds": 8 * HOUR},
        {"worked_week_seconds": 44 * HOUR},
        {"days_in_a_row": 6},
        {"worked_four_weeks_seconds": HOUR, "most_four_weeks_seconds": HOUR},
        {"most_stops": 0},
        {"most_floors": 3},
    ],
)
def test_nobody_works_beyond_the_law_their_offer_or_into_their_rest(
    known: dict[str, int],
) -> None:
    """The third helper would be the better one, but for that."""
    town, plan = two_rounds()
    more = town.replaced(vehicles=(*town.vehicles, car("x")))
    faces = {("x", "a"): 4}
    past = Past((PastOf("x", **known),), served=faces, floors={"a": 4})
    assert swapped(more, plan, Past(served=faces))
    assert not swapped(more, plan, past)


def test_who_worked_enough_gives_a_round_away() -> None:
    town, plan = two_rounds()
    more = town.replaced(vehicles=(*town.vehicles, car("x")))
    past = Past((PastOf("v", worked_today_seconds=8 * HOUR),))
    found = give_rounds(more, plan, past, patience=QUICK)
    assert who(found.plan) == {"a": "x", "b": "w"}
    assert found.changes[0].because[0] == "hours_of_day"


def test_a_round_that_nobody_may_take_stays_and_says_so() -> None:
    town, plan = two_rounds()
    tired = [PastOf(name, worked_today_seconds=8 * HOUR) for name in ("v", "w")]
    found = give_rounds(town, plan, Past(tuple(tired)), patience=QUICK)
    assert who(found.plan) == who(plan)
    assert found.unmended == (("v", "hours_of_day"), ("w", "hours_of_day"))


def test_hours_of_four_weeks_are_shared() -> None:
    town, plan = two_rounds()
    more = town.replaced(vehicles=(*town.vehicles, car("x")))
    worked = {"v": 100 * HOUR, "w": 50 * HOUR, "x": 0}
    past = Past(
        tuple(PastOf(v, worked_four_weeks_seconds=s) for v, s in worked.items())
    )
    found = give_rounds(more, plan, past, worth=FREE, patience=QUICK)
    assert who(found.plan) == {"a": "w", "b": "x"}
    assert found.gini_after < found.gini_before


def test_travel_grows_no_more_than_allowed() -> None:
    town, _ = two_rounds(second={"start": "p3"})
    rounds = {"v": [stop("a", "visit", 120)], "w": [stop("b", "visit", 60)]}
    near = timed(town, towns.plan(rounds))
    past = Past(served=KNOWN)
    assert swapped(town, near, past, Worth(extra_travel=1.0))
    assert not swapped(town, near, past, Worth(extra_travel=0.1))


def test_the_nearer_one_goes() -> None:
    town, plan = two_rounds()
    near = town.replaced(vehicles=(*town.vehicles, car("x", start="p1")))
    assert swapped(near, plan, Past(), Worth(change_seconds=1, hour_seconds=0))


def test_two_people_still_start_together() -> None:
    """The third helper comes from farther, and waits for nobody."""
    tasks = [visit("a", 2, people=2), visit("b", 4)]
    town = problem(tasks, [car("v"), car("w"), car("x")])
    rounds = {
        "v": [stop("a", "visit", 600)],
        "w": [stop("a", "visit", 600), stop("b", "visit", 720)],
    }
    plan = timed(town, towns.plan(rounds))
    past = Past(served={("x", "a"): 4, ("x", "b"): 4})
    assert swapped(town, plan, past)


def test_what_follows_keeps_its_gap() -> None:
    tasks = [visit("a", 2), visit("b", 4)]
    town = problem(tasks, [car("v"), car("w")])
    following = town.replaced(sequence=(Following("a", "b", min_gap=300, max_gap=300),))
    rounds = {"v": [stop("a", "visit", 120)], "w": [stop("b", "visit", 420)]}
    plan = timed(town, towns.plan(rounds))
    assert swapped(following, plan, Past(served=KNOWN))


def test_preferences_of_the_problem_count() -> None:
    town, plan = two_rounds()
    wished = town.replaced(prefer=(Preference("w", "a", 900),))
    assert swapped(wished, plan, Past())


def test_a_preference_that_stands_there_twice_counts_twice_as_in_the_cost() -> None:
    town, plan = two_rounds()
    half, against = Preference("w", "a", 300), Preference("w", "b", 450)
    assert not swapped(town.replaced(prefer=(half, against)), plan, Past())
    twice = town.replaced(prefer=(half, against, half))
    found = give_rounds(twice, plan, Past(), worth=FREE, patience=QUICK)
    assert who(found.plan) == {"a": "w", "b": "v"}
    assert found.plan.cost.preferences == 600


def nobody_is_worked_too_hard() -> None:
    test_nobody_works_beyond_the_law_their_offer_or_into_their_rest({"most_stops": 0})


def rest_is_kept() -> None:
    test_nobody_works_beyond_the_law_their_offer_or_into_their_rest({"rested_at": 600})


KEEPS: Final[dict[Any, Any]] = {
    rules.start_together: test_two_people_still_start_together,
    rules.follow_as_planned: test_what_follows_keeps_its_gap,
    rules.go_each_round_once: test_travel_grows_no_more_than_allowed,
    rules.give_nobody_two_rounds: test_hours_of_four_weeks_are_shared,
    rules.send_only_whom_it_may_be: test_who_may_never_come_does_not_come,
    rules.bathe_by_whom_was_asked_for: test_who_asks_for_a_woman_gets_a_woman,
    rules.carry_no_more_than_fits: test_a_round_is_given_only_to_who_can_carry_it,
    rules.keep_the_times: test_a_round_is_given_only_to_who_comes_in_time,
    rules.rest_before_working: rest_is_kept,
    rules.work_within_the_law: test_who_worked_enough_gives_a_round_away,
    rules.ask_no_more_than_was_offered: nobody_is_worked_too_hard,
    rules.travel_no_more_than_allowed: test_travel_grows_no_more_than_allowed,
    rules.prefer_known_faces: test_who_is_known_at_the_doors_goes_there,
    rules.honour_preferences: test_preferences_of_the_problem_count,
    rules.share_the_hours: test_hours_of_four_weeks_are_shared,
    rules.travel_little: test_the_nearer_one_goes,
    rules.change_nothing_for_nothing: test_without_a_past_nothing_changes_hands,
}


def test_each_rule_is_kept_by_a_test() -> None:
    assert tuple(KEEPS) == rules.RULES


@pytest.mark.parametrize("missing", rules.RULES, ids=lambda rule: str(rule.__name__))
def test_without_a_rule_its_promise_is_broken(
    missing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tuple(rule for rule in rules.RULES if rule is not missing)
    monkeypatch.setattr(giving, "RULES", kept)
    with pytest.raises((AssertionError, KeyError, WrongPlan)):
        KEEPS[missing]()
