"""The shelf: a folder of backups, each a folder of its own with a manifest.

    SHELF/20261122-235501-…/backup.json    what is in it, with a hash of each file
    SHELF/20261122-235501-…/liuzhu.db      SQLite: a whole copy
    SHELF/20261122-235501-…/base.tar.gz    PostgreSQL: a base backup, as pg_basebackup
    SHELF/20261122-235501-…/home.tar.gz    roads and rule files; no keys, no logs
    SHELF/wal/                           PostgreSQL: what was written since, streamed

A backup that is still being made has `.part` behind its name.
"""

import hashlib
import json
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from dispatch.clock import wall_now

MANIFEST: Final = "backup.json"
WAL: Final = "wal"
GIVEN_UP: Final = f"{WAL}-until-"  # a stream that has a hole behind it, and when
NAME: Final = "%Y%m%d-%H%M%S-%f"
LATEST_KEPT: Final = 12
DAYS_KEPT: Final = 14
_OVERLAP: Final = timedelta(hours=1)
_BEGUN_LONG_AGO: Final = timedelta(days=1)
_CHUNK: Final = 1 << 20


class NoBackup(Exception):
    """There is no such backup, or it is not whole."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `until` is the last thing in it that we know of."""

    name: str
    engine: str
    revision: str
    events: int
    until: str
    key_ids: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    @property
    def made_at(self) -> datetime:
        return datetime.strptime(self.name, NAME).replace(tzinfo=UTC)

    @property
    def until_at(self) -> datetime:
        return datetime.fromisoformat(self.until)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it last: a folder without one is no backup."""
    words = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
    folder.joinpath(MANIFEST).write_text(words + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Raises: NoBackup."""
    try:
        return Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as wrong:
        raise NoBackup(f"{folder} holds no whole backup: {wrong}") from None


def list_backups(shelf: Path) -> list[Path]:
    """The whole ones, oldest first."""
    return sorted(
        file.parent
        for file in shelf.glob(f"*/{MANIFEST}")
        if file.parent.suffix != ".part"
    )


def find_backup(shelf: Path, name: str | None) -> Path:
    """The one of that name, else the latest. Raises: NoBackup."""
    whole = list_backups(shelf)
    if name is None:
        if not whole:
            raise NoBackup(f"{shelf} holds no backup")
        return whole[-1]
    if shelf / name not in whole:
        raise NoBackup(f"{shelf} holds no whole backup {name}")
    return shelf / name


def check_files(folder: Path, manifest: Manifest) -> None:
    """Every file is there as it was written. Raises: NoBackup."""
    for name, told in manifest.files.items():
        file = folder / name
        if not file.is_file() or hash_of(file) != told:
            raise NoBackup(f"{file} is not as it was written")


def hash_of(file: Path) -> str:
    """SHA-256 of a file of any size."""
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while piece := content.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def to_forget(names: Sequence[str]) -> list[str]:
    """Which backups need not be kept: all but the latest, and one of each day."""
    ordered = sorted(names)
    last_of_day = {name[:8]: name for name in ordered}
    days = sorted(last_of_day)[-DAYS_KEPT:]
    kept = {*ordered[-LATEST_KEPT:], *(last_of_day[day] for day in days)}
    return [name for name in ordered if name not in kept]


def tidy(shelf: Path) -> None:
    """Throw away old backups, broken beginnings, and WAL from before the oldest."""
    whole = list_backups(shelf)
    yesterday = (wall_now() - _BEGUN_LONG_AGO).strftime(NAME)
    for part in shelf.glob("*.part"):  # a younger one may still be in the making
        if part.name < yesterday:
            shutil.rmtree(part, ignore_errors=True)
    for name in to_forget([folder.name for folder in whole]):
        shutil.rmtree(shelf / name)
    left = list_backups(shelf)
    for stream in shelf.glob(f"{GIVEN_UP}*"):
        if left and stream.name.removeprefix(GIVEN_UP) < left[0].name:
            shutil.rmtree(stream)
    if not left or not (shelf / WAL).is_dir():
        return
    since = (read_manifest(left[0]).made_at - _OVERLAP).timestamp()
    for segment in (shelf / WAL).iterdir():
        with suppress(FileNotFoundError):  # the stream gives a whole one its name
            if segment.suffix != ".history" and segment.stat().st_mtime < since:
                segment.unlink()
