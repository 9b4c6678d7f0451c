"""Two people at one start, and one visit after another, among helpers with breaks."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, permutations, product

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from routing import (
    Break,
    Effort,
    Halt,
    Matrix,
    Plan,
    Problem,
    Sequence,
    Task,
    Vehicle,
    broken_rules,
    solve,
)
from routing.instance import Instance
from routing.timing import first_broken
from tests.routing.towns import car, places, problem, visit

QUICK = Effort(iterations=40)
SMALL = st.integers(0, 3)
PLACES = 3


def planned(given_problem: Problem) -> Plan:
    found = solve(given_problem, QUICK)
    faults = {each.rule for each in broken_rules(given_problem, found)}
    assert faults <= {"must_serve"}
    return found


def test_two_people_begin_together_when_one_comes_back_from_a_break() -> None:
    bath = visit("bath", 4, (0, 3600), people=2, service_seconds=600)
    rest = Break((200, 900), 600)
    found = planned(problem([bath], [car("v", breaks=(rest,)), car("w")]))

    assert found.left_out == ()


def test_a_visit_follows_another_although_a_break_lies_between() -> None:
    tasks = [visit("a", 1, (0, 60)), visit("b", 2, (0, 3600), service_seconds=900)]
    line = Sequence("a", "b", min_gap=0, max_gap=1200, same_vehicle=True)
    cars = [car("v", breaks=(Break((120, 900), 600),))]
    found = planned(problem(tasks, cars, sequence=(line,)))

    assert found.left_out == ()


@st.composite
def short_visits(draw: st.DrawFn, number: int) -> Task:
    opens = draw(st.integers(0, 6))
    window = opens, opens + draw(st.integers(0, 6))
    where = Halt(f"p{draw(st.integers(0, PLACES - 1))}", (window,), draw(SMALL))
    people = draw(st.sampled_from([1, 2, 2]))
    return Task(f"t{number}", visit=where, penalty=10, people=people)


@st.composite
def short_helpers(draw: st.DrawFn, number: int) -> Vehicle:
    rests = []
    for _ in range(draw(st.integers(0, 2))):
        opens, seconds = draw(st.integers(0, 8)), draw(SMALL)
        rests.append(Break((opens, opens + seconds + draw(SMALL)), seconds))
    return Vehicle(
        f"v{number}",
        travel="walk",
        start="p0",
        end=draw(st.sampled_from([None, "p1"])),
        shift=(0, draw(st.integers(8, 14))),
        breaks=tuple(rests),
    )


@st.composite
def short_days(draw: st.DrawFn) -> Problem:
    """A day of a dozen seconds in which something hangs together."""
    tasks = [draw(short_visits(n)) for n in range(draw(st.integers(1, 3)))]
    lines = []
    if len(tasks) > 1 and draw(st.booleans()):
        least = draw(st.integers(0, 3))
        most = least + draw(SMALL)
        same = draw(st.booleans())
        lines = [Sequence("t0", "t1", min_gap=least, max_gap=most, same_vehicle=same)]
    street = [[abs(i - j) for j in range(PLACES)] for i in range(PLACES)]
    return problem(
        tasks,
        [draw(short_helpers(n)) for n in range(draw(st.integers(1, 3)))],
        places=places(PLACES),
        travel={"walk": Matrix.of(street)},
        sequence=tuple(lines),
    )


def test_hardly_anybody_is_missed_whom_a_trial_of_all_days_would_visit() -> None:
    """No plan breaks a rule; the search may miss one visit in thirty."""
    visited, possible = [], []

    @given(short_days())
    @settings(deadline=None, max_examples=60, phases=[Phase.generate])
    def on(day: Problem) -> None:
        visited.append(len(planned(day).served))
        possible.append(most_served(day))
        assert visited[-1] <= possible[-1]

    on()
    assert sum(visited) >= 29 / 30 * sum(possible)


def most_served(day: Problem) -> int:
    """By trying all crews, orders and starts."""
    for size in range(len(day.tasks), 0, -1):
        for chosen in combinations(day.tasks, size):
            if any(_holds(day, chosen, crew) for crew in _crews(day, chosen)):
                return size
    return 0


def _crews(day: Problem, chosen: tuple[Task, ...]) -> Iterator[dict[str, list[str]]]:
    names = [vehicle.id for vehicle in day.vehicles]
    for crews in product(*(combinations(names, task.people) for task in chosen)):
        whose: dict[str, list[str]] = {}
        for task, crew in zip(chosen, crews, strict=True):
            for name in crew:
                whose.setdefault(name, []).append(task.id)
        if all(_one_vehicle(line, whose) for line in day.sequence):
            yield whose


def _one_vehicle(line: Sequence, whose: dict[str, list[str]]) -> bool:
    did = [{line.first, line.then} & set(tasks) for tasks in whose.values()]
    if not line.same_vehicle or {line.first, line.then} - set().union(*did):
        return True
    return sum(map(bool, did)) == 1


def _holds(day: Problem, chosen: tuple[Task, ...], whose: dict[str, list[str]]) -> bool:
    @cache
    def goes(name: str, *starts: tuple[str, int]) -> bool:
        return _goes(day, name, dict(starts))

    windows = [task.halts[0][1].windows[0] for task in chosen]
    for times in product(*(range(first, last + 1) for first, last in windows)):
        at = dict(zip((task.id for task in chosen), times, strict=True))
        if all(_in_line(day, line, at) for line in day.sequence) and all(
            goes(name, *((each, at[each]) for each in tasks))
            for name, tasks in whose.items()
        ):
            return True
    return False


def _in_line(day: Problem, line: Sequence, at: dict[str, int]) -> bool:
    if line.first not in at or line.then not in at:
        return True
    stay = day.task(line.first).halts[0][1].service_seconds
    gap = at[line.then] - at[line.first] - stay
    return (line.min_gap or 0) <= gap <= (line.max_gap or 0)


def _goes(day: Problem, name: str, starts: dict[str, int]) -> bool:
    """Can one helper be there at these seconds? `test_breaks` tries that time rule."""
    alone = day.replaced(
        vehicles=(day.vehicle(name),),
        tasks=tuple(
            replace(
                day.task(each),
                people=1,
                visit=replace(day.task(each).halts[0][1], windows=((at, at),)),
            )
            for each, at in starts.items()
        ),
        sequence=(),
    )
    inst = Instance(alone)
    return any(
        first_broken(inst, inst.cars[0], [2 * k for k in order]) is None
        for order in permutations(range(len(starts)))
    )


def test_what_is_put_in_beside_breaks_keeps_to_the_vehicles_asked_for() -> None:
    pause = Break((600, 3600), 60)
    town = problem(
        [visit("bath", 1, people=2), visit("t", 2)],
        [car("v", breaks=(pause,)), car("w", breaks=(pause,))],
    )
    found = solve(town, Effort(iterations=100, engine="search", vehicles=1))
    assert len([route for route in found.routes if route.stops]) <= 1
    assert "bath" in {each.task for each in found.left_out}
