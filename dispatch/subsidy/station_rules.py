"""Station-side subsidies: their shapes, and what a station's month earns by them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from dispatch.subsidy.elder_rules import Count, PaidFen, Services
from dispatch.subsidy.strict import Fen, Identifier, Many, Strict

Share = (
    Annotated[int, Field(ge=0, le=100)]
    | Annotated[Decimal, Field(ge=0, le=100, allow_inf_nan=False)]
)

Reached = (  # more may be done than was planned
    Annotated[int, Field(ge=0)] | Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]
)


class StationMonth(Strict):
    """What counts about a station in one month; a share not known is None."""

    id: Identifier
    rural: bool = False
    star: int | None = Field(default=None, ge=0, le=5)
    signed_persons: int = Field(default=0, ge=0)
    visit_pct: Reached | None = None
    haircut_pct: Reached | None = None
    persons_days: int = Field(default=0, ge=0)
    care_days: int = Field(default=0, ge=0)  # 托养: persons times days
    years_in_chain: int | None = Field(default=None, ge=1)  # completed in this month


class ForStations(Strict):
    """What every station-side subsidy says, whatever its kind."""

    id: Identifier
    name: str = ""
    doc_no: str | None = None
    payer: Identifier = "district_finance"


class PerPersonDay(ForStations):
    """An amount for each person and day with an evidenced service."""

    kind: Literal["fixed"]
    amount_fen: PaidFen
    window: Literal["person_day"]
    beneficiaries: Many[Identifier] = Field(min_length=1)
    services: Services
    count: Literal["distinct_persons"]
    period: Literal["month"]

    def earned(self, station: StationMonth) -> int | str:
        return self.amount_fen * station.persons_days or "nothing_counted"


class PerCareDay(ForStations):
    """An amount for each person and day of day care or a short stay."""

    kind: Literal["per_care_day"]
    amount_fen: PaidFen

    def earned(self, station: StationMonth) -> int | str:
        return self.amount_fen * station.care_days or "nothing_counted"


class Year(Strict):
    year: int = Field(ge=1, le=50)
    fen: Fen


class ByYear(ForStations):
    """A sum once, in the month in which a station of a chain completes a year."""

    kind: Literal["by_year"]
    years: Many[Year] = Field(min_length=1)

    def earned(self, station: StationMonth) -> int | str:
        done = station.years_in_chain
        return next((y.fen for y in self.years if y.year == done), 0) or "year"


class RuralFlat(Strict):
    """A small rural station gets this sum instead of the rate."""

    below_persons: Count
    fen_per_month: PaidFen


class Requirement(Strict):
    """The least shares, in percent, that a station must have reached."""

    visit_completion_pct_min: Share | None = None
    haircut_completion_pct_min: Share | None = None

    def missed(self, station: StationMonth) -> str | None:
        """The first condition that the station does not prove."""
        for name, least, reached in (
            ("visit", self.visit_completion_pct_min, station.visit_pct),
            ("haircut", self.haircut_completion_pct_min, station.haircut_pct),
        ):
            if least is not None and (reached is None or reached < least):
                return f"require:{name}_completion_pct_min"
        return None


class PerSignedPerson(ForStations):
    """An amount for each signed person and month."""

    kind: Literal["per_signed_person_month"]
    amount_fen: PaidFen
    rural_flat: RuralFlat | None = None
    require: Requirement = Requirement()

    def earned(self, station: StationMonth) -> int | str:
        if missed := self.require.missed(station):
            return missed
        flat = self.rural_flat
        if flat and station.rural and station.signed_persons < flat.below_persons:
            return flat.fen_per_month
        return self.amount_fen * station.signed_persons or "nothing_counted"


class Star(Strict):
    star: int = Field(ge=1, le=5)
    fen: Fen


class ByStar(ForStations):
    """A monthly sum by the station's stars."""

    kind: Literal["by_star_month"]
    stars: Many[Star] = Field(min_length=1)

    def earned(self, station: StationMonth) -> int | str:
        return next((s.fen for s in self.stars if s.star == station.star), 0) or "star"


StationRule = Annotated[
    PerPersonDay | PerSignedPerson | ByStar | ByYear | PerCareDay,
    Field(discriminator="kind"),
]


@dataclass(frozen=True)
class StationOutcome:
    """What a station's month earns: rule and fen; rule and why not."""

    lines: tuple[tuple[str, int], ...]
    refused: tuple[tuple[str, str], ...]

    @property
    def total_fen(self) -> int:
        return sum(fen for _, fen in self.lines)


def grant_station(
    rules: tuple[StationRule, ...], station: StationMonth, *, in_force: bool
) -> StationOutcome:
    """What a station earns: sums for the month first, then what is counted by day."""
    lines: list[tuple[str, int]] = []
    refused: list[tuple[str, str]] = []
    for rule in sorted(rules, key=lambda rule: isinstance(rule, PerPersonDay)):
        earned = rule.earned(station) if in_force else "no_rule"
        if isinstance(earned, int):
            lines.append((rule.id, earned))
        else:
            refused.append((rule.id, earned))
    return StationOutcome(tuple(lines), tuple(refused))
