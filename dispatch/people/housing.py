"""Doors: an address in parts, where it is, and who moves behind another one."""

from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid4

from geopy.distance import great_circle
from sqlmodel import Session, col, select

from dispatch.errors import BadInput
from dispatch.log.events import record
from dispatch.people.datum import to_wgs84
from dispatch.people.elders import Datum, Elder, Household
from dispatch.people.places import Station, Street, get_station
from dispatch.people.vault import seal, unseal
from dispatch.store.unit_of_work import UnitOfWork

REACH_KM: Final = 60
SEALED: Final = ("road", "unit", "room", "door_note")


class OutsideDistrict(BadInput):
    """坐标不在本区范围内，没有保存。请在地图上重新选点。"""

    code = "outside_district"


class AddressMissing(BadInput):
    """请至少填写社区和楼栋，没有保存。"""

    code = "address_missing"


@dataclass(frozen=True)
class Point:
    """A place as it was picked or read, in the map's own coordinates."""

    lat: float
    lon: float
    datum: Datum = Datum.WGS84
    by: str = "map_pick"


@dataclass(frozen=True)
class Address:
    """An address in the parts that staff write down; what is not known is empty."""

    community: str
    building: str
    road: str = ""  # road and number
    estate: str = ""
    unit: str = ""
    room: str = ""
    floor: int = 1
    lift: bool = False
    grid_code: str | None = None
    door_note: str | None = None  # None: as it was

    def whole(self, street: str) -> str:
        """As it is written on an envelope."""
        return f"{street}{self.road}{self.estate}{self.building}{self.door()}"

    def door(self) -> str:
        """What is left to find once one stands before the building."""
        return f"{self.unit}{self.room}"


def make_household(
    uow: UnitOfWork, station: Station, address: Address, point: Point | None
) -> Household:
    """A new door of a station's area.

    Raises:
        AddressMissing, BadPoint, OutsideDistrict
    """
    home = Household(
        id=uuid4(),
        station_id=station.id,
        street_code=station.street_code,
        community="",
        building="",
    )
    _write(uow, home, station, address)
    if point is not None:
        put_on_map(home, station, point)
    uow.session.flush()
    return home


def correct_address(uow: UnitOfWork, elder: Elder, address: Address) -> Household:
    """The same door, written down better; whoever lives there has it, too.

    The caller holds the elder's row.

    Raises:
        AddressMissing
    """
    home = uow.session.get_one(Household, elder.household_id)
    _write(uow, home, get_station(uow.session, home.station_id), address)
    record(uow, "household.corrected", "household", home.id, station_id=home.station_id)
    return home


def put_on_map(home: Household, station: Station, point: Point) -> None:
    """Where the door is, in WGS-84, with the system that it came in.

    Raises:
        BadPoint: no place at all.
        OutsideDistrict: not near the station.
    """
    lat, lon = to_wgs84(point.lat, point.lon, point.datum)
    if great_circle((station.lat, station.lon), (lat, lon)).km > REACH_KM:
        raise OutsideDistrict
    home.lat, home.lon, home.datum = lat, lon, point.datum
    home.located_by = point.by


def read_address(session: Session, home: Household) -> Address:
    """An address with its sealed parts; whoever shows them writes the audit."""
    kept = unseal(session, [home.id], SEALED)[home.id]
    return Address(
        community=home.community,
        building=home.building,
        road=kept.get("road", ""),
        estate=home.estate,
        unit=kept.get("unit", ""),
        room=kept.get("room", ""),
        floor=home.floor,
        lift=home.lift,
        grid_code=home.grid_code,
        door_note=kept.get("door_note"),
    )


def list_behind(session: Session, household_id: UUID) -> list[Elder]:
    """The elders behind a door, by number."""
    query = select(Elder).where(Elder.household_id == household_id)
    return list(session.exec(query.order_by(col(Elder.number))))


def _write(
    uow: UnitOfWork, home: Household, station: Station, address: Address
) -> None:
    clean = replace(
        address, community=address.community.strip(), building=address.building.strip()
    )
    if not clean.community or not clean.building:
        raise AddressMissing
    for name in ("community", "estate", "building", "grid_code", "floor", "lift"):
        setattr(home, name, getattr(clean, name))
    uow.session.add(home)
    uow.session.flush()
    street = uow.session.get_one(Street, station.street_code).name
    values = {"address": clean.whole(street), "door": clean.door()}
    values |= {"road": clean.road, "unit": clean.unit, "room": clean.room}
    if clean.door_note is not None:
        values["door_note"] = clean.door_note
    seal(uow.session, home.id, values)
