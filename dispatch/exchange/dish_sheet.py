"""The sheet of dishes (菜品库): what each is made of, and who may eat it."""

from typing import Final
from uuid import UUID, uuid4

from sqlmodel import col, select

from dispatch.catalogue.dishes import Dish
from dispatch.exchange import cells
from dispatch.exchange.columns import Column
from dispatch.exchange.elder_columns import DIETS
from dispatch.exchange.faults import Fault
from dispatch.exchange.lines import Act, Line, Sheet, refuse_missing, twice
from dispatch.kitchens.reach import is_own
from dispatch.people.places import Kitchen, Station
from dispatch.store.unit_of_work import UnitOfWork

_SAID: Final = ("ingredients", "allergens", "diet_tags", "texture_level")
_TEXTURES: Final = {
    "普通": 7,
    "常规": 7,
    "软食": 6,
    "软": 6,
    "碎食": 5,
    "剁碎": 5,
    "糊状": 4,
    "泥状": 4,
    "流质": 3,
    "流食": 3,
    **{str(level): level for level in range(8)},
}

DISH_COLUMNS: Final = (
    Column("name", "菜名", cells.text(60), ("菜品", "菜品名称", "品名"), True),
    Column("kitchen", "厨房", cells.text(60), ("所属厨房", "供餐厨房")),
    Column("ingredients", "原料", cells.some_of(None), ("主要原料", "配料"), True),
    Column("allergens", "过敏原", cells.some_of(None), ("含过敏原", "致敏物")),
    Column("diet_tags", "适合", cells.some_of(DIETS), ("饮食标签", "适宜", "标签")),
    Column("texture_level", "质地", cells.one_of(_TEXTURES), ("软硬", "质地等级")),
)


def judge_dishes(uow: UnitOfWork, sheet: Sheet) -> None:
    """A dish is known by its kitchen and name. Softer than it is must not be told."""
    named = {one.name: one for one in uow.session.exec(select(Kitchen))}
    own = _own(uow)
    for line in sheet.lines:
        kitchen = named.get(line.values.get("kitchen", ""))
        if "kitchen" in line.values and kitchen is None:
            sheet.fault(line, "kitchen", Fault.UNKNOWN_PLACE, "没有这个厨房")
        elif kitchen is None and own is None:
            refuse_missing(sheet, line, "kitchen", "必填：厨房名称")
        line.plan = kitchen or own
        if line.plan is not None and not _is_ours(uow, line.plan):
            sheet.fault(line, "kitchen", Fault.UNKNOWN_PLACE, "这个厨房不在您的范围内")
    list(twice(sheet, _same, "name"))
    kitchens = {line.plan.id for line in sheet.good()}
    query = select(Dish).where(col(Dish.kitchen_id).in_(kitchens))
    known = {(one.kitchen_id, one.name): one for one in uow.session.exec(query)}
    for line in sheet.good():
        if dish := known.get((line.plan.id, line.values["name"])):
            line.known_id = dish.id
            line.changes = tuple(
                name
                for name in _SAID
                if name in line.values and getattr(dish, name) != line.values[name]
            )
            line.act = Act.UPDATE if line.changes else Act.SAME


def keep_dishes(uow: UnitOfWork, sheet: Sheet, _run_id: UUID) -> None:
    """New dishes, and what the sheet says otherwise of known ones."""
    for line in sheet.to_do():
        said = {name: line.values[name] for name in _SAID if name in line.values}
        if line.known_id is not None:
            dish = uow.session.get_one(Dish, line.known_id, with_for_update=True)
        else:
            dish = Dish(id=uuid4(), kitchen_id=line.plan.id, name=line.values["name"])
        for name, value in said.items():
            setattr(dish, name, value)
        uow.session.add(dish)


def _same(line: Line) -> object:
    return (line.plan.id, line.values.get("name")) if line.plan else None


def _own(uow: UnitOfWork) -> Kitchen | None:
    if uow.actor.station_id is None:
        return None
    station = uow.session.get_one(Station, uow.actor.station_id)
    return uow.session.get_one(Kitchen, station.kitchen_id)


def _is_ours(uow: UnitOfWork, kitchen: Kitchen) -> bool:
    if uow.actor.role in {"system", "district"}:
        return True
    return is_own(uow, kitchen)
