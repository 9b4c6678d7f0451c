"""A report as a workbook: numbers are numbers; the same report is the same bytes."""

import io
from datetime import datetime
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dispatch.reports.tables import Column, Kind, Line, Report, Table
from dispatch.reports.wording import Plain, head_of, number_of

_SAFE: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
_LOOKS: Final = {
    Kind.TEXT: "@",
    Kind.COUNT: "#,##0",
    Kind.FEN: "#,##0.00",
    Kind.PERCENT: "0.00%",
    Kind.RATIO: "#,##0.00",
}
_TITLES_ROW: Final = 2
_WIDEST: Final = 40
_CHART_ROWS: Final = 16


def workbook_of(report: Report) -> bytes:
    """One sheet for each table, and a last one that says how everything is counted."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, _SAFE) as book:
        # The day of the figures, not the hour of printing.
        day = datetime.combine(report.as_of, datetime.min.time())
        book.set_properties({"title": report.title, "created": day})
        for table in report.tables:
            _Sheet(book, report, table).write()
        _sources(book, report)
    return kept.getvalue()


def head(report: Report) -> str:
    """What every sheet and page says first."""
    return head_of(
        report.title,
        report.reach,
        report.period_title,
        f"截至 {report.as_of}",
        report.state,
        f"规则 {'、'.join(report.rules)}" if report.rules else "",
    )


class _Sheet:
    """One table on its sheet."""

    def __init__(self, book: xlsxwriter.Workbook, report: Report, table: Table) -> None:
        self._book, self._report, self._table = book, report, table
        self._sheet: Worksheet = book.add_worksheet(table.title.replace("/", "、")[:31])
        self._looks = {
            (kind, bold): book.add_format({"num_format": look, "bold": bold})
            for kind, look in _LOOKS.items()
            for bold in (False, True)
        }

    def write(self) -> None:
        sheet, table = self._sheet, self._table
        titled = {"bold": True, "bottom": 1, "text_wrap": True}
        bold = self._book.add_format(titled)
        over_numbers = self._book.add_format({**titled, "align": "right"})
        large = self._book.add_format({"bold": True, "font_size": 14})
        sheet.write_string(0, 0, f"{self._report.title}：{table.title}", large)
        sheet.write_string(1, 0, head(self._report))
        for at, column in enumerate(table.columns):
            look = bold if column.kind is Kind.TEXT else over_numbers
            sheet.write_string(_TITLES_ROW, at, column.title, look)
            sheet.set_column(at, at, _width(column, table.lines))
        for row, line in enumerate(table.lines, start=_TITLES_ROW + 1):
            self._line(row, line)
        below = _TITLES_ROW + 1 + len(table.lines)
        below = self._bars(below)
        for words in (table.note, *self._report.notes):
            if words:
                below += 1
                sheet.write_string(below, 0, words)
        self._hands(below + 2)
        self._paper()

    def _line(self, row: int, line: Line) -> None:
        for at, column in enumerate(self._table.columns):
            value, kind = number_of(line.cells.get(column.field), column.kind)
            look = self._looks[kind, line.level == 0]
            indent = line.level - 1 if at == 0 and line.level > 1 else 0
            _write(self._sheet, (row, at), value, look, indent)

    def _bars(self, below: int) -> int:
        """The chart of a table stands under it; its parts only, not their total."""
        if self._table.bars is None:
            return below
        parts = [at for at, line in enumerate(self._table.lines) if line.level == 1]
        if not parts or parts != list(range(parts[0], parts[-1] + 1)):
            return below  # what is broken by sub-rows is drawn on page and paper
        fields = [column.field for column in self._table.columns]
        label, figure = map(fields.index, self._table.bars)
        first, last = (at + _TITLES_ROW + 1 for at in (parts[0], parts[-1]))
        chart: Any = self._book.add_chart({"type": "bar"})
        name = self._sheet.get_name()
        chart.add_series(
            {
                "name": self._table.columns[figure].title,
                "categories": [name, first, label, last, label],
                "values": [name, first, figure, last, figure],
                "gap": 40,
            }
        )
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True})
        self._sheet.insert_chart(below + 1, 0, chart)
        return below + 1 + _CHART_ROWS

    def _hands(self, below: int) -> None:
        """Lines to sign and seal."""
        line = self._book.add_format({"bottom": 1})
        for at, hand in enumerate(self._report.hands):
            self._sheet.write_string(below + 2 * at, 0, f"{hand}：")
            for column in (2, 3):
                self._sheet.write_blank(below + 2 * at, column, None, line)
            self._sheet.write_string(below + 2 * at, 4, "日期：")

    def _paper(self) -> None:
        sheet = self._sheet
        sheet.freeze_panes(_TITLES_ROW + 1, 1)
        sheet.repeat_rows(_TITLES_ROW)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&C第 &P 页，共 &N 页")


def _write(
    sheet: Worksheet,
    at: tuple[int, int],
    value: Plain,
    look: Format,
    indent: int,
) -> None:
    if value is None:
        sheet.write_blank(*at, None, look)
    elif isinstance(value, str):
        sheet.write_string(*at, "　" * indent + value, look)
    else:
        sheet.write_number(*at, value, look)


def _width(column: Column, lines: tuple[Line, ...]) -> int:
    """As wide as what it holds, within reason; Chinese takes two places."""

    def places(value: Any) -> int:
        return sum(2 if ord(letter) > 0x2E80 else 1 for letter in str(value))

    cells = [places(line.cells.get(column.field) or "") for line in lines[:200]]
    return min(_WIDEST, max([places(column.title), *cells]) + 4)


def _sources(book: xlsxwriter.Workbook, report: Report) -> None:
    """The last sheet: query ids, rosters, head hash."""
    sheet = book.add_worksheet("口径")
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 80)
    rows = [
        ("报表", head(report)),
        *(("名册版本", one) for one in report.denominators),
        *((("月结校验", report.head_hash),) if report.head_hash else ()),
    ]
    for at, (name, words) in enumerate(rows):
        sheet.write_string(at, 0, name)
        sheet.write_string(at, 1, words)
    first = len(rows) + 1
    sheet.write_string(first, 0, "口径编号", bold)
    sheet.write_string(first, 1, "怎样计数", bold)
    for at, source in enumerate(report.sources, start=first + 1):
        sheet.write_string(at, 0, source.query)
        sheet.write_string(at, 1, source.words)
