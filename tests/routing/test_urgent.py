"""One order more while rounds are under way."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from routing import (
    BadProblem,
    Effort,
    Plan,
    Problem,
    Task,
    broken_rules,
    cost_of,
    solve,
)
from routing.freezing import running
from routing.instance import Instance
from routing.search.tour import Tour
from routing.starting import tours_from
from routing.timing import Schedule, first_broken, schedule, unfit_for
from routing.urgent import Urgent, accepted, offers, with_task
from tests.routing.test_properties import faults_of, insertions
from tests.routing.towns import car, meal, problem, problems, visit

QUICK = Effort(iterations=10, engine="search")


@st.composite
def asked(draw: st.DrawFn) -> tuple[Problem, Plan, Task]:
    """A day under way, and a task of it that nobody has heard of yet."""
    drawn = draw(problems()).replaced(now=None)
    *known, task = drawn.tasks
    names = {each.id for each in known}
    before = drawn.replaced(
        tasks=tuple(known),
        never=tuple(line for line in drawn.never if line[1] in names),
        prefer=tuple(wish for wish in drawn.prefer if wish.task in names),
    )
    plan = solve(before, QUICK)
    now = draw(st.integers(0, 3000))
    later = running(before, plan, now)
    return later, plan, task


@given(asked())
@settings(deadline=None, max_examples=100)
def test_offers_are_the_best_of_all_places(drawn: tuple[Problem, Plan, Task]) -> None:
    given_, plan, task = drawn
    assume(faults_of(given_, plan) == [])
    found = offers(given_, plan, task, most=9)

    inst = Instance(with_task(given_, task))
    tours = tours_from(inst, plan)
    k = inst.problem.task_numbers[task.id]
    best = {}
    for one in inst.cars:
        rests = given_.vehicles[one.number].breaks  # who has one is not asked
        if unfit_for(inst, one, k) is None and not rests:
            tour = Tour(inst, one, tours[one.number])
            longer = [Tour(inst, one, nodes) for nodes in insertions(inst, tour, k)]
            fitting = [t for t in longer if first_broken(inst, one, t.nodes) is None]
            if fitting:
                best[one.number] = min(each.cost for each in fitting) - tour.cost
    numbers = given_.vehicle_numbers
    assert {numbers[each.vehicle]: each.price_seconds for each in found} == best
    assert [each.price_seconds for each in found] == sorted(best.values())
    for each in found[:2]:
        assert [each] == [o for o in offers(given_, plan, task, 2) if o == each]


@given(asked())
@settings(deadline=None, max_examples=100)
def test_every_offer_that_is_accepted_obeys_the_rules(
    drawn: tuple[Problem, Plan, Task],
) -> None:
    given_, plan, task = drawn
    assume(faults_of(given_, plan) == [])
    for offer in offers(given_, plan, task):
        after = accepted(given_, plan, offer)
        larger = with_task(given_, task)
        assert faults_of(larger, after) == []
        assert after.cost.total - plan.cost.total == offer.price_seconds
        assert after.cost == cost_of(larger, after)
        inst = Instance(larger)
        tour = tours_from(inst, after)[larger.vehicle_numbers[offer.vehicle]]
        one = inst.cars[larger.vehicle_numbers[offer.vehicle]]
        timed = schedule(inst, one, tour)
        assert isinstance(timed, Schedule)
        assert timed.times == list(offer.times)
        assert (timed.leaves, timed.ends) == (offer.leaves_at, offer.ends_at)
        for route in after.routes:
            begun = larger.begun.get(route.vehicle)
            if begun is not None:
                assert route.stops[: len(begun.stops)] == begun.stops


def test_an_offer_tells_who_is_reached_later_and_what_is_left() -> None:
    known = problem([visit("a", 2), visit("b", 6, window=(0, 2000))])
    plan = solve(known, QUICK)
    late = running(known, plan, 0)
    task = visit("urgent", 4, service_seconds=700, needs=frozenset())
    (offer,) = offers(late, plan, task)
    assert offer.added_seconds == 0
    (shift,) = offer.later
    assert shift.task == "b"
    assert shift.seconds + offer.window_left_seconds <= 2000
    assert shift.is_noticed
    assert offer.ride_left_seconds is None


def test_accepted_tasks_are_known_to_the_next_ask() -> None:
    known = problem([meal("a", 1, 3)], [car(capacity=(50,), max_tasks=41)])
    urgent = Urgent(known, solve(known, QUICK))
    for number in range(40):
        (offer,) = urgent.ask(meal(f"u{number}", 1, 3, service_seconds=10))
        urgent.accept(offer)
        assert broken_rules(urgent.problem, urgent.plan) == []
    assert urgent.ask(meal("too many", 1, 3)) == ()
    assert len(urgent.plan.served) == 41


def test_who_is_done_or_bound_is_not_asked_for() -> None:
    known = problem([visit("a", 2)])
    plan = solve(known, QUICK)
    with pytest.raises(BadProblem, match="already"):
        offers(known, plan, visit("a", 2))
    with pytest.raises(BadProblem, match="people"):
        offers(known, plan, visit("b", 2, people=2))
    with pytest.raises(BadProblem, match="place"):
        offers(known, plan, visit("b", 99))
