"""What can no longer be changed, and what is as it is because it has begun."""

from routing import (
    Begun,
    Break,
    Effort,
    Plan,
    Route,
    Stop,
    Task,
    broken_rules,
    solve,
)
from routing import Sequence as TaskSequence
from routing.freezing import running
from tests.routing.towns import car, problem, stop, visit

QUICK = Effort(iterations=10, engine="search")


def test_a_rest_on_the_way_to_a_door_does_not_hide_that_they_are_on_the_way() -> None:
    """At p0 until noon of the test, then a rest, then p5, where they begin at 1,500."""
    tasks = [visit("a", 0, (0, 0)), visit("b", 5, (1500, 1600)), visit("c", 6)]
    helper = car(breaks=(Break((0, 1400), 900),))
    given = problem(tasks, [helper])
    stops = (
        stop("a", "visit", 0),
        Stop(at=300, break_number=0),
        stop("b", "visit", 1500),
        stop("c", "visit", 1560),
    )
    plan = Plan("street", (Route("v", stops, 0, 1560),))
    assert broken_rules(given, plan) == []
    assert running(given, plan, 200).begun["v"] == Begun("p5", 1500, stops[:3])


def test_a_rest_behind_the_last_stop_of_a_place_is_not_fixed_with_it() -> None:
    tasks = [visit("a", 1), visit("b", 5)]
    given = problem(tasks, [car(breaks=(Break((0, 3000), 900),))])
    stops = (
        stop("a", "visit", 60),
        Stop(at=60, break_number=0),
        stop("b", "visit", 1200),
    )
    plan = Plan("street", (Route("v", stops, 0, 1200),))
    assert broken_rules(given, plan) == []
    assert running(given, plan, 10).begun["v"] == Begun("p1", 60, stops[:1])


def test_what_is_fixed_for_one_of_two_is_fixed_for_the_other() -> None:
    bath = visit("bath", 3, (4000, 4000), service_seconds=600, people=2)
    tasks = [bath, visit("near", 3, (600, 600)), visit("late", 2, (3000, 3000))]
    given = problem(tasks, [car(), car("w"), car("x")])
    plan = Plan(
        "street",
        (
            Route(
                "v",
                (stop("near", "visit", 600), stop("bath", "visit", 4000)),
                420,
                4600,
            ),
            Route(
                "w",
                (stop("late", "visit", 3000), stop("bath", "visit", 4000)),
                2880,
                4600,
            ),
        ),
    )
    assert broken_rules(given, plan) == []
    begun = running(given, plan, 500).begun
    assert {name: each.stops for name, each in begun.items()} == {
        route.vehicle: route.stops for route in plan.routes
    }


def test_two_who_began_at_different_times_are_told_of_by_no_judge() -> None:
    bath = visit("bath", 1, service_seconds=600, people=2)
    begun = {
        "v": Begun("p1", 700, (stop("bath", "visit", 60),)),
        "w": Begun("p1", 700, (stop("bath", "visit", 61),)),
    }
    given = problem([bath, visit("a", 2)], [car(), car("w")], begun=begun, now=100)
    found = solve(given, QUICK)
    assert found.served == {"bath", "a"}
    assert broken_rules(given, found) == []


def test_a_gap_that_was_missed_is_as_it_is() -> None:
    tasks = [visit("x", 1), visit("y", 1), visit("a", 2)]
    tied = TaskSequence("x", "y", max_gap=60)
    done = (stop("x", "visit", 60), stop("y", "visit", 130))
    given = problem(
        tasks, begun={"v": Begun("p1", 130, done)}, now=140, sequence=(tied,)
    )
    found = solve(given, QUICK)
    assert found.served == {"x", "y", "a"}
    assert broken_rules(given, found) == []
    ahead = given.replaced(begun={"v": Begun("p1", 60, done[:1])})
    before = given.replaced(
        begun={"v": Begun("p1", 130, done[1:])},
        sequence=(TaskSequence("x", "y", min_gap=0),),
    )
    again = solve(before, QUICK)
    assert [each.task for each in again.left_out] == ["x"]  # it had to come first
    too_late = Plan("street", (Route("v", (*done[1:], stop("x", "visit", 140))),))
    assert "sequence" in {each.rule for each in broken_rules(before, too_late)}
    plan = Plan("street", (Route("v", (*done, stop("a", "visit", 190)), 0, 190),))
    assert "sequence" in {each.rule for each in broken_rules(ahead, plan)}


def test_whose_shift_is_over_stops_nobody_else() -> None:
    tasks = [visit("a", 1, (5000, 9000)), visit("b", 1, (5000, 9000))]
    given = problem(tasks, [car(), car("w", shift=(0, 3000))], now=4000)
    for engine in ("ortools", "auto"):
        found = solve(given, Effort(iterations=10, engine=engine))
        assert found.served == {"a", "b"}, engine
        assert found.decided_by[0].startswith("ortools"), engine


def test_a_rest_at_home_is_no_work_yet() -> None:
    """Work is counted from leaving, and who rests where they start has not left."""
    helper = car(shift=(0, 9000), max_work_seconds=600, breaks=(Break((0, 1000), 600),))
    rested = (Stop(at=0, break_number=0),)
    task: Task = visit("a", 1, (4000, 5000), service_seconds=60)
    given = problem([task], [helper], begun={"v": Begun("p0", 600, rested)}, now=600)
    found = solve(given, QUICK)
    assert found.served == {"a"}
    assert broken_rules(given, found) == []


def test_whoever_rests_at_home_is_bound_by_nothing_that_is_hours_away() -> None:
    given = problem(
        [visit("far", 5, (14_000, 14_100))], [car(breaks=(Break((0, 1400), 900),))]
    )
    stops = (Stop(at=500, break_number=0), stop("far", "visit", 14_000))
    plan = Plan("street", (Route("v", stops, 13_700, 14_000),))
    assert broken_rules(given, plan) == []
    assert running(given, plan, 100).begun == {}
    assert running(given, plan, 600).begun["v"] == Begun("p0", 1400, stops[:1])
    assert running(given, plan, 13_800).begun["v"].stops == stops


def test_nobody_leaves_before_now_though_they_have_rested() -> None:
    rested = (Stop(at=0, break_number=0),)
    helper = car(breaks=(Break((0, 1400), 600),))
    given = problem(
        [visit("a", 1)], [helper], begun={"v": Begun("p0", 600, rested)}, now=4000
    )
    plan = Plan("street", (Route("v", (*rested, stop("a", "visit", 960)), 900, 960),))
    assert "shift" in {each.rule for each in broken_rules(given, plan)}
