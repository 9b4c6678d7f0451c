"""The bench: cells, results that can be gone on with, the page, the picture."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from benchmarks.best_known import LI_LIM, WINDOWS
from benchmarks.cells import Cell
from benchmarks.figures import FIGURES
from benchmarks.instances import load, path_of
from benchmarks.picture import drawn
from benchmarks.report import page
from benchmarks.results import BadResults, Results, append
from benchmarks.running import run, run_all
from routing import write_problem
from tests.routing.bench_town import town


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "routing" / "instances" / "district"
    home.mkdir(parents=True)
    write_problem(town(), home / "town.json")
    return tmp_path


@pytest.mark.parametrize("size", ["quick", "full"])
def test_every_cell_names_what_exists(size: Any, instances: Path) -> None:
    """Also the quick bench's promise: less than five minutes."""
    cells = {cell for figure in FIGURES for cell in figure.cells(size)}
    for spec in {cell.instance for cell in cells}:
        name, _, change = spec.partition("@")
        assert path_of(instances, name)
        if change.startswith(("kitchen", "spare")):
            assert load(instances, spec).problem.tasks
    if size == "quick":
        assert sum(cell.seconds + 3 for cell in cells) < 300


@pytest.fixture
def measured(folder: Path) -> dict[str, Any]:
    return run(Cell("town", "ours", 0, 1), folder)


@pytest.mark.timeout(300)  # the child may be the first that needs what is compiled
def test_a_cell_is_run_in_a_child_and_judged(measured: dict[str, Any]) -> None:
    assert measured["left_out"] == measured["rides_over"] == 0
    assert measured["broken"] == {}
    assert measured["cost"]["total"] > 0
    assert measured["peak_mb"] > 10
    assert measured["took_seconds"] < 60
    assert {"commit", "machine", "load", "at", "version"} <= measured.keys()


def test_what_is_missing_is_said_and_tried_again(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "results.jsonl"
    cell = Cell("nowhere", "ours", 0, 1)
    run_all([cell], out=out, folder=folder)
    assert "nowhere" in Results.read(out).lines[0]["missing"]
    run_all([cell], out=out, folder=folder)
    assert len(Results.read(out).lines) == 2


def line(cell: Cell, commit: str = "abc", **changes: Any) -> dict[str, Any]:
    known = {
        "commit": commit,
        "machine": "2 cores",
        "load": 0.5,
        "version": "engine 1",
        "cost": {"total": 72_000, "travel_seconds": 72_000},
        "tasks": 10,
        "left_out": 0,
        "routes": 3,
        "rides_over": 0,
        "broken": {},
        "took_seconds": 20.0,
        "processor_seconds": 38.0,
        "peak_mb": 200,
    }
    return {**cell.fields(), **known, **changes}


@pytest.mark.timeout(300)
def test_a_cell_that_is_there_is_not_run_again(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    cell = Cell("town", "ours", 0, 1)
    run_all([cell, cell], out=out, folder=folder)
    run_all([cell], out=out, folder=folder)
    assert len(Results.read(out).lines) == 1


def test_the_same_commit_counts_and_another_does_not() -> None:
    cell = Cell("lunch-m-1", "ours", 20, 1)
    results = Results([line(cell, "abc")])
    assert results.has(cell, "abc")
    assert results.has(cell, None)
    assert not results.has(cell, "def")
    assert not results.has(Cell("lunch-m-1", "ours", 20, 2), "abc")


def test_a_half_written_last_line_costs_only_itself(tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    first, second = Cell("a", "ours", 1, 1), Cell("b", "ours", 1, 1)
    append(out, line(first))
    with out.open("a") as file:
        file.write('{"instance": "lun')
    assert len(Results.read(out).lines) == 1
    append(out, line(second))
    assert [each["instance"] for each in Results.read(out).lines] == ["a", "b"]


def test_a_broken_line_inside_is_an_error_that_names_it(tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    out.write_text('nonsense\n{"instance": "lun')
    with pytest.raises(BadResults, match="line 1"):
        Results.read(out)


def test_the_median_over_the_seeds_is_shown_and_the_newest_line_counts() -> None:
    cells = [Cell("lunch-m-1", "ours", 20, seed) for seed in (1, 2, 3)]
    lines = [
        line(cell, cost={"total": cost, "travel_seconds": cost})
        for cell, cost in zip(cells, (10, 20, 60), strict=True)
    ]
    lines.append(line(cells[0], cost={"total": 30, "travel_seconds": 30}))
    assert Results(lines).figure("lunch-m-1", "ours", 20, "cost.total") == 30


def test_the_page_says_aloud_who_took_no_part() -> None:
    ours = [line(Cell("lunch-m-1", "ours", 20, seed)) for seed in (1, 2, 3)]
    away = {
        **Cell("lunch-m-1", "vroom-x5", 20).fields(),
        "commit": "abc",
        "machine": "2 cores",
        "load": 0.1,
        "missing": "pyvroom is not installed",
    }
    obeying = line(
        Cell("lunch-m-1", "vroom-x5-obeying", 20),
        cost={"total": 144_000, "travel_seconds": 144_000},
    )
    text = "\n".join(page(Results([*ours, away, obeying])))
    assert "**VROOM -x 5 took no part: missing: pyvroom is not installed.**" in text
    assert "| 六助 ÷ VROOM -x 5 made to obey | 0.50 |" in text
    assert "| 六助, 20 s | 20.0 | 0 | 0 | 0 | 20.0 | 200 |" in text
    assert "Commit abc; seeds 1, 2, 3 of ours" in text


def test_an_empty_page_and_picture_are_still_whole() -> None:
    text = "\n".join(page(Results([])))
    assert all(figure.title in text for figure in FIGURES)
    assert text.count("Not run.") == len(FIGURES)
    assert drawn(Results([])).endswith("</svg>\n")


def test_the_picture_has_a_bar_for_each_engine() -> None:
    engines = ("ours", "vroom-x5")
    cells = [Cell("lunch-m-1", each, 20, each == "ours") for each in engines]
    picture = drawn(Results([line(cell, rides_over=7) for cell in cells]))
    assert picture.count('rx="2"') == 2
    assert "7 meals too long on the way" in picture


def test_gaps_are_in_per_cent_and_faults_stand_beside_them() -> None:
    good = line(Cell("R108", "ours", 60, 1), cost={"total": 932.1 * 1.01})
    bad = line(
        Cell("C104", "ours", 60, 1),
        cost={"total": 1.0},
        left_out=3,
        broken={"window": 2},
    )
    text = "\n".join(page(Results([good, bad])))
    assert "| R108 | 932.1 | +1.00 |" in text
    assert "(3 unserved, 2 broken)" in text
    assert "| *mean: 100* |  | +1.00 |" in text


def test_every_file_of_a_set_stands_in_its_table() -> None:
    lines = [
        line(Cell("R108", "ours", 60, 1)),
        line(Cell("lc101@spare=1", "ours", 60, 1)),
    ]
    text = "\n".join(page(Results(lines)))
    assert all(f"| {name} |" in text for name in WINDOWS)
    assert all(f"| {name} |" in text for name in LI_LIM)


def test_results_are_one_json_line_each(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    append(out, line(Cell("a", "ours", 1, 1)))
    append(out, line(Cell("b", "ours", 1, 1)))
    assert [json.loads(text)["instance"] for text in out.read_text().splitlines()] == [
        "a",
        "b",
    ]
    shutil.rmtree(folder / "routing")
