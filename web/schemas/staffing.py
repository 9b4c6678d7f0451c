"""Forms about helpers: who they are, papers, hours, limits, pairs, suspension."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from dispatch.catalogue.heat import HeatLevel
from dispatch.people.certificates import PaperKind
from dispatch.people.crew_messages import LONGEST, Audience
from dispatch.people.helpers import HelperKind, TravelMode
from dispatch.people.leaves import LeaveKind
from dispatch.people.pairings import PairKind
from dispatch.staffing.enrolling import HelperDraft, LimitsDraft, PaperDraft
from dispatch.staffing.heat import HeatDraft
from dispatch.staffing.hours import PatternDraft
from dispatch.staffing.suspending import SuspendedFor
from web.schemas.shapes import Day, Form, Moment, Reason

Skill = Annotated[str, Field(min_length=1, max_length=24, pattern=r"^[a-z0-9_]+$")]
Name = Annotated[str, Field(min_length=1, max_length=30)]
Phone = Annotated[str, Field(pattern=r"^[0-9+ -]{5,20}$")]
DaySeconds = Annotated[int, Field(ge=0, le=108_000)]
StreetCode = Annotated[str, Field(max_length=12, pattern=r"^\d+$")]
Community = Annotated[str, Field(min_length=1, max_length=40)]


class CrewMessageForm(Form):
    """A few words to everybody of an audience."""

    audience: Audience
    words: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    kitchen_id: UUID | None = None
    street_code: StreetCode | None = None

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if (self.audience is Audience.KITCHEN) != (self.kitchen_id is not None):
            raise ValueError("发给一个厨房的，要选是哪个厨房")
        if self.audience is Audience.STREET and self.street_code is None:
            raise ValueError("发给一个街道的，要选是哪个街道")
        return self


class HelperForm(Form):
    """Somebody new."""

    station_id: UUID
    kind: HelperKind
    mode: TravelMode
    name: Name
    phone: Phone
    capacity: Annotated[int, Field(ge=0, le=500)] = 8
    max_work_seconds: Annotated[int, Field(ge=60, le=86_400)] = 14_400
    skills: Annotated[tuple[Skill, ...], Field(max_length=30)] = ()
    sex: Literal["F", "M"] | None = None
    born_on: Day | None = None
    paper: bool = False

    def to_draft(self) -> HelperDraft:
        return HelperDraft(**self.model_dump())


class PaperForm(Form):
    """A certificate or an insurance."""

    kind: PaperKind
    from_on: Day
    until_on: Day
    skill: Skill | None = None
    issuer: Annotated[str, Field(max_length=60)] = ""
    number: Annotated[str, Field(max_length=60)] = ""

    def to_draft(self) -> PaperDraft:
        return PaperDraft(**self.model_dump())


class EndPaperForm(Form):
    """Its last day."""

    last_on: Day


class LeaveForm(Form):
    """Away from one moment to another."""

    kind: LeaveKind
    from_at: Moment
    until_at: Moment


class ShiftForm(Form):
    """One more stretch of duty."""

    starts_at: Moment
    ends_at: Moment


class PatternForm(Form):
    """One stretch of duty of a week; seconds after midnight."""

    weekday: Annotated[int, Field(ge=0, le=7)]
    begins: DaySeconds
    ends: DaySeconds
    break_from: DaySeconds | None = None
    break_until: DaySeconds | None = None
    break_seconds: Annotated[int, Field(ge=0, le=36_000)] = 0
    off_on_holidays: bool = False

    def to_draft(self) -> PatternDraft:
        return PatternDraft(**self.model_dump())


class WeekForm(Form):
    """A helper's week."""

    week: Annotated[tuple[PatternForm, ...], Field(max_length=40)]


class LimitsForm(Form):
    """What a helper offers at most, and their communities."""

    max_work_seconds: Annotated[int, Field(ge=60, le=86_400)]
    most_floors: Annotated[int, Field(ge=0, le=500)] | None = None
    most_stops: Annotated[int, Field(ge=1, le=500)] | None = None
    four_weeks_seconds: Annotated[int, Field(ge=0, le=2_419_200)] | None = None
    heat_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    rest_seconds: Annotated[int, Field(ge=0, le=172_800)] | None = None
    communities: Annotated[tuple[Community, ...], Field(max_length=200)] = ()

    def to_draft(self) -> LimitsDraft:
        return LimitsDraft(**self.model_dump())


class GuardianForm(Form):
    """Who consents for a helper under age."""

    relation: Annotated[str, Field(min_length=1, max_length=20)]
    name: Name
    phone: Phone


class PairForm(Form):
    """Never, or rather than others; the reason is sealed."""

    elder_id: UUID
    kind: PairKind
    reason: Reason


class PurposeForm(Form):
    """What somebody wants to read a sealed reason for."""

    purpose: Reason


class SuspendForm(Form):
    why: SuspendedFor


class HeatForm(Form):
    """高温预警 for a day; without a street, for all within reach."""

    street_code: StreetCode | None = None
    warns_on: Day
    level: HeatLevel
    most_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    volunteers_stay: bool = False
    rest_from: DaySeconds | None = None
    rest_until: DaySeconds | None = None

    def to_draft(self) -> HeatDraft:
        return HeatDraft(**self.model_dump())


class NoHeatForm(Form):
    """A warning that is taken back."""

    street_code: StreetCode | None = None
    warns_on: Day
