"""One version of a district's subsidy rules: everything its file says."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP
from fnmatch import fnmatchcase
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from dispatch.subsidy.elder_rules import Count, ElderRule, Services
from dispatch.subsidy.lifecycle import Lifecycle
from dispatch.subsidy.own_cases import OwnCase
from dispatch.subsidy.payers import Source
from dispatch.subsidy.predicates import Test, When
from dispatch.subsidy.station_rules import Share, StationRule
from dispatch.subsidy.strict import Day, Identifier, Many, Strict, wrong
from dispatch.subsidy.thresholds import Thresholds
from dispatch.subsidy.windows import WeekStart

Text = Annotated[str, Field(min_length=1)]

ANY: Final = "ANY"  # the category that everybody is in
ROUNDING: Final = {
    "down_to_fen": ROUND_DOWN,
    "up_to_fen": ROUND_UP,
    "half_up_to_fen": ROUND_HALF_UP,
    "half_even_to_fen": ROUND_HALF_EVEN,
}


class District(Strict):
    code: Annotated[str, Field(pattern=r"^\d{6}$")]
    name: str = ""
    tz: Literal["Asia/Shanghai"]
    week_starts: WeekStart = "monday"


class Version(Strict):
    """Which version this is and on which service dates it holds, both included."""

    id: Identifier
    title: str = ""
    effective_from: Day
    effective_to: Day | None = None
    supersedes: Identifier | None = None
    doc_no: Text | None = None
    approved_by: Many[Text] = ()
    closed_months_are_immutable: Literal[True] = True

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.effective_to and self.effective_to < self.effective_from:
            raise wrong("effective_to is before effective_from", "swap the two dates")
        return self

    def holds_on(self, on: date) -> bool:
        until = self.effective_to
        return self.effective_from <= on and (until is None or on <= until)


class Category(Strict):
    """A kind of person, decided anew on each service date."""

    id: Identifier
    name: str = ""
    when: When
    evidence: Many[Text] = ()
    valid_months: int | None = Field(default=None, ge=0)  # 0: does not expire


class Stacking(Strict):
    """In which order groups are granted, and where only the highest counts."""

    order: Many[Identifier] = Field(min_length=1)
    best_of: Many[Identifier] = ()
    round: Literal["down_to_fen", "up_to_fen", "half_up_to_fen", "half_even_to_fen"] = (
        "down_to_fen"
    )
    never_exceed_actual_spend: Literal[True] = True


class Exclude(Strict):
    """Who must not get what, and the reason in words."""

    condition: Test = Field(alias="if")
    blocks: Many[Identifier] = Field(min_length=1)
    reason: Text


class EvidenceNeed(Strict):
    """What proves a service of this kind."""

    identity: Many[Identifier] = ()
    sources: Many[Identifier] = Field(default=(), alias="from")
    min_items: int = Field(default=0, ge=0)
    signature: bool = False
    geo_radius_m: Count | None = None
    max_minutes_from_dispatch: Count | None = None
    min_duration_pct: Share | None = None
    min_minutes: Count | None = None


class NamedPayer(Strict):
    """A payer's name, and which of the five it stands for."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    source: Annotated[Source, Field(strict=False)]  # a file gives the word


class Policy(Strict):
    """A rule file of the shape `eldercare-policy/1`; see `policy_checks` for sense."""

    schema_name: Literal["eldercare-policy/1"] = Field(alias="schema")
    district: District
    version: Version
    category: Many[Category] = ()
    service_set: Mapping[str, Many[Text]] = Field(default_factory=dict)
    payer: Mapping[Identifier, NamedPayer] = Field(default_factory=dict)
    subsidy: Many[ElderRule] = ()
    stacking: Stacking
    exclude: Many[Exclude] = ()
    station_subsidy: Many[StationRule] = ()
    lifecycle: Lifecycle = Lifecycle()
    evidence: Mapping[str, EvidenceNeed] = Field(default_factory=dict)
    anomalies: Thresholds = Field(default=Thresholds(), alias="anomaly")
    golden: Many[OwnCase] = ()

    def patterns(self, services: Services) -> tuple[str, ...]:
        """Service codes, with `*`, behind names of sets and codes."""
        names = (services,) if isinstance(services, str) else services
        return tuple(
            pattern for name in names for pattern in self.service_set.get(name, (name,))
        )

    @property
    def asks_workdays(self) -> bool:
        return any(rule.days == "workdays" for rule in self.subsidy)

    def touches(self, services: Services, code: str) -> bool:
        return any(fnmatchcase(code, pattern) for pattern in self.patterns(services))

    def once_key(self, subsidy: str, window: str) -> str | None:
        """What one person may have only once: a rule's or a best-of group's window."""
        rule = next(rule for rule in self.subsidy if rule.id == subsidy)
        if not rule.once:
            return None
        best_of = rule.group in self.stacking.best_of
        return f"{rule.group if best_of else rule.id}/{window}"

    def categories_in_order(self) -> list[Category]:
        """Each category after those that it asks about.

        Raises:
            CycleError: they ask about each other in a circle.
        """
        return self._in_order

    @cached_property
    def _in_order(self) -> list[Category]:
        """Found once: it is asked for each person on each day."""
        by_id = {category.id: category for category in self.category}
        needs = {name: category.when.asks() for name, category in by_id.items()}
        order = TopologicalSorter(needs).static_order()
        return [by_id[name] for name in order if name in by_id]
