"""The shelf: what is kept, what is thrown away, what may not lie together."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from dispatch.backups.keys_apart import KeysTogether, save_keys
from dispatch.backups.nightly import backup_is_due, drill_is_due
from dispatch.backups.runs import BackupRun, RunKind
from dispatch.backups.shelf import (
    DAYS_KEPT,
    LATEST_KEPT,
    NoBackup,
    find_backup,
    list_backups,
    to_forget,
)

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
