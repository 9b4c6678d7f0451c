"""Every relaxation offered, applied, makes the task fit: over generated waves.

What is offered for one helper is applied to one helper, and nothing else of the plan
is touched: only the task is put into a round. The judge has the last word.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from routing import Effort, LeftOut, Plan, Problem, Vehicle, broken_rules, solve
from routing.finishing import routes_of
from routing.instance import Instance
from routing.linked.fixing import fixed_starts, linked_tasks, starts_of
from routing.starting import tours_from
from routing.timing import Broken, schedule
from tests.routing.test_explain import eased, loosened
from tests.routing.waves import wave

_FEW = 25
_MANY = 500


@pytest.mark.parametrize("seed", range(_FEW))
def test_every_relaxation_of_a_wave_makes_its_task_fit(seed: int) -> None:
    relaxations_tried(wave(seed))


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_every_relaxation_of_five_hundred_waves_makes_its_task_fit() -> None:
    tried: Counter[str] = Counter()
    for seed in range(_FEW, _MANY):
        tried += relaxations_tried(wave(seed))
    print(f"relaxations that work: {dict(tried)}")  # noqa: T201 — the figure
    assert set(tried) == {"window", "shift", "max_work", "skill", "ride", "person"}


def relaxations_tried(given: Problem) -> Counter[str]:
    """How many relaxations of each kind were offered; each of them works."""
    plan = solve(given, Effort(iterations=60, engine="search"))
    linked = linked_tasks(given)
    kinds: Counter[str] = Counter()
    for left in plan.left_out:
        assert left.why
        if left.relaxation is not None:
            assert left.task not in linked, "one helper is no cure for two"
            kinds[left.relaxation.kind] += 1
            assert any(fits(loose, plan, left.task) for loose in applied(given, left))
    return kinds


def applied(given: Problem, left: LeftOut) -> Iterator[Problem]:
    """The problem with the relaxation, once for each helper that it may mean."""
    assert left.relaxation is not None
    kind, value = left.relaxation.kind, left.relaxation.value
    if kind in {"window", "ride"}:
        tasks = [
            loosened(task, kind, int(value)) if task.id == left.task else task
            for task in given.tasks
        ]
        yield given.replaced(tasks=tuple(tasks))
        return
    for number, vehicle in enumerate(given.vehicles):
        others: list[Vehicle] = list(given.vehicles)
        if kind == "person":
            others.append(replace(vehicle, id=f"{vehicle.id} again"))
        else:
            others[number] = eased(vehicle, kind, value)
        yield given.replaced(vehicles=tuple(others))


def fits(loose: Problem, plan: Plan, name: str) -> bool:
    """Can the task be put somewhere into the old plan, as the judge sees it?"""
    fixed = fixed_starts(loose, starts_of(loose, plan))
    inst = Instance(fixed.problem)
    tours = tours_from(inst, fixed.forward(plan))
    k = inst.problem.task_numbers[name]
    before = sum(map(len, tours))
    assert before == stops_to_come(loose, plan), "the old plan no longer holds"
    for car in inst.cars:
        for nodes in longer(inst, tours[car.number], k, car.number):
            if isinstance(schedule(inst, car, nodes), Broken):
                continue
            routes = [*tours[: car.number], nodes, *tours[car.number + 1 :]]
            gone = tuple(each for each in plan.left_out if each.task != name)
            whole = Plan(fixed.problem.name, routes_of(inst, routes))
            whole = fixed.back(replace(whole, left_out=gone))
            whole = replace(whole, left_out=gone)
            faults = {each.rule for each in broken_rules(loose, whole)}
            if faults <= {"must_serve"}:
                return True
    return False


def stops_to_come(given: Problem, plan: Plan) -> int:
    return sum(
        stop.task is not None
        for route in plan.routes
        for stop in route.stops[len(begun_stops(given, route.vehicle)) :]
    )


def begun_stops(given: Problem, vehicle: str) -> tuple[object, ...]:
    begun = given.begun.get(vehicle)
    return begun.stops if begun is not None else ()


def longer(inst: Instance, nodes: list[int], k: int, v: int) -> Iterator[list[int]]:
    """The round with the task in every possible place."""
    if k in inst.held:
        if inst.held[k] == v:
            for i in range(len(nodes) + 1):
                yield [*nodes[:i], 2 * k + 1, *nodes[i:]]
        return
    first, *second = inst.nodes_of(k)
    for i in range(len(nodes) + 1):
        for j in range(i, len(nodes) + 1) if second else (i,):
            yield [*nodes[:i], first, *nodes[i:j], *second, *nodes[j:]]
