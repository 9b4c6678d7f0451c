"""The sheet of helpers (助老员名单): couriers, volunteers, caregivers."""

from typing import Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.catalogue.skills import list_skills
from dispatch.clock import town_day
from dispatch.exchange import cells
from dispatch.exchange.columns import Column
from dispatch.exchange.elder_columns import SEXES
from dispatch.exchange.faults import Fault
from dispatch.exchange.lines import Act, Sheet, twice
from dispatch.exchange.persons import judge_day, known_by
from dispatch.exchange.stations_named import NamedStations
from dispatch.people.elders import age_on
from dispatch.people.guardians import MAY_BE_EMPLOYED
from dispatch.people.helpers import Helper, HelperKind, TravelMode
from dispatch.people.places import Station
from dispatch.people.vault import unseal
from dispatch.staffing.enrolling import HelperDraft, enrol_helper
from dispatch.store.unit_of_work import UnitOfWork

_KINDS: Final = {
    "送餐员": HelperKind.COURIER,
    "骑手": HelperKind.COURIER,
    "志愿者": HelperKind.VOLUNTEER,
    "护理员": HelperKind.CAREGIVER,
    "工作人员": HelperKind.STAFF,
    "站点人员": HelperKind.STAFF,
    "物业人员": HelperKind.PROPERTY,
}
_MODES: Final = {
    "步行": TravelMode.WALK,
    "自行车": TravelMode.BIKE,
    "电动车": TravelMode.EBIKE,
    "电瓶车": TravelMode.EBIKE,
    "汽车": TravelMode.CAR,
}

HELPER_COLUMNS: Final = (
    Column("name", "姓名", cells.text(40), ("助老员姓名", "名字"), True),
    Column("phone", "联系电话", cells.phone, ("电话", "手机", "手机号"), True),
    Column("kind", "人员类型", cells.one_of(_KINDS), ("类型", "岗位", "身份"), True),
    Column("station", "驿站", cells.text(60), ("所属驿站", "驿站名称", "驿站编号")),
    Column("mode", "出行方式", cells.one_of(_MODES), ("交通工具", "出行"), True),
    Column("capacity", "每次可带盒数", cells.whole(0, 500), ("载量", "盒数", "箱数")),
    Column("skills", "技能", cells.some_of(None), ("专长", "服务技能")),
    Column("sex", "性别", cells.one_of(SEXES)),
    Column("born_on", "出生日期", cells.day, ("生日",)),
    Column("paper", "用纸单", cells.yes_no, ("不用手机",)),
)


def judge_helpers(uow: UnitOfWork, sheet: Sheet) -> None:
    """Each by itself, in the file, and beside whoever has that number already."""
    stations, today = NamedStations(uow), town_day(uow.now)
    skills = list_skills(uow.session)
    codes = {name: one.code for one in skills for name in (one.name, one.code)}
    for line in sheet.lines:
        line.plan = stations.judge(sheet, line)
        judge_day(sheet, line, "born_on", today)
        said = line.values.get("skills", [])
        if set(said) - set(codes):
            words = "技能目录里没有，可填：" + "、".join(one.name for one in skills[:8])
            sheet.fault(line, "skills", Fault.UNKNOWN_WORD, words)
        else:
            line.values["skills"] = [codes[one] for one in said]
        born_on, kind = line.values.get("born_on"), line.values.get("kind")
        young = born_on is not None and age_on(born_on, today) < MAY_BE_EMPLOYED
        if young and kind is not HelperKind.VOLUNTEER:
            words = "未满 16 周岁只能做志愿者"
            sheet.fault(line, "born_on", Fault.REFUSED, words)
    list(twice(sheet, lambda line: line.values.get("phone"), "phone"))
    _judge_known(uow, sheet)


def _judge_known(uow: UnitOfWork, sheet: Sheet) -> None:
    owners = known_by(uow.session, sheet, "phone")
    query = select(Helper).where(col(Helper.id).in_(set(owners.values())))
    helpers = {one.id: one for one in uow.session.exec(query)}
    names = unseal(uow.session, list(helpers), ["name"])
    for line in sheet.good():
        helper = helpers.get(owners.get(line.values["phone"], UUID(int=0)))
        if helper is None:
            continue
        if names[helper.id].get("name") != line.values["name"]:
            words = "这个电话已登记在另一位助老员名下"
            sheet.fault(line, "phone", Fault.KNOWN_OTHERWISE, words)
        else:
            line.act, line.known_id = Act.SAME, helper.id


def keep_helpers(uow: UnitOfWork, sheet: Sheet, run_id: UUID) -> None:
    """Enrol whoever is new; what is on file of others stays."""
    for line in sheet.to_do():
        values, station = line.values, line.plan
        assert isinstance(station, Station)  # noqa: S101 - judged
        draft = HelperDraft(
            station_id=station.id,
            kind=values["kind"],
            mode=values["mode"],
            name=values["name"],
            phone=values["phone"],
            capacity=values.get("capacity", 8),
            skills=tuple(values["skills"]),
            sex=values.get("sex"),
            born_on=values.get("born_on"),
            paper=values.get("paper", False),
        )
        enrol_helper(uow, draft, key=f"import-{run_id.hex}-{line.row}")
