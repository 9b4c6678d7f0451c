"""The shapes of elder-side subsidies in a rule file."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from dispatch.subsidy.strict import MOST_FEN, Fen, Identifier, Many, Strict, wrong
from dispatch.subsidy.windows import SPAN_OF, Span, Window

Grade = Literal["A", "B", "C", "D", "E"]
Meal = Literal["BREAKFAST", "LUNCH", "DINNER"]
Part = Literal["price", "fee", "rest"]
Collector = Literal["self", "registered_proxy", "other"]
PaidFen = Annotated[int, Field(gt=0, le=MOST_FEN)]
Count = Annotated[int, Field(gt=0, le=100_000)]
Level = Annotated[int, Field(ge=0, le=4)]
Percentage = (
    Annotated[int, Field(gt=0, le=100)] | Annotated[Decimal, Field(gt=0, le=100)]
)
Services = (
    Annotated[str, Field(min_length=1)] | Many[Annotated[str, Field(min_length=1)]]
)

NATIONAL_COUPON: Final = "national_coupon"  # the payer whose part is shown apart


class MinSpend(Strict):
    """What the price must reach (`ge`) or exceed (`gt`) before anything is granted."""

    mode: Literal["gt", "ge"]
    fen: Fen

    def met_by(self, price_fen: int) -> bool:
        return price_fen > self.fen if self.mode == "gt" else price_fen >= self.fen


class Caps(Strict):
    """The most that one person gets in a day, week or month: grants or fen."""

    day_count: Count | None = None
    day_fen: PaidFen | None = None
    week_count: Count | None = None
    week_fen: PaidFen | None = None
    month_count: Count | None = None
    month_fen: PaidFen | None = None

    def counts(self) -> dict[Span, int]:
        of: dict[Span, int | None] = {
            "day": self.day_count,
            "week": self.week_count,
            "month": self.month_count,
        }
        return {span: cap for span, cap in of.items() if cap is not None}

    def fens(self) -> dict[Span, int]:
        of: dict[Span, int | None] = {
            "day": self.day_fen,
            "week": self.week_fen,
            "month": self.month_fen,
        }
        return {span: cap for span, cap in of.items() if cap is not None}


class Rule(Strict):
    """What every elder-side subsidy says, whatever its kind.

    `shares` divides it among payers by weight, `payer` being one of them.
    """

    id: Identifier
    name: str = ""
    doc_no: str | None = None  # the notice behind this rule, where it has its own
    services: Services
    beneficiaries: Many[Identifier] = Field(min_length=1)
    window: Window
    group: Identifier
    payer: Identifier
    shares: Mapping[Identifier, Count] = Field(default_factory=dict)
    meals: Many[Meal] = ()
    days: Literal["all", "workdays"] = "all"  # by the calendar, holidays and all
    min_spend: MinSpend | None = None
    caps: Caps = Caps()
    min_grade: Grade = "E"
    applies_to: Literal["price", "delivery_fee"] = "price"
    advance_by: Literal["station", "operator"] | None = None
    external_ref: Literal["required"] | None = None
    transferable: bool = False
    cash: bool = False
    proxy_pickup: Literal["forbid", "registered_only", "any"] = "any"

    @property
    def title(self) -> str:
        return self.name or self.id

    def allows(self, collector: Collector | None) -> bool:
        """Whether the meal may be fetched by this person."""
        if collector in (None, "self") or self.proxy_pickup == "any":
            return True
        return self.proxy_pickup == "registered_only" and collector != "other"

    @property
    def part(self) -> Part:
        return "fee" if self.applies_to == "delivery_fee" else "price"

    @property
    def once(self) -> bool:
        """Whether a window takes one grant; a cap on that same window overrules."""
        span = SPAN_OF[self.window]
        return span not in self.caps.counts() and span not in self.caps.fens()


class Fixed(Rule):
    """The same amount each time."""

    kind: Literal["fixed"]
    amount_fen: PaidFen


class Tier(Strict):
    """From one value to another, both included."""

    first: int = Field(alias="from", ge=0)
    last: int = Field(alias="to", ge=0)
    fen: Fen


class Tiered(Rule):
    """An amount by age or level."""

    kind: Literal["tiered"]
    tier_field: Literal["age", "ability_level", "disability_grade"]
    tiers: Many[Tier] = Field(min_length=1)

    @model_validator(mode="after")
    def _tiers_follow(self) -> Self:
        ends: int | None = None
        for tier in self.tiers:
            if tier.last < tier.first:
                raise wrong(
                    f"tier {tier.first}-{tier.last} ends before it begins",
                    "swap from and to",
                )
            if ends is not None and tier.first != ends + 1:
                what = "a gap before" if tier.first > ends else "an overlap at"
                raise wrong(
                    f"{what} tier {tier.first}-{tier.last}",
                    f"begin it with from = {ends + 1}; give 0 fen where nothing is due",
                )
            ends = tier.last
        return self

    def fen_for(self, value: object) -> int:
        """What the value's tier gives; 0 outside all tiers or when it is not known."""
        if not isinstance(value, int):
            return 0
        at = (tier.fen for tier in self.tiers if tier.first <= value <= tier.last)
        return next(at, 0)


class Percent(Rule):
    """A share of the price, or of what the elder still has to pay."""

    kind: Literal["percent"]
    rates: Mapping[str, Percentage] = Field(min_length=1)
    base: Literal["self_paid_remaining", "price"] = "self_paid_remaining"
    carry_over: Literal[False] = False

    @property
    def part(self) -> Part:
        return "rest" if self.base == "self_paid_remaining" else super().part


class QuotaRow(Strict):
    """So many units a window for this category from this ability level upwards."""

    category: Identifier
    level_min: Level = 0
    count: Count


class Quota(Rule):
    """Work orders bought for a person; the rows say for whom and how many."""

    kind: Literal["quota"]
    beneficiaries: Many[Identifier] = ()
    unit: Literal["work_order"] = "work_order"
    quota: Many[QuotaRow] = Field(min_length=1)
    choose: Literal["max"] = "max"
    carry_over: Literal[False] = False
    price_fen_per_unit: PaidFen

    @property
    def once(self) -> bool:
        return False


ElderRule = Annotated[Fixed | Tiered | Percent | Quota, Field(discriminator="kind")]
