"""Columns: what a sheet of one kind has, under which names, and how cells are read."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dispatch.errors import BadInput
from dispatch.exchange.cells import Reader, is_blank, plain
from dispatch.exchange.faults import BadCell
from dispatch.exchange.files import Row, Table

_LOOK_AT_ROWS: Final = 12
_DECORATION: Final = re.compile(r"[\s*＊:：()（）\[\]【】]|必填|选填")


class NoHeader(BadInput):
    """没有找到表头（至少要有姓名或编号一类的列名），没有导入。请对照模板。"""

    code = "no_header"


class BadMapping(BadInput):
    """列的对应关系不对（同一列用了两次，或没有这一列），没有导入。"""

    code = "bad_mapping"


@dataclass(frozen=True)
class Column:
    """One column of a kind of sheet. `names` are other headers it is known by."""

    field: str
    title: str
    read: Reader
    names: tuple[str, ...] = ()
    required: bool = False

    def known_as(self) -> set[str]:
        """Every header that means this column, as `spoken` has it."""
        return {spoken(name) for name in (self.title, self.field, *self.names)}


@dataclass(frozen=True)
class Header:
    """Where the header stands (row from 1), and which column holds which field."""

    row: int
    mapping: Mapping[str, int]
    titles: tuple[str, ...]


def spoken(name: str) -> str:
    """A header as people say it: without stars, brackets, spaces."""
    return _DECORATION.sub("", unicodedata.normalize("NFKC", name)).lower()


def find_header(table: Table, columns: Sequence[Column]) -> Header:
    """The row among the first that names most columns.

    Raises:
        NoHeader: none names two of them, or the one there is.
    """
    best: Header | None = None
    for number, row in enumerate(table.rows[:_LOOK_AT_ROWS], start=1):
        mapping = _matched(row, columns)
        if best is None or len(mapping) > len(best.mapping):
            best = Header(number, mapping, titles_of(row))
    if best is None or len(best.mapping) < min(2, len(columns)):
        raise NoHeader
    return best


def titles_of(row: Row) -> tuple[str, ...]:
    """The headers as they were written."""
    return tuple(_title(cell) for cell in row)


def corrected(
    header: Header, columns: Sequence[Column], wished: Mapping[str, int | None]
) -> Header:
    """The header with columns that a person named otherwise; None: not in the sheet.

    Raises:
        BadMapping
    """
    mapping = dict(header.mapping)
    for field, column in wished.items():
        mapping.pop(field, None)
        if column is not None:
            mapping[field] = column
    known = {column.field for column in columns}
    there = range(len(header.titles))
    if not set(mapping) <= known or any(at not in there for at in mapping.values()):
        raise BadMapping
    if len(set(mapping.values())) < len(mapping):
        raise BadMapping
    return Header(header.row, mapping, header.titles)


def _matched(row: Row, columns: Sequence[Column]) -> dict[str, int]:
    """Each column by the first header that means it; an exact title comes first."""
    said = [spoken(title) for title in titles_of(row)]
    mapping: dict[str, int] = {}
    for names_of in (lambda c: {spoken(c.title)}, Column.known_as):
        for column in columns:
            if column.field in mapping:
                continue
            names = names_of(column)
            free = (
                at
                for at, name in enumerate(said)
                if name in names and at not in mapping.values()
            )
            if (at := next(free, None)) is not None:
                mapping[column.field] = at
    return mapping


def _title(cell: object) -> str:
    if not isinstance(cell, str) or is_blank(cell):
        return ""
    try:
        return plain(cell)[:60]
    except BadCell:
        return ""
