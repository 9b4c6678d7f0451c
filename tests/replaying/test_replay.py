"""A day that comes in files is played through the product and judged by files."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from dispatch.replaying.commands import replay
from dispatch.replaying.day_files import BadDay, read_day
from dispatch.replaying.outcome import bundles_of
from dispatch.replaying.playing import Replay
from dispatch.replaying.results import measures_of, write_files
from tests.replaying.judge import Judge
from tests.replaying.little_day import write_little_day

LOADED = {"1o100t100s1p100": 1.20, "4r50t100s1p100": 1.20}
CALM = {"0o50t75s1p100": 1.06, "2o50t100s1p125": 1.06, "3o100t75s2p100": 1.01}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def played(engine: Engine, tmp_path: Path) -> tuple[Path, Path, dict[str, float]]:
    """A little day's folder, the folder of its files, and its measures."""
    folder, out = write_little_day(tmp_path / "day"), tmp_path / "out"
    day = read_day(folder)
    run = Replay(engine, day)
    run.play()
    bundles = bundles_of(run)
    write_files(out, day, bundles)
    return folder, out, measures_of(day, bundles)


def test_a_little_day_obeys_every_rule(
    played: tuple[Path, Path, dict[str, float]],
) -> None:
    folder, out, measures = played
    judge = Judge(folder, out)
    assert judge.faults() == []
    waits = judge.waits()
    assert len(waits) == measures["delivered"] == 24
    assert sum(waits.values()) / 24 == pytest.approx(
        measures["click_to_door_mean"], abs=1e-3
    )
    bound = sum(judge.bound(each) for each in waits) / 24
    assert bound == pytest.approx(measures["click_to_door_bound_mean"], abs=1e-3)


def _spoil(path: Path, column: int, by: float) -> None:
    """Move one number of the first line of a file."""
    header, first, *rest = path.read_text().splitlines()
    cells = first.split(" ")
    cells[column] = f"{float(cells[column]) + by:g}"
    path.write_text("\n".join([header, " ".join(cells), *rest]) + "\n")


@pytest.mark.parametrize(
    ("file", "column", "by", "fault"),
    [
        ("assignments", 0, -500, "before placement"),
        ("assignments", 1, 1, "pickup"),
        ("assignments", 1, 1000, "off-time"),
        ("orders", 4, 1, "dropoff"),
        ("orders", 2, 1, "times"),
        ("couriers", 1, 1, "moves"),
    ],
)
def test_the_judge_finds_planted_faults(
    tmp_path: Path, little: Path, file: str, column: int, by: float, fault: str
) -> None:
    out = shutil.copytree(little / "out", tmp_path / "out")
    _spoil(out / f"solution_info_{file}.txt", column, by)
    faults = Judge(little / "day", out).faults()
    assert fault in {each.split(":")[0] for each in faults}


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A little day and its files, played once by the command in its own process."""
    home = tmp_path_factory.mktemp("little")
    done = _run(write_little_day(home / "day", orders=8), home / "out")
    assert done["delivered"] == 8
    return home


def _run(folder: Path, out: Path) -> dict[str, float]:
    """The command, as people call it; the environment of this test stays its own."""
    call = "from dispatch.cli import cli; cli()"
    ended = subprocess.run(
        [sys.executable, "-c", call, "replay", "mdrp", str(folder), "--out", str(out)],
        capture_output=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        text=True,
    )
    line: dict[str, float] = json.loads(ended.stdout)
    return line


def test_the_same_day_is_played_the_same_twice(tmp_path: Path, little: Path) -> None:
    _run(little / "day", tmp_path)
    assert Judge(little / "day", tmp_path).faults() == []
    for file in sorted((little / "out").iterdir()):
        assert file.read_text() == (tmp_path / file.name).read_text()


@pytest.mark.parametrize(
    ("file", "line", "was", "now"),
    [
        ("orders.txt", 3, "\tr", "\tnowhere"),
        ("orders.txt", 2, "o1\t", "o1\tfar"),
        ("couriers.txt", 2, "\t20\t170", "\t200\t170"),
        ("restaurants.txt", 2, "r1\t", "r1 1\t"),
        ("instance_parameters.txt", 2, "300\t", "0\t"),
    ],
)
def test_a_bad_file_is_named_with_its_line(
    tmp_path: Path, file: str, line: int, was: str, now: str
) -> None:
    folder = write_little_day(tmp_path / "day")
    lines = (folder / file).read_text().splitlines()
    assert was in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(was, now)
    (folder / file).write_text("\n".join(lines))
    with pytest.raises(BadDay) as bad:
        read_day(folder)
    assert (bad.value.file, bad.value.line) == (file, line)
    told = CliRunner().invoke(
        replay, ["mdrp", str(folder), "--out", str(tmp_path / "out")]
    )
    assert told.exit_code == 2
    said = json.loads(told.stdout.splitlines()[-1])
    assert (said["file"], said["line"]) == (file, line)


def test_a_day_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadDay, match=r"restaurants\.txt, line 1"):
        read_day(tmp_path / "nowhere")


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", [*LOADED, *CALM])
def test_a_real_day_is_dispatched_well(
    instances: Path, tmp_path: Path, name: str
) -> None:
    folder = instances / "routing" / "instances" / "mdrp" / name
    measures = _run(folder, tmp_path)
    assert Judge(folder, tmp_path).faults() == []
    assert measures["click_to_door_to_bound"] <= (LOADED | CALM)[name]
    assert measures["undelivered"] == measures["undelivered_excused"]
    avoidable = measures["over_maximum"] - measures["over_maximum_unavoidable"]
    assert avoidable <= measures["orders"] / 100
