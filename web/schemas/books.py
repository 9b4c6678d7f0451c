"""Forms of the books: transfers, budgets, what others pay."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from dispatch.counter.telling_parts import OutsidePart
from dispatch.subsidy.budgeting import BudgetDraft
from dispatch.subsidy.ledger_accounts import AccountKind
from dispatch.subsidy.reimbursing import PayoutDraft
from web.schemas.shapes import Day, Fen, Form

PayerName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Number = Annotated[str, Field(min_length=1, max_length=40)]
YearMonth = Annotated[str, Field(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$")]


class PayoutForm(Form):
    """A transfer to a station for a closed month."""

    month: YearMonth
    station_id: UUID
    payer: PayerName
    kind: Literal["advance", "due", "external"]
    fen: Fen
    paid_on: Day
    voucher: Number

    def to_draft(self) -> PayoutDraft:
        about = self.model_dump(exclude={"kind"})
        return PayoutDraft(**about, kind=AccountKind(self.kind))


class BudgetForm(Form):
    """A budget is set, raised or, below 0, cut."""

    payer: PayerName
    year: Annotated[int, Field(ge=2000, le=2199)]
    fen: Annotated[int, Field(ge=-(10**13), le=10**13)]
    doc_no: Annotated[str, Field(min_length=1, max_length=60)]

    def to_draft(self) -> BudgetDraft:
        return BudgetDraft(**self.model_dump())


class ExternalForm(Form):
    """What an insurance or the like settled for an order."""

    payer: PayerName = "ltci"
    fen: Fen
    number: Number

    def to_part(self) -> OutsidePart:
        return OutsidePart(self.payer, self.fen, self.number)


class CouponForm(Form):
    """核销号."""

    number: Number


class PurseForm(Form):
    """An elder's own money is put in, or, below 0, given back."""

    fen: Annotated[int, Field(ge=-100_000_000, le=100_000_000)]
