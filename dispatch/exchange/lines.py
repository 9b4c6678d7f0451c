"""Lines: what each row of a sheet says, what is wrong with it, what it would do."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from dispatch.exchange.cells import is_blank
from dispatch.exchange.columns import Column, Header
from dispatch.exchange.faults import BadCell, CellFault, Fault
from dispatch.exchange.files import Table, letters
from dispatch.store.unit_of_work import UnitOfWork


class Act(StrEnum):
    """What confirming would do with a row."""

    CREATE = "create"
    UPDATE = "update"
    SAME = "same"  # all of it is on file already
    FAULT = "fault"  # left out


@dataclass
class Line:
    """One row. Blank cells are absent from `values`: nothing said is not nothing."""

    row: int
    values: dict[str, Any]
    faults: list[CellFault] = field(default_factory=list)
    act: Act = Act.CREATE
    known_id: UUID | None = None
    changes: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    plan: Any = None  # what the kind's `keep` needs of its `judge`


@dataclass(frozen=True)
class SheetKind:
    """One kind of sheet: its columns, who may bring it, how it is judged and kept.

    `judge` looks at all lines together, with what is on file, and writes nothing;
    `keep` writes the lines that are to be created or updated.
    """

    word: str
    title: str
    columns: tuple[Column, ...]
    roles: frozenset[str]
    judge: Callable[[UnitOfWork, "Sheet"], None]
    keep: Callable[[UnitOfWork, "Sheet", UUID], None]
    rehearses: bool = False  # judging writes, and takes all of it back

    def column(self, name: str) -> Column:
        """The column of a field."""
        return next(each for each in self.columns if each.field == name)


@dataclass
class Sheet:
    """A sheet read as one kind: its header and its lines. `source` is who sent it."""

    kind: SheetKind
    table: Table
    header: Header
    lines: list[Line]
    source: str = ""
    gone: list[UUID] = field(default_factory=list)  # on file, not in a whole roster

    def fault(self, line: Line, name: str, fault: Fault, words: str) -> None:
        """Name a mistake in a cell of a line; the line will be left out."""
        found = _fault(self.kind, self.header, line.row, name, BadCell(fault, words))
        line.faults.append(found)
        line.act = Act.FAULT

    def good(self) -> list[Line]:
        """The lines without a mistake."""
        return [line for line in self.lines if not line.faults]

    def to_do(self) -> list[Line]:
        """The lines that change something."""
        doing = (Act.CREATE, Act.UPDATE)
        return [line for line in self.lines if line.act in doing]


def read_lines(kind: SheetKind, table: Table, header: Header) -> Sheet:
    """Every row below the header that says something, cell by cell."""
    lines = []
    for number, row in enumerate(table.rows, start=1):
        if number <= header.row or all(map(is_blank, row)):
            continue
        lines.append(_line(kind, header, number, row))
    return Sheet(kind, table, header, lines)


def refuse_missing(sheet: Sheet, line: Line, name: str, words: str = "必填") -> bool:
    """Name what is missing; whether it was."""
    if name in line.values or any(each.field == name for each in line.faults):
        return False
    sheet.fault(line, name, Fault.MISSING, words)
    return True


def twice(
    sheet: Sheet, key: Callable[[Line], object | None], name: str
) -> Iterator[Line]:
    """Lines that say again what an earlier line of the file said; each is named."""
    first: dict[object, int] = {}
    for line in sheet.lines:
        said = key(line)
        if said is None:
            continue
        if said in first:
            words = f"与第 {first[said]} 行重复"
            sheet.fault(line, name, Fault.TWICE_IN_FILE, words)
            yield line
        else:
            first[said] = line.row


def _line(kind: SheetKind, header: Header, number: int, row: Sequence[Any]) -> Line:
    line = Line(number, {})
    for column in kind.columns:
        at = header.mapping.get(column.field)
        value = row[at] if at is not None and at < len(row) else ""
        if is_blank(value):
            if column.required:
                nothing = BadCell(Fault.MISSING, "必填，这一格是空的")
                line.faults.append(_fault(kind, header, number, column.field, nothing))
            continue
        try:
            line.values[column.field] = column.read(value)
        except BadCell as bad:
            line.faults.append(_fault(kind, header, number, column.field, bad))
    if line.faults:
        line.act = Act.FAULT
    return line


def _fault(
    kind: SheetKind, header: Header, row: int, name: str, bad: BadCell
) -> CellFault:
    mapping: Mapping[str, int] = header.mapping
    cell = f"{letters(mapping[name])}{row}" if name in mapping else str(row)
    title = kind.column(name).title
    return CellFault(row, cell, name, title, bad.fault, bad.words)
