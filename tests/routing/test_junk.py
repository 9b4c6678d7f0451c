"""Junk in any place of a file is accepted or refused by name, never a stumble."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from routing import (
    BadProblem,
    broken_rules,
    cost_of,
    plan_from,
    plan_to,
    problem_from,
    problem_to,
)
from tests.routing.test_files import Fields, good

JUNK: list[Any] = [
    *(None, True, -1, 0, 1.5, 1e308, 10**400, -(10**12), "", "x", "v", "\ud800"),
    *([], [[]], {}, {"a": 1}, [1, 2], [None], ["x"]),
]


def whole() -> Fields:
    """A problem in which every field is used."""
    fields = good()
    bath = {"place": "b", "windows": [[0, 99]], "service": 5}
    fields["tasks"].append(
        {"id": "b", "people": 2, "needs": ["bath"], "tier": 1, "visit": bath}
    )
    rest = {"window": [100, 2000], "seconds": 60}
    fields["vehicles"][0] |= {"capacity": [5], "skills": ["meal"], "breaks": [rest]}
    fields["vehicles"][0] |= {"max_work_seconds": 7200, "max_tasks": 4, "end": "k"}
    fields["travel"]["walk"] = {"seconds": [[0, 5], [None, 0]]}
    done = {"task": "o", "stop": "pickup", "at": 3}
    return fields | {
        "sequence": [{"first": "o", "then": "b", "min_gap": 0, "from": "start"}],
        "never": [["v", "o"]],
        "prefer": [{"vehicle": "v", "task": "o", "seconds": 4}],
        "now": 5,
        "begun": {"v": {"at_place": "k", "free_at": 10, "stops": [done]}},
    }


def whole_plan() -> Fields:
    stops = [{"task": "o", "stop": "pickup", "at": 3}, {"break": 0, "at": 100}]
    left = {
        "task": "b",
        "why": "x",
        "candidates": [{"vehicle": "v", "rule": "window", "by": 3}],
        "relaxation": {"kind": "window", "value": 9},
    }
    return {
        "format": "liuzhu-plan/1",
        "problem": "n",
        "seconds_used": 1.0,
        "routes": [{"vehicle": "v", "leaves_at": 1, "ends_at": 9, "stops": stops}],
        "left_out": [left],
        "cost": {"travel_seconds": 1, "penalties": 0, "preferences": 0, "total": 1},
    }


def everywhere(part: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if way:
        yield way
    steps: list[Any] = list(part) if isinstance(part, dict) else []
    if isinstance(part, list):
        steps = list(range(len(part)))
    for step in steps:
        yield from everywhere(part[step], (*way, step))


def judge(fields: Fields) -> None:
    given, proposed = problem_from(whole()), plan_from(fields)
    broken_rules(given, proposed)
    cost_of(given, proposed)
    plan_to(proposed)


@pytest.mark.parametrize(
    ("made", "read"),
    [(whole, lambda fields: problem_to(problem_from(fields))), (whole_plan, judge)],
)
def test_no_value_in_any_place_makes_a_reader_stumble(
    made: Callable[[], Fields], read: Callable[[Fields], None]
) -> None:
    """It is accepted, or refused by name; nothing else can come out."""
    read(made())
    for way in list(everywhere(made())):
        for junk in JUNK:
            fields: Any = made()
            inner = fields
            for step in way[:-1]:
                inner = inner[step]
            inner[way[-1]] = junk
            with suppress(BadProblem):
                read(fields)
