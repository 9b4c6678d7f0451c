"""Paying and giving back: the bill, the payment, the refund, each once."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.counter.cash_days import hold_cash_day
from dispatch.counter.payments import Payment, PayMethod, list_payments
from dispatch.errors import BadInput, Conflict
from dispatch.orders.orders import Order, OrderState, get_order, tell_order
from dispatch.people.elders import hold_elder_in_turn
from dispatch.people.places import get_station
from dispatch.store.fail_points import fail_point
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.granting import Bill, quote, reverse, settle
from dispatch.subsidy.purses import spend


class WrongAmount(BadInput):
    """收款金额与应付金额不符，没有收款。请核对账单。"""

    code = "wrong_amount"


class AlreadyPaid(Conflict):
    """这张订单已经付清，没有重复收款。"""

    code = "already_paid"


class AlreadyRefunded(Conflict):
    """这笔收款已经退过，没有重复退款。"""

    code = "already_refunded"


class NothingToPay(Conflict):
    """订单已取消或未完成，不能收款。"""

    code = "nothing_to_pay"


def bill_of(uow: UnitOfWork, order_id: UUID) -> tuple[Order, Bill]:
    """What an order costs and who pays which part, by today's rules."""
    order = get_scoped(uow, Order, order_id)
    return order, quote(uow.session, order)


def pay(
    uow: UnitOfWork, order_id: UUID, method: PayMethod, fen: int, *, key: str | None
) -> Payment:
    """Take the elder's own part of an order, all of it at once.

    Raises:
        WrongAmount, AlreadyPaid, NothingToPay, KeyMissing, KeyReused
    """
    content = {"order": order_id, "method": method, "fen": fen}
    if made := claim(uow, key, "pay", content):
        return uow.session.get_one(Payment, made)
    order = get_scoped(uow, Order, order_id, lock=True)
    payment = take_money(uow, order, method, fen)
    keep_result(uow, key or "", payment.id)
    return payment


def take_money(
    uow: UnitOfWork,
    order: Order,
    method: PayMethod,
    fen: int,
    *,
    happened_at: datetime | None = None,
) -> Payment:
    """Take money for an order whose row is held; see `pay`.

    Args:
        happened_at: the money was taken then, for what the counter's page had said,
            and cannot be refused any more. What the rules give otherwise by now stands
            on the ledger as a difference.
    """
    if order.state in (OrderState.CANCELLED, OrderState.FAILED):
        raise NothingToPay
    if order.is_paid:
        raise AlreadyPaid
    # What caps are left is told to one at a time.
    hold_elder_in_turn(uow.session, order.elder_id)
    due_fen = quote(uow.session, order).self_fen
    if fen != due_fen and happened_at is None:
        raise WrongAmount(due_fen=due_fen)
    order.due_fen, order.paid_fen = fen, fen
    at = happened_at or uow.now
    payment = Payment(
        order_id=order.id,
        station_id=order.station_id,
        method=method,
        fen=fen,
        at=at,
        cash_on=_drawer(uow, order.station_id, at),
        account_id=uow.actor.account_id,
    )
    uow.session.add_all([order, payment])
    uow.session.flush()
    fail_point("payment.kept")
    if method is PayMethod.STORED:
        spend(uow, payment.id, order.elder_id, fen)
    tell_order(uow, order, "order.paid", fen=fen, method=method.value)
    settle(uow, order)
    return payment


def _drawer(uow: UnitOfWork, station_id: UUID, at: datetime) -> date:
    station = get_station(uow.session, station_id)
    return hold_cash_day(uow.session, station, town_day(at)).cash_on


def refund(
    uow: UnitOfWork, payment_id: UUID, reason: str, *, key: str | None
) -> Payment:
    """Give a payment back, once; what was granted on it is reversed.

    Raises:
        NotFound, AlreadyRefunded, KeyMissing, KeyReused
    """
    if made := claim(uow, key, "refund", {"payment": payment_id, "reason": reason}):
        return uow.session.get_one(Payment, made)
    payment = get_scoped(uow, Payment, payment_id)
    order = get_order(uow.session, payment.order_id, lock=True)
    back = _give_back(uow, order, payment, reason)
    keep_result(uow, key or "", back.id)
    return back


def refund_all(uow: UnitOfWork, order: Order, *, reason: str) -> None:
    """Give back whatever was paid for an order whose row is held."""
    payments = list_payments(uow.session, order.id)
    given_back = {payment.refund_of for payment in payments}
    for payment in payments:
        if payment.fen > 0 and payment.id not in given_back:
            _give_back(uow, order, payment, reason)
    if order.due_fen == 0:
        reverse(uow, order, reason)  # others were to pay all of it: no money goes back
    order.due_fen = None
    uow.session.add(order)


def _give_back(uow: UnitOfWork, order: Order, payment: Payment, reason: str) -> Payment:
    nothing = payment.fen == 0 and order.due_fen == 0
    if payment.fen <= 0 and not nothing:
        raise AlreadyRefunded("这笔没有可退的金额。")
    if nothing:
        return _take_back_nothing(uow, order, payment, reason)
    back = Payment(
        order_id=order.id,
        station_id=payment.station_id,
        method=payment.method,
        fen=-payment.fen,
        refund_of=payment.id,
        reason=reason,
        at=uow.now,
        cash_on=_drawer(uow, payment.station_id, uow.now),
        account_id=uow.actor.account_id,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(back)
            uow.session.flush()
    except IntegrityError as twice:
        raise AlreadyRefunded from twice
    if payment.method is PayMethod.STORED:
        spend(uow, back.id, order.elder_id, back.fen)
    order.paid_fen -= payment.fen
    order.due_fen = None
    uow.session.add(order)
    fail_point("payment.returned")
    tell_order(uow, order, "order.refunded", fen=payment.fen, why=reason)
    reverse(uow, order, reason)
    return back


def _take_back_nothing(
    uow: UnitOfWork, order: Order, payment: Payment, reason: str
) -> Payment:
    """The elder had nothing to pay: what was granted goes back, and no money moves."""
    order.due_fen = None
    uow.session.add(order)
    tell_order(uow, order, "order.refunded", fen=0, why=reason)
    reverse(uow, order, reason)
    return payment
