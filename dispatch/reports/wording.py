"""How cells read on paper and in words."""

from typing import Final

from dispatch.reports.tables import Cell, Kind

ABSENT = "—"
_DIVIDED_BY: Final = {Kind.FEN: 100, Kind.RATIO: 100, Kind.PERCENT: 10_000}
Plain = str | int | float | None


def spoken(value: Cell, kind: Kind) -> str:
    """A cell as people read it; what is hidden or not known says so."""
    if value is None:
        return ABSENT
    if isinstance(value, str):
        return value
    if kind is Kind.COUNT:
        return f"{value:,}"
    sign, whole = ("-" if value < 0 else ""), abs(value)
    told = f"{sign}{whole // 100:,}.{whole % 100:02d}"
    return f"{told} %" if kind is Kind.PERCENT else told


class Told(str):
    """A figure in a column of several kinds: as it reads, and the number that it is."""

    value: int | None
    kind: Kind

    def __new__(cls, value: int | None, kind: Kind) -> "Told":
        made = super().__new__(cls, spoken(value, kind))
        made.value, made.kind = value, kind
        return made

    def __getnewargs__(self) -> tuple[int | None, Kind]:  # type: ignore[override]
        """What it is made of anew when its table is copied."""
        return self.value, self.kind


def number_of(cell: Cell, kind: Kind) -> tuple[Plain, Kind]:
    """The cell as a workbook has it: a number where it is one, of money in yuan and of
    shares in ones; and of which kind it is.
    """
    if isinstance(cell, Told) and cell.value is not None:
        return number_of(cell.value, cell.kind)
    if isinstance(cell, int) and kind in _DIVIDED_BY:
        return cell / _DIVIDED_BY[kind], kind
    return cell, kind


def head_of(title: str, *words: str) -> str:
    """One line of words with dots between; empty ones are left out."""
    return " · ".join(word for word in (title, *words) if word)
