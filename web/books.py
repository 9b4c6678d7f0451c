"""The books: what is owed, transfers, budgets, stations' months, what others pay."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from dispatch.counter.bill_sheets import BillSheet, show_bill
from dispatch.counter.telling_parts import tell_coupon, tell_external
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.allowance_stops import verify_stop
from dispatch.subsidy.book_sheets import BookSheet, show_books
from dispatch.subsidy.budget_sheets import BudgetSheet, show_budgets
from dispatch.subsidy.budgeting import set_budget
from dispatch.subsidy.purses import Purse, move_purse, show_purse
from dispatch.subsidy.reimbursing import pay_out
from dispatch.subsidy.station_posting import post_station_months
from web.deps import District, Key, Officer, Station
from web.schemas.books import (
    BudgetForm,
    CouponForm,
    ExternalForm,
    PayoutForm,
    PurseForm,
)
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["books"])
Month = Annotated[str, Query(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$")]
Year = Annotated[int, Query(ge=2000, le=2199)]


@router.get("/office/books", response_model=BookSheet)
def get_books(month: Month, caller: Officer) -> Answer:
    return Answer(caller.read(lambda uow: show_books(uow, month)))


@router.post("/office/books/count", response_model=BookSheet)
def post_count(month: Month, caller: District) -> Answer:
    """Count every station's month anew and post what is missing."""

    def do(uow: UnitOfWork) -> BookSheet:
        post_station_months(uow, month)
        return show_books(uow, month)

    return Answer(caller.change(do))


@router.post("/office/payouts", status_code=201, response_model=BookSheet)
def post_payout(form: PayoutForm, caller: District, key: Key = None) -> Answer:
    def do(uow: UnitOfWork) -> BookSheet:
        pay_out(uow, form.to_draft(), key=key)
        return show_books(uow, form.month)

    return Answer(caller.change(do), status_code=201)


@router.get("/office/budgets", response_model=BudgetSheet)
def get_budgets(year: Year, caller: District) -> Answer:
    return Answer(caller.read(lambda uow: show_budgets(uow, year)))


@router.post("/office/budgets", status_code=201, response_model=BudgetSheet)
def post_budget(form: BudgetForm, caller: District, key: Key = None) -> Answer:
    def do(uow: UnitOfWork) -> BudgetSheet:
        set_budget(uow, form.to_draft(), key=key)
        return show_budgets(uow, form.year)

    return Answer(caller.change(do), status_code=201)


@router.post("/office/stops/{stop_id}/verify", response_model=BookSheet)
def post_verify(stop_id: UUID, month: Month, caller: Officer) -> Answer:
    """Somebody looked into why an elder's allowances stop."""

    def do(uow: UnitOfWork) -> BookSheet:
        verify_stop(uow, stop_id)
        return show_books(uow, month)

    return Answer(caller.change(do))


@router.put("/orders/{order_id}/external", response_model=BillSheet)
def put_external(order_id: UUID, form: ExternalForm, caller: Station) -> Answer:
    """What an insurance settled; the bill as it is then."""

    def do(uow: UnitOfWork) -> BillSheet:
        tell_external(uow, order_id, form.to_part())
        return show_bill(uow, order_id)

    return Answer(caller.change(do))


@router.put("/orders/{order_id}/coupon", response_model=BillSheet)
def put_coupon(order_id: UUID, form: CouponForm, caller: Station) -> Answer:
    """The number by which the order's coupon was redeemed."""

    def do(uow: UnitOfWork) -> BillSheet:
        tell_coupon(uow, order_id, form.number)
        return show_bill(uow, order_id)

    return Answer(caller.change(do))


@router.get("/elders/{elder_id}/purse", response_model=Purse)
def get_purse(elder_id: UUID, caller: Station) -> Answer:
    """What an elder has in custody here. Refused where it is off."""
    return Answer(caller.read(lambda uow: show_purse(uow, elder_id)))


@router.post("/elders/{elder_id}/purse", response_model=Purse)
def post_purse(
    elder_id: UUID, form: PurseForm, caller: Station, key: Key = None
) -> Answer:
    """Put in or give back; what the elder has then. Refused where it is off."""

    def do(uow: UnitOfWork) -> Purse:
        move_purse(uow, elder_id, form.fen, key=key)
        return show_purse(uow, elder_id)

    return Answer(caller.change(do))
