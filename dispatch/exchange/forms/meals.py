"""Forms of meals: the daily book, the month, who signed for a box, samples."""

from collections import defaultdict
from typing import Any

from sqlmodel import col, select

from dispatch.access.accounts import Account
from dispatch.catalogue.sittings import MenuItem, Sitting
from dispatch.clock import town_moment
from dispatch.exchange.forms.orders import Told, names_of_helpers, orders_of
from dispatch.exchange.forms.rows import (
    Form,
    Opened,
    People,
    Row,
    Span,
    by_id,
    station_names,
)
from dispatch.exchange.workbooks import yuan
from dispatch.kitchens.batches import Batch
from dispatch.kitchens.reach import kitchens_in_reach
from dispatch.kitchens.samples import FoodSample
from dispatch.orders.orders import Channel, OrderState
from dispatch.people.places import Kitchen
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.words import say

_DAY_SECONDS = 86_400


def _meals(uow: UnitOfWork, span: Span, opened: Opened) -> list[Row]:
    told = [
        one
        for one in orders_of(uow, span, meals=True)
        if one.order.state is not OrderState.CANCELLED
    ]
    people = People(uow, [one.order.elder_id for one in told], opened, span.until_on)
    stations, helpers = station_names(uow.session), names_of_helpers(uow.session, told)
    dishes = by_id(uow.session, MenuItem, [one.order.menu_item_id for one in told])
    rows = []
    for number, one in enumerate(told, start=1):
        order, dish = one.order, dishes.get(one.order.menu_item_id)
        rows.append(
            people.of(order.elder_id, order.serve_on)
            | _money(one)
            | {
                "on": order.serve_on,
                "serving": say("serving", order.serving.value),
                "station": stations[order.station_id].name,
                "seq": number,
                "channel": say("channel", order.channel.value),
                "dish": dish.name if dish else "",
                "grade": order.grade or "",
                "helper": helpers.get(one.helper_id, "") if one.helper_id else "",
                "leaves_at": one.round.leaves_at if one.round else None,
                "ended_at": order.ended_at,
                "receiver": _receiver(one),
                "rule_version": "、".join(sorted({g.rule_version for g in one.grants})),
                "note": _why(one),
            }
        )
    return rows


def _money(one: Told) -> Row:
    order = one.order
    return {
        "price": yuan(order.price_fen + order.fee_fen),
        "meal_subsidy": yuan(one.granted_fen() - one.granted_fen(part="fee")),
        "fee_subsidy": yuan(one.granted_fen(part="fee")),
        "coupon": yuan(one.coupon_fen),
        "paid": yuan(order.paid_fen),
    }


def _receiver(one: Told) -> str:
    by = (
        one.evidence.basis.get("by") if one.evidence else None
    ) or one.order.collected_by
    return say("by", str(by)) if by else ""


def _why(one: Told) -> str:
    if one.order.state is OrderState.FAILED:
        return f"未完成：{say('reason', one.order.reason or '')}"
    return one.order.note


def _month(uow: UnitOfWork, span: Span, _opened: Opened) -> list[Row]:
    by_station: dict[Any, list[Told]] = defaultdict(list)
    for one in orders_of(uow, span, meals=True):
        if one.order.state is OrderState.DONE:
            by_station[one.order.station_id].append(one)
    stations = station_names(uow.session)
    return [
        _month_row(stations[station_id].name, by_station[station_id])
        for station_id in sorted(by_station, key=lambda each: stations[each].code)
    ]


def _month_row(station: str, told: list[Told]) -> Row:
    granted = [one for one in told if one.grants]
    by_category: dict[str, int] = defaultdict(int)
    for one in granted:
        for grant in one.grants:
            by_category[grant.category] += grant.fen
    words = [f"{name} {fen / 100:.2f}" for name, fen in sorted(by_category.items())]
    return {
        "station": station,
        "persons": len({one.order.elder_id for one in told}),
        "meals": len(told),
        "granted_persons": len({one.order.elder_id for one in granted}),
        "granted_days": len({(o.order.elder_id, o.order.serve_on) for o in granted}),
        "granted": yuan(sum(one.granted_fen() + one.coupon_fen for one in granted)),
        "by_category": "；".join(words),
        "deliveries": sum(one.order.channel is Channel.DELIVERY for one in told),
    }


