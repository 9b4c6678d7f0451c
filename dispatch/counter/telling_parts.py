"""Telling what others pay towards an order, before the elder pays their own part."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from dispatch.access.scope import get_scoped
from dispatch.counter.paying import AlreadyPaid, NothingToPay
from dispatch.errors import BadInput, Conflict
from dispatch.orders.orders import Order, OrderState, tell_order
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.billing import quote
from dispatch.subsidy.externals import CouponNumber, ExternalPart


class TooMuchOutside(BadInput):
    """他方支付的金额超过订单金额，没有保存。请核对结算单。"""

    code = "too_much_outside"


class NoCoupon(BadInput):
    """这张订单没有用消费券，没有保存。"""

    code = "no_coupon"


class CouponUsed(Conflict):
    """这个核销号已经记在另一张订单上，没有保存。请核对。"""

    code = "coupon_used"


@dataclass(frozen=True)
class OutsidePart:
    """What an insurance or the like settled; 0 fen: nothing after all."""

    payer: str
    fen: int
    number: str


def tell_external(uow: UnitOfWork, order_id: UUID, part: OutsidePart) -> Order:
    """Write down what another payer settled for the order. Again: it is replaced.

    Raises:
        NotFound, NothingToPay, TooMuchOutside
        AlreadyPaid: the elder paid by another bill; give that back first.
    """
    order = get_scoped(uow, Order, order_id, lock=True)
    if order.state in (OrderState.CANCELLED, OrderState.FAILED):
        raise NothingToPay
    if order.due_fen is not None:
        raise AlreadyPaid("老人已经付款。请先退款，再登记他方支付。")
    if not 0 <= part.fen <= order.price_fen + order.fee_fen:
        raise TooMuchOutside
    kept = uow.session.get(ExternalPart, order.id)
    if kept is not None:
        uow.session.delete(kept)
        uow.session.flush()
    if part.fen:
        uow.session.add(
            ExternalPart(
                order_id=order.id,
                payer=part.payer,
                fen=part.fen,
                number=part.number,
                told_at=uow.now,
                told_by=uow.actor.account_id,
            )
        )
    uow.session.flush()
    tell_order(uow, order, "order.external_told", fen=part.fen, payer=part.payer)
    return order


def tell_coupon(uow: UnitOfWork, order_id: UUID, number: str) -> Order:
    """Write down the number by which the order's coupon was redeemed (核销号).

    Raises: NotFound, NoCoupon, CouponUsed
    """
    order = get_scoped(uow, Order, order_id, lock=True)
    if quote(uow.session, order).coupon_fen == 0:
        raise NoCoupon
    other = select(CouponNumber).where(
        CouponNumber.number == number, CouponNumber.order_id != order.id
    )
    if uow.session.exec(other).first():
        raise CouponUsed
    kept = uow.session.get(CouponNumber, order.id)
    if kept is None:
        kept = CouponNumber(order_id=order.id, number=number, told_at=uow.now)
    kept.number, kept.told_at, kept.told_by = number, uow.now, uow.actor.account_id
    try:
        with uow.session.begin_nested():
            uow.session.add(kept)
            uow.session.flush()
    except IntegrityError as twice:
        raise CouponUsed from twice
    tell_order(uow, order, "order.coupon_redeemed", number=number)
    return order
