"""What holds for every problem, whoever draws it."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import Effort, Matrix, Plan, Problem, Route, broken_rules, cost_of, solve
from routing.instance import Car, Instance
from routing.search.engine import Search
from routing.search.fleet import Fleet
from routing.search.insertion import best_spot
from routing.search.rounds import COST, NODE, SIZE
from routing.search.tour import Tour
from routing.timing import Broken, earliest, first_broken
from tests.routing.towns import problems, street

QUICK = Effort(iterations=10, engine="search")


def faults_of(problem: Problem, plan: Plan) -> list[str]:
    """What must be served and cannot be is an answer, not a fault."""
    rules = [broken.rule for broken in broken_rules(problem, plan)]
    return [rule for rule in rules if rule != "must_serve"]


def nodes_of(problem: Problem, route: Route) -> list[int]:
    return [
        2 * problem.task_numbers[stop.task or ""] + (stop.kind == "dropoff")
        for stop in route.stops
        if stop.task is not None
    ]


@given(problems())
@settings(deadline=None, max_examples=60)
def test_every_plan_of_the_search_obeys_the_rules(problem: Problem) -> None:
    plan = solve(problem, QUICK)

    assert faults_of(problem, plan) == []
    assert plan.served | {each.task for each in plan.left_out} == {
        task.id for task in problem.tasks
    }
    assert len(plan.served) + len(plan.left_out) == len(problem.tasks)
    assert plan.cost == cost_of(problem, plan)


@given(problems(most_tasks=4))
@settings(deadline=None, max_examples=20)
def test_every_plan_of_ortools_obeys_the_rules(problem: Problem) -> None:
    plan = solve(problem, Effort(iterations=0, engine="ortools"))

    assert faults_of(problem, plan) == []


@given(problems())
@settings(deadline=None, max_examples=30)
def test_the_price_of_the_search_is_the_price_of_the_check(problem: Problem) -> None:
    plan = solve(problem, QUICK)

    again = Fleet(Instance(problem))
    for route in plan.routes:
        number = problem.vehicle_numbers[route.vehicle]
        again.adopt(number, nodes_of(problem, route))
    assert again.score.total == plan.cost.total


def test_the_best_spot_is_the_best_of_all_spots() -> None:
    """Brute force over all pairs of positions agrees, where streets are streets."""

    @given(problems())
    @settings(deadline=None, max_examples=60)
    def agrees(drawn: Problem) -> None:
        half = Matrix(street(6).seconds // 2)
        inst = Instance(drawn.replaced(travel={"walk": street(6), "ride": half}))
        car = able(inst.cars[0])
        tour = Tour(inst, car, [])
        for k in range(len(drawn.tasks)):
            spot = best_spot(inst, tour, k)
            longer = [Tour(inst, car, nodes) for nodes in insertions(inst, tour, k)]
            fitting = [
                each for each in longer if not first_broken(inst, car, each.nodes)
            ]
            assert (spot is None) == (not fitting)
            if spot is not None:
                assert spot.delta == min(each.cost for each in fitting) - tour.cost
                tour = min(fitting, key=lambda each: each.cost)

    agrees()


@given(problems())
@settings(deadline=None, max_examples=150)
def test_the_compiled_search_finds_the_best_of_all_spots(drawn: Problem) -> None:
    """Brute force agrees also where streets know no triangle inequality."""
    compiled_search_agrees(drawn)


def compiled_search_agrees(drawn: Problem) -> None:
    """Task by task, the first vehicle's round gets what brute force gives it."""
    inst = Instance(drawn.replaced(vehicles=drawn.vehicles[:1], never=(), prefer=()))
    worker = Search(inst, Fleet(inst), threads=1, seed=0)
    tour = Tour(inst, inst.cars[0], [])
    for k in range(len(inst.problem.tasks)):
        longer = [Tour(inst, tour.car, nodes) for nodes in insertions(inst, tour, k)]
        fitting = [
            each for each in longer if first_broken(inst, tour.car, each.nodes) is None
        ]
        worker.insert(np.array([k], dtype=np.int32))
        found = int(worker.rounds.about[0, COST])
        if fitting:
            tour = min(fitting, key=lambda each: each.cost)
            assert found == tour.cost
            size = int(worker.rounds.about[0, SIZE])
            nodes = worker.rounds.rows[0, 1 : size + 1, NODE].tolist()
            assert first_broken(inst, tour.car, nodes) is None
            tour = Tour(inst, tour.car, nodes)
        assert (int(worker.rounds.home[k]) >= 0) == bool(fitting)


def able(car: Car) -> Car:
    """Skills and forbidden pairs are no business of a spot."""
    return replace(car, skills=frozenset({"bath"}), barred=frozenset())


def insertions(inst: Instance, tour: Tour, k: int) -> Iterator[list[int]]:
    first, *second = inst.nodes_of(k)
    nodes = tour.nodes
    for i in range(len(nodes) + 1):
        if not second:
            yield [*nodes[:i], first, *nodes[i:]]
            continue
        for j in range(i, len(nodes) + 1):
            yield [*nodes[:i], first, *nodes[i:j], second[0], *nodes[j:]]


@given(problems())
@settings(deadline=None, max_examples=40)
def test_no_lower_tier_keeps_a_higher_one_out(problem: Problem) -> None:
    """Take the lower tasks out of any tour: still no room for what was left out."""
    plan = solve(problem, QUICK)
    inst, fleet = Instance(problem), Fleet(Instance(problem))
    routes = {problem.vehicle_numbers[r.vehicle]: r for r in plan.routes}
    for left in plan.left_out:
        k = problem.task_numbers[left.task]
        for car in inst.cars:
            nodes = nodes_of(problem, routes.get(car.number, Route("nobody")))
            nodes = [n for n in nodes if fleet.ranks[n >> 1] <= fleet.ranks[k]]
            if fleet.allowed[k, car.number] and not first_broken(inst, car, nodes):
                assert best_spot(inst, Tour(inst, car, nodes), k) is None


@given(problems())
@settings(deadline=None, max_examples=30)
def test_nothing_can_end_earlier(problem: Problem) -> None:
    inst = Instance(problem)
    plan = solve(problem, QUICK)
    for route in plan.routes:
        car = inst.cars[problem.vehicle_numbers[route.vehicle]]
        times = earliest(inst, car, nodes_of(problem, route))
        assert not isinstance(times, Broken)
        stops = [stop for stop in route.stops if stop.task is not None]
        assert all(t <= s.at for t, s in zip(times, stops, strict=False))
        assert route.ends_at == times[-1]


@given(problems(), st.integers(0, 3))
@settings(deadline=None, max_examples=20)
def test_the_same_seed_and_count_give_the_same_plan(
    problem: Problem, seed: int
) -> None:
    effort = Effort(iterations=15, seed=seed, engine="search")
    once, twice = solve(problem, effort), solve(problem, effort)
    assert replace(once, seconds_used=0.0) == replace(twice, seconds_used=0.0)
