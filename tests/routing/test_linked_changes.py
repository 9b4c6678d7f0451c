"""Visits that hang together in plans that begin from others, and that change."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from routing import Break, Effort, Plan, Problem, Route, Sequence, Stop, Task, solve
from routing.changing import Moved, disruption, proposal
from routing.freezing import running
from routing.instance import Instance
from routing.keeping import changes_per_person, crews_of, within_limits
from routing.linked.fixing import is_linked
from routing.starting import tours_from
from tests.routing.linked_towns import lines
from tests.routing.test_properties import faults_of
from tests.routing.towns import HOUR, MINUTE, car, meal, problem, problems, visit

NOTHING = Effort(iterations=0, engine="search")
QUICK = Effort(iterations=20, engine="search")
LONGER = Effort(iterations=100, engine="search")


@st.composite
def days_of_all_kinds(draw: st.DrawFn) -> Problem:
    """With every feature that the searches honour; some visits are for two."""
    day = draw(problems(5))
    tasks = [
        replace(task, people=2) if task.visit and draw(st.booleans()) else task
        for task in day.tasks
    ]
    day = day.replaced(tasks=tuple(tasks), sequence=_lines(draw, tasks))
    assume(is_linked(day))
    return day


@st.composite
def days_with_room(draw: st.DrawFn) -> tuple[Problem, Plan]:
    """On a street, nearly everything can be done; and rounds of nobody's making."""
    tasks = [draw(tasks_with_room(n)) for n in range(draw(st.integers(3, 7)))]
    cars = [
        car(f"v{n}", start=f"p{draw(st.integers(0, 9))}", breaks=draw(breaks_or_none))
        for n in range(draw(st.integers(2, 4)))
    ]
    day = problem(tasks, cars, sequence=_lines(draw, tasks))
    assume(is_linked(day))
    rounds: dict[str, list[Stop]] = {each.id: [] for each in cars}
    for task in draw(st.permutations(tasks)):
        for name in draw(st.permutations(sorted(rounds)))[: task.people]:
            rounds[name] += [Stop(0, task.id, kind) for kind, _ in task.halts]
    routes = tuple(Route(name, tuple(stops)) for name, stops in rounds.items())
    return day, Plan(day.name, routes)


breaks_or_none = st.sampled_from([(), (), (), (), (Break((3000, 5000), 900),)])


@st.composite
def tasks_with_room(draw: st.DrawFn, number: int) -> Task:
    name, door = f"t{number}", draw(st.integers(0, 9))
    opens = MINUTE * draw(st.integers(0, 60))
    short = opens, opens + MINUTE * draw(st.integers(20, 120))
    window = draw(st.sampled_from([(0, 4 * HOUR), short]))
    if draw(st.integers(0, 3)) == 0:
        ride = draw(st.sampled_from([None, 20 * MINUTE]))
        kitchen = draw(st.integers(0, 9))
        return meal(name, kitchen, door, window, max_ride_seconds=ride)
    people, stay = draw(st.sampled_from([1, 1, 2])), draw(st.sampled_from([0, 60, 600]))
    return visit(name, door, window, people=people, service_seconds=stay)


def _lines(draw: st.DrawFn, tasks: list[Task]) -> tuple[Sequence, ...]:
    names = [task.id for task in tasks]
    return tuple(draw(st.lists(lines(names), max_size=2))) if len(names) > 1 else ()


def orders(found: Plan) -> dict[str, list[tuple[str | None, str | None]]]:
    return {
        r.vehicle: [(s.task, s.kind) for s in r.stops if s.task] for r in found.routes
    }


def swapped(found: Plan, names: dict[str, str]) -> Plan:
    """The same rounds, with others going them."""
    routes = (replace(r, vehicle=names.get(r.vehicle, r.vehicle)) for r in found.routes)
    return replace(found, routes=tuple(routes))


@given(days_of_all_kinds())
@settings(deadline=None, max_examples=20)
def test_a_plan_is_begun_from_whatever_it_honours(day: Problem) -> None:
    before = solve(day, QUICK)
    again = solve(day, NOTHING, start=before)

    assert faults_of(day, again) == []
    assert crews_of(before).items() <= crews_of(again).items()
    other = swapped(before, {"v0": "v1", "v1": "v0"})
    known = tuple(r for r in other.routes if r.vehicle in day.vehicle_numbers)
    assert faults_of(day, solve(day, NOTHING, replace(other, routes=known))) == []


@given(days_with_room(), st.integers(0, 2), st.sampled_from([None, 900, 4000]))
@settings(deadline=None, max_examples=40)
def test_proposals_keep_links_and_the_budget(
    drawn: tuple[Problem, Plan], most: int, now: int | None
) -> None:
    day, wild = drawn
    before = solve(day, NOTHING, start=wild)
    assert faults_of(day, before) == []
    later = day if now is None else running(day, before, now)
    found = proposal(later, before, LONGER, change_budget=most)

    if now is None:
        assert orders(found.least) == orders(before)  # times may be sooner
    for each in (found.plan, found.least, found.free):
        assert faults_of(later, each) == []
    assert all(count <= most for count in found.changes.values())

    free = within_limits(later, found.least, found.free, most)
    assert faults_of(later, free) == []
    count = changes_per_person(crews_of(found.least), crews_of(free))
    assert all(each <= most for each in count.values())


