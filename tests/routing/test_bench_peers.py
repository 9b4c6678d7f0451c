"""What the peers are told is the problem itself: their plans pass our check."""

from typing import Any

import pytest

from benchmarks.engines import ENGINES, must_be_installed
from routing import EngineMissing, Problem, broken_rules
from routing.public import OwnFile
from tests.routing.bench_town import town
from tests.routing.towns import car, problem, visit

PEERS = [engine for engine in ENGINES.values() if engine.package is not None]


def planned(name: str, day: Problem) -> Any:
    """Peers are not in the test lock: where one is missing, this is skipped."""
    try:
        must_be_installed(ENGINES[name])
    except EngineMissing as missing:
        pytest.skip(str(missing))
    return ENGINES[name].plan(OwnFile(day), 1.0, 0)


@pytest.mark.parametrize("name", [e.name for e in PEERS if e.is_peer])
def test_a_peers_lunch_is_whole_and_breaks_at_most_the_hot_limit(name: str) -> None:
    lunch = town()
    plan = planned(name, lunch)
    assert plan.left_out == ()
    broken = {rule.rule for rule in broken_rules(lunch, plan)}
    obeys = ENGINES[name].knows_rides or "obeying" in name
    assert broken <= (set() if obeys else {"ride"})


@pytest.mark.parametrize("name", ["ours-pyvrp", "pyvrp", "vroom-x5", "ortools"])
def test_a_peers_visits_are_whole(name: str) -> None:
    vans = [car(f"v{n}", end="p0", capacity=(2,)) for n in range(4)]
    day = problem([visit(f"t{n}", n, load=(1,)) for n in range(1, 7)], vans)
    plan = planned(name, day)
    assert plan.left_out == ()
    assert broken_rules(day, plan) == []
    assert plan.cost.travel_seconds == 2 * 60 * (2 + 4 + 6)


@pytest.mark.parametrize("name", ["pyvrp", "vroom-x5", "ortools"])
def test_a_peer_may_leave_out_what_nobody_can_do(name: str) -> None:
    vans = [car("v", end="p0", capacity=(9,))]
    day = problem([visit("near", 1), visit("late", 9, (0, 60))], vans)
    plan = planned(name, day)
    assert [each.task for each in plan.left_out] == ["late"]
    assert broken_rules(day, plan) == []
