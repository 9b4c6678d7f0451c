"""The office's page: usage from the ledger, the lines behind it, the promises."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request

from dispatch.promises import Promise, check_promises
from dispatch.promises.standing import Standing
from dispatch.subsidy.usage import Usage, usage_of
from web.deps import BooksReader, District
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api/office", route_class=StrictRoute, tags=["office"])
Month = Annotated[str, Query(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$")]


@router.get("/usage")
def get_usage(month: Month, caller: BooksReader) -> Answer:
    usage = caller.read(lambda uow: usage_of(uow, month))
    return Answer(_table(usage))


@router.get("/promises", response_model=list[Promise])
def get_promises(request: Request, caller: District) -> Answer:
    """How the ten promises stand, over the whole district: no street's own affair."""
    standing: Standing[list[Promise]] = request.app.state.standing

    def look() -> list[Promise]:
        return caller.read(lambda uow: check_promises(uow.session, now=uow.now))

    return Answer(standing.told(look))


def _table(usage: Usage) -> dict[str, object]:
    """The month's table as the page has it: sums beside their labels."""
    return {
        "month": usage.period,
        "state": usage.state,
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
