"""Planning anew when rounds are under way."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from routing import Begun, Effort, Plan, Problem, Route, Stop, broken_rules, solve
from routing.instance import Instance
from tests.routing.towns import car, meal, plan, problem, problems, stop, visit

QUICK = Effort(iterations=10, engine="search")


def test_what_is_on_board_is_brought_by_whom_it_is_with() -> None:
    begun = {"v": Begun("p1", 100, (stop("a", "pickup", 60),))}
    given = problem(
        [meal("a", 1, 9), visit("b", 2)],
        [car(), car("w", start="p9")],
        begun=begun,
        now=100,
    )
    found = solve(given, QUICK)
    (mine,) = [route for route in found.routes if route.vehicle == "v"]
    assert mine.stops[0] == stop("a", "pickup", 60)
    assert "a" in {each.task for each in mine.stops[1:]}
    assert broken_rules(given, found) == []


def test_the_hot_clock_of_a_box_on_board_runs_on() -> None:
    begun = {"v": Begun("p1", 400, (stop("a", "pickup", 60),))}
    tasks = [meal("a", 1, 3, max_ride_seconds=470), visit("b", 2, service_seconds=600)]
    given = problem(tasks, begun=begun)
    (route,) = solve(given, QUICK).routes
    assert [each.task for each in route.stops] == ["a", "a", "b"]


def test_a_vehicle_that_has_not_begun_leaves_after_now() -> None:
    given = problem([visit("a", 1)], now=5000)
    (route,) = solve(given, QUICK).routes
    assert route.leaves_at is not None
    assert route.leaves_at >= 5000


def test_work_is_counted_from_the_first_departure() -> None:
    begun = {"v": Begun("p1", 1000, (stop("a", "visit", 60),))}
    given = problem(
        [visit("a", 1), visit("b", 3), visit("c", 4)],
        [car(max_work_seconds=1130)],
        begun=begun,
    )
    found = solve(given, QUICK)
    assert [each.task for each in found.left_out] == ["c"]


def test_a_box_past_its_clock_is_told_not_hidden() -> None:
    begun = {"v": Begun("p1", 4000, (stop("a", "pickup", 60),))}
    given = problem([meal("a", 1, 3, max_ride_seconds=600)], begun=begun)
    found = solve(given, QUICK)
    (left,) = found.left_out
    assert "已在车上" in left.why
    assert {broken.rule for broken in broken_rules(given, found)} >= {"must_serve"}


def frozen(problem: Problem, found: Plan, now: int) -> Problem:
    """The problem at that time, if the plan has been followed so far."""
    begun = {}
    for route in found.routes:
        done = tuple(each for each in route.stops if each.at <= now)
        if done:
            begun[route.vehicle] = _begun(problem, route, done)
        elif route.leaves_at is not None and route.leaves_at <= now:
            start = problem.vehicle(route.vehicle).start
            begun[route.vehicle] = Begun(start, now)
    return problem.replaced(begun=begun, now=now)


def _begun(problem: Problem, route: Route, done: tuple[Stop, ...]) -> Begun:
    """Where and when it is free; a break behind the first way is taken there."""
    rests = problem.vehicle(route.vehicle).breaks
    ends = [
        each.at + rests[each.break_number].seconds
        for each in done
        if each.break_number is not None
    ]
    stops = [each for each in route.stops if each.task is not None]
    served = [each for each in stops if each in done]
    last = served[-1] if served else stops[0]
    halt = dict(problem.task(last.task or "").halts)[last.kind or "visit"]
    ends += [each.at + halt.service_seconds for each in served[-1:]]
    return Begun(halt.place, max(ends), done)


@given(problems(), st.integers(0, 4000))
@settings(deadline=None, max_examples=50)
def test_a_day_planned_anew_at_any_time_obeys_the_rules(
    drawn: Problem, now: int
) -> None:
    drawn = drawn.replaced(now=None)
    first = solve(drawn, QUICK)
    later = frozen(drawn, first, now)
    assume(later.begun)
    second = solve(later, QUICK)

    faults = {broken.rule for broken in broken_rules(later, second)}
    assert faults <= {"must_serve"}
    for vehicle, begun in later.begun.items():
        route = next((r for r in second.routes if r.vehicle == vehicle), Route("x"))
        assert route.stops[: len(begun.stops)] == begun.stops
    # Whoever is on the way now has lost what was driven: the format has no word for it.
    still = {v for v, begun in later.begun.items() if begun.free_at >= now}
    held = Instance(later).held.items()
    on_board = {later.tasks[k].id for k, v in held if later.vehicles[v].id in still}
    assert not on_board & {each.task for each in second.left_out}


def test_a_round_that_is_over_costs_its_way_home() -> None:
    begun = {"v": Begun("p3", 400, (stop("a", "visit", 180),))}
    given = problem([visit("a", 3)], [car(end="p0")], begun=begun)
    found = solve(given, QUICK)
    assert found.cost.travel_seconds == 360
    assert broken_rules(given, found) == []
    assert broken_rules(given, plan({"v": [stop("a", "visit", 180)]})) == []


def test_what_was_brought_before_takes_no_room_now() -> None:
    begun = {"v": Begun("p1", 100, (stop("a", "visit", 60),))}
    tasks = [visit("a", 1, load=(2,)), visit("b", 3, load=(2,))]
    given = problem(tasks, [car(capacity=(3,))], begun=begun)
    found = solve(given, QUICK)
    assert found.left_out == ()
    assert broken_rules(given, found) == []
