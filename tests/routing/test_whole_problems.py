"""Every plan of problems with every feature at once passes the judge."""

import pytest
from hypothesis import given, settings

from routing import Effort, Problem, broken_rules, cost_of, solve
from tests.routing.whole_towns import features_of, whole_problems

QUICK = Effort(iterations=10, engine="search")
# Served, not only asked for: a rule that nobody ever comes near holds nothing.
DONE = {"two people", "one after the other", "an escort", "what was on board"}
ALL_FEATURES = 26


def test_every_plan_with_every_feature_obeys_the_rules() -> None:
    plans_are_good(25)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_five_hundred_plans_with_every_feature_obey_the_rules() -> None:
    assert plans_are_good(500) == DONE


def plans_are_good(examples: int) -> set[str]:
    """What was done in them."""
    used: set[str] = set()
    done: set[str] = set()

    @given(whole_problems())
    @settings(max_examples=examples)
    def obeys(drawn: Problem) -> None:
        plan = solve(drawn, QUICK)
        faults = [each.rule for each in broken_rules(drawn, plan)]
        assert set(faults) <= {"must_serve"}
        gone = {each.task for each in plan.left_out}
        assert plan.served | gone == set(drawn.task_numbers)
        assert all(each.why for each in plan.left_out)
        assert plan.cost == cost_of(drawn, plan)
        used.update(features_of(drawn))
        done.update(deeds_of(drawn, plan.served - gone))

    obeys()
    assert len(used) == ALL_FEATURES
    return done


def deeds_of(drawn: Problem, served: frozenset[str]) -> set[str]:
    tied = [line for line in drawn.sequence if {line.first, line.then} <= served]
    begun = [stop for each in drawn.begun.values() for stop in each.stops]
    fetched = {stop.task for stop in begun if stop.kind == "pickup"}
    brought = {stop.task for stop in begun if stop.kind == "dropoff"}
    deeds = {
        "two people": any(drawn.task(name).people == 2 for name in served),
        "one after the other": bool(tied),
        "an escort": any(line.first == "out" for line in tied),
        "what was on board": bool((fetched - brought) & served),
    }
    return {name for name, is_done in deeds.items() if is_done}
