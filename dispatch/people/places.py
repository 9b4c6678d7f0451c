"""Streets, stations and kitchens: the district's fixed points."""

from datetime import date
from enum import StrEnum
from uuid import UUID, uuid4

from geopy.distance import great_circle
from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from dispatch.errors import NotFound
from dispatch.store.columns import word

_ONE_HOUSE_METRES = 30
ON_EARTH = (
    "(lat IS NULL AND lon IS NULL) OR (lat BETWEEN -90 AND 90 AND "
    "lon BETWEEN -180 AND 180 AND NOT (lat = 0 AND lon = 0))"
)


class StationKind(StrEnum):
    STATION = "station"  # 养老驿站
    RESTAURANT = "restaurant"  # 社会餐饮助餐点
    CENTRAL_KITCHEN = "central_kitchen"  # 中央厨房
    MICRO_POINT = "micro_point"  # 睦邻点


class Street(SQLModel, table=True):
    """A street (街道, 乡镇): township level, nine digits."""

    __tablename__ = "street"

    code: str = Field(primary_key=True, max_length=12)
    name: str = Field(max_length=40)


class Kitchen(SQLModel, table=True):
    """Where meals are cooked."""

    __tablename__ = "kitchen"
    __table_args__ = (
        CheckConstraint(ON_EARTH, name="kitchen_on_earth"),
        CheckConstraint("lunch_capacity BETWEEN 0 AND 100000", name="portions"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str = Field(max_length=60)
    street_code: str = Field(foreign_key="street.code", index=True)
    lat: float
    lon: float
    lunch_capacity: int = Field(ge=0)


class Station(SQLModel, table=True):
    """A point with a counter: a station, a restaurant, a central kitchen's own."""

    __tablename__ = "station"
    __table_args__ = (CheckConstraint(ON_EARTH, name="station_on_earth"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    code: str = Field(max_length=16, unique=True)
    name: str = Field(max_length=60)
    kind: StationKind = Field(sa_type=word(StationKind))
    street_code: str = Field(foreign_key="street.code", index=True)
    kitchen_id: UUID = Field(foreign_key="kitchen.id", index=True)
    lat: float
    lon: float
    phone: str = Field(max_length=20)
    star: int = Field(default=0, ge=0, le=5)
    rural: bool = False
    entered_on: date
    exited_on: date | None = None


def get_station(session: Session, station_id: UUID) -> Station:
    """Raises: NotFound."""
    if station := session.get(Station, station_id):
        return station
    raise NotFound("没有找到这个驿站。")


def get_station_coded(session: Session, code: str) -> Station:
    """Raises: NotFound."""
    station = session.exec(select(Station).where(Station.code == code)).first()
    if station is None:
        raise NotFound("没有这个驿站。")
    return station


def hold_station(session: Session, station: Station) -> None:
    """Two people who count or pay one station wait for each other."""
    query = select(Station.id).where(Station.id == station.id)
    session.exec(query.with_for_update(key_share=True)).one()


def is_at_kitchen(station: Station, kitchen: Kitchen) -> bool:
    """The station and its kitchen are one house, with the same people."""
    way = great_circle((station.lat, station.lon), (kitchen.lat, kitchen.lon))
    return station.kitchen_id == kitchen.id and bool(way.m <= _ONE_HOUSE_METRES)


def list_stations(session: Session, street_code: str | None = None) -> list[Station]:
    """Stations by code, of one street or of the district."""
    query = select(Station).order_by(col(Station.code))
    if street_code:
        query = query.where(Station.street_code == street_code)
    return list(session.exec(query))
