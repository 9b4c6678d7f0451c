"""Elders, the doors they live behind, and whom to call when nobody answers."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, ColumnElement, and_, or_
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


class IdentityKind(StrEnum):
    """The paper that says who somebody is; its number is in the vault."""

    RESIDENT = "resident"  # 居民身份证
    RESIDENCE_PERMIT = "residence_permit"  # 港澳台居民居住证
    TRAVEL_PERMIT = "travel_permit"  # 港澳台居民来往内地（大陆）通行证
    PASSPORT = "passport"  # 护照
    PERMANENT_RESIDENT = "permanent_resident"  # 外国人永久居留身份证
    NONE = "none"  # 暂无证号


class Household(SQLModel, table=True):
    """One door. In the vault: address, door, door_note, road, unit, room."""

    __tablename__ = "household"
    __table_args__ = (CheckConstraint(ON_EARTH, name="household_on_earth"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    station_id: UUID = Field(foreign_key="station.id", index=True)
    street_code: str = Field(foreign_key="street.code", index=True)
    community: str = Field(max_length=40)
    estate: str = Field(default="", max_length=60)
    building: str = Field(max_length=60)
    grid_code: str | None = Field(default=None, max_length=20)
    floor: int = Field(default=1, ge=-3, le=120)
    lift: bool = False
    lat: float | None = None
    lon: float | None = None
    datum: Datum = Field(default=Datum.WGS84, sa_type=word(Datum))
    located_by: str | None = Field(default=None, max_length=24)  # map_pick, sheet, …
    signal: bool = True  # no phone network: paper sheet, one volunteer

    @property
    def located(self) -> bool:
        """A helper can be sent here."""
        return self.lat is not None and self.lon is not None


class Elder(SQLModel, table=True):
    """One elder. Name, phone, card and identity number are in the vault.

    The facts that rules read stand here as they are *today*. What is so on another
    day is asked of `elder_facts`: whoever changes one of them does it there, by
    `changing.change_facts`, so that no past day's answer moves with it.
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
    identity_kind: IdentityKind = Field(
        default=IdentityKind.RESIDENT, sa_type=word(IdentityKind)
    )
    sex: str = Field(max_length=1)
    born_on: date
    died_on: date | None = None
    left_on: date | None = None  # moved out of the district
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
    entitlement_suspended: bool = False  # 暂停补贴资格: a person decided
    living: Living = Field(default=Living.OTHER, sa_type=word(Living))
    no_kin: bool = False  # 孤寡
    left_behind: bool = False  # 留守
    veteran: bool = False  # 重点优抚
    fall_risk: bool = False
    infectious: bool = False
    language: str = Field(default="", max_length=40)  # a dialect, a language, signs
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
    __table_args__ = (
        CheckConstraint(
            "from_hour BETWEEN 0 AND 23 AND until_hour BETWEEN 1 AND 24",
            name="contact_hours",
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    elder_id: UUID = Field(foreign_key="elder.id", index=True)
    rank: int = Field(ge=1, le=20)
    relation: str = Field(max_length=20)
    may_collect: bool = False  # a registered proxy at the counter
    holds_key: bool = False
    guardian: bool = False  # 监护人: may decide in the elder's place, with proof
    from_hour: int = 0  # when they can be reached; 22 until 6 goes over midnight
    until_hour: int = 24

    def reached_at(self, hour: int) -> bool:
        """This hour of the local day is one at which they may be called."""
        if self.from_hour < self.until_hour:
            return self.from_hour <= hour < self.until_hour
        return hour >= self.from_hour or hour < self.until_hour


def age_on(born_on: date, on: date) -> int:
    """Whole years on a day; born on 29 February counts from 1 March."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def still_here(on: date) -> ColumnElement[bool]:
    """For queries: the elder lives, and lives in the district on this day."""
    stays = or_(col(Elder.left_on).is_(None), col(Elder.left_on) > on)
    return and_(col(Elder.died_on).is_(None), stays)


def address_missing() -> ColumnElement[bool]:
    """For queries: nobody has written this household's address down yet."""
    return col(Household.building) == ""


def get_elder(session: Session, elder_id: UUID) -> Elder:
    """Raises: NotFound."""
    if elder := session.get(Elder, elder_id):
        return elder
    raise NotFound("没有找到这位老人。")


def hold_elder_in_turn(session: Session, elder_id: UUID) -> Elder:
    """This elder, for one at a time: what is settled for them is settled one after the
    other, so that caps hold. What the session knew of them before is as it was.
    """
    query = select(Elder.id).where(Elder.id == elder_id)
    session.exec(query.with_for_update(key_share=True)).one()
    return session.get_one(Elder, elder_id)


def list_contacts(session: Session, elder_id: UUID) -> list[Contact]:
    """Whom to call, first to last."""
    query = select(Contact).where(Contact.elder_id == elder_id)
    return list(session.exec(query.order_by(col(Contact.rank))))


def mark_seen(elder: Elder, at: datetime, *, by: str) -> None:
    """Move the clock of *last seen*; it never goes back."""
    if elder.last_seen_at is None or at > elder.last_seen_at:
        elder.last_seen_at = at
        elder.last_seen_by = by
