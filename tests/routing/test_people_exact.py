"""Rounds given to people: beside brute force, drawn at random, and when killed."""

import itertools
import sys
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings

from routing import (
    BadProblem,
    Begun,
    Effort,
    Problem,
    Stop,
    broken_rules,
    cost_of,
    solve,
)
from routing.choosing import Patience, broken_sum, choose, price_of
from routing.people import Past, PastOf, give_rounds, rules
from routing.people.draft import Draft, Worth
from routing.people.driving import Driving
from tests.routing import towns
from tests.routing.test_people import KNOWN, QUICK, swapped, two_rounds, who
from tests.routing.towns import HOUR, MINUTE, car, problem, visit


def test_brute_force_agrees() -> None:
    tasks = [visit(f"t{n}", place) for n, place in enumerate((2, 4, 7, 9))]
    starts = {"v": "p0", "w": "p9", "x": "p5", "y": "p2"}
    town = problem(tasks, [car(v, start=start) for v, start in starts.items()])
    plan = solve(town, Effort(iterations=50, engine="search"))
    served = {("v", "t2"): 2, ("w", "t0"): 3, ("x", "t0"): 1, ("y", "t3"): 4}
    past = Past((PastOf("v", worked_four_weeks_seconds=40 * HOUR),), served)
    worth = Worth(extra_travel=0.5, face_seconds=200)
    draft = Draft(Driving(town, plan), past, worth)
    for rule in rules.RULES:
        rule(draft)
    choices = draft.choices()
    number = {pair: n for n, pair in enumerate(draft.open_pairs)}
    best = min(
        price_of(choices, numbers)
        for helpers in itertools.permutations(draft.helpers, len(draft.own))
        if all(pair in number for pair in enumerate(helpers))
        and broken_sum(choices, numbers := [number[p] for p in enumerate(helpers)])
        is None
    )
    [chosen] = choose([choices], QUICK)
    assert price_of(choices, chosen.numbers) == best
    assert chosen.proven


@given(town=towns.problems())
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_every_plan_given_is_good(town: Problem) -> None:
    plan = solve(town, Effort(iterations=10, engine="search"))
    served = {(v.id, t.id): 2 for v in town.vehicles for t in town.tasks[::2]}
    found = give_rounds(town, plan, Past(served=served), patience=QUICK)
    assert found.trouble is None
    assert broken_rules(town, found.plan) == broken_rules(town, plan)
    assert found.plan.served == plan.served
    most = plan.cost.travel_seconds * 1.03
    assert cost_of(town, found.plan).travel_seconds <= most


SLEEPS: Final = (sys.executable, "-c", "import time; time.sleep(600)")
TELLS_ONE: Final = (
    sys.executable,
    "-c",
    """
import json, sys, time
wanted = json.load(sys.stdin)["wanted"][0]
pairs = [n for n in range(len(wanted["prices"])) if n not in wanted["start"]]
told = {"of": 0, "chosen": pairs, "proven": False, "bound": None, "final": False}
sys.stdout.write(json.dumps(told) + chr(10) + "half a li")
sys.stdout.flush()
time.sleep(600)
""",
)
LIES: Final = (
    sys.executable,
    "-c",
    'print(\'{"of": 0, "chosen": [], "proven": true, "bound": 0, "final": true}\')',
)
CRASHES: Final = (sys.executable, "-c", "import os; os.abort()")


@pytest.mark.parametrize("child", [SLEEPS, LIES, CRASHES])
def test_a_solver_that_hangs_lies_or_crashes_leaves_the_plan(
    child: tuple[str, ...],
) -> None:
    town, plan = two_rounds()
    found = give_rounds(
        town, plan, Past(served=KNOWN), patience=Patience(seconds=0.5), child=child
    )
    assert who(found.plan) == who(plan)
    assert found.trouble
    assert not found.proven


def test_a_solver_that_is_killed_leaves_its_best_so_far() -> None:
    town, plan = two_rounds()
    found = give_rounds(
        town, plan, Past(served=KNOWN), patience=Patience(seconds=2), child=TELLS_ONE
    )
    assert who(found.plan) == {"a": "w", "b": "v"}
    assert found.trouble == "the answer came too late"


def test_what_has_begun_stays_with_its_helper() -> None:
    town, plan = two_rounds()
    done = (Stop(120, "a", "visit"),)
    begun = town.replaced(begun={"v": Begun("p2", 120, done)})
    assert not swapped(begun, plan, Past(served=KNOWN))


def test_a_past_that_names_strangers_is_refused() -> None:
    town, plan = two_rounds()
    with pytest.raises(BadProblem, match="no vehicle is called"):
        give_rounds(town, plan, Past(served={("z", "a"): 1}))
    with pytest.raises(BadProblem, match="worked_today_seconds"):
        PastOf("v", worked_today_seconds=-MINUTE)
