"""Tiny problems whose visits hang together, and every plan that they have."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise, permutations, product
from typing import Any

from hypothesis import strategies as st

from routing import Problem, Sequence, Task
from routing.instance import Instance
from tests.routing.towns import HOUR, MINUTE, car, problem, visit

Stops = list[tuple[int, int]]  # task, time


@st.composite
def linked_visits(draw: st.DrawFn, number: int) -> Task:
    opens = MINUTE * draw(st.integers(0, 40))
    length = MINUTE * draw(st.sampled_from([0, 5, 15, 60]))
    return visit(
        f"t{number}",
        draw(st.integers(0, 6)),
        (opens, opens + length),
        service_seconds=draw(st.sampled_from([0, MINUTE, 10 * MINUTE])),
        people=draw(st.sampled_from([1, 1, 2])),
        tier=draw(st.sampled_from([0, 0, 1])),
        penalty=draw(st.sampled_from([None, 500, 5_000])),
        needs=frozenset(draw(st.sampled_from([(), (), ("bath",)]))),
    )


@st.composite
def lines(draw: st.DrawFn, names: list[str]) -> Sequence:
    first, then = draw(st.permutations(names))[:2]
    least = draw(st.sampled_from([None, 0, 5 * MINUTE, -20 * MINUTE]))
    longest = draw(st.sampled_from([None, 0, 15 * MINUTE]))
    most = None if longest is None else (least or 0) + longest
    return Sequence(
        first,
        then,
        min_gap=least,
        max_gap=most,
        same_vehicle=draw(st.sampled_from([False, False, True])),
        measured_from=draw(st.sampled_from(["end", "start"])),
    )


@st.composite
def linked_problems(draw: st.DrawFn, most_tasks: int = 5) -> Problem:
    """On a street, which keeps the triangle."""
    names = [f"t{n}" for n in range(draw(st.integers(1, most_tasks)))]
    tied = len(names) > 1
    cars: list[Any] = [
        car(
            f"v{n}",
            start=f"p{draw(st.integers(0, 6))}",
            end=draw(st.sampled_from([None, "p0"])),
            shift=(0, draw(st.sampled_from([HOUR, 2 * HOUR]))),
            skills=draw(st.sampled_from([(), ("bath",)])),
            max_work_seconds=draw(st.sampled_from([None, HOUR // 2])),
            max_tasks=draw(st.sampled_from([None, None, 2])),
        )
        for n in range(draw(st.integers(1, 3)))
    ]
    return problem(
        [draw(linked_visits(n)) for n in range(len(names))],
        [replace(each, skills=frozenset(each.skills)) for each in cars],
        sequence=tuple(draw(st.lists(lines(names), max_size=2))) if tied else (),
    )


def served_sets(given: Problem) -> Iterator[set[int]]:
    """Every set of tasks that can be served together, by trying all rounds."""
    everything = range(len(given.tasks))
    for size in range(len(given.tasks), -1, -1):
        for chosen in combinations(everything, size):
            if any(_rounds_that_hold(given, chosen)):
                yield set(chosen)


def cheapest_travel(given: Problem, chosen: set[int]) -> int:
    return min(_rounds_that_hold(given, tuple(sorted(chosen))))


def _rounds_that_hold(given: Problem, chosen: tuple[int, ...]) -> Iterator[int]:
    """The travel of each way of serving exactly these tasks."""
    crews = [
        list(combinations(range(len(given.vehicles)), given.tasks[k].people))
        for k in chosen
    ]
    inst = Instance(given)
    for crew in product(*crews):
        whose: dict[int, list[int]] = {}
        for k, members in zip(chosen, crew, strict=True):
            for v in members:
                whose.setdefault(v, []).append(k)
        if any(_unfit(given, v, ks) for v, ks in whose.items()):
            continue
        for orders in product(*(permutations(ks) for ks in whose.values())):
            rounds = dict(zip(whose, orders, strict=True))
            if _times_exist(given, inst, rounds):
                yield 1 + _travel(given, inst, rounds)


def _unfit(given: Problem, v: int, ks: list[int]) -> bool:
    vehicle = given.vehicles[v]
    most = vehicle.max_tasks
    if most is not None and len(ks) > most:
        return True
    return any(given.tasks[k].needs - vehicle.skills for k in ks)


def _travel(given: Problem, inst: Instance, rounds: dict[int, Any]) -> int:
    total = 0
    for v, ks in rounds.items():
        trail = [inst.cars[v].origin, *(inst.place[2 * k] for k in ks)]
        trail += [inst.cars[v].end] * (inst.cars[v].end >= 0)
        total += sum(inst.cars[v].rows[a][b] for a, b in pairwise(trail))
    return total


def _times_exist(given: Problem, inst: Instance, rounds: dict[int, Any]) -> bool:
    """Longest paths over all differences that the rules demand (Bellman and Ford).

    A task has one time, because two people begin at once.
    """
    source: Any = "now"
    edges: list[tuple[Any, Any, int]] = []  # (a, b, w): time b >= time a + w
    for v, ks in rounds.items():
        vehicle, car_ = given.vehicles[v], inst.cars[v]
        start, end = ("start", v), ("end", v)
        edges += [(source, start, vehicle.shift[0]), (end, source, -vehicle.shift[1])]
        here, place, stay = start, car_.origin, 0
        for k in ks:
            there = inst.place[2 * k]
            edges.append((here, k, stay + car_.hops[place][there]))
            here, place, stay = k, there, inst.service[2 * k]
        home = car_.rows[place][car_.end] if car_.end >= 0 else 0
        edges.append((here, end, stay + home))
        if vehicle.max_work_seconds is not None:
            edges.append((end, start, -vehicle.max_work_seconds))
    chosen = {k for ks in rounds.values() for k in ks}
    for k in chosen:
        edges += [(source, k, inst.opens[2 * k]), (k, source, -inst.closes[2 * k])]
    for line in given.sequence:
        first, then = given.task_numbers[line.first], given.task_numbers[line.then]
        if not {first, then} <= chosen:
            continue
        stay = inst.service[2 * first] if line.measured_from == "end" else 0
        if line.min_gap is not None:
            edges.append((first, then, stay + line.min_gap))
        if line.max_gap is not None:
            edges.append((then, first, -stay - line.max_gap))
        crew = {v for v, ks in rounds.items() if {first, then} & set(ks)}
        if line.same_vehicle and len(crew) != 1:
            return False
    times: dict[Any, int] = {source: 0}
    names = {name for edge in edges for name in edge[:2]}
    for _ in range(len(names) + 1):
        moved = False
        for a, b, w in edges:
            if a in times and times[a] + w > times.get(b, -(10**9)):
                times[b], moved = times[a] + w, True
        if not moved:
            return times[source] == 0
    return False
