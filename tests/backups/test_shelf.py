"""The shelf: what is kept, what is thrown away, what may not lie together."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from dispatch.backups.copying import surroundings
from dispatch.backups.keys_apart import KeysTogether, save_keys
from dispatch.backups.nightly import backup_is_due, drill_is_due
from dispatch.backups.runs import BackupRun, RunKind
from dispatch.backups.shelf import (
    DAYS_KEPT,
    GIVEN_UP,
    LATEST_KEPT,
    NAME,
    NoBackup,
    find_backup,
    list_backups,
    tidy,
    to_forget,
)
from dispatch.clock import wall_now

NOW: Final = datetime(2026, 11, 22, 19, 30, tzinfo=UTC)  # half past three in town


def test_the_latest_stay_and_one_of_each_day() -> None:
    names = [f"202611{day:02}-{hour:02}0000" for day in range(1, 21) for hour in (1, 9)]

    gone = to_forget(names)
    kept = [name for name in names if name not in gone]

    assert kept[-LATEST_KEPT:] == names[-LATEST_KEPT:]
    assert {name[:8] for name in kept} == {
        f"202611{day:02}" for day in range(21 - DAYS_KEPT, 21)
    }
    assert all(name.endswith("090000") for name in kept[:-LATEST_KEPT])


def test_a_backup_that_was_not_finished_is_none(tmp_path: Path) -> None:
    (tmp_path / "20261122-010000.part").mkdir()
    (tmp_path / "20261122-010000.part" / "backup.json").write_text("{}")

    assert list_backups(tmp_path) == []
    with pytest.raises(NoBackup):
        find_backup(tmp_path, None)


def test_what_broke_off_long_ago_is_thrown_away(tmp_path: Path) -> None:
    young, old = (
        tmp_path / (wall_now() - timedelta(hours=hours)).strftime(f"{NAME}.part")
        for hours in (1, 25)
    )
    young.mkdir()
    old.mkdir()

    tidy(tmp_path)

    assert [*tmp_path.iterdir()] == [young]


def test_a_stream_that_was_given_up_goes_when_no_backup_is_older(
    tmp_path: Path,
) -> None:
    backup = tmp_path / NOW.strftime(NAME)
    backup.mkdir()
    (backup / "backup.json").write_text("{}")
    before, since = (
        tmp_path / (GIVEN_UP + (NOW + timedelta(hours=hours)).strftime("%Y%m%d-%H%M%S"))
        for hours in (-1, 1)
    )
    before.mkdir()
    since.mkdir()

    tidy(tmp_path)

    assert {*tmp_path.iterdir()} == {backup, since}


def test_programs_learn_the_whole_address_and_nothing_of_it_by_arguments() -> None:
    url = "postgresql+psycopg://liuzhu:word@db:5433/town?sslmode=verify-full"
    told = surroundings(url)
    assert (told["PGPORT"], told["PGPASSWORD"]) == ("5433", "word")
    assert told["PGSSLMODE"] == "verify-full"
    assert "PGSSLCERT" not in told


@pytest.mark.parametrize("apart", ["shelf", "shelf/keys", "."])
def test_keys_are_never_copied_to_the_data(tmp_path: Path, apart: str) -> None:
    keys_file = tmp_path / "keys.json"
    keys_file.write_text("{}")

    with pytest.raises(KeysTogether):
        save_keys(keys_file, tmp_path / apart, tmp_path / "shelf")


def run_at(minutes_ago: float, *, passed: bool = True) -> BackupRun:
    ended = NOW - timedelta(minutes=minutes_ago)
    return BackupRun(
        kind=RunKind.BACKUP, name="", began_at=ended, ended_at=ended, passed=passed
    )


def test_the_next_backup_and_the_next_drill_have_their_hour() -> None:
    hour = timedelta(hours=1)
    assert backup_is_due(None, hour, NOW)
    assert not backup_is_due(run_at(59), hour, NOW)
    assert backup_is_due(run_at(61), hour, NOW)
    assert not backup_is_due(run_at(4, passed=False), hour, NOW)
    assert backup_is_due(run_at(6, passed=False), hour, NOW)

    day = 24 * 60
    assert not drill_is_due(None, None, NOW)
    assert drill_is_due(run_at(1), None, NOW)
    assert drill_is_due(run_at(1), run_at(day, passed=False), NOW)
    assert not drill_is_due(run_at(1), run_at(30, passed=False), NOW)
    assert not drill_is_due(run_at(1), run_at(day), NOW + 2 * hour)
