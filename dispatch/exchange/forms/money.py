"""Forms of money: a station's month, what is paid to each street, what looks wrong."""

from collections import defaultdict
from typing import Any, Final

from sqlmodel import col, select

from dispatch.access.scope import scoped
from dispatch.clock import town_day
from dispatch.duties.encounters import Way
from dispatch.duties.outreach import Outreach
from dispatch.exchange.forms.rows import (
    Form,
    Opened,
    Row,
    Span,
    station_names,
    street_names,
)
from dispatch.exchange.workbooks import yuan
from dispatch.orders.orders import Order, OrderState
from dispatch.people.agreements import list_agreements
from dispatch.people.elders import Elder
from dispatch.people.operators import list_operations, stars_on
from dispatch.people.places import Station
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.grants import Grant

_VISIT: Final = "VISIT_HOME"


def _station_month(uow: UnitOfWork, span: Span, _opened: Opened) -> list[Row]:
    query = scoped(uow.actor, Station).order_by(col(Station.code))
    if span.station_id is not None:
        query = query.where(Station.id == span.station_id)
    elders = scoped(uow.actor, Elder)
    by_station: dict[Any, list[Elder]] = defaultdict(list)
    for elder in uow.session.exec(elders):
        by_station[elder.station_id].append(elder)
    done = _done(uow, span)
    calls = scoped(uow.actor, Outreach).where(Outreach.way == Way.PHONE)
    called: dict[Any, int] = defaultdict(int)
    for one in uow.session.exec(calls):
        if span.from_on <= town_day(one.at) <= span.until_on:
            called[one.station_id] += 1
    streets = street_names(uow.session)
    stations = uow.session.exec(query).all()
    stars = stars_on(uow.session, stations, span.until_on)
    runs = list_operations(uow.session, [one.id for one in stations], span.until_on)
    return [
        {
            "station": one.name,
            "credit_code": runs[one.id].credit_code if one.id in runs else None,
            "star": stars[one.id],
            "month": f"{span.from_on:%Y-%m}",
            "street": streets.get(one.street_code, ""),
            "signed_first": _signed(uow, by_station[one.id], span.from_on, one),
            "signed_last": _signed(uow, by_station[one.id], span.until_on, one),
            "visits": done[one.id, True],
            "haircuts": done[one.id, False],
            "calls": called[one.id],
        }
        for one in stations
    ]


def _signed(uow: UnitOfWork, elders: list[Elder], on: Any, station: Station) -> int:
    """Agreements that hold on a day; where none was written, the station's own."""
    signed = list_agreements(uow.session, [one.id for one in elders])
    count = 0
    for elder in elders:
        held = [one for one in signed.get(elder.id, []) if one.holds_on(on)]
        count += any(one.station_id == station.id for one in held)
    return count


def _done(uow: UnitOfWork, span: Span) -> dict[tuple[Any, bool], int]:
    query = scoped(uow.actor, Order).where(
        Order.state == OrderState.DONE,
        Order.serve_on >= span.from_on,
        Order.serve_on <= span.until_on,
    )
    counts: dict[tuple[Any, bool], int] = defaultdict(int)
    for order in uow.session.exec(query.where(col(Order.is_meal).is_(False))):
        if order.service == _VISIT:
            counts[order.station_id, True] += 1
        elif "HAIR" in order.service:
            counts[order.station_id, False] += 1
    return counts


def _paid(uow: UnitOfWork, span: Span, _opened: Opened) -> list[Row]:
    """Grants by the street of their point; what was granted for earlier days apart."""
    stations = station_names(uow.session)
    reach = {one.id for one in uow.session.exec(scoped(uow.actor, Station))}
    query = select(Grant).where(col(Grant.reversed_by).is_(None))
    query = query.where(
        col(Grant.station_id).in_(reach), Grant.service_on <= span.until_on
    )
    streets: dict[str, list[Grant]] = defaultdict(list)
    for grant in uow.session.exec(query):
        if span.from_on <= town_day(grant.granted_at) <= span.until_on:
            streets[stations[grant.station_id].street_code].append(grant)
    names = street_names(uow.session)
    rows: list[Row] = []
    for number, code in enumerate(sorted(streets), start=1):
        now = [one for one in streets[code] if one.service_on >= span.from_on]
        late = [one for one in streets[code] if one.service_on < span.from_on]
        rows.append(
            {
                "seq": number,
                "street": names[code],
                "persons": len({one.elder_id for one in now}),
                "fen": yuan(sum(one.fen for one in now)),
                "late_times": len({one.order_id for one in late}),
                "late_fen": yuan(sum(one.fen for one in late)),
                "total": yuan(sum(one.fen for one in streets[code])),
            }
        )
    return rows


STATION_MONTH = Form(
    "station_month",
    "驿站补贴申请表",
    (
        *(("station", "驿站"), ("credit_code", "统一社会信用代码"), ("star", "星级")),
        *(("month", "申报月份"), ("street", "责任片区")),
        *(("signed_first", "签约人数(月初)"), ("signed_last", "签约人数(月末)")),
        *(("visits", "探访实做"), ("haircuts", "理发实做"), ("calls", "电话问候次数")),
        *(
            ("base", "申报金额-基础"),
            ("by_star", "申报金额-星级"),
            ("papers", "附件清单"),
        ),
        *(
            ("seal", "法人签章"),
            ("street_says", "街道意见"),
            ("district_says", "区民政局意见"),
        ),
    ),
    _station_month,
)
GRANTS_PAID = Form(
    "grants_paid",
    "补贴拨款表",
    (
        *(("seq", "序号"), ("street", "所属街道"), ("persons", "本月应发人数")),
        *(
            ("fen", "本月应发金额(元)"),
            ("late_times", "补发人次"),
            ("late_fen", "补发金额(元)"),
        ),
        *(("total", "总计拨款(元)"), ("note", "备注")),
    ),
    _paid,
)
