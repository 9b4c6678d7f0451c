"""What the wave bar is told when planning went wrong."""

import sys
from functools import partial

import pytest

from dispatch.planning.plan_history import Trouble, WaveRow, show_waves
from dispatch.planning.solving import think
from dispatch.store.unit_of_work import picture
from tests.little_town import LittleTown
from tests.planning.lunch_wave import ask, order_lunch, plan, wave_of


def row_of(town: LittleTown) -> WaveRow:
    with picture(town.engine, town.dispatcher) as seen:
        return show_waves(seen, [wave_of(town)])[0]


def trouble_of(town: LittleTown) -> Trouble:
    found = row_of(town).trouble
    assert found is not None
    return found


def test_a_wave_says_that_its_planning_failed_and_what_still_stands(
    town: LittleTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.add_helper()
    order_lunch(town)
    assert plan(town)
    assert row_of(town).trouble is None
    monkeypatch.setitem(sys.modules, "ortools", None)

    assert plan(town) is False

    row = row_of(town)
    assert (row.plan_version, row.planning) == (1, None)
    assert (trouble_of(town).failed, trouble_of(town).code) == (True, "engine_missing")


def test_a_plan_after_a_failure_ends_the_trouble(
    town: LittleTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.add_helper()
    order_lunch(town)
    with monkeypatch.context() as broken:
        broken.setitem(sys.modules, "ortools", None)
        plan(town)
    ask(town)
    waiting = row_of(town)

    assert plan(town)

    assert (waiting.state, waiting.trouble) == ("planning", None)
    assert row_of(town).trouble is None


@pytest.mark.parametrize(
    ("why", "code"),
    [
        ("3 planners died over it", "crashed"),
        ("the solver did not end in time", "too_slow"),
        ("illegal plan: 1 rules, window first", "illegal_plan"),
        ("no plan twenty minutes before", "too_late"),
        ("something new", "other"),
    ],
)
def test_a_quick_plan_says_why_it_is_only_that(
    town: LittleTown, why: str, code: str
) -> None:
    town.add_helper()
    order_lunch(town)

    assert plan(town, thinking=partial(think, quick=why))

    assert row_of(town).fallback
    assert (trouble_of(town).failed, trouble_of(town).code) == (False, code)
