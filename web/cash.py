"""A counter's cash: the drawer of a day, its count, the second look."""

from uuid import UUID

from fastapi import APIRouter

from dispatch.clock import town_day
from dispatch.counter.closing_cash import (
    CashSheet,
    close_cash,
    count_cash,
    show_cash,
)
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Staff, Station
from web.schemas.shapes import Day
from web.schemas.till import CashCloseForm, CashCountForm
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api/counter", route_class=StrictRoute, tags=["counter"])


@router.get("/cash", response_model=CashSheet)
def get_cash(
    caller: Staff, on: Day | None = None, station: UUID | None = None
) -> Answer:
    return Answer(
        caller.read(lambda uow: show_cash(uow, on or town_day(uow.now), station))
    )


@router.post("/cash/count", response_model=CashSheet)
def post_count(form: CashCountForm, caller: Station) -> Answer:
    """What lies in the drawer; what it is off by is named to the fen."""

    def do(uow: UnitOfWork) -> CashSheet:
        named = [one.to_named() for one in form.differences]
        count_cash(uow, form.on, form.float_fen, form.counted_fen, named)
        return show_cash(uow, form.on)

    return Answer(caller.change(do))


@router.post("/cash/close", response_model=CashSheet)
def post_close(form: CashCloseForm, caller: Staff) -> Answer:
    """The second look, by somebody else than who counted; then nothing changes."""

    def do(uow: UnitOfWork) -> CashSheet:
        close_cash(uow, form.on, form.station_id)
        return show_cash(uow, form.on, form.station_id)

    return Answer(caller.change(do))
