"""Forms of care at home: welfare visits, and the work sheet of home services."""

from typing import Any, Final

from dispatch.catalogue.services import Service
from dispatch.exchange.forms.orders import Told, names_of_helpers, orders_of
from dispatch.exchange.forms.rows import Form, Opened, People, Row, Span
from dispatch.exchange.workbooks import yuan
from dispatch.orders.orders import OrderState
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.words import say

_VISITS: Final = "VISIT"


def _visits(uow: UnitOfWork, span: Span, opened: Opened) -> list[Row]:
    return _home(uow, span, opened, visits=True)


def _services(uow: UnitOfWork, span: Span, opened: Opened) -> list[Row]:
    return _home(uow, span, opened, visits=False)


def _home(uow: UnitOfWork, span: Span, opened: Opened, *, visits: bool) -> list[Row]:
    told = [
        one
        for one in orders_of(uow, span, meals=False)
        if one.order.service.startswith(_VISITS) is visits
        and one.order.state in (OrderState.DONE, OrderState.FAILED)
    ]
    people = People(uow, [one.order.elder_id for one in told], opened, span.until_on)
    helpers = names_of_helpers(uow.session, told)
    return [
        people.of(one.order.elder_id, one.order.serve_on)
        | {"helper": helpers.get(one.helper_id, "") if one.helper_id else ""}
        | _row(uow, one)
        for one in told
    ]


def _row(uow: UnitOfWork, one: Told) -> Row:
    order = one.order
    basis: dict[str, Any] = one.evidence.basis if one.evidence else {}
    service = uow.session.get(Service, order.service)
    failed = order.state is OrderState.FAILED
    return {
        "on": order.serve_on,
        "number": order.number,
        "began_at": one.stop.arrived_at if one.stop else None,
        "ended_at": order.ended_at,
        "way": "上门",
        "service": service.name if service else order.service,
        "planned_at": one.stop.at if one.stop else order.window_from_at,
        "minutes": round(basis["seconds"] / 60) if basis.get("seconds") else None,
        "metres": basis.get("metres"),
        "grade": order.grade or "",
        "price": yuan(order.price_fen),
        "subsidy": yuan(one.granted_fen()),
        "coupon": yuan(one.coupon_fen),
        "paid": yuan(order.paid_fen),
        "failed": say("reason", order.reason or "") if failed else "",
    }


_ITEMS: Final = tuple((f"item_{n}", f"第{n}项(良/中/差)") for n in range(1, 16))

VISITS = Form(
    "visits",
    "巡视探访记录表",
    (
        *(("on", "探访日期"), ("began_at", "开始"), ("ended_at", "结束")),
        *(("way", "方式"), ("helper", "探访人"), ("name", "老人"), ("address", "地址")),
        *(("categories", "类别"), *_ITEMS, ("vitals", "生命体征")),
        *(("found", "发现问题"), ("done", "现场处理"), ("referral", "转介/需求")),
        *(("contacted", "紧急联系人是否联系"), ("failed", "未完成原因")),
        *(
            ("signed", "老人签字/未签原因"),
            ("grade", "凭证等级"),
            ("metres", "定位偏差(米)"),
        ),
    ),
    _visits,
)
HOME_SERVICES = Form(
    "home_services",
    "上门服务工单",
    (
        *(("number", "工单号"), ("name", "老人"), ("categories", "类别")),
        *(("service", "服务项目"), ("planned_at", "预约时间"), ("helper", "人员")),
        *(("began_at", "签到"), ("ended_at", "签退"), ("metres", "定位偏差(米)")),
        *(
            ("minutes", "时长(分钟)"),
            ("signed", "老人/家属签字"),
            ("grade", "凭证等级"),
        ),
        *(("price", "价格(元)"), ("subsidy", "补贴(元)"), ("coupon", "消费券(元)")),
        *(("paid", "自付(元)"), ("failed", "未完成原因"), ("checked", "审核")),
    ),
    _services,
)
