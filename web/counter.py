"""The counter: who comes, hand over, pay, give back, close."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from dispatch.catalogue.sittings import Serving
from dispatch.clock import town_day
from dispatch.counter.bill_sheets import BillSheet, show_bill
from dispatch.counter.own_kitchen import close_own_sitting, walk_in_to
from dispatch.counter.paying import pay, refund
from dispatch.counter.serving import serve
from dispatch.counter.showing import CounterDay, Found, find_people, show_counter
from dispatch.orders.showing import OrderRow, show_order, show_order_of, show_orders
from dispatch.store.idempotency import is_repeated
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Key, Staff, Station
from web.schemas.counter import FindForm, PayForm, RefundForm, ServeForm, WalkInForm
from web.schemas.shapes import Day
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["counter"])


@router.get("/counter", response_model=CounterDay)
def get_counter(
    caller: Station,
    on: Day | None = None,
    serving: Annotated[Serving, Query()] = Serving.LUNCH,
) -> Answer:
    return Answer(
        caller.read(lambda uow: show_counter(uow, on or town_day(uow.now), serving))
    )


@router.post("/counter/find", response_model=list[Found])
def post_find(form: FindForm, caller: Station) -> Answer:
    """By POST, so that no card number stands in an address."""

    def show(uow: UnitOfWork) -> list[Found]:
        return find_people(
            uow,
            form.on or town_day(uow.now),
            form.serving or Serving.LUNCH,
            card=form.card or form.qr,
            text=form.text,
        )

    return Answer(caller.read(show))


@router.post("/counter/serve", response_model=OrderRow)
def post_serve(form: ServeForm, caller: Station) -> Answer:
    def do(uow: UnitOfWork) -> OrderRow:
        return show_order(uow, serve(uow, form.order_id, form.to_handing()))

    return Answer(caller.change(do))


@router.post("/counter/walk-in", status_code=201, response_model=OrderRow)
def post_walk_in(form: WalkInForm, caller: Station, key: Key = None) -> Answer:
    def do(uow: UnitOfWork) -> tuple[bool, OrderRow]:
        paid = (form.pay.method, form.pay.fen) if form.pay else None
        order = walk_in_to(
            uow,
            form.sitting_id,
            form.elder_id,
            form.menu_item_id,
            form.identity,
            paid=paid,
            key=key,
        )
        return is_repeated(uow, key), show_order(uow, order)

    again, row = caller.change(do)
    return Answer(row, status_code=200 if again else 201)


@router.get("/orders/{order_id}/bill", response_model=BillSheet)
def get_bill(order_id: UUID, caller: Staff) -> Answer:
    return Answer(caller.read(lambda uow: show_bill(uow, order_id)))


@router.post("/orders/{order_id}/pay")
def post_pay(order_id: UUID, form: PayForm, caller: Station, key: Key = None) -> Answer:
    def do(uow: UnitOfWork) -> dict[str, object]:
        payment = pay(uow, order_id, form.method, form.fen, key=key)
        row = show_order_of(uow, payment.order_id)
        return {"payment_id": payment.id, "order": row}

    return Answer(caller.change(do))


@router.post("/payments/{payment_id}/refund")
def post_refund(
    payment_id: UUID, form: RefundForm, caller: Station, key: Key = None
) -> Answer:
    def do(uow: UnitOfWork) -> dict[str, object]:
        payment = refund(uow, payment_id, form.reason, key=key)
        row = show_order_of(uow, payment.order_id)
        return {"payment_id": payment.id, "order": row}

    return Answer(caller.change(do))


@router.post("/sittings/{sitting_id}/close")
def post_close(sitting_id: UUID, caller: Station) -> Answer:
    """End this kitchen's serving; who did not come is a no-show."""

    def do(uow: UnitOfWork) -> dict[str, object]:
        return {"no_show": show_orders(uow, close_own_sitting(uow, sitting_id))}

    return Answer(caller.change(do))
