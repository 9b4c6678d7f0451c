"""Tiny problems in which every feature of the format may stand at once."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from routing import Effort, Place, Problem, Sequence, Speed, Task, Vehicle, solve
from tests.routing.test_begun import frozen
from tests.routing.towns import halts, problems

_GAPS = st.sampled_from([None, -900, 0, 60, 600])
_AHEAD = Effort(iterations=5, engine="search")


@st.composite
def lines(draw: st.DrawFn, names: list[str]) -> Sequence:
    """One after another; the gaps may contradict each other."""
    first, then = draw(st.permutations(names))[:2]
    return Sequence(
        first,
        then,
        min_gap=draw(_GAPS),
        max_gap=draw(st.sampled_from([None, None, 300, 1200])),
        same_vehicle=draw(st.booleans()),
        measured_from=draw(st.sampled_from(["end", "start"])),
    )


@st.composite
def escorts(draw: st.DrawFn) -> tuple[tuple[Task, Task], Sequence]:
    """Out to the clinic, a wait there, and back with the same helper."""
    door, clinic = draw(halts()), draw(halts())
    back = replace(draw(halts()), place=clinic.place)
    home = replace(draw(halts()), place=door.place)
    known: dict[str, Any] = {
        "penalty": draw(st.sampled_from([None, 5000])),
        "max_ride_seconds": draw(st.sampled_from([None, 900, 1800])),
    }
    ways = Task("out", door, clinic, **known), Task("back", back, home, **known)
    wait = Sequence(
        "out",
        "back",
        min_gap=draw(st.sampled_from([0, 300])),
        max_gap=draw(st.sampled_from([None, 1800])),
        same_vehicle=True,
    )
    return ways, wait


@st.composite
def fresh_problems(draw: st.DrawFn, most_tasks: int = 6) -> Problem:
    """Nothing has begun yet."""
    drawn = draw(problems(most_tasks)).replaced(now=None)
    tasks = [
        replace(task, people=draw(st.sampled_from([1, 1, 2])))
        if task.visit is not None
        else task
        for task in drawn.tasks
    ]
    known: list[Sequence] = []
    if len(tasks) > 1:
        names = [task.id for task in tasks]
        known = draw(st.lists(lines(names), max_size=2))
    if draw(st.integers(0, 2)) == 0:
        ways, wait = draw(escorts())
        tasks += ways
        known.append(wait)
    changes: dict[str, Any] = {"vehicles": drawn.vehicles}
    if draw(st.integers(0, 2)) == 0:
        changes |= on_the_map(drawn)
    if draw(st.booleans()):  # else little of all this could ever be done
        tasks = [_at_any_time(task) for task in tasks]
        changes["vehicles"] = tuple(_always_able(each) for each in drawn.vehicles)
    return drawn.replaced(tasks=tuple(tasks), sequence=tuple(known), **changes)


def _at_any_time(task: Task) -> Task:
    halts: dict[str, Any] = {
        kind: replace(halt, windows=((halt.windows[0][0], 9000),))
        for kind, halt in task.halts
    }
    return replace(task, **halts)


def _always_able(vehicle: Vehicle) -> Vehicle:
    return replace(vehicle, shift=(0, 9000), skills=frozenset({"bath"}))


def on_the_map(drawn: Problem) -> dict[str, Any]:
    """The same places strewn over a few streets; who rides does so at one speed."""
    spots = tuple(
        Place(
            place.id,
            36.66 + 0.003 * (number % 3),
            117.02 + 0.004 * number,
            place.arrive_seconds,
        )
        for number, place in enumerate(drawn.places)
    )
    return {"places": spots, "travel": {**drawn.travel, "ride": Speed(4.0, 1.3)}}


@st.composite
def whole_problems(draw: st.DrawFn) -> Problem:
    """As above; or some way into the day, when a plan has been followed so far."""
    drawn = draw(fresh_problems())
    if draw(st.booleans()):
        return drawn.replaced(now=draw(st.sampled_from([None, 200])))
    which = draw(st.integers(0, 20))
    plan = solve(drawn, _AHEAD)
    moments = sorted(stop.at for route in plan.routes for stop in route.stops)
    return frozen(drawn, plan, moments[which % len(moments)] if moments else 0)


def features_of(given: Problem) -> set[str]:
    """What of the format a problem uses."""
    tasks, cars = given.tasks, given.vehicles
    halts = [halt for task in tasks for _, halt in task.halts]
    used = {
        "pairs": any(task.pickup for task in tasks),
        "visits": any(task.visit for task in tasks),
        "escorts": "out" in given.task_numbers,
        "several windows": any(len(halt.windows) > 1 for halt in halts),
        "hard earliest": any(halt.windows[0][0] > 0 for halt in halts),
        "longest ride": any(task.max_ride_seconds is not None for task in tasks),
        "compartments": any(len(c.capacity or ()) > 1 for c in cars),
        "matrices": any(not isinstance(t, Speed) for t in given.travel.values()),
        "speeds": any(isinstance(t, Speed) for t in given.travel.values()),
        "open rounds": any(c.end is None for c in cars),
        "closed rounds": any(c.end is not None for c in cars),
        "longest work": any(c.max_work_seconds is not None for c in cars),
        "so many tasks": any(c.max_tasks is not None for c in cars),
        "breaks": any(c.breaks for c in cars),
        "skills": any(task.needs for task in tasks),
        "never": bool(given.never),
        "prefer": bool(given.prefer),
        "two people": any(task.people == 2 for task in tasks),
        "sequences": bool(given.sequence),
        "one helper for both": any(line.same_vehicle for line in given.sequence),
        "tiers": len({task.tier for task in tasks}) > 1,
        "must": any(task.penalty is None for task in tasks),
        "begun": bool(given.begun),
        "on board": any(
            stop.kind == "pickup"
            for each in given.begun.values()
            for stop in each.stops
        ),
        "parking": any(place.arrive_seconds for place in given.places),
        "now": given.now is not None,
    }
    return {name for name, is_used in used.items() if is_used}
