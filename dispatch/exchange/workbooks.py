"""Workbooks that leave the house: texts stay texts, day and version stand on them."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dispatch.clock import TOWN

Cell = str | int | float | bool | date | datetime | None

_SAFE: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
_WIDEST: Final = 40
_YUAN: Final = "0.00"


@dataclass(frozen=True)
class Page:
    """One sheet: its name, its header, its rows; `marks` are cells to colour.

    A mark is (row of `rows`, column) → the words of the note beside it.
    """

    name: str
    titles: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    marks: Mapping[tuple[int, int], str] = field(default_factory=dict)


def workbook(pages: Iterable[Page], *, head: str, made_at: datetime) -> bytes:
    """An XLSX file; `head` stands above each header: what, as of when, which version.

    A text that begins with = + - @ or a tab is a text like any other: nothing in the
    file is a formula.
    """
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, _SAFE) as book:
        book.set_properties({"created": made_at.replace(tzinfo=None), "title": head})
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        looks = {
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "yuan": book.add_format({"num_format": _YUAN}),
            "marked": book.add_format({"bg_color": "#f9dedc", "border": 1}),
        }
        for page in pages:
            sheet = book.add_worksheet(page.name)
            sheet.write_string(0, 0, head)
            for column, title in enumerate(page.titles):
                sheet.write_string(1, column, title, bold)
            for at, row in enumerate(page.rows):
                _write_row(sheet, looks, page, at, row)
            sheet.freeze_panes(2, 0)
            _fit(sheet, page)
    return kept.getvalue()


def _write_row(
    sheet: Worksheet,
    looks: Mapping[str, Format],
    page: Page,
    at: int,
    row: Sequence[Cell],
) -> None:
    for column, value in enumerate(row):
        mark = page.marks.get((at, column))
        write(sheet, at + 2, column, value, looks, looks["marked"] if mark else None)
        if mark:
            sheet.write_comment(at + 2, column, mark)


def write(
    sheet: Worksheet,
    row: int,
    column: int,
    value: Cell,
    looks: Mapping[str, Format],
    look: Format | None = None,
) -> None:
    """Write one cell as what it is; a moment in the town's time."""
    if value is None or value == "":
        if look is not None:
            sheet.write_blank(row, column, None, look)
    elif isinstance(value, bool):
        sheet.write_string(row, column, "是" if value else "否", look)
    elif isinstance(value, float):
        sheet.write_number(row, column, value, look or looks["yuan"])
    elif isinstance(value, int):
        sheet.write_number(row, column, value, look)
    elif isinstance(value, datetime):
        local = value.astimezone(TOWN) if value.tzinfo else value
        plain = local.replace(tzinfo=None)
        sheet.write_datetime(row, column, plain, look or looks["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, look or looks["day"])
    else:
        sheet.write_string(row, column, str(value), look)


def yuan(fen: int | None) -> float | None:
    """Fen as a number of yuan, for a cell."""
    return None if fen is None else fen / 100


def _fit(sheet: Worksheet, page: Page) -> None:
    """Columns as wide as what they hold, within reason; Chinese takes two places."""

    def width(value: Any) -> int:
        return sum(2 if ord(letter) > 0x2E80 else 1 for letter in str(value))

    for column, title in enumerate(page.titles):
        cells = [row[column] for row in page.rows[:50] if column < len(row)]
        widest = max([width(title), *(width(cell) for cell in cells if cell)])
        sheet.set_column(column, column, min(_WIDEST, widest + 2))
