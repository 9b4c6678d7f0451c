"""Days of at most eight tasks, and everything that can be done on them.

Written from the rules of the file format alone: nothing here is shared with the
engines or the judge.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from hypothesis import strategies as st

from routing import Halt, Preference, Problem, Task, Vehicle
from routing.travel import Matrix
from tests.routing.towns import MINUTE, places, street, windows

_NEVER = 10**9
Order = tuple[tuple[int, int], ...]  # task, and which of its stops


class Best(NamedTuple):
    """Smaller is better: what is left out by rank, then the cost."""

    left_out: tuple[int, ...]
    cost: int


@st.composite
def small_days(draw: st.DrawFn) -> Problem:
    size = draw(st.integers(1, 8))
    cars = tuple(draw(_vehicles(n)) for n in range(draw(st.integers(1, 2))))
    names = [f"t{n}" for n in range(size)]
    pairs = st.tuples(st.sampled_from([c.id for c in cars]), st.sampled_from(names))
    return Problem(
        name="small",
        places=places(6, arrive_seconds=draw(st.sampled_from([0, 60]))),
        travel={"walk": street(6), "ride": Matrix(street(6).seconds // 2)},
        vehicles=cars,
        tasks=tuple(draw(_tasks(n)) for n in range(size)),
        never=tuple(draw(st.lists(pairs, max_size=1))),
        prefer=tuple(
            Preference(v, t, draw(st.integers(0, 300)))
            for v, t in draw(st.lists(pairs, max_size=1))
        ),
        now=draw(st.sampled_from([None, 600])),
    )


@st.composite
def _tasks(draw: st.DrawFn, number: int) -> Task:
    penalty = draw(st.sampled_from([None, 150, 2000, 2000, 5000]))
    tier = draw(st.integers(0, 1))
    spot, service = f"p{draw(st.integers(0, 5))}", draw(st.sampled_from([0, 60, 300]))
    door = Halt(spot, draw(windows()), service)
    needs = frozenset(draw(st.sampled_from([(), (), ("bath",)])))
    if draw(st.booleans()):
        return Task(f"t{number}", visit=door, penalty=penalty, tier=tier, needs=needs)
    opens = MINUTE * draw(st.integers(0, 30))
    length = MINUTE * draw(st.sampled_from([5, 30, 60]))
    kitchen = Halt(f"p{draw(st.integers(0, 1))}", ((opens, opens + length),), 15)
    return Task(
        f"t{number}",
        pickup=kitchen,
        dropoff=door,
        load=(draw(st.integers(0, 2)),),
        max_ride_seconds=draw(st.sampled_from([None, 300, 900])),
        penalty=penalty,
        tier=tier,
    )


@st.composite
def _vehicles(draw: st.DrawFn, number: int) -> Vehicle:
    opens = MINUTE * draw(st.integers(0, 20))
    return Vehicle(
        f"v{number}",
        travel=draw(st.sampled_from(["walk", "ride"])),
        start=f"p{draw(st.integers(0, 5))}",
        end=draw(st.sampled_from([None, "p0"])),
        capacity=draw(st.sampled_from([None, (2,), (3,)])),
        shift=(opens, opens + MINUTE * draw(st.integers(20, 80))),
        skills=frozenset(draw(st.sampled_from([(), ("bath",)]))),
        max_work_seconds=draw(st.sampled_from([None, 1200, 2400])),
        max_tasks=draw(st.sampled_from([1, 2, 3])),
    )


def best_of_all(given: Problem) -> Best:
    """The best of every way to give these tasks to these helpers."""
    everything = range(len(given.tasks))
    ways: dict[int, int] = {0: 0}  # tasks done, as bits: the least cost
    for v in range(len(given.vehicles)):
        mine = rounds_of(given, v)
        longer: dict[int, int] = {}
        for done, cost in ways.items():
            for more, added in mine.items():
                if not done & more:
                    both = done | more
                    longer[both] = min(longer.get(both, _NEVER), cost + added)
        ways = longer
    tiers = sorted({task.tier for task in given.tasks}, reverse=True)

    def score(done: int) -> Best:
        gone = [given.tasks[k] for k in everything if not done >> k & 1]
        must = sum(task.penalty is None for task in gone)
        each = [sum(t.penalty is not None and t.tier == n for t in gone) for n in tiers]
        lost = sum(task.penalty or 0 for task in gone)
        return Best((must, *each), ways[done] + lost)

    return min(map(score, ways))


def rounds_of(given: Problem, v: int) -> dict[int, int]:
    """Every set of tasks that this helper can do alone, with its least cost."""
    found: dict[int, int] = {0: 0}
    worth = [
        sum(p.seconds for p in given.prefer if (p.vehicle, p.task) == (one.id, task.id))
        for task in given.tasks
        for one in [given.vehicles[v]]
    ]
    for order in _orders(given, v, ()):
        done = sum(1 << k for k in {k for k, _ in order})
        cost = _travel(given, v, order) - sum(worth[k] for k in {k for k, _ in order})
        found[done] = min(found.get(done, _NEVER), cost)
    return found


def _orders(given: Problem, v: int, order: Order) -> Iterator[Order]:
    """Whole orders that can be gone; what cannot be gone half is not gone on."""
    done = {k for k, _ in order}
    open_pairs = {k for k in done if _stops(given, k) == 2 and (k, 1) not in order}
    if order and not open_pairs and can_be_gone(given, v, order):
        yield order
    most = given.vehicles[v].max_tasks or 0
    fresh = [k for k in range(len(given.tasks)) if k not in done and may(given, v, k)]
    nexts = [(k, 1) for k in open_pairs]
    nexts += [(k, 0) for k in fresh if len(done) < most]
    for each in nexts:
        if can_be_gone(given, v, (*order, each), home=False):
            yield from _orders(given, v, (*order, each))


def may(given: Problem, v: int, k: int) -> bool:
    vehicle, task = given.vehicles[v], given.tasks[k]
    return task.needs <= vehicle.skills and (vehicle.id, task.id) not in given.never


def can_be_gone(given: Problem, v: int, order: Order, *, home: bool = True) -> bool:
    """Raise all times as far as the rules demand: do they come to rest in time?

    With `home` False only what is already certain of any longer order counts.
    """
    vehicle = given.vehicles[v]
    if _overloaded(given, v, order):
        return False
    size = len(order)
    halts = [given.tasks[k].halts[stop][1] for k, stop in order]
    legs = _legs(given, v, order)
    ready = max(vehicle.shift[0], given.now or -_NEVER)
    times = [ready] + [-_NEVER] * (size + 1)  # leaving, each stop, the end
    moved = True
    while moved:
        before = tuple(times)
        for n, halt in enumerate(halts, start=1):
            stay = halts[n - 2].service_seconds if n > 1 else 0
            at = max(times[n], times[n - 1] + stay + legs[n - 1])
            fitting = [max(at, o) for o, c in halt.windows if at <= c]
            if not fitting:
                return False
            times[n] = min(fitting)
        last = times[size] + halts[-1].service_seconds
        times[size + 1] = last + (legs[size] if home else 0)
        if times[size + 1] > vehicle.shift[1]:
            return False
        if vehicle.max_work_seconds is not None:
            times[0] = max(times[0], times[size + 1] - vehicle.max_work_seconds)
        for n, (k, stop) in enumerate(order, start=1):
            ride = given.tasks[k].max_ride_seconds
            if stop == 1 and ride is not None:
                up = order.index((k, 0)) + 1
                times[up] = max(times[up], times[n] - ride)
        moved = tuple(times) != before
    return True


def _legs(given: Problem, v: int, order: Order) -> list[int]:
    """With parking; the last one leads home."""
    vehicle, found, here = given.vehicles[v], [], given.vehicles[v].start
    for k, stop in order:
        there = given.tasks[k].halts[stop][1].place
        parking = given.place(there).arrive_seconds if there != here else 0
        found.append(_way(given, vehicle.travel, here, there) + parking)
        here = there
    home = vehicle.end
    return [*found, 0 if home is None else _way(given, vehicle.travel, here, home)]


def _travel(given: Problem, v: int, order: Order) -> int:
    vehicle = given.vehicles[v]
    trail = [vehicle.start, *(given.tasks[k].halts[s][1].place for k, s in order)]
    trail += [vehicle.end] if vehicle.end is not None else []
    return sum(_way(given, vehicle.travel, a, b) for a, b in pairwise(trail))


def _way(given: Problem, mode: str, a: str, b: str) -> int:
    travel = given.travel[mode]
    assert isinstance(travel, Matrix)
    return int(travel.seconds[given.place_numbers[a], given.place_numbers[b]])


def _overloaded(given: Problem, v: int, order: Order) -> bool:
    capacity = given.vehicles[v].capacity
    if capacity is None:
        return False
    loads = [sum(given.tasks[k].load) for k, _ in order]
    carried = sum(
        n for n, (k, _) in zip(loads, order, strict=True) if _is_visit(given, k)
    )
    most = carried
    for amount, (k, stop) in zip(loads, order, strict=True):
        carried += -amount if stop == 1 or _is_visit(given, k) else amount
        most = max(most, carried)
    return most > capacity[0]


def _is_visit(given: Problem, k: int) -> bool:
    return given.tasks[k].visit is not None


def _stops(given: Problem, k: int) -> int:
    return len(given.tasks[k].halts)
