"""A report written into a district's own workbook, whose looks stay."""

import io
import re
import zipfile
from datetime import date
from typing import Final
from uuid import uuid4

from dispatch.exchange.exporting import NoTemplate, fill_in
from dispatch.exchange.workbooks import Cell as SheetCell
from dispatch.log.audit import write_down
from dispatch.reports.making import make_report
from dispatch.reports.tables import Report, Table
from dispatch.reports.wording import number_of
from dispatch.store.unit_of_work import UnitOfWork

_OLDEST: Final = (1980, 1, 1, 0, 0, 0)  # the first day that a ZIP knows
_WRITTEN: Final = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def fill_report(
    uow: UnitOfWork, name: str, period: str, template: bytes, *, outside: bool = False
) -> bytes:
    """The first table whose headers the template has, under those headers.

    Raises:
        NoSuchReport, BadPeriod, NoTemplate
    """
    report = make_report(uow, name, period, outside=outside)
    said = f"{name} {period} 模板{' 对外' if outside else ''}"
    write_down(uow, "print", "report", uuid4(), purpose=said)
    for table in report.tables:
        try:
            made = fill_in(template, _columns(table), _rows(table))
        except NoTemplate:
            continue
        return _stilled(made, report)
    raise NoTemplate


def _columns(table: Table) -> list[tuple[str, str]]:
    """By their titles, with and without the unit: theirs may say 金额 for 金额(元)."""
    whole = [(column.field, column.title) for column in table.columns]
    bare = [(field, title.removesuffix("(元)")) for field, title in whole]
    return [*bare, *whole]


def _rows(table: Table) -> list[dict[str, SheetCell]]:
    return [
        {
            column.field: number_of(line.cells.get(column.field), column.kind)[0]
            for column in table.columns
        }
        for line in table.lines
    ]


def _stilled(content: bytes, report: Report) -> bytes:
    """The same file without the hour of its making: the same report, the same bytes."""
    kept = io.BytesIO()
    day = f"{_noon(report.as_of)}".encode()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as read,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        for name in sorted(read.namelist()):
            part = read.read(name)
            if name == "docProps/core.xml":
                part = _WRITTEN.sub(rb"\g<1>" + day, part)
            written.writestr(zipfile.ZipInfo(name, _OLDEST), part)
    return kept.getvalue()


def _noon(on: date) -> str:
    return f"{on}T12:00:00Z"
