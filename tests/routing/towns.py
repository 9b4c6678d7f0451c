"""Tiny problems for tests: a street of places, one minute from each to the next."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from routing import (
    ALWAYS,
    Break,
    Halt,
    LeftOut,
    Matrix,
    Place,
    Plan,
    Preference,
    Problem,
    Route,
    Stop,
    Task,
    Vehicle,
    Window,
)

MINUTE = 60
HOUR = 3600


def street(size: int = 10) -> Matrix:
    return Matrix.of([[MINUTE * abs(i - j) for j in range(size)] for i in range(size)])


def places(size: int = 10, *, arrive_seconds: int = 0) -> tuple[Place, ...]:
    return tuple(Place(f"p{n}", arrive_seconds=arrive_seconds) for n in range(size))


def car(name: str = "v", **changes: Any) -> Vehicle:
    known: dict[str, Any] = {"travel": "walk", "start": "p0", "shift": (0, 4 * HOUR)}
    return Vehicle(id=name, **(known | changes))


def halt(place: int, window: Window = ALWAYS, service_seconds: int = 0) -> Halt:
    return Halt(f"p{place}", (window,), service_seconds)


def visit(name: str, place: int, window: Window = ALWAYS, **changes: Any) -> Task:
    service = changes.pop("service_seconds", 0)
    known: dict[str, Any] = {"penalty": 10_000}
    return Task(name, visit=halt(place, window, service), **(known | changes))


def meal(
    name: str, pickup: int, door: int, window: Window = ALWAYS, **changes: Any
) -> Task:
    known: dict[str, Any] = {"penalty": 10_000, "load": (1,)}
    return Task(
        name,
        pickup=changes.pop("at_kitchen", halt(pickup)),
        dropoff=halt(door, window, changes.pop("service_seconds", 0)),
        **(known | changes),
    )


def problem(
    tasks: Sequence[Task], vehicles: Sequence[Vehicle] | None = None, **changes: Any
) -> Problem:
    known: dict[str, Any] = {
        "name": "street",
        "places": places(),
        "travel": {"walk": street()},
        "vehicles": tuple(vehicles if vehicles is not None else [car()]),
        "tasks": tuple(tasks),
    }
    return Problem(**(known | changes))


def stop(name: str, kind: Any, at: int) -> Stop:
    return Stop(at=at, task=name, kind=kind)


def plan(routes: Mapping[str, Sequence[Stop]], left_out: Sequence[str] = ()) -> Plan:
    return Plan(
        problem="street",
        routes=tuple(Route(name, tuple(stops)) for name, stops in routes.items()),
        left_out=tuple(LeftOut(name) for name in left_out),
    )


@st.composite
def windows(draw: st.DrawFn) -> tuple[Window, ...]:
    opens = draw(st.integers(0, 3000))
    first = opens, opens + draw(st.integers(0, 2500))
    if draw(st.integers(0, 4)):
        return (first,)
    again = first[1] + draw(st.integers(0, 900))
    return first, (again, again + draw(st.integers(0, 900)))


@st.composite
def halts(draw: st.DrawFn) -> Halt:
    place = draw(st.integers(0, 5))
    return Halt(f"p{place}", draw(windows()), draw(st.sampled_from([0, 30, 200])))


@st.composite
def tasks(draw: st.DrawFn, number: int) -> Task:
    loads = st.tuples(st.integers(0, 2), st.integers(0, 1))
    fields: dict[str, Any] = {
        "load": draw(loads),
        "tier": draw(st.integers(0, 1)),
        "penalty": draw(st.sampled_from([None, 100, 5000])),
        "needs": frozenset(draw(st.sets(st.sampled_from(["bath"]), max_size=1))),
    }
    if draw(st.booleans()):
        return Task(f"t{number}", visit=draw(halts()), **fields)
    ride = draw(st.sampled_from([None, 300, 900, 1800]))
    return Task(
        f"t{number}",
        pickup=draw(halts()),
        dropoff=draw(halts()),
        max_ride_seconds=ride,
        **fields,
    )


@st.composite
def breaks(draw: st.DrawFn) -> Break:
    opens, seconds = draw(st.integers(0, 4000)), draw(st.sampled_from([0, 100, 600]))
    return Break((opens, opens + seconds + draw(st.integers(0, 900))), seconds)


@st.composite
def vehicles(draw: st.DrawFn, number: int) -> Vehicle:
    opens = draw(st.integers(0, 1500))
    return Vehicle(
        f"v{number}",
        travel=draw(st.sampled_from(["walk", "ride"])),
        start=f"p{draw(st.integers(0, 5))}",
        end=draw(st.sampled_from([None, "p0", "p3"])),
        capacity=draw(st.sampled_from([None, (2, 1), (4, 4)])),
        shift=(opens, opens + draw(st.integers(600, 5000))),
        skills=frozenset(draw(st.sets(st.sampled_from(["bath"]), max_size=1))),
        max_work_seconds=draw(st.sampled_from([None, 900, 2400])),
        max_tasks=draw(st.sampled_from([None, 1, 3])),
        breaks=tuple(draw(st.lists(breaks(), max_size=2))),
    )


@st.composite
def matrices(draw: st.DrawFn, size: int) -> Matrix:
    """Asymmetric, without the triangle inequality, now and then with no way."""
    legs = st.one_of(st.integers(0, 900), st.integers(0, 200), st.none())
    rows = [[draw(legs) if i != j else 0 for j in range(size)] for i in range(size)]
    return Matrix.of(rows)


@st.composite
def problems(draw: st.DrawFn, most_tasks: int = 7) -> Problem:
    """Problems with every feature that the engines honour, feasible or not."""
    size = 6
    names = [f"t{n}" for n in range(draw(st.integers(1, most_tasks)))]
    cars = [f"v{n}" for n in range(draw(st.integers(1, 3)))]
    pairs = st.tuples(st.sampled_from(cars), st.sampled_from(names))
    return Problem(
        name="drawn",
        places=tuple(
            Place(f"p{n}", arrive_seconds=draw(st.sampled_from([0, 0, 60])))
            for n in range(size)
        ),
        travel={"walk": draw(matrices(size)), "ride": draw(matrices(size))},
        vehicles=tuple(draw(vehicles(n)) for n in range(len(cars))),
        tasks=tuple(draw(tasks(n)) for n in range(len(names))),
        never=tuple(draw(st.lists(pairs, max_size=2))),
        prefer=tuple(
            Preference(v, t, draw(st.integers(0, 600)))
            for v, t in draw(st.lists(pairs, max_size=2))
        ),
        now=draw(st.sampled_from([None, 200])),
    )
