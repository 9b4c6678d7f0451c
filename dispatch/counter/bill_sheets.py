"""The bill as the counter shows it: who pays which part."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from dispatch.counter.paying import bill_of
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.billing import Bill
from dispatch.subsidy.elder_rules import NATIONAL_COUPON
from dispatch.subsidy.externals import (
    ExternalPart,
    list_coupon_numbers,
    list_externals,
)


@dataclass(frozen=True, kw_only=True)
class BillLine:
    subsidy: str
    name: str
    fen: int


@dataclass(frozen=True, kw_only=True)
class BillSheet:
    """Who pays which part; the coupon is no line but a part of its own.

    `coupon_number` is that of the redemption, `external_number` that of the insurance's
    settlement; empty while nobody wrote them down.
    """

    price_fen: int
    fee_fen: int
    lines: list[BillLine]
    subsidy_fen: int
    coupon_fen: int
    coupon_number: str
    external_fen: int
    external_number: str
    self_fen: int
    paid_fen: int
    due_fen: int


def show_bill(uow: UnitOfWork, order_id: UUID) -> BillSheet:
    """The bill of an order within reach. Raises: NotFound."""
    return sheets_of_bills(uow.session, {order_id: bill_of(uow, order_id)[1]})[order_id]


def sheets_of_bills(
    session: Session, bills: Mapping[UUID, Bill]
) -> dict[UUID, BillSheet]:
    """The same bills without what only the office reads, with what others told."""
    settled = [order_id for order_id, bill in bills.items() if bill.external_fen]
    redeemed = [order_id for order_id, bill in bills.items() if bill.coupon_fen]
    parts = list_externals(session, settled)
    numbers = list_coupon_numbers(session, redeemed)
    return {
        order_id: _sheet(bill, parts.get(order_id), numbers.get(order_id, ""))
        for order_id, bill in bills.items()
    }


def _sheet(bill: Bill, part: ExternalPart | None, coupon_number: str) -> BillSheet:
    return BillSheet(
        price_fen=bill.price_fen,
        fee_fen=bill.fee_fen,
        lines=[
            BillLine(subsidy=one.subsidy, name=one.name, fen=one.fen)
            for one in bill.lines
            if one.payer != NATIONAL_COUPON
        ],
        subsidy_fen=bill.subsidy_fen,
        coupon_fen=bill.coupon_fen,
        coupon_number=coupon_number,
        external_fen=bill.external_fen,
        external_number=part.number if part else "",
        self_fen=bill.self_fen,
        paid_fen=bill.paid_fen,
        due_fen=bill.due_fen,
    )
