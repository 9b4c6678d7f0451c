"""Short days with breaks, beside every way to spend them, second by second."""

from collections.abc import Iterator
from itertools import permutations
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from routing import (
    Break,
    Effort,
    Halt,
    Matrix,
    Place,
    Problem,
    Task,
    Vehicle,
    broken_rules,
    solve,
)
from routing.instance import Instance
from routing.timing import Broken, Schedule, schedule
from tests.routing.test_properties import compiled_search_agrees


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
    found = solve(day, Effort(iterations=10, engine="search"))
    assert broken_rules(day, found) == []


@given(short_days())
@settings(deadline=None, max_examples=200)
def test_the_compiled_search_agrees_on_short_days(day: Problem) -> None:
    compiled_search_agrees(day)
