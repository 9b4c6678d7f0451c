"""Breaks: when they are due, where they lie, and what they forbid."""

from collections.abc import Iterator
from itertools import permutations
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import (
    Begun,
    Break,
    Effort,
    Halt,
    Matrix,
    NotYetHonoured,
    Place,
    Plan,
    Problem,
    Sequence,
    Stop,
    Task,
    Vehicle,
    broken_rules,
    solve,
)
from routing.instance import Instance
from routing.timing import Broken, Schedule, first_broken, schedule
from tests.routing.test_properties import compiled_search_agrees
from tests.routing.towns import HOUR, car, meal, places, plan, problem, stop, visit

QUICK = Effort(iterations=10, engine="search")
NOON = Break((600, 1200), 300)


def planned(problem: Problem) -> Plan:
    found = solve(problem, QUICK)
    assert broken_rules(problem, found) == []
    return found


def line(found: Plan) -> list[tuple[str | None, int]]:
    (route,) = found.routes
    return [(each.task, each.at) for each in route.stops]


def test_a_break_is_taken_where_the_helper_is_next() -> None:
    first = visit("a", 0, (0, 0), service_seconds=550)
    then = visit("b", 5, (0, 1400), service_seconds=400)
    found = planned(problem([first, then], [car(breaks=(NOON,))]))
    assert line(found) == [("a", 0), (None, 850), ("b", 1150)]


def test_a_break_is_taken_before_a_leg_that_is_too_long_for_it() -> None:
    first = visit("a", 0, (0, 0), service_seconds=650)
    then = visit("b", 9, (0, 1500), service_seconds=100)
    found = planned(problem([first, then], [car(breaks=(NOON,))]))
    assert line(found) == [("a", 0), (None, 650), ("b", 1490)]


def test_whoever_stops_before_its_window_ends_needs_no_break() -> None:
    tasks = [visit("a", 0, (0, 0)), visit("b", 9, (1199, 1300))]
    given = problem(tasks, [car(shift=(0, 1199), breaks=(NOON,))])
    assert line(planned(given)) == [("a", 0), ("b", 1199)]


def test_whoever_comes_after_its_window_began_needs_no_break() -> None:
    late = visit("a", 0, (601, 700), service_seconds=HOUR)
    assert line(planned(problem([late], [car(breaks=(NOON,))]))) == [("a", 601)]


def test_service_over_the_whole_window_leaves_no_room() -> None:
    long = visit("a", 1, (500, 550), service_seconds=800)
    found = planned(problem([long], [car(breaks=(NOON,))]))
    (left,) = found.left_out
    assert {each.rule for each in left.candidates} == {"break"}
    assert "休息时间排不下" in left.why


def test_the_hot_clock_runs_on_during_a_break() -> None:
    """Work until 600, the kitchen until 650: the break falls into the ride."""
    kitchen = Halt("p0", ((550, 650),))
    first = visit("b", 0, (0, 0), service_seconds=600)
    rest = car(breaks=(Break((650, 1000), 300),))
    for most, rule in ((840, None), (839, "break")):
        lunch = meal("a", 0, 9, max_ride_seconds=most, at_kitchen=kitchen)
        inst = Instance(problem([lunch, first], [rest]))
        broken = first_broken(inst, inst.cars[0], (2, 0, 1))
        assert (broken and broken.rule) == rule


def test_breaks_count_as_work() -> None:
    first = visit("a", 0, (0, 0), service_seconds=600)
    then = visit("b", 0, (0, 900), service_seconds=700)
    for most, left_out in ((1600, 0), (1599, 1)):
        given = problem([first, then], [car(breaks=(NOON,), max_work_seconds=most)])
        assert len(planned(given).left_out) == left_out


def test_a_break_that_was_taken_is_not_taken_again() -> None:
    done = (stop("a", "visit", 60), Stop(at=600, break_number=0))
    given = problem(
        [visit("a", 1), visit("b", 3, service_seconds=HOUR)],
        [car(breaks=(NOON,))],
        begun={"v": Begun("p1", 900, done)},
    )
    assert line(planned(given)) == [("a", 60), (None, 600), ("b", 1020)]


