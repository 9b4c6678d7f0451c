"""Public benchmark files: read strictly, solved, and priced in their own unit."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from dispatch.solving import check, solve
from routing import (
    BadProblem,
    Effort,
    LeftOut,
    NotYetHonoured,
    Plan,
    Route,
    Stop,
    read_source,
)
from routing.public.source import rounded_legs, truncated_legs

SOLOMON = """TOY1

VEHICLE
NUMBER     CAPACITY
  3         10

CUSTOMER
CUST NO.  XCOORD.  YCOORD.  DEMAND  READY TIME  DUE DATE  SERVICE TIME

    0      0         0          0          0       100          0
    1      1         1          4          0        90          5
    2      3         0          7         20        40          5
"""

LI_LIM = """2 10 1
0 0 0 0 0 100 0 0 0
1 1 1 4 0 90 5 0 3
2 3 0 -6 20 40 5 4 0
3 0 2 -4 0 90 5 1 0
4 4 4 6 0 90 5 0 2
"""


def written(folder: Path, text: str, name: str = "toy.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def line_of(text: str, number: int) -> str:
    return text.splitlines()[number - 1]


def with_line(text: str, number: int, line: str) -> str:
    lines = text.splitlines()
    lines[number - 1] = line
    return "\n".join(lines) + "\n"


def run(command: Any, *words: object) -> tuple[int, Any]:
    result = CliRunner().invoke(command, [str(word) for word in words])
    return result.exit_code, json.loads(result.stdout)


def test_a_solomon_file_is_read_in_tenths(tmp_path: Path) -> None:
    found = read_source(written(tmp_path, SOLOMON)).problem
    assert found.name == "TOY1"
    assert [vehicle.id for vehicle in found.vehicles] == ["1", "2", "3"]
    assert {v.start for v in found.vehicles} == {v.end for v in found.vehicles} == {"0"}
    assert found.vehicles[0].capacity == (10,)
    assert found.vehicles[0].shift == (0, 1000)
    second = found.task("2")
    assert second.penalty is None
    assert second.load == (7,)
    assert second.visit is not None
    assert second.visit.windows == ((200, 400),)
    assert second.visit.service_seconds == 50


def test_solomon_is_priced_with_one_truncated_decimal(tmp_path: Path) -> None:
    given = read_source(written(tmp_path, SOLOMON))
    both = (Stop(14, "1", "visit"), Stop(200, "2", "visit"))
    cost = given.cost_line(Plan("TOY1", routes=(Route("1", both),)))
    assert cost["total"] == pytest.approx(1.4 + 2.2 + 3.0)
    assert cost["vehicles"] == 1
    assert cost["scaled"]["total"] == 66


def test_a_li_lim_file_is_read_in_thousandths(tmp_path: Path) -> None:
    found = read_source(written(tmp_path, LI_LIM)).problem
    assert [task.id for task in found.tasks] == ["1", "4"]
    first = found.task("1")
    assert first.pickup is not None
    assert first.dropoff is not None
    assert (first.pickup.place, first.dropoff.place) == ("1", "3")
    assert first.dropoff.windows == ((0, 90_000),)
    assert first.load == (4,)
    assert len(found.vehicles) == 2


def test_li_lim_is_priced_in_full_precision(tmp_path: Path) -> None:
    given = read_source(written(tmp_path, LI_LIM))
    stops = (Stop(2000, "1", "pickup"), Stop(9000, "1", "dropoff"))
    cost = given.cost_line(Plan("toy", (Route("1", stops),), (LeftOut("4"),)))
    assert cost["total"] == round(2**0.5 + 2**0.5 + 2, 2)


@pytest.mark.parametrize("text", [SOLOMON, LI_LIM], ids=["solomon", "li-lim"])
def test_solve_and_check_take_the_file_as_it_is(tmp_path: Path, text: str) -> None:
    path, out = written(tmp_path, text), tmp_path / "plan.json"
    code, solved = run(solve, path, "--out", out, "--iterations", 20)
    assert (code, solved["left_out"]) == (0, 0)
    assert solved["cost"]["total"] == pytest.approx(
        solved["cost"]["scaled"]["total"] / solved["cost"]["scaled"]["by"], abs=0.01
    )
    code, checked = run(check, path, out)
    assert (code, checked["broken"]) == (0, [])
    assert checked["cost"] == solved["cost"]


def test_the_effort_caps_the_fleet_of_a_public_file(tmp_path: Path) -> None:
    given = read_source(written(tmp_path, SOLOMON))  # 4 + 7 boxes, room for 10
    plan = given.solve(Effort(iterations=5, vehicles=1, engine="search"))
    assert len(plan.left_out) == 1


@pytest.mark.parametrize(
    ("text", "number", "line", "words"),
    [
        (SOLOMON, 5, "three 10", "whole number"),
        (SOLOMON, 5, "3 -10", "capacity"),
        (SOLOMON, 5, "3", "half-written"),
        (SOLOMON, 4, "VANS ROOM", "NUMBER and CAPACITY"),
        (SOLOMON, 7, "1 2 3", "CUSTOMER"),
        (SOLOMON, 10, "0 0 0 5 0 100 0", "depot"),
        (SOLOMON, 11, "1 1 1 4 0 90", "half-written"),
        (SOLOMON, 11, "1 1 1 4 0 90 5 6", "8 entries"),
        (SOLOMON, 11, "1 1 1 -4 0 90 5", "demand"),
        (SOLOMON, 11, "1 1 1 4 0 90 -5", "service"),
        (SOLOMON, 11, "1 1 1 4 0 9O 5", "due date"),
        (SOLOMON, 11, "1 1 1.5 4 0 90 5", "y must be a whole number"),
        (SOLOMON, 11, "1 nan 1 4 0 90 5", "x must be a whole number"),
        (SOLOMON, 11, "1 1 1 4 91 90 5", "before the ready time"),
        (SOLOMON, 11, "7 1 1 4 0 90 5", "should be customer 1"),
        (SOLOMON, 11, "1 1 1 4 0 99999999999999 5", "due date"),
        (LI_LIM, 1, "2 ten 1", "capacity"),
        (LI_LIM, 1, "2 10 2", "speed"),
        (LI_LIM, 1, "2 10", "half-written"),
        (LI_LIM, 2, "0 0 0 0 0 100 0 0 1", "depot"),
        (LI_LIM, 3, "1 1 1 4 0 90 5 0", "half-written"),
        (LI_LIM, 3, "1 1 1 4 0 90 5 0 9", "delivery 9 is missing"),
        (LI_LIM, 3, "1 1 1 4 0 90 5 0 2", "names another pickup"),
        (LI_LIM, 3, "1 1 1 4 0 90 5 0 0", "pickup or its delivery"),
        (LI_LIM, 3, "1 1 1 4 0 90 5 4 3", "not both"),
        (LI_LIM, 3, "1 1 1 -4 0 90 5 0 3", "negative"),
        (LI_LIM, 5, "3 0 2 -5 0 90 5 1 0", "must bring"),
        (LI_LIM, 5, "3 0 2 -4 0 90 5 4 0", "names another"),
        (LI_LIM, 3, "1 1 1 4 0 x 5 0 3", "latest time"),
        (LI_LIM, 3, "1 1 1 4 95 90 5 0 3", "before the earliest"),
    ],
)
def test_what_makes_no_sense_is_named_by_its_line(
    tmp_path: Path, text: str, number: int, line: str, words: str
) -> None:
    path = written(tmp_path, with_line(text, number, line))
    with pytest.raises(BadProblem, match=words) as bad:
        read_source(path)
    if "names another" not in words:
        assert bad.value.field == f"line {number}"
    code, said = run(solve, path, "--out", tmp_path / "plan.json")
    assert (code, said["field"]) == (2, bad.value.field)
    assert not (tmp_path / "plan.json").exists()


@pytest.mark.parametrize("text", [SOLOMON, LI_LIM], ids=["solomon", "li-lim"])
def test_a_file_cut_off_anywhere_is_never_read_as_whole(
    tmp_path: Path, text: str
) -> None:
    """But for a cut between two rows of Solomon's, whose files do not say how many."""
    whole = read_source(written(tmp_path, text)).problem
    last = text.rindex("\n", 0, len(text) - 1)
    for end in range(last):
        path = written(tmp_path, text[:end])
        try:
            part = read_source(path).problem
        except BadProblem:
            continue
        assert text is SOLOMON
        assert whole.tasks[: len(part.tasks) - 1] == part.tasks[:-1]


