"""A report as plain values: tables of cells, and where each figure is from.

Cells are whole numbers: counts, fen, hundredths of a percent. What prints them
decides how they look, so that page, workbook and paper say the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

Cell = str | int | None


class Kind(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    COUNT = "count"
    FEN = "fen"
    PERCENT = "percent"  # hundredths of a percent
    RATIO = "ratio"  # hundredths


class Hidden(StrEnum):
    """What stands in a cell that may not be shown."""

    SMALL = "＊"


@dataclass(frozen=True)
class Column:
    """`query` names the rule by which its figures are counted (`queries.QUERIES`)."""

    field: str
    title: str
    kind: Kind = Kind.TEXT
    query: str = ""


@dataclass(frozen=True)
class Line:
    """One row. `level` 0 is the total of all of level 1, and so on downwards.

    `which` says how its lines are asked for (`looking.Which`), where they can be.
    """

    cells: Mapping[str, Cell]
    level: int = 1
    which: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """One table; a total stands above or below its parts, told by its level.

    `bars` names a label's column and a figure's, drawn above it.
    """

    word: str
    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    bars: tuple[str, str] | None = None
    note: str = ""

    def __post_init__(self) -> None:
        """Two columns of one name would show one figure twice, and lose the other."""
        fields = [column.field for column in self.columns]
        if len(set(fields)) < len(fields):
            raise ValueError(f"{self.word}: two columns of one field in {fields}")

    def with_lines(self, lines: tuple[Line, ...]) -> "Table":
        return replace(self, lines=lines)


@dataclass(frozen=True)
class Source:
    """How a figure is counted: its query's id, in words."""

    query: str
    words: str


@dataclass(frozen=True)
class Report:
    """Everything that stands on it. `denominators`: what was divided by, and which.

    `hands` are the lines to sign and seal; `state` that of the books.
    """

    name: str
    title: str
    period: str
    period_title: str
    reach: str
    as_of: date
    state: str
    head_hash: str
    rules: tuple[str, ...]
    tables: tuple[Table, ...]
    sources: tuple[Source, ...]
    denominators: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    hands: tuple[str, ...] = ()


def percent(part: int, whole: int) -> int | None:
    """Hundredths of a percent, half up; None where there is nothing to divide by."""
    return ratio(100 * part, whole)


def ratio(part: int, whole: int) -> int | None:
    """Hundredths, half up; None where there is nothing to divide by."""
    return (200 * part + whole) // (2 * whole) if whole else None
