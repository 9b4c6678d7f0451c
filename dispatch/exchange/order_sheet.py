"""The sheet of orders (订餐名单): meals of people who are on file."""

from functools import partial
from typing import Final
from uuid import UUID

from sqlmodel import select

from dispatch.catalogue.sittings import MenuItem, Serving
from dispatch.exchange import cells
from dispatch.exchange.columns import Column
from dispatch.exchange.elders_named import ELDER_KEYS, NamedElders
from dispatch.exchange.lines import Line, Sheet, twice
from dispatch.exchange.rehearsing import rehearse
from dispatch.orders.dishes import sitting_for
from dispatch.orders.ordering import OrderDraft, make_order
from dispatch.orders.orders import Channel
from dispatch.orders.refusals import AlreadyOrdered
from dispatch.people.elders import Elder
from dispatch.store.unit_of_work import UnitOfWork

_SERVINGS: Final = {
    "早餐": Serving.BREAKFAST,
    "早": Serving.BREAKFAST,
    "午餐": Serving.LUNCH,
    "午": Serving.LUNCH,
    "晚餐": Serving.DINNER,
    "晚": Serving.DINNER,
}
_CHANNELS: Final = {
    "送餐": Channel.DELIVERY,
    "送餐上门": Channel.DELIVERY,
    "自取": Channel.PICKUP,
    "代取": Channel.PROXY,
    "堂食": Channel.DINE_IN,
}
_SERVICES: Final = {
    Channel.DELIVERY: "MEAL_DELIVERY",
    Channel.PICKUP: "MEAL_PICKUP",
    Channel.PROXY: "MEAL_PICKUP",
    Channel.DINE_IN: "MEAL_DINEIN",
}

ORDER_COLUMNS: Final = (
    Column("serve_on", "日期", cells.day, ("用餐日期", "就餐日期", "订餐日期"), True),
    Column("serving", "餐次", cells.one_of(_SERVINGS), ("餐别",), True),
    Column("channel", "用餐方式", cells.one_of(_CHANNELS), ("方式", "取餐方式"), True),
    *ELDER_KEYS,
    Column("code", "套餐", cells.text(2), ("套餐代码", "餐品")),
    Column("note", "备注", cells.text(120), ("厨房备注",)),
)


def judge_orders(uow: UnitOfWork, sheet: Sheet) -> None:
    """Each order is placed for a try, by every rule there is, and all taken back.

    Needs a transaction that may write; nothing of it stays.
    """
    named = NamedElders(uow, sheet)
    for line in sheet.lines:
        line.plan = named.judge(sheet, line)
    list(twice(sheet, _same_meal, "serve_on"))
    rehearse(uow, sheet, partial(_make, uow), AlreadyOrdered, "serve_on")


def keep_orders(uow: UnitOfWork, sheet: Sheet, _run_id: UUID) -> None:
    """Place what the rehearsal found good, in the order of the rows."""
    for line in sheet.to_do():
        _make(uow, line)


def _make(uow: UnitOfWork, line: Line) -> None:
    make_order(uow, _draft(uow, line))


def _draft(uow: UnitOfWork, line: Line) -> OrderDraft:
    values = line.values
    elder = uow.session.get_one(Elder, line.plan.id)
    return OrderDraft(
        elder_id=elder.id,
        service=_SERVICES[values["channel"]],
        channel=values["channel"],
        serve_on=values["serve_on"],
        serving=values["serving"],
        menu_item_id=_dish(uow, elder, line) if "code" in values else None,
        source="sheet",
        note=values.get("note", ""),
    )


def _dish(uow: UnitOfWork, elder: Elder, line: Line) -> UUID | None:
    sitting = sitting_for(
        uow.session, elder, line.values["serve_on"], line.values["serving"]
    )
    query = select(MenuItem.id).where(
        MenuItem.sitting_id == sitting.id, MenuItem.code == line.values["code"].upper()
    )
    found = uow.session.exec(query).first()
    return found or UUID(int=0)  # refused by the rule: not on that day's menu


def _same_meal(line: Line) -> object:
    if line.plan is None:
        return None
    return line.plan.id, line.values.get("serve_on"), line.values.get("serving")
