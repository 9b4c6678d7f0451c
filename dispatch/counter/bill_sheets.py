"""The bill as the counter shows it: who pays which part."""

from dataclasses import dataclass
from uuid import UUID

from dispatch.counter.paying import bill_of
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.billing import Bill


@dataclass(frozen=True, kw_only=True)
class BillLine:
    subsidy: str
    name: str
    fen: int


@dataclass(frozen=True, kw_only=True)
class BillSheet:
    """Who pays which part."""

    price_fen: int
    fee_fen: int
    lines: list[BillLine]
    subsidy_fen: int
    coupon_fen: int
    self_fen: int
    paid_fen: int
    due_fen: int


def show_bill(uow: UnitOfWork, order_id: UUID) -> BillSheet:
    """The bill of an order within reach. Raises: NotFound."""
    return sheet_of_bill(bill_of(uow, order_id)[1])


def sheet_of_bill(bill: Bill) -> BillSheet:
    """The same bill without what only the office reads."""
    return BillSheet(
        price_fen=bill.price_fen,
        fee_fen=bill.fee_fen,
        lines=[
            BillLine(subsidy=one.subsidy, name=one.name, fen=one.fen)
            for one in bill.lines
        ],
        subsidy_fen=bill.subsidy_fen,
        coupon_fen=bill.coupon_fen,
        self_fen=bill.self_fen,
        paid_fen=bill.paid_fen,
        due_fen=bill.due_fen,
    )