def test_a_break_that_was_missed_bars_nobody_from_work() -> None:
    given = problem(
        [visit("a", 1), visit("b", 3)],
        [car(breaks=(NOON,))],
        begun={"v": Begun("p1", 1000, (stop("a", "visit", 60),))},
    )
    assert line(planned(given)) == [("a", 60), ("b", 1120)]


@pytest.mark.parametrize("engine", ["search", "auto", "ortools"])
@pytest.mark.parametrize("tied", [False, True])
def test_more_than_three_breaks_of_one_helper_are_refused_by_name(
    engine: Any, *, tied: bool
) -> None:
    breaks = tuple(Break((600 * n, 600 * n + 100), 60) for n in range(1, 5))
    line = (Sequence("a", "b", min_gap=0),) if tied and engine != "ortools" else ()
    tasks = [visit("a", 1), visit("b", 2)]
    four = problem(tasks, [car(), car("w", breaks=breaks)], sequence=line)
    with pytest.raises(NotYetHonoured, match=r"vehicles\[1\]\.breaks.*3 breaks"):
        solve(four, Effort(iterations=1, engine=engine))

    three = four.replaced(vehicles=(car(), car("w", breaks=breaks[:3])))
    assert solve(three, Effort(iterations=1, engine=engine)).left_out == ()


@pytest.mark.parametrize(
    ("at", "broken"), [(160, set()), (60, set()), (100, {"shift"})]
)
def test_the_judge_takes_a_break_on_either_side_of_parking(
    at: int, broken: set[str]
) -> None:
    """A minute of way and a hundred seconds of stairs, then the first visit."""
    given = problem(
        [visit("a", 1, (0, 460))],
        [car(breaks=(Break((0, 500), 300),))],
        places=places(arrive_seconds=100),
    )
    stops = [Stop(at=at, break_number=0), stop("a", "visit", 460)]
    found = {each.rule for each in broken_rules(given, plan({"v": stops}))}
    assert found == broken


def test_the_judge_lets_nobody_rest_during_the_last_service() -> None:
    given = problem([visit("a", 0, service_seconds=1500)], [car(breaks=(NOON,))])
    stops = [stop("a", "visit", 0), Stop(at=700, break_number=0)]
    found = {broken.rule for broken in broken_rules(given, plan({"v": stops}))}
    assert found == {"break"}


class _Now(NamedTuple):
    """A moment of a helper's day, in single seconds."""

    at: int
    next: int  # the stop that is wanted next
    come: int  # 0: not on the way yet, 1: there, 2: parked
    taken: frozenset[int]
    picked: tuple[int, ...]  # beginnings of service so far


def _can(inst: Instance, nodes: tuple[int, ...]) -> bool:
    """Every departure, every second of waiting, every place of every break."""
    vehicle = inst.problem.vehicles[0]
    opens, closes = vehicle.shift
    return any(
        _goes(inst, nodes, leaves) for leaves in range(max(0, opens), closes + 1)
    )


def _goes(inst: Instance, nodes: tuple[int, ...], leaves: int) -> bool:
    start = _Now(leaves, 0, 0, frozenset(), ())
    seen, waiting = {start}, [start]
    while waiting:
        now = waiting.pop()
        if now.next > len(nodes):
            if _day_is_fine(inst, leaves, now):
                return True
            continue
        for after in _steps(inst, nodes, now):
            if after.at <= inst.problem.vehicles[0].shift[1] and after not in seen:
                seen.add(after)
                waiting.append(after)
    return False


def _day_is_fine(inst: Instance, leaves: int, now: _Now) -> bool:
    vehicle = inst.problem.vehicles[0]
    most = vehicle.max_work_seconds
    due = {
        number
        for number, rest in enumerate(vehicle.breaks)
        if leaves <= rest.window[0] and now.at >= rest.window[1]
    }
    return due <= now.taken and (most is None or now.at - leaves <= most)