def test_another_speed_is_refused_and_not_ignored(tmp_path: Path) -> None:
    with pytest.raises(NotYetHonoured, match="speed"):
        read_source(written(tmp_path, LI_LIM.replace("2 10 1", "2 10 3")))


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\x00", b"PDF-1.4 hello\n"])
def test_what_is_no_known_format_is_bad_input(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "toy.txt"
    path.write_bytes(content)
    with pytest.raises(BadProblem):
        read_source(path)
    with pytest.raises(BadProblem, match="cannot be read"):
        read_source(tmp_path / "away.txt")


def test_legs_are_truncated_exactly_on_whole_roots() -> None:
    points = [(0, 0), (3, 4), (1, 1), (123_456, 654_321)]
    legs = truncated_legs(points, 10)
    far = math.isqrt(100 * (123_456**2 + 654_321**2))
    assert legs[0].tolist() == [0, 50, 14, far]
    assert np.array_equal(legs, legs.T)
    assert rounded_legs(points, 1000)[0, 2] == 1414


BEST_KNOWN_SIZES = {
    "vrptw/C104": (100, 25),
    "vrptw/rc2_10_5": (1000, 250),
    "pdptw/lc101": (53, 25),
    "pdptw/LR1_6_1": (317, 150),
}


@pytest.mark.parametrize("name", BEST_KNOWN_SIZES)
def test_the_sets_of_the_literature_are_read(instances: Path, name: str) -> None:
    path = instances / "routing" / "instances" / f"{name}.txt"
    found = read_source(path).problem
    assert (len(found.tasks), len(found.vehicles)) == BEST_KNOWN_SIZES[name]


def test_a_set_of_the_literature_is_served_whole(instances: Path) -> None:
    given = read_source(instances / "routing" / "instances" / "pdptw" / "lc101.txt")
    plan = given.solve(Effort(iterations=300, engine="search"))
    assert plan.left_out == ()
    assert given.broken_rules(plan) == []
    assert given.cost_line(plan)["total"] >= 828.93
