"""Orders over HTTP: placed, called off, taken back, looked at."""

from uuid import UUID

from fastapi import APIRouter

from dispatch.field.paper import enter_by_hand, type_in_sheet
from dispatch.orders.cancelling import cancel_order, undo_cancel
from dispatch.orders.ordering import place_order
from dispatch.orders.showing import OrderRow, show_order, show_order_of
from dispatch.orders.stories import OrderStory, show_story
from dispatch.store.idempotency import is_repeated, takes_effect
from dispatch.store.unit_of_work import UnitOfWork
from web.deps import Coordinator, Key, Orderer, Staff
from web.schemas.field import EntryForm, SheetForm
from web.schemas.orders import CancelForm, OrderForm
from web.wire import Answer, StrictRoute

router = APIRouter(prefix="/api/orders", route_class=StrictRoute, tags=["orders"])


@router.post("", status_code=201, response_model=OrderRow)
def post_order(form: OrderForm, caller: Orderer, key: Key = None) -> Answer:
    """Take an order; the same key with the same form answers 200 with that order."""

    def do(uow: UnitOfWork) -> tuple[bool, OrderRow]:
        order = place_order(uow, form.to_draft(), key=key)
        return is_repeated(uow, key), show_order(uow, order)

    again, row = caller.change(do)
    return Answer(row, status_code=200 if again else 201)


@router.get("/{order_id}", response_model=OrderStory)
def get_order(order_id: UUID, caller: Staff) -> Answer:
    return Answer(caller.read(lambda uow: show_story(uow, order_id)))


@router.post("/{order_id}/cancel", response_model=OrderRow)
def post_cancel(
    order_id: UUID, form: CancelForm, caller: Orderer, key: Key = None
) -> Answer:
    """Call it off; sent again under its key it does not undo what came after."""

    def do(uow: UnitOfWork) -> OrderRow:
        if takes_effect(uow, key, "cancel", [order_id, form.model_dump()]):
            cancel_order(uow, order_id, form.reason)
        return show_order_of(uow, order_id)

    return Answer(caller.change(do))


@router.post("/{order_id}/undo-cancel", response_model=OrderRow)
def post_undo_cancel(order_id: UUID, caller: Orderer, key: Key = None) -> Answer:
    def do(uow: UnitOfWork) -> OrderRow:
        if takes_effect(uow, key, "undo_cancel", order_id):
            undo_cancel(uow, order_id)
        return show_order_of(uow, order_id)

    return Answer(caller.change(do))


@router.post("/{order_id}/paper", response_model=OrderRow)
def post_paper(order_id: UUID, form: SheetForm, caller: Staff) -> Answer:
    """A line of a paper sheet: done, by the lowest proof but one."""
    line = form.to_line(order_id)
    return Answer(caller.change(lambda uow: show_order(uow, type_in_sheet(uow, line))))


@router.post("/{order_id}/entry", response_model=OrderRow)
def post_entry(order_id: UUID, form: EntryForm, caller: Coordinator) -> Answer:
    """A coordinator's word, with the reason: the lowest proof."""

    def do(uow: UnitOfWork) -> OrderRow:
        return show_order(uow, enter_by_hand(uow, order_id, form.at, form.reason))

    return Answer(caller.change(do))
