"""Laying a backup out in an empty place, and having its database answer there."""

import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL, make_url

from dispatch.backups.copying import BASE, COPY, CopyFailed, check_sqlite
from dispatch.backups.making import HOME
from dispatch.backups.shelf import WAL, Manifest, check_files, read_manifest
from dispatch.embedded.postgres import own, programs_for, rank, serving

DATA: Final = "database"
_CONF, _OURS = "postgresql.auto.conf", "# while it comes back"
_SEGMENT: Final = 24  # hexadecimal digits of a WAL file's name


class NotEmpty(Exception):
    """The place holds something already."""


@dataclass(frozen=True)
class LaidOut:
    """A backup in its new place: the manifest, and how its database is reached."""

    manifest: Manifest
    place: Path
    source: str  # the address of the database that it is a backup of
    programs: Path | None

    @contextmanager
    def answering(self, *, quick: bool = False) -> Iterator[str]:
        """The database's address while the block runs.

        Raises: PostgresMissing, CopyFailed.
        """
        if self.manifest.engine == "sqlite":
            yield f"sqlite:///{self.place / COPY}"
            return
        data = self.place / DATA
        major = int((data / "PG_VERSION").read_text())
        with serving(data, programs_for(major, self.programs), quick=quick) as where:
            told = make_url(self.source)
            yield URL.create(
                told.drivername,
                username=told.username,
                database=told.database,
                query={"host": str(where)},
            ).render_as_string(hide_password=False)

    def finish(self) -> None:
        """Leave nothing behind that served only to bring it back."""
        if self.manifest.engine == "sqlite":
            return
        conf = self.place / DATA / _CONF
        lines = conf.read_text().splitlines(keepends=True)
        conf.write_text("".join(line for line in lines if _OURS not in line))
        shutil.rmtree(self.place / WAL)
        (self.place / "backup_manifest").unlink()


def lay_out(
    backup: Path, place: Path, *, source: str, programs: Path | None = None
) -> LaidOut:
    """Unpack a backup into an empty place; each file is compared with its hash first.

    Raises: NotEmpty, NoBackup, CopyFailed.
    """
    manifest = read_manifest(backup)
    check_files(backup, manifest)
    if place.exists() and any(place.iterdir()):
        raise NotEmpty(f"{place} is not empty")
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    _unpack(backup / HOME, place)
    if manifest.engine == "sqlite":
        shutil.copyfile(backup / COPY, place / COPY)
        check_sqlite(place / COPY)
    else:
        _lay_out_postgres(backup, place, programs)
    return LaidOut(manifest, place, source, programs)


def _lay_out_postgres(backup: Path, place: Path, programs: Path | None) -> None:
    data, wal = place / DATA, place / WAL
    data.mkdir(mode=0o700)
    _unpack(backup / BASE, data)
    _unpack(backup / "pg_wal.tar.gz", data / "pg_wal")
    shutil.copyfile(backup / "backup_manifest", place / "backup_manifest")
    _check_pages(place, programs)
    _take_along(backup.parent / WAL, wal, _first_segment(data))
    with (data / _CONF).open("a") as conf:
        conf.write(f'restore_command = \'cp "{wal}/%f" "%p"\' {_OURS}\n')
        conf.write(f"recovery_target_timeline = 'latest' {_OURS}\n")
    (data / "recovery.signal").touch()
    own(place, wal, data, *wal.rglob("*"), *data.rglob("*"))


def _check_pages(place: Path, programs: Path | None) -> None:
    """PostgreSQL's own look at every file of a base backup. Raises: CopyFailed."""
    major = int((place / DATA / "PG_VERSION").read_text())
    verify = programs_for(major, programs) / "pg_verifybackup"
    manifest = place / "backup_manifest"
    words = ["--no-parse-wal", "--manifest-path"]
    argv: list[str | Path] = [verify, *words, manifest, place / DATA]
    own(place, manifest, place / DATA, *(place / DATA).rglob("*"))
    done = subprocess.run(argv, capture_output=True, text=True, cwd="/", **rank())
    if done.returncode != 0:
        raise CopyFailed(done.stderr.strip()[-300:])


def _first_segment(data: Path) -> str:
    """Where the base backup begins, as its own label says."""
    for line in (data / "backup_label").read_text().splitlines():
        if line.startswith("START WAL LOCATION"):
            return line.rpartition("file ")[2].rstrip(")")
    raise CopyFailed("the base backup has no label")


def _take_along(streamed: Path, into: Path, first: str) -> None:
    """What was streamed since, the segment that is being written included."""
    into.mkdir()
    for file in sorted(streamed.glob("*"), reverse=True):  # a whole one comes later
        name = file.name.removesuffix(".partial")
        wanted = len(name) == _SEGMENT and name[8:] >= first[8:]
        if wanted or file.suffix == ".history":
            shutil.copyfile(file, into / name)


def _unpack(archive: Path, into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as tar:
        tar.extractall(into, filter="data")
