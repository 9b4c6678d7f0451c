"""Small cells: a count of 1 to 4 persons is not told to those outside.

What stands beside such a count in its row is left out with it, and as many further
rows as it takes that nobody finds it by taking the others from a total: every line of
sums is an equation, and no hidden figure may be the only answer to them.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from fractions import Fraction
from typing import Final, TypeVar

from dispatch.reports.tables import Cell, Hidden, Kind, Line, Table

Key = TypeVar("Key", bound=Hashable)
LEAST: Final = 5
PERSONS: Final = "persons"


def suppress(table: Table, least: int = LEAST) -> Table:
    """The table with every row of fewer persons hidden, and what would betray it.

    A table without a column `persons` tells of nobody and stays as it is.
    """
    if all(column.field != PERSONS for column in table.columns):
        return table
    counts = {
        at: count
        for at, line in enumerate(table.lines)
        if isinstance(count := line.cells.get(PERSONS), int)
    }
    hidden = hide(counts, _sums(table.lines), least)
    shown = [
        _without_figures(table, line) if at in hidden else line
        for at, line in enumerate(table.lines)
    ]
    return table.with_lines(tuple(shown))


def hide(
    counts: Mapping[Key, int], lines: Sequence[Sequence[Key]], least: int = LEAST
) -> set[Key]:
    """Which figures are left out.

    Args:
        counts: how many persons each figure tells of.
        lines: each a total and then its parts, which add up to it.
    """
    hidden = {key for key, count in counts.items() if 0 < count < least}
    while betrayed := _betrayed(hidden, lines):
        further = _further(betrayed, hidden, counts, lines)
        if further is None:
            break  # nothing is left to hide it among: everything of it is hidden
        hidden.add(further)
    return hidden


def _further(
    betrayed: Collection[Key],
    hidden: Collection[Key],
    counts: Mapping[Key, int],
    lines: Sequence[Sequence[Key]],
) -> Key | None:
    """The smallest figure that shares a line with one that could be worked out.

    A nought hides nobody, so that it is taken last; a total only after its parts.
    """
    near = [
        (counts[key] == 0, key == line[0], counts[key], at, place)
        for at, line in enumerate(lines)
        if betrayed & set(line)  # type: ignore[operator]
        for place, key in enumerate(line)
        if key not in hidden and key in counts
    ]
    if not near:
        return None
    *_, at, place = min(near)
    return lines[at][place]


def _betrayed(hidden: Collection[Key], lines: Sequence[Sequence[Key]]) -> set[Key]:
    """The hidden figures that follow from the shown ones and the sums.

    Solves the equations exactly: an unknown is known where a row of the reduced
    system holds it alone.
    """
    unknown = sorted(hidden, key=repr)
    place = {key: at for at, key in enumerate(unknown)}
    rows = []
    for total, *parts in lines:
        row = [Fraction(0)] * len(unknown)
        for key, sign in ((total, -1), *((part, 1) for part in parts)):
            if key in place:
                row[place[key]] += sign
        if any(row):
            rows.append(row)
    return {
        unknown[found[0]]
        for row in _reduced(rows)
        if len(found := [at for at, value in enumerate(row) if value]) == 1
    }


def _reduced(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """Reduced row echelon form."""
    done = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((at for at in range(done, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        first = rows[done][column]
        rows[done] = [value / first for value in rows[done]]
        for at, row in enumerate(rows):
            if at != done and (times := row[column]):
                pairs = zip(row, rows[done], strict=True)
                rows[at] = [value - times * own for value, own in pairs]
        done += 1
    return rows


def _sums(lines: Sequence[Line]) -> list[list[int]]:
    """Each total with the rows of the next level up to the next of its own."""
    found = []
    for at, line in enumerate(lines):
        parts = []
        for below in range(at + 1, len(lines)):
            if lines[below].level <= line.level:
                break
            if lines[below].level == line.level + 1:
                parts.append(below)
        if parts:
            found.append([at, *parts])
    return found


def _without_figures(table: Table, line: Line) -> Line:
    told: dict[str, Cell] = {
        column.field: (
            line.cells.get(column.field)
            if column.kind is Kind.TEXT
            else Hidden.SMALL.value
        )
        for column in table.columns
    }
    return Line(told, line.level)
