"""What a done order earns: money by the rules, and time for whoever volunteered."""

from dispatch.errors import Refusal
from dispatch.orders.orders import Order, OrderState, tell_order
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.granting import settle
from dispatch.timebank.minting import mint


def settle_done(uow: UnitOfWork, order: Order) -> None:
    """Grant what a done order earns, in money and in volunteers' time; a fault in
    the rules never loses the event.
    """
    if order.state is not OrderState.DONE:
        return
    try:
        with uow.session.begin_nested():
            settle(uow, order)
    except Refusal as refusal:
        tell_order(uow, order, "order.not_settled", why=refusal.code)
    try:
        with uow.session.begin_nested():
            mint(uow, order)
    except Refusal as refusal:
        tell_order(uow, order, "order.time_not_minted", why=refusal.code)
