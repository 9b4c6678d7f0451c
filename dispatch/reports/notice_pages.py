"""The public notice on paper, for one station's wall: the same page, the same days."""

import json
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from dispatch.paper.typesetting import set_sheet
from dispatch.reports.spans import span_of
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.months.notices import (
    MOST_ROWS,
    PublicNotice,
    PublicRow,
    notice_at,
)
from dispatch.words import yuan


def print_notice(uow: UnitOfWork, month: str, code: str) -> bytes:
    """A station's list as PDF while it is up; the same list is the same bytes.

    Raises:
        NoNotice: no such station, the month was not put up, or its days are over.
    """
    place, notice = notice_at(uow, month, code, limit=MOST_ROWS)
    rows = list(notice.rows)
    while len(rows) < notice.living:
        page = {"limit": MOST_ROWS, "offset": len(rows)}
        rows += notice_at(uow, month, code, **page)[1].rows
    contents = {
        "title": f"{span_of(month).title}为老服务补贴公示",
        "station": place.station,
        "phone": place.phone,
        "until": f"{notice.until_on}",
        "whole": whole_of(notice),
        "rows": [_cells(row) for row in rows],
    }
    return _set(json.dumps(contents, ensure_ascii=False))


def whole_of(notice: PublicNotice) -> str:
    """What the list adds up to."""
    return f"共 {notice.persons} 人，{yuan(notice.fen)}"


def _cells(row: PublicRow) -> dict[str, Any]:
    return {**asdict(row), "yuan": yuan(row.fen)}


@lru_cache(maxsize=32)
def _set(told: str) -> bytes:
    """Anybody may ask for it again and again; it is set once."""
    return set_sheet("notice", json.loads(told))
