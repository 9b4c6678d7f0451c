"""Meals: each day by channel, and the month of each point."""

from collections import defaultdict
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from dispatch.access.scope import scoped
from dispatch.catalogue.services import Service
from dispatch.reports.figures import Looking
from dispatch.reports.kinds.money import held_by_station, station_side
from dispatch.reports.kinds.naming import (
    category_names,
    channel_name,
    services_by_code,
    station_named,
    stations_by_id,
)
from dispatch.reports.sums import Group, Sums, sums_by, total_of
from dispatch.reports.tables import Cell, Column, Kind, Line, Table
from dispatch.subsidy.elder_rules import NATIONAL_COUPON
from dispatch.subsidy.ledger import Entry, EntryKind, Posting
from dispatch.subsidy.ledger_accounts import OWED, AccountKind, LedgerAccount

_DAY: Final = (
    Column("on", "日期"),
    Column("channel", "用餐方式"),
    Column("orders", "人次", Kind.COUNT, "ledger.orders/1"),
    Column("persons", "人数", Kind.COUNT, "ledger.persons/1"),
    Column("price_fen", "应收(元)", Kind.FEN, "ledger.price/1"),
    Column("subsidy_fen", "补贴(元)", Kind.FEN, "ledger.subsidy/1"),
    Column("coupon_fen", "消费券抵扣(元)", Kind.FEN, "ledger.coupon/1"),
    Column("external_fen", "保险等(元)", Kind.FEN, "ledger.external/1"),
    Column("borne_fen", "站点承担(元)", Kind.FEN, "ledger.borne/1"),
    Column("self_fen", "实付(元)", Kind.FEN, "ledger.self/1"),
)


def meals_days(look: Looking) -> list[Table]:
    """Day by day and way by way; what was taken back within the period is left out."""
    days: dict[date, dict[str, list[int]]] = defaultdict(dict)
    for on, channel, *sums in look.session.execute(_daily(look)):
        days[on][channel] = [int(each or 0) for each in sums]
    lines, whole = [], [0] * len(_DAY[2:])
    for on in sorted(days):
        for channel, sums in sorted(days[on].items()):
            lines.append(_day_line(f"{on}", channel_name(channel), sums, level=1))
            whole = [a + b for a, b in zip(whole, sums, strict=True)]
    whole[1] = total_of(look.session, look.actor, look.span, _meals_only(look)).persons
    total = _day_line("合计", "", whole, level=0)
    note = "合计人数每人只计一次，不等于各行之和。应收等于其后各项之和。"
    return [Table("days", "按日、按方式", _DAY, (total, *lines), note=note)]


def _meals_only(look: Looking) -> dict[str, Any]:
    """Every meal is of a service that is one."""
    codes = [one.code for one in services_by_code(look.session).values() if one.is_meal]
    return {"service": codes}


def _daily(look: Looking) -> Select[Any]:
    back = aliased(Entry)
    taken = (
        select(col(back.id))
        .where(col(back.reverses_id) == col(Entry.id))
        .where(col(back.period) == col(Entry.period))
        .exists()
    )
    kept = (
        scoped(look.actor, Entry)
        .join(Service, col(Service.code) == col(Entry.service))
        .where(look.span.holds(col(Entry.period)), Entry.kind == EntryKind.SERVICE)
        .where(col(Service.is_meal), ~taken)
        .subquery()
    )
    kind, fen = col(LedgerAccount.kind), col(Posting.fen)
    coupon = col(LedgerAccount.payer) == NATIONAL_COUPON

    def fens(which: Any, sign: int = 1) -> Any:
        return func.sum(case((which, sign * fen), else_=0))

    by = (kept.c.service_on, kept.c.channel)
    return (
        select(
            *by,
            func.count(kept.c.id.distinct()),
            func.count(kept.c.elder_id.distinct()),
            fens(kind == AccountKind.INCOME, -1),
            fens(kind.in_(OWED) & ~coupon),
            fens(kind.in_(OWED) & coupon),
            fens(kind == AccountKind.EXTERNAL),
            fens(kind == AccountKind.DIFFERENCE),
            fens(kind == AccountKind.SELF),
        )
        .select_from(kept)
        .join(Posting, col(Posting.entry_id) == kept.c.id)
        .join(LedgerAccount, col(LedgerAccount.code) == col(Posting.account))
        .group_by(*by)
    )


