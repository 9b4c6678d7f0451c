"""The search: a first plan, and what makes it better."""

import random

from routing import Effort, Halt, Place, Problem, Speed, Task, broken_rules, solve
from routing.instance import Instance
from routing.search.chains import search
from routing.search.displacing import let_higher_tiers_in
from routing.search.fleet import Fleet
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


def test_steps_make_a_plan_better_and_never_worse() -> None:
    given = round_the_kitchen()
    costs = [
        solve(given, Effort(iterations=n, engine="search")).cost.total
        for n in (0, 10, 200)
    ]
    assert costs[0] >= costs[1] >= costs[2]
    assert costs[2] < costs[0] or costs[0] == costs[1]


def test_identical_idle_cars_are_looked_at_once() -> None:
    inst = Instance(problem([visit("a", 1)], [car(f"v{n}") for n in range(9)]))
    fleet = Fleet(inst)
    assert len(list(fleet.candidates(0))) == 1
    assert len(list(fleet.candidates(0, alike=True))) == 9


def test_what_was_remembered_comes_back_whole() -> None:
    inst = Instance(problem([meal("a", 0, 3), visit("b", 5), meal("c", 1, 2)]))
    fleet = Fleet(inst)
    before, score = fleet.remember(), fleet.score
    for v, tour in enumerate(search(inst, Effort(iterations=0)).tours):
        fleet.adopt(v, list(tour.nodes))
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


def a_town(size: int, cars: int) -> Problem:
    """Meals from three kitchens to doors that a fixed seed has strewn."""
    chance = random.Random(7)

    def spot(n: int) -> Place:
        return Place(
            f"p{n}", LAT + chance.uniform(0, 0.04), LON + chance.uniform(0, 0.04)
        )

    tasks = [
        Task(
            f"m{n}",
            pickup=Halt(f"p{n % 3}", ((0, 5400),), 15),
            dropoff=Halt(f"p{n + 3}", ((1800, 7200),), 120),
            load=(1,),
            max_ride_seconds=3000,
            penalty=40_000,
        )
        for n in range(size)
    ]
    return problem(
        tasks,
        [car(f"v{n}", start=f"p{n % 3}", end="p0", capacity=(9,)) for n in range(cars)],
        places=tuple(spot(n) for n in range(size + 3)),
        travel={"walk": Speed(4.0, 1.3)},
    )


def test_threads_on_cuts_of_the_map_find_the_same_plan_again() -> None:
    given = a_town(150, 20)
    effort = Effort(iterations=9000, threads=2, seed=3, engine="search")
    plans = [solve(given, effort) for _ in range(2)]
    assert plans[0].routes == plans[1].routes
    assert not plans[0].left_out
    assert not broken_rules(given, plans[0])
    alone = solve(given, Effort(iterations=0, engine="search"))
    assert plans[0].cost.total < alone.cost.total


def test_a_plan_may_begin_from_an_earlier_one() -> None:
    given = a_town(90, 12)
    first = solve(given, Effort(iterations=3000, engine="search"))
    fewer = given.replaced(tasks=given.tasks[3:])
    again = solve(fewer, Effort(iterations=0, engine="search"), start=first)
    assert not again.left_out
    assert not broken_rules(fewer, again)
    kept = {route.vehicle: [s.task for s in route.stops] for route in first.routes}
    gone = {task.id for task in given.tasks[:3]}
    for route in again.routes:
        before = [task for task in kept[route.vehicle] if task not in gone]
        assert [stop.task for stop in route.stops] == before


def test_a_round_may_be_longer_than_any_row_that_was_laid_out() -> None:
    tasks = [visit(f"t{n}", n % 10) for n in range(300)]
    plan = solve(problem(tasks), Effort(iterations=0, engine="search"))
    assert len(plan.routes[0].stops) == 300


def test_two_threads_share_the_limit_of_vehicles() -> None:
    given = a_town(150, 24)
    effort = Effort(iterations=4000, threads=2, engine="search", vehicles=12)
    plan = solve(given, effort)
    assert len(plan.routes) <= 12
    begun = solve(given, Effort(iterations=0, engine="search"))
    again = solve(given, effort, start=begun)
    assert len(again.routes) <= 12


def test_no_time_at_all_still_gives_a_plan() -> None:
    given = a_town(40, 6)
    plan = solve(given, Effort(seconds=0, engine="search"))
    assert not plan.left_out
    assert not broken_rules(given, plan)


def test_a_station_is_searched_alike_by_any_number_of_threads() -> None:
    meals = [meal(f"m{n}", pickup=0, door=1 + (7 * n) % 9) for n in range(12)]
    station = problem(meals, [car("a"), car("b", start="p5")])
    alone, together = (
        solve(station, Effort(iterations=10_000, threads=threads, engine="search"))
        for threads in (1, 2)
    )
    assert alone.routes == together.routes
