"""The office's page: usage from the ledger, the lines behind it, the promises."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from dispatch.orders.orders import Channel
from dispatch.promises import Promise, check_promises
from dispatch.promises.standing import Standing
from dispatch.subsidy.lines import LineFilter, lines_of
from dispatch.subsidy.usage import Usage, usage_of
from web.deps import District, Officer
from web.schemas.shapes import Limit, Offset
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api/office", route_class=StrictRoute, tags=["office"])
Month = Annotated[str, Query(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$")]


@router.get("/usage")
def get_usage(month: Month, caller: Officer) -> Answer:
    usage = caller.read(lambda uow: usage_of(uow, month))
    return Answer(_table(usage))


@router.get("/lines")
def get_lines(
    month: Month,
    caller: Officer,
    station_id: UUID | None = None,
    channel: Channel | None = None,
    category: Annotated[str | None, Query(max_length=64)] = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> Answer:
    """The lines behind a figure of the table."""
    which = LineFilter(station_id, channel.value if channel else None, category)
    total, lines = caller.read(
        lambda uow: lines_of(uow, month, which, limit=limit, offset=offset)
    )
    return Answer({"total": total, "lines": lines})


@router.get("/promises", response_model=list[Promise])
def get_promises(request: Request, caller: District) -> Answer:
    """How the ten promises stand, over the whole district: no street's own affair."""
    standing: Standing = request.app.state.standing

    def look() -> list[Promise]:
        return caller.read(lambda uow: check_promises(uow.session))

    return Answer(standing.told(look))


def _table(usage: Usage) -> dict[str, object]:
    """The month's table as the page has it: sums beside their labels.

    No month is ever closed yet, so each one is open.
    """
    return {
        "month": usage.period,
        "state": "open",
        "as_of": usage.as_of,
        "rules": usage.rules,
        "rows": [
            {
                "station_id": row.station_id,
                "station": row.station,
                "channel": row.channel,
                "category": row.category,
                **asdict(row.sums),
            }
            for row in usage.rows
        ],
        "totals": usage.totals,
        "ties": {**asdict(usage.ties), "ok": usage.ties.ok},
    }
