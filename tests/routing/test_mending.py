"""A plan mended nearby: what is put in, what is refused, what stays as it was."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from routing import (
    BadProblem,
    Begun,
    Break,
    Effort,
    Plan,
    Problem,
    Sequence,
    Task,
    broken_rules,
    cost_of,
    solve,
)
from routing.changing import disruption
from routing.errors import WrongPlan
from routing.freezing import running
from routing.linked.fixing import linked_tasks
from routing.mending import repaired
from routing.urgent import with_task
from tests.routing.bench_town import town
from tests.routing.linked_towns import linked_problems
from tests.routing.test_properties import faults_of
from tests.routing.test_urgent import asked
from tests.routing.towns import MINUTE, car, meal, plan, problem, stop, visit

QUICK = Effort(iterations=20, engine="search")
BATH = visit("bath", 2, (1000, 1000), people=2)
CUP = visit("cup", 1)


@given(asked())
@settings(deadline=None, max_examples=40)
def test_a_mended_plan_obeys_the_rules(drawn: tuple[Problem, Plan, Task]) -> None:
    given_, before, task = drawn
    assume(faults_of(given_, before) == [])
    whole = with_task(given_, task)
    after = repaired(given_, before, [task], seconds=0.05)
    assert faults_of(whole, after) == []
    assert after.cost == cost_of(whole, after)


@given(linked_problems(), st.integers(0, 2400), st.integers(1, 3))
@settings(deadline=None, max_examples=40)
def test_so_does_one_whose_visits_hang_together(
    drawn: Problem, at: int, rounds: int
) -> None:
    before = solve(drawn, QUICK)
    now = running(drawn, before, at)
    linked = linked_tasks(drawn)
    gone = [drawn.task(each.task) for each in before.left_out]
    for task in (each for each in gone if each.id in linked):
        with pytest.raises(BadProblem):
            repaired(now, before, [task])
    more = [visit("new", 3), *(each for each in gone if each.id not in linked)]
    after = repaired(now, before, more, seconds=0.01, rounds=rounds)
    whole = with_task(now, more[0])
    assert faults_of(whole, after) == []
    assert after.cost == cost_of(whole, after)
    assert _meetings(after, linked) == _meetings(before, linked)
    told = [each.why for each in after.left_out if each.task in {t.id for t in more}]
    assert all(told)


def _meetings(made: Plan, linked: set[str]) -> set[tuple[str, str, int]]:
    """Who begins each linked stop, and when."""
    return {
        (route.vehicle, each.task, each.at)
        for route in made.routes
        for each in route.stops
        if each.task in linked
    }


def test_who_is_bound_or_needs_two_is_not_put_in() -> None:
    first, then = visit("x", 1), visit("y", 2)
    line = (Sequence("x", "y", min_gap=2 * 60 * MINUTE),)
    tied = problem([first, then, BATH], [car(), car("w")], sequence=line)
    before = plan({"v": [stop("x", "visit", 60)]}, ["y", "bath"])
    with pytest.raises(BadProblem, match="bound to another"):
        repaired(tied, before, [then], 0.01)
    with pytest.raises(BadProblem, match="two people"):
        repaired(tied, before, [BATH], 0.01)
    with pytest.raises(BadProblem, match="already"):
        repaired(tied.replaced(sequence=()), before, [first], 0.01)


def test_rounds_on_which_others_hang_stay_as_they_are() -> None:
    """Whoever is free takes it, though a pair is nearer; without them nobody does."""
    bathed = {name: [stop("bath", "visit", 1000)] for name in ("v", "w")}
    pair = problem([BATH, CUP], [car(), car("w")])
    before = plan(bathed, ["cup"])
    after = repaired(pair, before, [CUP], 0.01)
    assert (after.routes, broken_rules(pair, after)) == (before.routes, [])
    assert "相连" in after.left_out[0].why
    three = pair.replaced(vehicles=(*pair.vehicles, car("far", start="p9")))
    after = repaired(three, before, [CUP], 0.01, rounds=1)
    assert after.routes[:2] == before.routes
    assert (after.routes[2].vehicle, after.left_out) == ("far", ())


def test_what_hung_together_and_is_over_binds_nobody() -> None:
    """Both have bathed somebody; one comes with the cup, and nothing else changes."""
    begun = {v: Begun("p2", 1000, (stop("bath", "visit", 1000),)) for v in ("v", "w")}
    now = problem([BATH, CUP], [car(), car("w")], begun=begun, now=1000)
    before = plan({v: each.stops for v, each in begun.items()}, ["cup"])
    after = repaired(now, before, [CUP], 0.01)
    assert "cup" in after.served
    assert broken_rules(now, after) == []
    assert after.cost == cost_of(now, after)


def test_who_waits_alone_still_waits() -> None:
    """One has begun, nobody joins: that is still told when the cup is brought."""
    alone = {"v": Begun("p2", 1000, (stop("bath", "visit", 1000),))}
    now = problem([BATH, CUP], begun=alone, now=1000)
    after = repaired(now, plan({"v": alone["v"].stops}, ["bath", "cup"]), [CUP], 0.01)
    assert [each.task for each in after.left_out] == ["bath"]
    assert after.cost == cost_of(now, after)


def test_a_box_on_board_that_others_wait_for_is_not_moved() -> None:
    """What is bound has begun, and is not over before its door."""
    fetched = stop("box", "pickup", 60)
    after_it = (Sequence("box", "talk", min_gap=0),)
    now = problem(
        [meal("box", 1, 5), visit("talk", 5), CUP],
        [car(), car("w", start="p5")],
        sequence=after_it,
        begun={"v": Begun("p1", 60, (fetched,))},
        now=60,
    )
    stops = {"v": [fetched, stop("box", "dropoff", 300)]}
    before = plan(stops | {"w": [stop("talk", "visit", 300)]}, ["cup"])
    after = repaired(now, before, [CUP], 0.01)
    assert (after.routes, broken_rules(now, after)) == (before.routes, [])


def test_the_reason_is_of_those_who_could_not_be_asked() -> None:
    rest = Break((0, 3600), 600)
    with_rest = problem([CUP], [car(breaks=(rest,))])
    (left,) = repaired(with_rest, plan({}, ["cup"]), [CUP], 0.01).left_out
    assert "休息" in left.why
    bather = replace(CUP, needs=frozenset({"bath"}))
    (left,) = repaired(with_rest, plan({}, ["cup"]), [bather], 0.01).left_out
    assert "skill" in left.why
    (left,) = repaired(problem([CUP], []), plan({}, ["cup"]), [CUP], 0.01).left_out
    assert "当班没有人" in left.why


def test_a_plan_that_breaks_a_rule_elsewhere_is_not_handed_out() -> None:
    late = visit("late", 9, (0, 60))
    given_ = problem([late, CUP], [car(), car("w", start="p9", end="p0")])
    before = plan({"w": [stop("late", "visit", 100)]}, ["cup"])
    with pytest.raises(WrongPlan, match="window"):
        repaired(given_, before, [CUP], 0.01, rounds=1)


def test_a_town_under_way_is_mended_nearby_only() -> None:
    whole = town(orders=14)
    *known, last = whole.tasks
    first = whole.replaced(tasks=tuple(known))
    before = solve(first, QUICK)
    now = running(first, before, 4000)
    after = repaired(now, before, [last], seconds=0.1, rounds=2)
    assert last.id in after.served
    assert broken_rules(with_task(now, last), after) == []
    touched = disruption(with_task(now, last), before, after).touched
    assert len(touched) <= 2