def _day_line(on: str, channel: str, sums: list[int], *, level: int) -> Line:
    figures = zip((column.field for column in _DAY[2:]), sums, strict=True)
    cells: dict[str, Cell] = {"on": on, "channel": channel, **dict(figures)}
    return Line(cells, level)


_MONTH: Final = (
    Column("name", "助餐点"),
    Column("persons", "就餐人数", Kind.COUNT, "ledger.persons/1"),
    Column("orders", "就餐人次", Kind.COUNT, "ledger.orders/1"),
    Column("granted_persons", "享受补贴人数", Kind.COUNT, "ledger.granted_persons/1"),
    Column("granted_days", "享受补贴人日", Kind.COUNT, "ledger.granted_days/1"),
    Column("subsidy_fen", "补贴金额(元)", Kind.FEN, "ledger.subsidy/1"),
    Column("coupon_fen", "消费券(元)", Kind.FEN, "ledger.coupon/1"),
    Column("deliveries", "送餐人次", Kind.COUNT, "ledger.orders/1"),
    Column("station_fen", "驿站补贴(元)", Kind.FEN, "ledger.station_side/1"),
    Column("held_fen", "异常扣减(元)", Kind.FEN, "ledger.held/1"),
    Column("due_fen", "应拨金额(元)", Kind.FEN, "ledger.subsidy/1"),
)


def meals_month(look: Looking) -> list[Table]:
    only = _meals_only(look)
    session, actor, span = look.session, look.actor, look.span
    stations = stations_by_id(session)
    sums = sums_by(session, actor, span, ("station_id",), only)
    carried = sums_by(session, actor, span, ("station_id", "channel"), only)
    support, held = station_side(look), held_by_station(look)
    lines = [
        _month_line(
            station_named(stations, group[0]),
            sums[group],
            carried.get((*group, "delivery"), Sums()).orders,
            support.get(group[0], 0),
            held.get(group[0], 0),
        )
        for group in sorted(sums, key=lambda one: _code(stations, one))
    ]
    whole = total_of(session, actor, span, only)
    shown = {group[0] for group in sums}
    total = _month_line(
        "合计",
        whole,
        sum(int(line.cells["deliveries"] or 0) for line in lines),
        sum(fen for station, fen in support.items() if station in shown),
        sum(fen for station, fen in held.items() if station in shown),
        level=0,
    )
    note = (
        "合计人数、人日每人每天只计一次，不等于各行之和。异常扣减是待核查、尚未发下的。"
    )
    points = Table(
        *("points", "按助餐点", _MONTH, (total, *lines)),
        bars=("name", "due_fen"),
        note=note,
    )
    return [points, _categories(look, only, whole)]


def _code(stations: Any, group: Group) -> str:
    station = stations.get(group[0])
    return station.code if station else group[0]


def _month_line(
    name: str, sums: Sums, deliveries: int, support: int, held: int, *, level: int = 1
) -> Line:
    own = ("persons", "orders", "granted_persons", "granted_days", "subsidy_fen")
    cells: dict[str, Cell] = {field: getattr(sums, field) for field in own}
    return Line(
        {
            "name": name,
            **cells,
            "coupon_fen": sums.coupon_fen,
            "deliveries": deliveries,
            "station_fen": support,
            "held_fen": held,
            "due_fen": sums.subsidy_fen + sums.coupon_fen + support,
        },
        level,
    )


def _categories(look: Looking, only: dict[str, Any], whole: Sums) -> Table:
    """Who had the subsidies, by kind of person."""
    names = category_names(look)
    sums = sums_by(look.session, look.actor, look.span, ("category",), only)
    columns = (
        Column("name", "人员类别"),
        Column("persons", "享受人数", Kind.COUNT, "ledger.granted_persons/1"),
        Column("days", "享受人日", Kind.COUNT, "ledger.granted_days/1"),
        Column("fen", "补贴金额(元)", Kind.FEN, "ledger.subsidy/1"),
    )
    rows = [("合计", whole, 0), *((names.get(c, c), s, 1) for (c,), s in sums.items())]
    lines = tuple(
        Line(
            {
                "name": name,
                "persons": one.granted_persons,
                "days": one.granted_days,
                "fen": one.subsidy_fen + one.coupon_fen,
            },
            level,
        )
        for name, one, level in rows
    )
    return Table("categories", "享受补贴按人员类别", columns, lines)
