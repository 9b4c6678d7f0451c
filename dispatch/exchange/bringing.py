"""Bringing a sheet in: read and judged beside everybody's work, written in one go."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from dispatch.exchange.files import read_table
from dispatch.exchange.runs import ImportRun, forget_files
from dispatch.exchange.trying import (
    SheetFile,
    confirm,
    drop,
    find_kind,
    judge,
    keep_run,
    reread,
)
from dispatch.store.database import Database
from dispatch.store.unit_of_work import SYSTEM, Actor, UnitOfWork


def try_sheet(database: Database, file: SheetFile, actor: Actor = SYSTEM) -> ImportRun:
    """Look a file through; nothing but the run itself is written.

    No writer waits while it is read and judged.

    Raises:
        UnknownKind, NotYoursToImport
        NotASheet, EmptySheet, LockedSheet, SheetTooLarge, TooManyRows, NoHeader,
        BadMapping: the file, or how it was to be read, cannot be used.
    """
    kind = database.read(lambda uow: find_kind(uow, file.kind), actor)
    table = read_table(file.content, file.sheet)
    look = database.change if kind.rehearses else database.read
    sheet = look(lambda uow: judge(uow, file, table), actor)
    database.change(forget_files, actor)
    return database.change(lambda uow: keep_run(uow, file, sheet), actor)


def confirm_sheet(database: Database, run_id: UUID, actor: Actor = SYSTEM) -> ImportRun:
    """Write the good rows of a sheet that was tried; see `trying.confirm`.

    Raises:
        NotFound, FileGone, RunEnded, FilesMoved
    """
    again = database.read(lambda uow: reread(uow, run_id), actor)
    return database.change(lambda uow: confirm(uow, run_id, *again), actor)


def try_otherwise(
    database: Database,
    run_id: UUID,
    columns: Mapping[str, int | None],
    actor: Actor = SYSTEM,
) -> ImportRun:
    """Look a run's file through again with columns that a person has corrected.

    Raises:
        NotFound, FileGone, RunEnded, BadMapping
    """
    file, table = database.read(lambda uow: reread(uow, run_id), actor)
    wished = dict(file.columns or {}) | dict(columns)
    other = replace(file, columns=wished)
    kind = database.read(lambda uow: find_kind(uow, other.kind), actor)
    look = database.change if kind.rehearses else database.read
    sheet = look(lambda uow: judge(uow, other, table), actor)

    def do(uow: UnitOfWork) -> ImportRun:
        drop(uow, run_id)
        return keep_run(uow, other, sheet)

    return database.change(do, actor)
