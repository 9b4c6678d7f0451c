"""Forms of the catalogue, the calendar and the points."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from dispatch.catalogue.keeping import ServiceDraft
from dispatch.catalogue.services import Proof, SameSex
from dispatch.people.elders import Datum
from dispatch.people.places import StationKind
from dispatch.stations.entering import PointDraft
from web.schemas.shapes import Code, Day, Fen, Form, Lat, Lon
from web.schemas.staffing import Skill

Label = Annotated[str, Field(min_length=1, max_length=16)]
CalendarYearNumber = Annotated[int, Field(ge=2000, le=2099)]


class ServiceForm(Form):
    """A service as it should stand in the catalogue."""

    code: Code
    assist: Label
    name: Annotated[str, Field(min_length=1, max_length=40)]
    minutes: Annotated[int, Field(ge=0, le=600)]
    people: Annotated[int, Field(ge=1, le=2)] = 1
    skills: Annotated[tuple[Skill, ...], Field(max_length=20)] = ()
    price_fen: Fen = 0
    unit: Annotated[str, Field(min_length=1, max_length=8)] = "次"
    same_sex: SameSex = SameSex.ANY
    proofs: Annotated[tuple[Proof, ...], Field(max_length=10)] = ()
    active: bool = True

    def to_draft(self) -> ServiceDraft:
        return ServiceDraft(**self.model_dump())


class NewServiceForm(ServiceForm):
    """The same; `is_new` refuses a code that is there already."""

    is_new: bool = False

    def to_draft(self) -> ServiceDraft:
        return ServiceDraft(**self.model_dump(exclude={"is_new"}))


class SkillForm(Form):
    code: Skill
    name: Annotated[str, Field(min_length=1, max_length=20)]
    certified: bool = False


class AssistForm(Form):
    """How this district calls a class of services."""

    code: Label
    label: Label
    one_of_six: bool
    rank: Annotated[int, Field(ge=0, le=999)] = 0


class CalendarForm(Form):
    """A year's holidays as lines of a sheet, and the notice that they come from."""

    year: CalendarYearNumber
    notice: Annotated[str, Field(min_length=2, max_length=80)]
    lines: Annotated[str, Field(max_length=20_000)]


class PointForm(Form):
    """A point that opens."""

    code: Annotated[str, Field(min_length=1, max_length=16)]
    name: Annotated[str, Field(min_length=2, max_length=60)]
    kind: StationKind
    street_code: Annotated[str, Field(max_length=12, pattern=r"^\d+$")]
    kitchen_id: UUID | None = None
    lunch_capacity: Annotated[int, Field(ge=1, le=5000)] | None = None
    lat: Lat
    lon: Lon
    datum: Datum = Datum.WGS84
    phone: Annotated[str, Field(pattern=r"^[0-9+ -]{5,20}$")]
    rural: bool = False
    keeper_id: UUID | None = None
    radius_metres: Annotated[int, Field(ge=50, le=2000)] = 500

    def to_draft(self) -> PointDraft:
        return PointDraft(**self.model_dump())


class ExitForm(Form):
    """The preview that is confirmed."""

    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class StarForm(Form):
    star: Annotated[int, Field(ge=0, le=5)]
    from_on: Day


class OperatorForm(Form):
    """Who runs points."""

    name: Annotated[str, Field(min_length=2, max_length=60)]
    credit_code: Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")] | None = None
    entered_on: Day


class OperatorEndForm(Form):
    """An operator's last day on the books."""

    last_on: Day


class OperationForm(Form):
    """Who runs a point from a day on."""

    operator_id: UUID
    from_on: Day