def _steps(inst: Instance, nodes: tuple[int, ...], now: _Now) -> Iterator[_Now]:
    vehicle, car = inst.problem.vehicles[0], inst.cars[0]
    here = inst.place[nodes[now.next - 1]] if now.next else car.origin
    last = now.next == len(nodes)
    there = car.end if last else inst.place[nodes[now.next]]
    if now.next or now.come:  # work begins with leaving: no waiting at the start
        yield now._replace(at=now.at + 1)
    for number, rest in enumerate(vehicle.breaks):
        inside = rest.window[0] <= now.at <= rest.window[1] - rest.seconds
        at_home = now.next == now.come == 0 and rest.seconds
        if inside and number not in now.taken and not at_home:
            yield now._replace(at=now.at + rest.seconds, taken=now.taken | {number})
    if last:
        leg = car.rows[here][there] if there >= 0 else 0
        yield now._replace(at=now.at + leg, next=now.next + 1)
    elif now.come < 2:
        parking = inst.problem.places[there].arrive_seconds if here != there else 0
        leg = car.rows[here][there] if here != there else 0
        yield now._replace(
            at=now.at + (parking if now.come else leg), come=now.come + 1
        )
    elif _may_begin(inst, nodes, now):
        done = now.at + inst.service[nodes[now.next]]
        yield _Now(done, now.next + 1, 0, now.taken, (*now.picked, now.at))


def _may_begin(inst: Instance, nodes: tuple[int, ...], now: _Now) -> bool:
    node = nodes[now.next]
    if not inst.opens[node] <= now.at <= inst.closes[node]:
        return False
    if node & 1 and node - 1 in nodes[: now.next]:
        ridden = now.at - now.picked[nodes.index(node - 1)]
        return ridden <= inst.ride[node >> 1]
    return True


_SMALL = st.integers(0, 3)


@st.composite
def short_days(draw: st.DrawFn) -> Problem:
    """One helper and a day of a dozen seconds, so that all of it can be tried."""
    size = 3
    rows = [[draw(_SMALL) if i != j else 0 for j in range(size)] for i in range(size)]

    def halt() -> Halt:
        opens = draw(st.integers(0, 8))
        window = opens, opens + draw(st.integers(0, 8))
        return Halt(f"p{draw(st.integers(0, 2))}", (window,), draw(_SMALL))

    tasks: list[Task] = []
    for number in range(draw(st.integers(1, 3))):
        if draw(st.booleans()):
            tasks.append(Task(f"t{number}", visit=halt(), penalty=1))
            continue
        ride = draw(st.sampled_from([None, 2, 5]))
        up, down = halt(), halt()
        tasks.append(Task(f"t{number}", up, down, penalty=1, max_ride_seconds=ride))
    rests = []
    for _ in range(draw(st.integers(1, 2))):
        opens, seconds = draw(st.integers(0, 8)), draw(_SMALL)
        rests.append(Break((opens, opens + seconds + draw(_SMALL)), seconds))
    vehicle = Vehicle(
        "v",
        travel="walk",
        start="p0",
        end=draw(st.sampled_from([None, "p0", "p1"])),
        shift=(0, draw(st.integers(6, 13))),
        max_work_seconds=draw(st.sampled_from([None, 6, 10])),
        breaks=tuple(rests),
    )
    return Problem(
        name="short",
        places=tuple(
            Place(f"p{n}", arrive_seconds=draw(st.integers(0, 1))) for n in range(size)
        ),
        travel={"walk": Matrix.of(rows)},
        vehicles=(vehicle,),
        tasks=tuple(tasks),
    )


def _orders(inst: Instance) -> Iterator[tuple[int, ...]]:
    nodes = [n for k in inst.open_tasks for n in inst.nodes_of(k)]
    for order in permutations(nodes):
        if all(order.index(node - 1) < order.index(node) for node in order if node & 1):
            yield order


@given(short_days())
@settings(deadline=None, max_examples=60)
def test_all_days_tried_second_by_second_agree(day: Problem) -> None:
    inst = Instance(day)
    for number, nodes in enumerate(_orders(inst)):
        if number == 6:
            break
        timed = schedule(inst, inst.cars[0], nodes)
        assert isinstance(timed, Schedule) == _can(inst, nodes), (nodes, timed)
        assert isinstance(timed, Broken) or timed.leaves >= 0


@given(short_days())
@settings(deadline=None, max_examples=60)
def test_plans_of_short_days_pass_the_judge(day: Problem) -> None:
    planned(day)


@given(short_days())
@settings(deadline=None, max_examples=200)
def test_the_compiled_search_agrees_on_short_days(day: Problem) -> None:
    compiled_search_agrees(day)
