"""Forms of an elder's file, section by section."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from dispatch.orders.befalling import Event
from dispatch.orders.pausing import PauseDraft
from dispatch.people.changing import FactChange
from dispatch.people.consents import Purpose, Said, Voice
from dispatch.people.door_keys import KeyMove
from dispatch.people.editing import ContactDraft, Diet
from dispatch.people.elder_facts import FactKind
from dispatch.people.elders import Datum, IdentityKind
from dispatch.people.filing import FileDraft
from dispatch.people.housing import Address, Point
from dispatch.people.life_events import LifeKind
from dispatch.people.pauses import PauseReason, PauseScope
from web.schemas.shapes import Day, Form, Lat, Lon, Reason

Name = Annotated[str, Field(min_length=1, max_length=40)]
Phone = Annotated[str, Field(max_length=20, pattern=r"^[0-9+\-() ]*$")]
Card = Annotated[str, Field(max_length=24, pattern=r"^[0-9A-Za-z]*$")]
Short = Annotated[str, Field(max_length=60)]
Words = Annotated[str, Field(max_length=120)]
Born = Annotated[date, Field(ge=date(1890, 1, 1), le=date(2100, 1, 1))]
Hour = Annotated[int, Field(ge=0, le=24)]
Tag = Annotated[str, Field(max_length=20)]


class PointForm(Form):
    """Where a door is, in the map's own coordinates."""

    lat: Lat
    lon: Lon
    datum: Datum = Datum.WGS84
    by: Literal["map_pick", "geocoder", "gps", "typed"] = "map_pick"

    def to_point(self) -> Point:
        return Point(self.lat, self.lon, self.datum, self.by)


class AddressForm(Form):
    """An address in its parts; a missing note leaves the one that is kept."""

    community: Annotated[str, Field(max_length=40)]
    building: Short
    road: Short = ""
    estate: Short = ""
    unit: Annotated[str, Field(max_length=20)] = ""
    room: Annotated[str, Field(max_length=20)] = ""
    floor: Annotated[int, Field(ge=-3, le=120)] = 1
    lift: bool = False
    grid_code: Annotated[str, Field(max_length=20)] | None = None
    door_note: Words | None = None

    def to_address(self) -> Address:
        return Address(**self.model_dump())


class SearchForm(Form):
    """What a service outside is asked: a road, an estate, a building; no door."""

    community: Annotated[str, Field(max_length=40)] = ""
    road: Short = ""
    estate: Short = ""
    building: Short = ""

    def words(self) -> str:
        return f"{self.community}{self.road}{self.estate}{self.building}"


class NewFileForm(Form):
    """What is needed first."""

    name: Name
    identity_kind: IdentityKind = IdentityKind.RESIDENT
    id_number: Annotated[str, Field(max_length=30)] = ""
    phone: Phone = ""
    card: Card = ""
    sex: Literal["F", "M"] | None = None
    born_on: Born | None = None
    address: AddressForm
    point: PointForm | None = None

    def to_draft(self) -> FileDraft:
        return FileDraft(
            **self.model_dump(exclude={"address", "point"}),
            address=self.address.to_address(),
            point=self.point.to_point() if self.point else None,
        )


class NamesForm(Form):
    name: Name | None = None
    phone: Phone | None = None
    card: Card | None = None

    def values(self) -> dict[str, str]:
        return {k: v for k, v in self.model_dump().items() if v is not None}


class IdentityForm(Form):
    identity_kind: IdentityKind
    id_number: Annotated[str, Field(max_length=30)] = ""


class DietForm(Form):
    diet_tags: Annotated[tuple[Tag, ...], Field(max_length=20)] = ()
    allergies: Annotated[tuple[Tag, ...], Field(max_length=20)] = ()
    swallowing_level: Annotated[int, Field(ge=0, le=7)] = 0

    def to_diet(self) -> Diet:
        return Diet(**self.model_dump())


class CareForm(Form):
    language: Annotated[str, Field(max_length=40)] = ""
    fall_risk: bool = False
    infectious: bool = False
    visit_every_days: Annotated[int, Field(ge=1, le=365)] | None = None


class FactForm(Form):
    """One dated fact; `about` are words beside it, such as scale and score."""

    kind: FactKind
    value: Annotated[dict[str, Any], Field(max_length=2)]
    from_on: Day
    until_on: Day | None = None
    source: Annotated[str, Field(min_length=1, max_length=40)] = "station"
    about: Annotated[
        dict[str, Tag | int | None], Field(max_length=6, default_factory=dict)
    ]
    reason: Annotated[str, Field(max_length=200)] = ""

    def to_change(self) -> FactChange:
        return FactChange(
            self.kind, self.value, self.from_on, self.until_on, self.source, self.about
        )


class ContactForm(Form):
    relation: Annotated[str, Field(min_length=1, max_length=20)]
    rank: Annotated[int, Field(ge=1, le=20)] = 20
    name: Annotated[str, Field(max_length=40)] = ""
    phone: Phone = ""
    may_collect: bool = False
    holds_key: bool = False
    guardian: bool = False
    from_hour: Annotated[int, Field(ge=0, le=23)] = 0
    until_hour: Annotated[int, Field(ge=1, le=24)] = 24

    def to_draft(self) -> ContactDraft:
        return ContactDraft(**self.model_dump())


class ConsentForm(Form):
    purpose: Purpose
    said: Said
    version: Annotated[str, Field(min_length=1, max_length=20)]
    voice: Voice = Voice.ELDER
    means: Literal["signature", "voice", "finger", "paper"] = "signature"
    proof: Words = ""
    witness: Annotated[str, Field(max_length=40)] = ""


class AgreementForm(Form):
    from_on: Day
    proof: Words = ""


class ResponsibleForm(Form):
    rank: Literal[1, 2]
    account_id: UUID | None = None
    helper_id: UUID | None = None


class PauseForm(Form):
    from_on: Day
    until_on: Day | None = None
    reason: PauseReason
    scope: PauseScope = PauseScope.ALL
    words: Words = ""

    def to_draft(self, elder_id: UUID) -> PauseDraft:
        return PauseDraft(elder_id, **self.model_dump())


class OnForm(Form):
    """From which day; today unless told otherwise."""

    on: Day | None = None


class LifeForm(Form):
    kind: LifeKind
    happened_on: Day
    source: Annotated[str, Field(min_length=1, max_length=40)] = "station"
    words: Annotated[str, Field(max_length=200)] = ""
    address: AddressForm | None = None
    point: PointForm | None = None
    station_id: UUID | None = None

    def to_event(self, elder_id: UUID) -> Event:
        return Event(
            elder_id,
            **self.model_dump(exclude={"address", "point"}),
            address=self.address.to_address() if self.address else None,
            point=self.point.to_point() if self.point else None,
        )


class BecauseForm(Form):
    reason: Reason


class AcceptForm(BecauseForm):
    """A registry's word is so; somebody new gets a file at this station."""

    station_id: UUID | None = None


class KeyForm(Form):
    label: Annotated[str, Field(min_length=1, max_length=20)]
    seal: Annotated[str, Field(min_length=1, max_length=20)]
    witness_id: UUID


class KeyMoveForm(Form):
    move: KeyMove
    witness_id: UUID
    seal: Annotated[str, Field(max_length=20)] = ""
    reason: Words = ""
