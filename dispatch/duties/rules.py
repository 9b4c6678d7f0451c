"""The district's duties as data: a versioned file, read whole or refused."""

from collections import Counter
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from dispatch.duties.encounters import Encounter, Way
from dispatch.duties.periods import Period
from dispatch.people.elders import Living
from dispatch.subsidy.dated_files import file_on
from dispatch.subsidy.policy_files import said_by
from dispatch.subsidy.strict import Day, Identifier, Many, Strict, wrong

DEMO_DUTIES: Final = Path(__file__).parent / "rules" / "qinghe-2026.toml"
WORST: Final = "E"

Words = Annotated[str, Field(min_length=1, max_length=60)]
Tier = Annotated[int, Field(ge=0, le=3)]
Code = Annotated[str, Field(pattern=r"^[A-Z0-9_]{1,24}$")]


class Credit(Strict):
    """What fulfils a duty: this service or outreach, this way, so long, so proven.

    `paid_visit` asks for a visit as the rule file of subsidies measures it
    (`evidence.visit_home`): one place says how long and how proven that is.
    """

    what: Many[Code] = Field(min_length=1)
    ways: Many[Annotated[Way, Field(strict=False)]] = ()
    least_minutes: Annotated[int, Field(ge=0, le=600)] = 0
    lowest_grade: Literal["A", "B", "C", "D", "E"] | None = None
    paid_visit: bool = False

    def takes(self, encounter: Encounter) -> bool:
        return (
            encounter.what in self.what
            and (not self.ways or encounter.way in self.ways)
            and encounter.minutes >= self.least_minutes
            and (encounter.paid or not self.paid_visit)
            and self._proven(encounter)
        )

    def _proven(self, encounter: Encounter) -> bool:
        if self.lowest_grade is None:
            return True
        return encounter.grade is not None and encounter.grade <= self.lowest_grade


class DutyRule(Strict):
    """One duty: to whom it is owed, how often, and what is ordered for it.

    Attributes:
        categories: whoever is in one of them; empty: everybody.
        signed_only: only to those who have an agreement (签约) that day.
        by: `own_interval` is the elder's own rhythm, `care_plan` the minutes of
            their home-care bed (家庭养老床位); both instead of a period's times.
        instead_of: duties that nobody has who has this one.
        days: with the period `days`, so many after the last time.
        warn_days: at risk when so many days are left or fewer.
        orders: the service that is ordered for it; `by_itself`: every night.
        tier_at_risk, tier_overdue: how far its order stands before others.
    """

    id: Identifier
    name: Words
    name_en: Words
    categories: Many[Identifier] = ()
    living: Many[Annotated[Living, Field(strict=False)]] = ()
    signed_only: bool = False
    by: Literal["category", "own_interval", "care_plan"] = "category"
    instead_of: Many[Identifier] = ()
    period: Annotated[Period, Field(strict=False)]
    days: Annotated[int, Field(ge=1, le=1100)] | None = None
    times: Annotated[int, Field(ge=1, le=31)] = 1
    warn_days: Annotated[int, Field(ge=0, le=92)]
    credit: Many[Credit] = Field(min_length=1)
    orders: Code | None = None
    by_itself: bool = False
    tier_at_risk: Tier = 0
    tier_overdue: Tier = 0

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        rolling = self.period is Period.DAYS
        if rolling != (self.days is not None or self.by == "own_interval"):
            raise wrong("days and period disagree", "give days with period = 'days'")
        if rolling and self.times != 1:
            raise wrong("times has no meaning here", "leave it away with 'days'")
        if self.by == "care_plan" and self.period is not Period.MONTH:
            raise wrong("care plans count months", "write period = 'month'")
        if self.by_itself and self.orders is None:
            raise wrong("nothing to order by itself", "name the service in orders")
        return self

    @cached_property
    def words(self) -> frozenset[str]:
        """Everything that may credit it, by its code."""
        return frozenset(code for credit in self.credit for code in credit.what)

    def takes(self, encounter: Encounter) -> bool:
        return any(credit.takes(encounter) for credit in self.credit)


class DutyVersion(Strict):
    """`counted_from`: what lies before it is not held against anybody."""

    id: Identifier
    effective_from: Day
    effective_to: Day
    counted_from: Day


class DutyFile(Strict):
    """One version of a district's duties."""

    format: Literal["eldercare-duties/1"] = Field(alias="schema")
    version: DutyVersion
    duty: Many[DutyRule] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_what_it_has(self) -> Self:
        ids = Counter(rule.id for rule in self.duty)
        if twice := [name for name, many in ids.items() if many > 1]:
            raise wrong(f"duty {twice[0]!r} is there twice", "give it another id")
        for rule in self.duty:
            for name in rule.instead_of:
                if name not in ids or name == rule.id:
                    raise wrong(f"no other duty {name!r}", "name one of this file")
        return self

    def rule(self, duty: str) -> DutyRule | None:
        return next((rule for rule in self.duty if rule.id == duty), None)


def duties_on(on: date) -> DutyFile:
    """The duties of a day: the files in `duties` under the home folder, else the
    demo district's. Where no version holds, the newest one does.

    Raises:
        BadFile: a file does not make sense.
    """
    return file_on(on, "duties", DEMO_DUTIES, read_duties)


def read_duties(words: str, name: str) -> DutyFile:
    """Read a file of the shape `eldercare-duties/1`.

    Raises:
        BadFile: it is not TOML, or does not make sense.
    """
    return said_by(DutyFile, words, name)
