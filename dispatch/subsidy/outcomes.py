"""What goes into the granting of an order, and what comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from dispatch.subsidy.elder_rules import NATIONAL_COUPON, Collector, Grade, Part
from dispatch.subsidy.windows import Moment


@dataclass(frozen=True)
class Service:
    """One order as the rules see it: what was served when, and what it cost."""

    id: str
    service: str
    on: date
    meal: str | None = None
    price_fen: int = 0
    fee_fen: int = 0
    external_fen: int = 0
    grade: Grade | None = None
    collected_by: Collector | None = None  # None: by the elder, or not known
    workday: bool = True  # of interest only to rules that ask for workdays

    @property
    def moment(self) -> Moment:
        return Moment(self.on, self.meal, self.id)


@dataclass(frozen=True)
class Line:
    """One granted sum and the reasons behind it."""

    subsidy: str
    on: Part
    fen: int
    category: str
    window: str
    rule_version: str
    payer: str
    advance_by: str | None
    units: int = 1
    shares: Mapping[str, int] = field(default_factory=dict)  # several payers' weights


@dataclass(frozen=True)
class Refused:
    """One subsidy that touches the service and is not granted, and why."""

    subsidy: str
    because: str


class Given(Protocol):
    """A sum that somebody gives towards an order."""

    @property
    def fen(self) -> int: ...
    @property
    def payer(self) -> str: ...


class Shared:
    """What is given towards an order, by who gives it."""

    lines: Sequence[Given]

    @property
    def coupon_fen(self) -> int:
        return sum(line.fen for line in self.lines if line.payer == NATIONAL_COUPON)

    @property
    def subsidy_fen(self) -> int:
        """All lines but the national coupon."""
        return sum(line.fen for line in self.lines) - self.coupon_fen


@dataclass
class Outcome(Shared):
    """What an order is granted; what is left, the elder pays."""

    order: Service
    lines: list[Line] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    anomalies: list[str] = field(default_factory=list)

    @property
    def self_fen(self) -> int:
        paid_by_others = self.order.external_fen + self.subsidy_fen + self.coupon_fen
        return self.order.price_fen + self.order.fee_fen - paid_by_others


@dataclass
class Left:
    """What is still to be paid of the price and of the fee."""

    price: int
    fee: int

    def of(self, part: Part) -> int:
        return {"price": self.price, "fee": self.fee}.get(part, self.price + self.fee)

    def take(self, part: Part, fen: int) -> None:
        """Take from the part; what pays for the rest pays for the price first."""
        from_price = 0 if part == "fee" else min(fen, self.price)
        self.price -= from_price
        self.fee -= fen - from_price
