"""The week beside brute force, twice, without a solver, and from nonsense."""

import itertools
import random
import sys

import pytest

from routing import BadProblem
from routing.choosing import Patience, broken_sum, choose, price_of
from routing.week import Week, WeekProblem, plan_week, planning, repaired, rules
from routing.week.draft import Draft, Frame
from routing.week.filling import first_answer
from tests.routing.test_week import (
    HERE,
    NORTH,
    QUICK,
    must_hold,
    planned,
    visit,
    visitor,
    week_of,
)


def drawn(seed: int, visits: int = 4) -> WeekProblem:
    chance = random.Random(seed)
    people = ["a", "b"]
    due = []
    for number in range(visits):
        first = chance.randint(0, 2)
        due.append(
            visit(
                f"v{number}",
                first,
                first + chance.randint(0, 1),
                lat=HERE[0] + NORTH * chance.randint(0, 2),
                responsible=chance.choice([None, *people]),
                tier=chance.randint(0, 1),
            )
        )
    minutes = [[chance.choice([0, 30, 60]) for _ in range(3)] for _ in people]
    team = [visitor(name, *each) for name, each in zip(people, minutes, strict=True)]
    return week_of(due, team, days=3)


@pytest.mark.parametrize("seed", range(6))
def test_brute_force_agrees(seed: int) -> None:
    problem = drawn(seed)
    [(station, visits)] = planning.visits_by_station(problem.visits).items()
    budget = planning.shared_out(problem, {station: visits})[station]
    draft = Draft(problem, station, visits, Frame(budget))
    for rule in rules.RULES:
        rule(draft)
    choices = draft.choices(first_answer(draft))
    assert broken_sum(choices, choices.start) is None
    ways = [[None, *options] for options in draft.by_visit]
    best = min(
        price_of(choices, numbers)
        for taken in itertools.product(*ways)
        if broken_sum(
            choices, numbers := [draft.number_of[o] for o in taken if o is not None]
        )
        is None
    )
    [chosen] = choose([choices], QUICK)
    assert price_of(choices, chosen.numbers) == best
    assert chosen.proven


def test_the_same_seed_gives_the_same_week() -> None:
    problem = drawn(7, visits=12)
    assert plan_week(problem, QUICK) == plan_week(problem, QUICK)


def test_a_solver_that_hangs_leaves_every_visit_placed_or_explained() -> None:
    problem = drawn(3, visits=12)
    sleeps = (sys.executable, "-c", "import time; time.sleep(600)")
    week = plan_week(problem, Patience(seconds=0.5), child=sleeps)
    must_hold(problem, week)
    assert week.troubles == (("s", "the answer came too late"),)


def test_nonsense_is_refused_with_the_name_of_its_field() -> None:
    with pytest.raises(BadProblem, match="last_day"):
        visit("v", 3, 2)
    with pytest.raises(BadProblem, match=r"visits\[0\].responsible"):
        week_of([visit("v", responsible="nobody")], [visitor("mei")])
    with pytest.raises(BadProblem, match=r"visitors\[0\].minutes"):
        week_of([], [visitor("mei", 1)])
    with pytest.raises(BadProblem, match="absent"):
        repaired(week_of([], [visitor("mei")]), Week(()), {"mei": [9]})


def test_a_station_where_nobody_is_missed_is_not_touched() -> None:
    due = [visit("v"), visit("w", station="t")]
    people = [visitor("mei"), visitor("li"), visitor("wu", stations=("t",))]
    problem = week_of(due, people)
    week = planned(problem)
    after = repaired(problem, week, {week.place_of["v"].visitor: [0]}, patience=QUICK)
    assert after.place_of["w"] == week.place_of["w"]
