"""Doing one deed of the counter's page: asked in time, or told afterwards."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from dispatch.access.scope import get_scoped
from dispatch.counter.deed_batch import Deed
from dispatch.counter.own_kitchen import make_walk_in
from dispatch.counter.paying import AlreadyPaid, NothingToPay, take_money
from dispatch.counter.payments import PayMethod
from dispatch.counter.serving import Handing, serve_as_told, serve_once
from dispatch.counter.till_deeds import DeedKind
from dispatch.orders.orders import Order
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.billing import quote

PRICE_DIFFERS: Final = "price_differs"


@dataclass
class Done:
    """What a deed came to, and the codes of what was not as the page thought."""

    order: Order
    payment_id: UUID | None = None
    notes: list[str] = field(default_factory=list)


def do_deed(uow: UnitOfWork, deed: Deed, at: datetime) -> Done:
    """Do what a deed says, at the moment when it was done.

    Raises:
        Refusal: it cannot be done; whoever holds the savepoint takes it all back.
    """
    order = _order_of(uow, deed)
    done = Done(order)
    if deed.kind is not DeedKind.PAY:
        # The meal first: who came late to a closed serving may pay again by then.
        handing = Handing(deed.identity, deed.collector, deed.proxy_id)
        if deed.happened:
            done.notes += serve_as_told(uow, order, handing, at)
        else:
            serve_once(uow, order, handing)
    if deed.method is not None and deed.fen is not None:
        _take(uow, deed, done, (deed.method, deed.fen), at)
    return done


def _order_of(uow: UnitOfWork, deed: Deed) -> Order:
    """The order a deed is about; a walk-in makes it. Either id stands in a deed."""
    if deed.sitting_id is not None and deed.elder_id is not None:
        return make_walk_in(uow, deed.sitting_id, deed.elder_id, deed.menu_item_id)
    return get_scoped(uow, Order, deed.order_id or deed.id, lock=True)


def _take(
    uow: UnitOfWork, deed: Deed, done: Done, money: tuple[PayMethod, int], at: datetime
) -> None:
    order, (method, fen) = done.order, money
    if not deed.happened:
        done.payment_id = take_money(uow, order, method, fen).id
        return
    due_fen = quote(uow.session, order).self_fen
    try:
        payment = take_money(uow, order, method, fen, happened_at=at)
    except (AlreadyPaid, NothingToPay) as refused:
        if deed.kind is DeedKind.PAY:
            raise
        done.notes.append(refused.code)
        return
    done.payment_id = payment.id
    if fen != due_fen:
        done.notes.append(PRICE_DIFFERS)