def a_bath_and_meals() -> Problem:
    bath = visit("bath", 4, people=2, service_seconds=600)
    cars = [car(name, end="p0") for name in ("v", "w", "u")]
    return problem([bath, *(visit(f"m{n}", n) for n in range(1, 5))], cars)


def test_who_goes_which_round_is_taken_from_the_start() -> None:
    given_ = a_bath_and_meals()
    base = solve(given_, NOTHING)
    before = swapped(base, {"v": "u", "u": "v"})
    assert faults_of(given_, before) == []
    assert before.routes != base.routes

    after = solve(given_, NOTHING, start=before)
    assert orders(after) == orders(before)
    assert disruption(given_, before, after).moved == ()


def test_a_proposal_keeps_both_people_of_a_bath() -> None:
    given_ = a_bath_and_meals()
    before = solve(given_, NOTHING)
    found = proposal(given_, before, QUICK)

    assert faults_of(given_, found.plan) == []
    assert crews_of(found.plan)["bath"] == crews_of(before)["bath"]


def test_of_two_people_only_the_one_who_cannot_come_is_another() -> None:
    given_ = a_bath_and_meals()
    before = solve(given_, NOTHING)
    stays, gone = sorted(crews_of(before)["bath"])
    (spare,) = {"u", "v", "w"} - {stays, gone}
    changed = given_.replaced(never=((gone, "bath"),))
    found = proposal(changed, before, QUICK)

    assert crews_of(found.plan)["bath"] == {stays, spare}
    assert found.forced.moved == (Moved("bath", gone, spare),)
    assert found.changes == {}


def test_rounds_are_kept_at_other_times_when_the_bath_is_later() -> None:
    given_ = a_bath_and_meals()
    before = solve(given_, NOTHING)
    bath, *rest = given_.tasks
    later = visit("bath", 4, (HOUR, 2 * HOUR), people=2, service_seconds=600)
    after = solve(given_.replaced(tasks=(later, *rest)), NOTHING, start=before)

    assert orders(after) == orders(before)
    at = {s.at for r in after.routes for s in r.stops if s.task == bath.id}
    assert at == {HOUR}


def test_what_is_tied_too_tightly_goes_and_the_rest_stays() -> None:
    """After the change b must begin a minute after a, three minutes away."""
    tasks = [visit("a", 1), visit("x", 2), visit("b", 4), visit("c", 9)]
    line = Sequence("a", "b", min_gap=0, max_gap=HOUR, same_vehicle=True)
    cars = [car("v"), car("w", start="p9")]
    given_ = problem(tasks, cars, sequence=(line,))
    before = solve(given_, NOTHING)
    tight = replace(line, max_gap=MINUTE)
    after = solve(given_.replaced(sequence=(tight,)), NOTHING, start=before)

    assert faults_of(given_.replaced(sequence=(tight,)), after) == []
    assert crews_of(after).items() >= {("x", crews_of(before)["x"])}
    assert {each.task for each in after.left_out} <= {"a", "b"}


def test_no_more_helpers_set_out_than_the_effort_allows() -> None:
    given_ = a_bath_and_meals()
    bath = given_.task("bath")
    alone = {"u": ["m4", "m3"], "v": ["m1", bath.id], "w": [bath.id]}
    routes = tuple(
        Route(name, tuple(Stop(0, task, "visit") for task in tasks))
        for name, tasks in alone.items()
    )
    found = solve(given_, replace(NOTHING, vehicles=2), Plan("street", routes))

    assert faults_of(given_, found) == []
    assert sorted(r.vehicle for r in found.routes if r.stops) == ["v", "w"]


def test_a_station_begins_from_its_rounds_too() -> None:
    meals = [meal(f"m{n}", 0, 1 + n % 9, max_ride_seconds=HOUR) for n in range(16)]
    bath = visit("bath", 4, (HOUR, 2 * HOUR), people=2, service_seconds=20 * MINUTE)
    cars = [car(f"v{n}", capacity=(4,)) for n in range(4)]
    given_ = problem([*meals, bath], cars)
    base = solve(given_, QUICK)
    before = swapped(base, {"v0": "v3", "v1": "v2", "v2": "v1", "v3": "v0"})
    assert faults_of(given_, before) == []

    assert orders(solve(given_, NOTHING, start=before)) == {
        vehicle: orders(before)[vehicle] for vehicle in sorted(orders(before))
    }


def test_tours_of_two_people_both_have_the_visit() -> None:
    inst = Instance(a_bath_and_meals())
    stops = (Stop(0, "bath", "visit"),)
    three = tuple(Route(name, stops) for name in ("v", "w", "u"))
    assert tours_from(inst, Plan("street", three)) == [[0], [0], []]