def _deliveries(uow: UnitOfWork, span: Span, opened: Opened) -> list[Row]:
    told = [
        one
        for one in orders_of(uow, span, meals=True)
        if one.order.channel is Channel.DELIVERY and one.stop is not None
    ]
    told.sort(key=_by_round)
    people = People(uow, [one.order.elder_id for one in told], opened, span.until_on)
    helpers = names_of_helpers(uow.session, told)
    rows = []
    for one in told:
        assert one.round is not None and one.stop is not None  # noqa: S101, PT018 - chosen above
        elder = people.elders[one.order.elder_id]
        done = one.order.state is OrderState.DONE
        failed = one.order.state is OrderState.FAILED
        rows.append(
            people.of(elder.id, one.order.serve_on)
            | {
                "round": one.round.id.hex[:6].upper(),
                "helper": helpers.get(one.helper_id, "") if one.helper_id else "",
                "leaves_at": one.round.leaves_at,
                "box": one.box,
                "count": 1,
                "diet": "、".join([*elder.diet_tags, *elder.allergies]),
                "ended_at": one.order.ended_at if done else None,
                "receiver": _receiver(one),
                "failed": say("reason", one.order.reason or "") if failed else "",
            }
        )
    return rows


def _by_round(one: Told) -> tuple[object, ...]:
    assert one.round is not None and one.stop is not None  # noqa: S101, PT018 - chosen above
    return (one.round.leaves_at, str(one.round.id), one.stop.seq, one.order.number)


def _samples(uow: UnitOfWork, span: Span, _opened: Opened) -> list[Row]:
    since = town_moment(span.from_on, 0)
    until = town_moment(span.until_on, _DAY_SECONDS)
    query = (
        select(FoodSample)
        .where(col(FoodSample.kitchen_id).in_(kitchens_in_reach(uow)))
        .where(FoodSample.taken_at >= since, FoodSample.taken_at < until)
        .order_by(col(FoodSample.taken_at), col(FoodSample.dish))
    )
    kept = list(uow.session.exec(query))
    session = uow.session
    batches = by_id(session, Batch, [one.batch_id for one in kept])
    sittings = by_id(session, Sitting, [one.sitting_id for one in batches.values()])
    kitchens = by_id(session, Kitchen, [one.kitchen_id for one in kept])
    hands = [one.taken_by for one in kept] + [one.destroyed_by for one in kept]
    people = by_id(session, Account, hands)
    return [
        {
            "kitchen": kitchens[one.kitchen_id].name,
            "taken_at": one.taken_at,
            "serving": say(
                "serving", sittings[batches[one.batch_id].sitting_id].serving.value
            ),
            "dish": one.dish,
            "grams": one.grams,
            "fridge": one.fridge,
            "taken_by": people[one.taken_by].title,
            "destroyed_at": one.destroyed_at,
            "destroyed_by": people[one.destroyed_by].title if one.destroyed_by else "",
        }
        for one in kept
    ]


MEALS = Form(
    "meals",
    "助餐台账",
    (
        *(("on", "日期"), ("serving", "餐次"), ("station", "助餐点"), ("seq", "序号")),
        *(("name", "姓名"), ("id_number", "身份证号"), ("categories", "人员类别")),
        *(("channel", "用餐方式"), ("dish", "套餐"), ("price", "应收(元)")),
        *(("meal_subsidy", "就餐补贴(元)"), ("fee_subsidy", "送餐补贴(元)")),
        *(
            ("coupon", "消费券抵扣(元)"),
            ("paid", "实付(元)"),
            ("grade", "身份核验(凭证等级)"),
        ),
        *(("helper", "送餐员"), ("leaves_at", "出餐时间"), ("ended_at", "送达时间")),
        *(("receiver", "签收人"), ("rule_version", "规则版本"), ("note", "备注")),
    ),
    _meals,
)
MEALS_MONTH = Form(
    "meals_month",
    "助餐月汇总",
    (
        *(("station", "助餐点"), ("persons", "就餐人数(去重)"), ("meals", "就餐人次")),
        *(("granted_persons", "享受补贴人数"), ("granted_days", "享受补贴人日")),
        *(("granted", "补贴金额(元)"), ("by_category", "按类别(元)")),
        *(("deliveries", "送餐人次"), ("sign_station", "站长签字")),
        *(("sign_street", "街道初审"), ("sign_district", "区复审")),
    ),
    _month,
)
DELIVERIES = Form(
    "deliveries",
    "送餐签收单",
    (
        *(("round", "路线号"), ("helper", "送餐员"), ("leaves_at", "出发时间")),
        *(
            ("box", "箱号"),
            ("temperature", "箱温"),
            ("name", "姓名"),
            ("address", "地址"),
        ),
        *(("count", "份数"), ("diet", "忌口"), ("ended_at", "签收时间")),
        *(("receiver", "签收人/关系"), ("failed", "未送达原因"), ("handled", "处理")),
    ),
    _deliveries,
)
SAMPLES = Form(
    "samples",
    "食品留样记录表",
    (
        *(("kitchen", "厨房"), ("taken_at", "留样日期时间"), ("serving", "餐次")),
        *(("dish", "品名"), ("grams", "留样量(g)"), ("fridge", "冰箱号")),
        *(
            ("temperature", "温度"),
            ("taken_by", "留样人"),
            ("destroyed_at", "销毁时间"),
        ),
        *(("destroyed_by", "销毁人"), ("note", "备注")),
    ),
    _samples,
)
