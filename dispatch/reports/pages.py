"""A report as PDF: set by the same hands as route sheets, in Chinese, numbered."""

from typing import Any, Final

from dispatch.paper.typesetting import set_sheet
from dispatch.reports.sheets import head
from dispatch.reports.tables import Kind, Report, Table
from dispatch.reports.wording import spoken

_MOST_BARS: Final = 24


def pages_of(report: Report) -> bytes:
    """The same report gives the same bytes."""
    contents: dict[str, Any] = {
        "title": report.title,
        "period": report.period_title,
        "reach": report.reach,
        "head": head(report),
        "mark": f"月结校验 {report.head_hash[:16]}" if report.head_hash else "",
        "foot": "六助 · 数据来自账本与订单，口径见末页",
        "tables": [_table(table) for table in report.tables],
        "notes": list(report.notes),
        "hands": list(report.hands),
        "denominators": list(report.denominators),
        "head_hash": report.head_hash,
        "sources": [{"query": s.query, "words": s.words} for s in report.sources],
    }
    return set_sheet("report", contents)


def _table(table: Table) -> dict[str, Any]:
    texts = [column.kind is Kind.TEXT for column in table.columns]
    return {
        "title": table.title,
        "columns": [column.title for column in table.columns],
        "texts": texts,
        "widths": texts,
        "lines": [
            {
                "level": line.level,
                "cells": [
                    spoken(line.cells.get(column.field), column.kind)
                    for column in table.columns
                ],
            }
            for line in table.lines
        ],
        "note": table.note,
        "bars": _bars(table),
    }


def _bars(table: Table) -> list[dict[str, Any]]:
    """The parts of the first level by size, the largest first."""
    if table.bars is None:
        return []
    label, figure = table.bars
    kind = next(column.kind for column in table.columns if column.field == figure)
    sizes = [
        (value, str(line.cells.get(label)))
        for line in table.lines
        if line.level == 1 and isinstance(value := line.cells.get(figure), int)
    ]
    sizes.sort(key=lambda one: (-one[0], one[1]))
    most = max([1, *(size for size, _ in sizes)])
    return [
        {
            "label": name,
            "told": spoken(size, kind),
            "share": round(100 * max(size, 0) / most, 2),
        }
        for size, name in sizes[:_MOST_BARS]
    ]
