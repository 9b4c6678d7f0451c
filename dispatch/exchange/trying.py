"""Trying a sheet: all is looked at, nothing is written; then, confirmed, once."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final
from unicodedata import category
from uuid import UUID, uuid4

from dispatch.errors import BadInput, Conflict, NotAllowed
from dispatch.exchange.columns import corrected, find_header
from dispatch.exchange.files import Table, read_table
from dispatch.exchange.kinds import KINDS
from dispatch.exchange.lines import Act, Sheet, SheetKind, read_lines
from dispatch.exchange.runs import (
    ImportRun,
    RunEnded,
    RunState,
    find_confirmed,
    forget_file,
    get_run,
    keep_file,
    open_file,
)
from dispatch.log.audit import write_down
from dispatch.log.events import record
from dispatch.store.fail_points import fail_point
from dispatch.store.unit_of_work import UnitOfWork

_LONGEST_NAME: Final = 120
_UNSEEN: Final = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}


class UnknownKind(BadInput):
    """不支持导入这种表格。"""

    code = "unknown_kind"


class NotYoursToImport(NotAllowed):
    """您的账号不能导入这种表格，没有导入。"""

    code = "not_yours_to_import"


class FilesMoved(Conflict):
    """核对之后档案有了变化，结果与您看到的不同，没有写入。请重新核对。"""

    code = "files_moved"


@dataclass(frozen=True)
class SheetFile:
    """A file as somebody sent it, and how they want it read."""

    kind: str
    name: str
    content: bytes
    sheet: str | None = None
    columns: Mapping[str, int | None] | None = None
    source: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def find_kind(uow: UnitOfWork, word: str) -> SheetKind:
    """The kind of sheet, if the actor may bring it.

    Raises:
        UnknownKind, NotYoursToImport
    """
    kind = KINDS.get(word)
    if kind is None:
        raise UnknownKind
    if uow.actor.role != "system" and uow.actor.role not in kind.roles:
        raise NotYoursToImport
    return kind


def judge(uow: UnitOfWork, file: SheetFile, table: Table) -> Sheet:
    """Every verdict on a file that was read; only reads.

    Raises:
        UnknownKind, NotYoursToImport, NoHeader, BadMapping
    """
    kind = find_kind(uow, file.kind)
    header = find_header(table, kind.columns)
    if file.columns:
        header = corrected(header, kind.columns, file.columns)
    sheet = read_lines(kind, table, header)
    sheet.source = file.source
    kind.judge(uow, sheet)
    return sheet


def plain_name(told: str) -> str:
    """A file's own name: no folders, no signs that hide or turn what is read."""
    own = re.split(r"[/\\]", told)[-1]
    seen = "".join(sign for sign in own if category(sign) not in _UNSEEN)
    return seen.strip(" .")[-_LONGEST_NAME:] or "未命名"


def keep_run(uow: UnitOfWork, file: SheetFile, sheet: Sheet) -> ImportRun:
    """Keep what was found, and the file until it is confirmed."""
    said = Counter(line.act for line in sheet.lines)
    written = find_confirmed(uow, file.kind, file.sha256)
    run = ImportRun(
        id=uuid4(),
        kind=file.kind,
        file_name=plain_name(file.name),
        sheet_name=sheet.table.name[:60],
        source=file.source[:40],
        sha256=file.sha256,
        header_row=sheet.header.row,
        mapping=dict(sheet.header.mapping),
        titles=list(sheet.header.titles),
        verdicts=[
            [line.row, line.act.value, list(line.changes), line.notes]
            for line in sheet.lines
        ],
        findings=[asdict(fault) for line in sheet.lines for fault in line.faults],
        signature=signature_of(sheet),
        row_count=len(sheet.lines),
        creates=said[Act.CREATE],
        updates=said[Act.UPDATE],
        sames=said[Act.SAME],
        faulty=said[Act.FAULT],
        gone=len(sheet.gone),
        again_of=written.id if written else None,
        station_id=uow.actor.station_id,
        street_code=uow.actor.street_code,
        account_id=uow.actor.account_id,
        made_at=uow.now,
    )
    keep_file(uow.session, run, file.content)
    uow.session.add(run)
    uow.session.flush()
    fail_point("sheet.tried")
    return run


def reread(uow: UnitOfWork, run_id: UUID) -> tuple[SheetFile, Table]:
    """A run's file once more, as it was read.

    Raises:
        NotFound, FileGone
    """
    run = get_run(uow, run_id)
    content = open_file(uow.session, run)
    name = None if run.sheet_name == "CSV" else run.sheet_name
    columns: dict[str, int | None] = dict.fromkeys(
        column.field for column in KINDS[run.kind].columns
    )
    columns |= {field: int(at) for field, at in run.mapping.items()}
    file = SheetFile(run.kind, run.file_name, content, name, columns, run.source)
    return file, read_table(content, name)


def confirm(uow: UnitOfWork, run_id: UUID, file: SheetFile, table: Table) -> ImportRun:
    """Write the good rows in this one transaction; confirmed again it changes nothing.

    Everything is judged anew: what a person has agreed to is what is written.

    Raises:
        NotFound
        RunEnded: it was dropped.
        FilesMoved: what is on file has changed since it was tried.
    """
    run = get_run(uow, run_id, lock=True)
    if run.state is RunState.CONFIRMED:
        return run
    if run.state is RunState.DROPPED:
        raise RunEnded
    sheet = judge(uow, file, table)
    if signature_of(sheet) != run.signature:
        raise FilesMoved
    if sheet.to_do() or sheet.gone:
        sheet.kind.keep(uow, sheet, run.id)
    fail_point("sheet.kept")
    run.state, run.confirmed_at = RunState.CONFIRMED, uow.now
    run.confirmed_by = uow.actor.account_id
    uow.session.add(run)
    write_down(uow, "import", run.kind, run.id)
    counts = {"creates": run.creates, "updates": run.updates, "faulty": run.faulty}
    record(
        uow,
        "import.confirmed",
        "import",
        run.id,
        facts={"kind": run.kind, **counts},
        station_id=run.station_id,
        street_code=run.street_code,
    )
    return run


def drop(uow: UnitOfWork, run_id: UUID) -> ImportRun:
    """Decide against a sheet that was tried; its file is thrown away.

    Raises:
        NotFound
        RunEnded: it was written.
    """
    run = get_run(uow, run_id, lock=True)
    if run.state is RunState.CONFIRMED:
        raise RunEnded
    run.state = RunState.DROPPED
    uow.session.add(run)
    forget_file(uow.session, run.id)
    return run


def signature_of(sheet: Sheet) -> str:
    """What confirming would do, as one hash: rows, acts, changed fields, persons."""
    said = [
        [line.row, line.act.value, line.changes, str(line.known_id or "")]
        for line in sheet.lines
    ] + [[str(gone)] for gone in sheet.gone]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
