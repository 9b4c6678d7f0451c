"""Elders, the doors they live behind, and whom to call when nobody answers."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import NotFound
from dispatch.people.places import ON_EARTH
from dispatch.store.columns import Instant, facts, word


class Datum(StrEnum):
    """The coordinate system a point came in; we keep WGS-84."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


class Living(StrEnum):
    ALONE = "alone"  # 独居
    EMPTY_NEST = "empty_nest"  # 空巢
    WITH_FAMILY = "with_family"
    OTHER = "other"


class Household(SQLModel, table=True):
    """One door. Its address is in the vault (fields address, door, door_note)."""

    __tablename__ = "household"
    __table_args__ = (CheckConstraint(ON_EARTH, name="household_on_earth"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    station_id: UUID = Field(foreign_key="station.id", index=True)
    street_code: str = Field(foreign_key="street.code", index=True)
    community: str = Field(max_length=40)
    building: str = Field(max_length=60)
    floor: int = Field(default=1, ge=-3, le=120)
    lift: bool = False
    lat: float | None = None
    lon: float | None = None
    datum: Datum = Field(default=Datum.WGS84, sa_type=word(Datum))
    signal: bool = True  # no phone network: paper sheet, one volunteer

    @property
    def located(self) -> bool:
        """A helper can be sent here."""
        return self.lat is not None and self.lon is not None


class Elder(SQLModel, table=True):
    """One elder. Name, phone, card and identity number are in the vault.

    The facts that subsidy rules and the plan read stand here; the rules say what
    follows from them on a service date.
    """

    __tablename__ = "elder"
    __table_args__ = (
        CheckConstraint("ability_level BETWEEN 0 AND 4", name="ability"),
        CheckConstraint("swallowing_level BETWEEN 0 AND 7", name="swallowing"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    number: str = Field(max_length=20, unique=True)
    household_id: UUID = Field(foreign_key="household.id", index=True)
    station_id: UUID = Field(foreign_key="station.id", index=True)
    street_code: str = Field(foreign_key="street.code", index=True)
    sex: str = Field(max_length=1)
    born_on: date
    died_on: date | None = None
    hukou_in_district: bool = True
    home_street: str = Field(max_length=12)
    relief: str | None = Field(default=None, max_length=8)
    ability_level: int = Field(default=0, ge=0, le=4)
    assessed_on: date | None = None
    dementia: bool = False
    disability_grade: int | None = None
    family_special: bool = False
    resides_in_institution: bool = False
    coupon_account: bool = False
    living: Living = Field(default=Living.OTHER, sa_type=word(Living))
    diet_tags: list[str] = Field(
        default_factory=list, sa_column=Column(facts(), nullable=False)
    )
    allergies: list[str] = Field(
        default_factory=list, sa_column=Column(facts(), nullable=False)
    )
    swallowing_level: int = 0  # 0 nothing known; 3-7 only that texture (IDDSI)
    contactless_agreed: bool = False
    photo_consent: bool = False
    usual_channel: str | None = Field(default=None, max_length=12)
    visit_every_days: int | None = Field(default=None, ge=1, le=365)
    last_seen_at: datetime | None = Field(default=None, sa_type=Instant)
    last_seen_by: str | None = Field(default=None, max_length=24)
    last_visit_at: datetime | None = Field(default=None, sa_type=Instant)
    made_at: datetime = Field(sa_type=Instant)


class Contact(SQLModel, table=True):
    """One rung of an elder's contact ladder; name and phone are in the vault."""

    __tablename__ = "contact"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    rank: int = Field(ge=1, le=20)
    relation: str = Field(max_length=20)
    may_collect: bool = False  # a registered proxy at the counter
    holds_key: bool = False


def age_on(born_on: date, on: date) -> int:
    """Whole years on a day; born on 29 February counts from 1 March."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def is_oldest_old(elder: Elder, on: date) -> bool:
    """老老人: eighty and more, or younger with lost ability or dementia."""
    return age_on(elder.born_on, on) >= 80 or elder.ability_level >= 2 or elder.dementia


def get_elder(session: Session, elder_id: UUID) -> Elder:
    """Raises: NotFound."""
    if elder := session.get(Elder, elder_id):
        return elder
    raise NotFound("没有找到这位老人。")


def list_contacts(session: Session, elder_id: UUID) -> list[Contact]:
    """Whom to call, first to last."""
    query = select(Contact).where(Contact.elder_id == elder_id)
    return list(session.exec(query.order_by(col(Contact.rank))))


def mark_seen(elder: Elder, at: datetime, *, by: str) -> None:
    """Move the clock of *last seen*; it never goes back."""
    if elder.last_seen_at is None or at > elder.last_seen_at:
        elder.last_seen_at = at
        elder.last_seen_by = by
