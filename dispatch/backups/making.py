"""Making a backup while the house runs, and writing down that it was made."""

import shutil
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, func, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, select

from dispatch.backups.copying import copy_postgres, copy_sqlite, is_sqlite
from dispatch.backups.keys_apart import fingerprints, keys_used
from dispatch.backups.runs import BackupRun, RunKind
from dispatch.backups.shelf import NAME, Manifest, hash_of, tidy, write_manifest
from dispatch.clock import wall_now
from dispatch.log.events import Event
from dispatch.people.vault import keys
from dispatch.settings import Settings
from dispatch.store.engine import make_engine, reading
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction

HOME: Final = "home.tar.gz"
# Of a home: what is elsewhere in the backup, must be apart from it, or comes by itself.
_NOT_KEPT: Final = ("liuzhu.db", "keys", "logs", "run", "valkey", "travel", "backups")


def make_backup(chosen: Settings, shelf: Path) -> BackupRun:
    """Put one more backup on the shelf; the row that was written about it.

    Raises:
        CopyFailed, PostgresMissing, OSError, SystemExit: and then a row says that it
            failed, and nothing of it is left on the shelf.
    """
    began, engine = wall_now(), make_engine(chosen.database)
    name = began.strftime(NAME)
    try:
        try:
            size = _make(chosen, engine, shelf, name)
        except BaseException as error:  # also when it is told to stop
            shutil.rmtree(_part(shelf, name), ignore_errors=True)
            failed = _row(RunKind.BACKUP, name, began, words=_told(error), passed=False)
            with suppress(SQLAlchemyError):  # it is away: that is why it failed
                write_run(engine, failed)
            raise
        done = _row(RunKind.BACKUP, name, began, bytes=size, passed=True)
        write_run(engine, done)
        tidy(shelf)
        return done
    finally:
        engine.dispose()


def write_run(engine: Engine, run: BackupRun) -> None:
    """Keep a run's row."""

    def keep(uow: UnitOfWork) -> None:
        uow.session.add(run.model_copy())

    in_one_transaction(engine, keep)


def describe(engine: Engine, name: str) -> Manifest:
    """What is in the database at this moment."""
    with Session(reading(engine)) as session:
        last = session.exec(select(func.max(Event.recorded_at))).one()
        events = session.exec(select(func.count()).select_from(Event)).one()
        revision = session.connection().execute(_REVISION).scalar_one()
        used = keys_used(session)
    prints = fingerprints(keys())
    until: datetime = last or wall_now()
    return Manifest(
        name=name,
        engine=engine.dialect.name,
        revision=str(revision),
        events=events,
        until=until.isoformat(),
        key_ids={one: prints.get(one, "") for one in used},
    )


_REVISION: Final = text("SELECT version_num FROM alembic_version")


def _make(chosen: Settings, engine: Engine, shelf: Path, name: str) -> int:
    part = _part(shelf, name)
    shelf.mkdir(parents=True, exist_ok=True, mode=0o700)
    part.mkdir()
    if is_sqlite(chosen.database):
        files = copy_sqlite(chosen.database, part)
        copied = make_engine(f"sqlite:///{files[0]}")
        manifest = describe(copied, name)
        copied.dispose()
        for beside in part.glob(f"{files[0].name}-*"):
            beside.unlink()
    else:
        manifest = describe(engine, name)
        files = copy_postgres(chosen.database, part, chosen.postgres_programs)
    files.append(_keep_home(chosen, shelf, part / HOME))
    hashes = {file.name: hash_of(file) for file in files}
    write_manifest(part, replace(manifest, files=hashes))
    part.rename(shelf / name)
    return sum((shelf / name / file.name).stat().st_size for file in files)


def _part(shelf: Path, name: str) -> Path:
    """Where it is made: under this name it is none yet."""
    return shelf / f"{name}.part"


def _keep_home(chosen: Settings, shelf: Path, file: Path) -> Path:
    """Files as they are, links as what they point at: elsewhere they would not."""
    never = set(_apart(chosen, shelf))

    def may_come(one: tarfile.TarInfo) -> tarfile.TarInfo | None:
        return None if (chosen.home / one.name).resolve() in never else one

    with tarfile.open(file, "w:gz", compresslevel=3, dereference=True) as tar:
        for one in _kept(chosen.home):
            tar.add(one, arcname=one.name, filter=may_come)
    return file


def _apart(chosen: Settings, shelf: Path) -> Iterator[Path]:
    """What may lie in a home under any name and never comes along: the keys and their
    copies, other backups, and the database itself."""
    yield from (one.resolve() for one in (chosen.keys, shelf))
    if chosen.keys_copy is not None:
        yield chosen.keys_copy.resolve()
    if is_sqlite(chosen.database):
        database = Path(make_url(chosen.database).database or "").resolve()
        for beside in ("", "-wal", "-shm"):
            yield database.with_name(database.name + beside)


def _kept(home: Path) -> Iterator[Path]:
    for one in sorted(home.glob("*")):
        if not one.name.startswith(_NOT_KEPT) and (one.is_file() or one.is_dir()):
            yield one


def _row(kind: RunKind, name: str, began: datetime, **more: object) -> BackupRun:
    return BackupRun.model_validate(
        {"kind": kind, "name": name, "began_at": began, "ended_at": wall_now(), **more}
    )


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:400]
