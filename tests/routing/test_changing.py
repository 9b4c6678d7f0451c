"""Plans that change while they are under way, at a price and within limits."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from routing import Begun, Effort, Plan, Problem, broken_rules, cost_of, solve
from routing.changing import Moved, proposal
from routing.freezing import running
from routing.mishaps import helper_gone, kitchen_late, weather
from tests.routing.test_properties import faults_of
from tests.routing.towns import (
    HOUR,
    car,
    halt,
    meal,
    plan,
    problem,
    problems,
    stop,
    visit,
)

QUICK = Effort(iterations=20, engine="search")


@st.composite
def mishaps(draw: st.DrawFn) -> tuple[Problem, Problem, Plan]:
    """A day under way, the same after something went wrong, and the plan in force."""
    drawn = draw(problems()).replaced(now=None)
    before = solve(drawn, QUICK)
    now = draw(st.integers(0, 2500))
    later = running(drawn, before, now)
    what = draw(st.sampled_from(["kitchen", "gone", "weather", "nothing"]))
    changed = later
    if what == "kitchen":
        changed = kitchen_late(later, f"p{draw(st.integers(0, 5))}", 10)
    elif what == "weather":
        at_home = draw(st.sets(st.sampled_from([v.id for v in drawn.vehicles])))
        changed = weather(later, 1.5, longest_work_seconds=1800, at_home=at_home)
    elif what == "gone":
        changed = helper_gone(later, "v0", at=now, at_place="p1")
    return later, changed, before


@given(mishaps(), st.integers(0, 2))
@settings(deadline=None, max_examples=100)
def test_every_proposal_obeys_the_rules_and_keeps_to_the_budget(
    drawn: tuple[Problem, Problem, Plan], most: int
) -> None:
    _, changed, before = drawn
    found = proposal(changed, before, QUICK, change_budget=most)

    assert faults_of(changed, found.plan) == []
    assert found.plan.cost == cost_of(changed, found.plan)
    assert all(count <= most for count in found.changes.values())
    routes = {route.vehicle: route for route in found.plan.routes}
    for vehicle, begun in changed.begun.items():
        if begun.stops:
            assert routes[vehicle].stops[: len(begun.stops)] == begun.stops
    if found.plan is not found.least and not found.least.left_out:
        assert found.gain_seconds > found.price_seconds


@given(mishaps())
@settings(deadline=None, max_examples=60)
def test_mishaps_leave_what_has_begun(drawn: tuple[Problem, Problem, Plan]) -> None:
    later, changed, _ = drawn
    assert changed.now == later.now
    for vehicle, begun in changed.begun.items():
        was = later.begun[vehicle]
        assert [(s.task, s.kind) for s in begun.stops] == [
            (s.task, s.kind) for s in was.stops
        ]
        assert all(
            new.at == old.at
            for new, old in zip(begun.stops, was.stops, strict=True)
            if later.now is None or old.at <= later.now
        )


def test_without_a_reason_nothing_is_changed() -> None:
    given_ = problem([visit("a", 2), visit("b", 6)], [car(), car("w", start="p9")])
    before = solve(given_, QUICK)
    found = proposal(given_, before, QUICK)
    assert found.plan.routes == before.routes
    assert found.price_seconds == found.gain_seconds == 0


def test_a_small_gain_is_not_worth_another_face() -> None:
    """Four minutes less on the way: less than what an order that moves costs."""
    given_ = problem([visit("a", 3), visit("b", 5)], [car(), car("w", start="p7")])
    before = plan({"v": [stop("a", "visit", 180), stop("b", "visit", 300)]})
    before = replace(before, cost=cost_of(given_, before))
    assert proposal(given_, before, QUICK).plan.routes[0].vehicle == "v"


def test_a_large_gain_is_proposed_within_the_limit() -> None:
    """Everybody at the far end, whose own helper has nothing to do."""
    doors = [visit(f"t{n}", 9, service_seconds=60) for n in range(3)]
    given_ = problem(
        [*doors, visit("near", 1)],
        [car(end="p0"), car("w", start="p9", end="p9")],
    )
    names = ["near", *(each.id for each in doors)]
    times = [60, 540, 600, 660]
    before = plan(
        {"v": [stop(n, "visit", t) for n, t in zip(names, times, strict=True)]}
    )
    all_three = proposal(given_, before, QUICK, change_budget=3)
    assert len(all_three.disruption.moved) in {0, 3}
    two = proposal(given_, before, QUICK, change_budget=2)
    assert all(count <= 2 for count in two.changes.values())


def test_a_late_kitchen_opens_later_counted_from_now() -> None:
    at_kitchen = halt(1, (1000, 2000))
    given_ = problem([meal("a", 1, 3, at_kitchen=at_kitchen), meal("b", 2, 3)])
    assert kitchen_late(given_, "p1", 5).task("a").pickup == halt(1, (1300, 2300))
    late = kitchen_late(given_.replaced(now=1500), "p1", 20).task("a").pickup
    assert late == halt(1, (2700, 3200))
    assert kitchen_late(given_, "p1", 5).task("b") == given_.task("b")


def test_who_is_on_the_way_to_a_late_kitchen_waits_there() -> None:
    fetched = stop("a", "pickup", 700)
    begun = {"v": Begun("p1", 700, (fetched,))}
    given_ = problem([meal("a", 1, 3)], begun=begun, now=500)
    late = kitchen_late(given_, "p1", 10).begun["v"]
    assert late == Begun("p1", 1100, (stop("a", "pickup", 1100),))


def test_boxes_of_somebody_gone_are_fetched_while_they_are_hot() -> None:
    """Taken at 60 with 1,500 s to go: at the door by 1,560, whoever brings it."""
    begun = {"v": Begun("p1", 120, (stop("a", "pickup", 60), stop("b", "pickup", 60)))}
    tasks = [
        meal("a", 1, 5, max_ride_seconds=1500),
        meal("b", 1, 5, max_ride_seconds=500),
    ]
    given_ = problem(tasks, [car(), car("w", start="p9")], begun=begun, now=300)
    changed = helper_gone(given_, "v", at=300, at_place="p4")
    assert [each.id for each in changed.vehicles] == ["w"]
    assert changed.task("a").pickup.place == "p4"  # type: ignore[union-attr]
    assert changed.task("a").dropoff.windows[0][1] == 1560  # type: ignore[union-attr]
    assert changed.task("b") == tasks[1]  # nobody is there in time: cooked again
    before = plan({"v": [*begun["v"].stops]})
    found = proposal(changed, before, QUICK)
    assert broken_rules(changed, found.plan) == []
    assert found.plan.left_out == ()
    assert Moved("a", "v", "w") in found.forced.moved


def test_bad_weather_keeps_older_volunteers_at_home() -> None:
    given_ = problem(
        [visit("a", 2), visit("b", 3)],
        [car(), car("old"), car("older")],
        begun={"old": Begun("p2", 120, (stop("a", "visit", 120),))},
        now=120,
    )
    changed = weather(given_, 2.0, longest_work_seconds=HOUR, at_home={"old", "older"})
    assert [each.id for each in changed.vehicles] == ["v", "old"]
    assert changed.vehicle("v").max_work_seconds == HOUR
    assert changed.vehicle("old").max_tasks == 1
    found = solve(changed, QUICK)
    assert "b" in {
        each.task for r in found.routes if r.vehicle == "v" for each in r.stops
    }
    assert found.cost.travel_seconds == 240 + 360
