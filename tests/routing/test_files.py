"""Problems and plans as files: nothing is lost, nothing strange is let in."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from routing import (
    BadProblem,
    Begun,
    Break,
    Candidate,
    Cost,
    LeftOut,
    Plan,
    Problem,
    Relaxation,
    Route,
    Sequence,
    Speed,
    Stop,
    plan_from,
    plan_to,
    problem_from,
    problem_to,
    read_plan,
    read_problem,
    write_plan,
    write_problem,
)
from tests.routing.towns import car, meal, problem, problems, stop, visit

Fields = dict[str, Any]


@given(problems())
@settings(deadline=None, max_examples=30)
def test_a_problem_comes_back_as_it_went(drawn: Problem) -> None:
    assert problem_from(json.loads(json.dumps(problem_to(drawn)))) == drawn


def test_every_field_comes_back(tmp_path: Path) -> None:
    full = problem(
        [meal("a", 1, 2), visit("bath", 3, people=2), visit("c", 4, tier=2)],
        [car(breaks=(Break((0, 900), 300),), max_work_seconds=60), car("w")],
        sequence=(
            Sequence("bath", "c", min_gap=-5, max_gap=60, measured_from="start"),
        ),
        never=(("w", "c"),),
        now=100,
        begun={"v": Begun("p1", 120, (stop("a", "pickup", 60),))},
    )
    write_problem(full, tmp_path / "p.json")
    assert read_problem(tmp_path / "p.json") == full


def test_a_plan_comes_back_as_it_went(tmp_path: Path) -> None:
    full = Plan(
        problem="x",
        routes=(
            Route("v", (stop("a", "visit", 5), Stop(at=9, break_number=0)), 1, 20),
        ),
        left_out=(
            LeftOut(
                "b",
                "太晚",
                (Candidate("v", "window", 30), Candidate("w", "skill")),
                Relaxation("window", 900),
            ),
        ),
        cost=Cost(7, 8, 9),
        seconds_used=1.5,
    )
    write_plan(full, tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json") == full


def test_check_needs_little_of_a_plan() -> None:
    least = {
        "format": "liuzhu-plan/1",
        "routes": [{"vehicle": "v", "stops": []}],
        "left_out": [{"task": "a"}],
    }
    assert plan_from(least).left_out[0].task == "a"
    for field in least:
        with pytest.raises(BadProblem, match=field):
            plan_from({name: value for name, value in least.items() if name != field})


def good() -> Fields:
    return {
        "format": "liuzhu-problem/1",
        "name": "n",
        "places": [
            {"id": "k", "lat": 31.24, "lon": 121.47},
            {"id": "b", "lat": 31.25, "lon": 121.48},
        ],
        "travel": {"ebike": {"metres_per_second": 4.0, "detour": 1.35}},
        "vehicles": [{"id": "v", "travel": "ebike", "start": "k", "shift": [0, 9000]}],
        "tasks": [
            {
                "id": "o",
                "penalty": 5,
                "pickup": {"place": "k"},
                "dropoff": {"place": "b", "windows": [[0, 9000]], "service": 60},
            }
        ],
    }


def test_defaults_need_not_be_written() -> None:
    found = problem_from(good())
    assert found.vehicles[0].end is None
    assert found.vehicles[0].capacity is None
    assert found.travel["ebike"] == Speed(4.0, 1.35)


def put(path: str, value: Any) -> Callable[[Fields], None]:
    def change(fields: Fields) -> None:
        *way, last = [int(p) if p.isdigit() else p for p in path.split("/")]
        inner: Any = fields
        for step in way:
            inner = inner[step]
        inner[last] = value

    return change


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("format", "liuzhu-problem/2", "format"),
        ("colour", 1, "colour: this field is unknown"),
        ("tasks/0/colour", 1, r"tasks\[0\].colour: this field is unknown"),
        ("tasks/0/dropoff/window", [], r"tasks\[0\].dropoff.window: .* unknown"),
        ("tasks/0/dropoff/place", "x", r"tasks\[0\].dropoff.place: no place"),
        ("tasks/0/dropoff/windows", [[5, 4]], r"dropoff.windows\[0\]: closes at 4"),
        ("tasks/0/dropoff/windows", [], "windows: an empty list"),
        ("tasks/0/dropoff/service", -1, "dropoff.service"),
        ("tasks/0/dropoff/service", 1.5, "dropoff.service: must be a whole number"),
        ("tasks/0/dropoff/service", True, "dropoff.service: must be a whole number"),
        ("tasks/0/pickup", None, r"tasks\[0\].pickup: a task needs"),
        ("tasks/0/visit", {"place": "k"}, r"tasks\[0\].visit: a task has"),
        ("tasks/0/people", 3, r"tasks\[0\].people"),
        ("tasks/0/load", [-1], r"tasks\[0\].load\[0\]"),
        ("tasks/0/penalty", "5", r"tasks\[0\].penalty"),
        ("tasks/0/id", "", r"tasks\[0\].id"),
        ("vehicles/0/travel", "jet", r"vehicles\[0\].travel: no travel mode"),
        ("vehicles/0/start", "x", r"vehicles\[0\].start: no place"),
        ("vehicles/0/shift", [9], r"vehicles\[0\].shift: must be two"),
        ("vehicles/0/skills", "bath", r"vehicles\[0\].skills: must be a list"),
        ("vehicles/0/capacity", 8, r"vehicles\[0\].capacity: must be a list"),
        ("places/1/id", "k", r"places\[1\].id: 'k' stands here twice"),
        ("places/1/lat", 91, r"places\[1\].lat"),
        ("places/1/lat", None, r"places\[1\].lat: place 'b' has only one"),
        ("places/1", {"id": "b", "lat": 0, "lon": 0}, r"places\[1\].lat: .*\(0, 0\)"),
        ("places/1", {"id": "b"}, r"places\[1\].lat: place 'b' needs a location"),
        ("travel/ebike/detour", 0.5, "travel.ebike.detour"),
        ("travel/ebike", {"seconds": [[0, 1]]}, r"travel.ebike.seconds\[0\]"),
        ("travel/ebike", {"seconds": [[0, -1], [1, 0]]}, r"seconds\[0\]\[1\]"),
        ("travel/ebike", {"seconds": [[7, 1], [1, 0]]}, r"seconds\[0\]\[0\]"),
        ("travel/ebike", {"seconds": [[0]]}, "travel.ebike.seconds: 1 rows"),
        ("never", [["v", "x"]], r"never\[0\]: no task"),
        ("never", [["v"]], r"never\[0\]: must be a vehicle and a task"),
        ("prefer", [{"vehicle": "v", "task": "o"}], r"prefer\[0\].seconds: .* missing"),
        ("sequence", [{"first": "o", "then": "o"}], r"sequence\[0\].then"),
        ("now", "noon", "now: must be a whole number"),
        ("begun", {"x": {"at_place": "k", "free_at": 0}}, "begun: no vehicle"),
        ("begun", {"v": {"at_place": "k"}}, "begun.v.free_at: .* missing"),
    ],
)
def test_what_is_wrong_is_named(path: str, value: Any, complaint: str) -> None:
    fields = good()
    put(path, value)(fields)
    with pytest.raises(BadProblem, match=complaint):
        problem_from(fields)


@pytest.mark.parametrize(
    ("stops", "complaint"),
    [
        ([("dropoff", 5)], "never picked up"),
        ([("pickup", 5), ("pickup", 6)], "done twice"),
        ([("visit", 5)], "has no visit"),
    ],
)
def test_what_has_begun_must_make_sense(
    stops: list[tuple[str, int]], complaint: str
) -> None:
    fields = good()
    done = [{"task": "o", "stop": kind, "at": at} for kind, at in stops]
    fields["begun"] = {"v": {"at_place": "k", "free_at": 9, "stops": done}}
    with pytest.raises(BadProblem, match=complaint):
        problem_from(fields)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"format": "liuzhu-problem/1", "na', "is not whole JSON"),
        ("", "is not whole JSON"),
        ("[]", "must be an object"),
        ('{"now": NaN}', "NaN is not a number"),
        ('{"name": "a", "name": "b"}', "name: this field stands twice"),
        ("[" * 100_000, "nested too deeply|not whole JSON"),
    ],
)
def test_half_a_file_is_no_file(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "p.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadProblem, match=complaint):
        read_problem(path)


def test_a_missing_file_and_a_foreign_format_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadProblem, match=r"none.json: cannot be read"):
        read_problem(tmp_path / "none.json")
    (tmp_path / "c101.txt").write_text("C101\n")
    with pytest.raises(BadProblem, match=r"c101.txt: is a .txt file"):
        read_problem(tmp_path / "c101.txt")


def test_a_plan_with_an_unknown_field_is_refused() -> None:
    fields = plan_to(Plan("x"))
    with pytest.raises(BadProblem, match="colour"):
        plan_from(fields | {"colour": 1})
    with pytest.raises(BadProblem, match=r"routes\[0\].stops\[0\].at"):
        plan_from(fields | {"routes": [{"vehicle": "v", "stops": [{"task": "a"}]}]})
