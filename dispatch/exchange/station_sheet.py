"""The sheet of stations (驿站名录)."""

from typing import Final
from uuid import UUID, uuid4

from sqlmodel import select

from dispatch.clock import town_day
from dispatch.exchange import cells
from dispatch.exchange.columns import Column
from dispatch.exchange.elder_columns import DATUMS
from dispatch.exchange.faults import Fault
from dispatch.exchange.lines import Act, Line, Sheet, refuse_missing, twice
from dispatch.exchange.persons import judge_place
from dispatch.people.places import Kitchen, Station, StationKind, Street
from dispatch.store.unit_of_work import UnitOfWork

_KINDS: Final = {
    "养老驿站": StationKind.STATION,
    "驿站": StationKind.STATION,
    "助餐点": StationKind.RESTAURANT,
    "餐饮企业": StationKind.RESTAURANT,
    "中央厨房": StationKind.CENTRAL_KITCHEN,
}
_CHANGES: Final = ("name", "phone", "star", "rural")

STATION_COLUMNS: Final = (
    Column("code", "驿站编号", cells.code, ("编号", "站点编号"), True),
    Column("name", "驿站名称", cells.text(60), ("名称", "站点名称", "驿站"), True),
    Column("kind", "类型", cells.one_of(_KINDS), ("站点类型",)),
    Column("street", "街道", cells.text(40), ("所属街道", "街道名称", "乡镇"), True),
    Column("kitchen", "供餐厨房", cells.text(60), ("厨房", "配餐厨房"), True),
    Column("phone", "电话", cells.phone, ("联系电话", "站点电话"), True),
    Column("lon", "经度", cells.degrees),
    Column("lat", "纬度", cells.degrees),
    Column("datum", "坐标系", cells.one_of(DATUMS), ("坐标来源",)),
    Column("star", "星级", cells.whole(0, 5)),
    Column("rural", "农村", cells.yes_no, ("是否农村",)),
    Column("entered_on", "开业日期", cells.day, ("进入日期", "签约日期")),
)


def judge_stations(uow: UnitOfWork, sheet: Sheet) -> None:
    """Streets and kitchens must be known; a station is known by its code."""
    streets = list(uow.session.exec(select(Street)))
    street_of = {one.name: one.code for one in streets}
    street_of |= {one.code: one.code for one in streets}
    kitchens = {one.name: one for one in uow.session.exec(select(Kitchen))}
    known = {one.code.upper(): one for one in uow.session.exec(select(Station))}
    for line in sheet.lines:
        judge_place(sheet, line)
        _judge_named(sheet, line, "street", set(street_of), "没有这个街道")
        _judge_named(sheet, line, "kitchen", set(kitchens), "没有这个厨房")
        refuse_missing(sheet, line, "lat", "驿站要有坐标")
        if not line.faults:
            line.plan = (
                street_of[line.values["street"]],
                kitchens[line.values["kitchen"]],
            )
    list(twice(sheet, lambda line: line.values.get("code"), "code"))
    for line in sheet.good():
        if station := known.get(line.values["code"]):
            line.known_id = station.id
            line.changes = tuple(
                name
                for name in _CHANGES
                if name in line.values and getattr(station, name) != line.values[name]
            )
            line.act = Act.UPDATE if line.changes else Act.SAME


def keep_stations(uow: UnitOfWork, sheet: Sheet, _run_id: UUID) -> None:
    """New stations are open from their day on; of known ones what the sheet says."""
    for line in sheet.to_do():
        values = line.values
        if line.known_id is not None:
            station = uow.session.get_one(Station, line.known_id, with_for_update=True)
            for name in line.changes:
                setattr(station, name, values[name])
        else:
            street_code, kitchen = line.plan
            station = Station(
                id=uuid4(),
                code=values["code"],
                name=values["name"],
                kind=values.get("kind", StationKind.STATION),
                street_code=street_code,
                kitchen_id=kitchen.id,
                lat=values["lat"],
                lon=values["lon"],
                phone=values["phone"],
                star=values.get("star", 0),
                rural=values.get("rural", False),
                entered_on=values.get("entered_on", town_day(uow.now)),
            )
        uow.session.add(station)


def _judge_named(
    sheet: Sheet, line: Line, name: str, known: set[str], words: str
) -> None:
    if name in line.values and line.values[name] not in known:
        sheet.fault(line, name, Fault.UNKNOWN_PLACE, words)
