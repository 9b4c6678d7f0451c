"""The search: a first plan, and what makes it better."""

import random

from routing import Effort, Halt, Place, Problem, Speed, Task, solve
from routing.instance import Instance
from routing.search.displacing import let_higher_tiers_in
from routing.search.fleet import Fleet
from routing.search.recreate import Search
from routing.search.sweep import swept
from tests.routing.towns import car, meal, problem, visit

LAT, LON = 36.66, 117.02


def round_the_kitchen(count: int = 12) -> Problem:
    """Doors in a ring around one kitchen, numbered without order."""
    spots = [(0.0, 0.0), *((n * 0.001, (count - n) * 0.001) for n in range(1, count))]
    numbers = list(range(1, count))
    random.Random(1).shuffle(numbers)
    tasks = [
        Task(f"m{n}", pickup=Halt("p0"), dropoff=Halt(f"p{n}"), load=(1,), penalty=9)
        for n in numbers
    ]
    return problem(
        tasks,
        [car("v", capacity=(4,)), car("w", capacity=(4,)), car("x", capacity=(4,))],
        places=tuple(
            Place(f"p{n}", LAT + north, LON + east)
            for n, (north, east) in enumerate(spots)
        ),
        travel={"walk": Speed(4.0)},
    )


def test_a_first_plan_sweeps_around_the_kitchen() -> None:
    inst = Instance(round_the_kitchen())
    fleet = Fleet(inst)
    order = [inst.place[2 * k + 1] for k in swept(inst, fleet.ranks, fleet.absent)]
    assert order == sorted(order)


def test_steps_make_a_plan_better_and_never_worse() -> None:
    given = round_the_kitchen()
    costs = [
        solve(given, Effort(iterations=n, engine="search")).cost.total
        for n in (0, 10, 200)
    ]
    assert costs[0] >= costs[1] >= costs[2]
    assert costs[2] < costs[0] or costs[0] == costs[1]


def test_without_coordinates_the_window_that_closes_first_comes_first() -> None:
    inst = Instance(problem([visit("far", 9, (0, 540)), visit("near", 1, (0, 60))]))
    fleet = Fleet(inst)
    assert swept(inst, fleet.ranks, fleet.absent) == [1, 0]
    Search(inst, fleet, random.Random(0)).construct()
    assert not fleet.absent


def test_identical_idle_cars_are_looked_at_once() -> None:
    inst = Instance(problem([visit("a", 1)], [car(f"v{n}") for n in range(9)]))
    fleet = Fleet(inst)
    assert len(list(fleet.candidates(0))) == 1
    assert len(list(fleet.candidates(0, alike=True))) == 9


def test_what_was_remembered_comes_back_whole() -> None:
    inst = Instance(problem([meal("a", 0, 3), visit("b", 5), meal("c", 1, 2)]))
    fleet = Fleet(inst)
    before, score = fleet.remember(), fleet.score
    Search(inst, fleet, random.Random(0)).construct()
    assert fleet.score < score
    fleet.restore(before)
    assert fleet.score == score
    assert fleet.absent == {0, 1, 2}
    assert all(not tour.nodes for tour in fleet.tours)


def test_what_was_displaced_may_itself_displace_a_lower_tier() -> None:
    """The highest fits one car only; its guest moves to the other, the lowest goes."""
    names = ("high", "middle", "low")
    tasks = [
        visit(name, 1, (0, 60), tier=2 - n, service_seconds=600)
        for n, name in enumerate(names)
    ]
    given = problem(tasks, [car("v"), car("w")], never=(("w", "high"),))
    inst = Instance(given)
    fleet = Fleet(inst)
    fleet.adopt(0, [2])
    fleet.adopt(1, [4])

    let_higher_tiers_in(inst, fleet)

    assert [tour.nodes for tour in fleet.tours] == [[0], [2]]
    assert fleet.absent == {2}
