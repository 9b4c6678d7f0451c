"""The commands `solve` and `check`, and the model that people begin with."""

import doctest
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import routing.model
from dispatch.solving import check, solve
from routing import BadProblem, Model, plan_to, write_problem
from tests.routing.towns import car, meal, plan, problem, stop, visit


def run(command: Any, *words: object) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words])


@pytest.fixture
def lunch(tmp_path: Path) -> Path:
    path = tmp_path / "lunch.json"
    write_problem(problem([meal("a", 0, 4), visit("b", 9, (0, 60))], [car()]), path)
    return path


def test_solve_writes_a_plan_that_check_accepts(lunch: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    solved = run(solve, lunch, "--out", out, "--iterations", 5)
    assert solved.exit_code == 0, solved.output
    line = json.loads(solved.stdout)
    assert line["left_out"] == 1
    assert line["cost"]["total"] == 240 + 10_000
    assert line["engine"].split()[0] in {"search", "ortools"}

    checked = run(check, lunch, out)
    assert checked.exit_code == 0
    assert json.loads(checked.stdout)["broken"] == []
    assert json.loads(checked.stdout)["cost"] == line["cost"]


def test_the_same_seed_and_count_write_the_same_plan(
    lunch: Path, tmp_path: Path
) -> None:
    found = []
    for name in ("one", "two"):
        run(solve, lunch, "--out", tmp_path / name, "--iterations", 9, "--seed", 3)
        found.append(json.loads((tmp_path / name).read_text()) | {"seconds_used": 0})
    assert found[0] == found[1]


def test_check_names_what_is_broken(lunch: Path, tmp_path: Path) -> None:
    late = plan({"v": [stop("a", "pickup", 0), stop("b", "visit", 540)]})
    (tmp_path / "late.json").write_text(json.dumps(plan_to(late)))
    checked = run(check, lunch, tmp_path / "late.json")
    assert checked.exit_code == 1
    broken = {rule["rule"] for rule in json.loads(checked.stdout)["broken"]}
    assert broken == {"window", "served_once"}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("half.json", '{"format": "liuzhu-pro', "is not whole JSON"),
        ("nan.json", '{"format": NaN}', "NaN"),
        ("digits.json", '{"format": %s}' % ("1" * 5000), "is not whole JSON"),
        ("c101.txt", "C101", "none of the formats known"),
        ("other.json", '{"format": "vroom"}', "format"),
    ],
)
def test_bad_input_ends_with_two_and_writes_nothing(
    tmp_path: Path, name: str, content: str, words: str
) -> None:
    (tmp_path / name).write_text(content)
    solved = run(solve, tmp_path / name, "--out", tmp_path / "out.json")
    assert solved.exit_code == 2
    assert words in solved.stderr
    assert words in json.loads(solved.stdout)["error"]
    assert not (tmp_path / "out.json").exists()
    assert run(check, tmp_path / name, tmp_path / name).exit_code == 2


def test_what_an_engine_does_not_honour_ends_with_two(tmp_path: Path) -> None:
    bath = problem([visit("bath", 1, people=2)], [car(), car("w")])
    write_problem(bath, tmp_path / "bath.json")
    told = tmp_path / "bath.json", "--out", tmp_path / "out.json"
    solved = run(solve, *told, "--engine", "ortools")
    assert solved.exit_code == 2
    assert json.loads(solved.stdout)["field"] == "tasks[0].people"


@pytest.mark.parametrize(
    "words",
    [
        ["--engine", "vroom"],
        ["--seconds", "nan"],
        ["--seconds", "1", "--iterations", "1"],
        ["--vehicles", "-1"],
    ],
)
def test_nonsense_efforts_end_with_two(
    lunch: Path, tmp_path: Path, words: list[str]
) -> None:
    assert run(solve, lunch, "--out", tmp_path / "o.json", *words).exit_code == 2


def test_the_models_example_is_true() -> None:
    found = doctest.testmod(routing.model)
    assert found.attempted > 5
    assert found.failed == 0


def test_the_model_names_what_is_wrong() -> None:
    model = Model()
    home = model.add_place(36.6, 117.0)
    model.add_vehicle("mei", start="nowhere")
    model.add_task("visit", at=home)
    with pytest.raises(BadProblem, match=r"vehicles\[0\].start"):
        model.problem()
    with pytest.raises(BadProblem, match="lat"):
        model.add_place(0, 0)
    with pytest.raises(BadProblem, match=r"windows\[0\]"):
        model.add_task("never", at=home, window=(5, 4))
