"""The weekly sheet (周调度): what each point did, beside the week before."""

from collections import defaultdict
from typing import Any, Final

from sqlalchemy import func, select

from dispatch.access.scope import scoped
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.reports.figures import Looking
from dispatch.reports.kinds.naming import station_named, stations_by_id, street_names
from dispatch.reports.tables import Cell, Column, Kind, Line, Table

_VISIT: Final = "VISIT_HOME"
_COUNTS: Final = {
    "dine_in": ("堂食(人次)", "orders.done/1"),
    "pickup": ("自取代取(人次)", "orders.done/1"),
    "delivery": ("送餐(人次)", "orders.done/1"),
    "help": ("六助上门(单)", "orders.done/1"),
    "visits": ("巡视探访(次)", "orders.visits/1"),
    "no_answer": ("敲门无应答(单)", "orders.open/1"),
    "failed": ("其他未完成(单)", "orders.open/1"),
    "done": ("完成合计(单)", "orders.done/1"),
    "before": ("上周完成(单)", "orders.done/1"),
    "change": ("较上周(单)", "orders.done/1"),
}
Counts = dict[str, int]


def weekly(look: Looking) -> list[Table]:
    now, before = _counted(look), _counted(look.before())
    stations, streets = stations_by_id(look.session), street_names(look.session)
    lines = []
    for code in streets:
        here = [
            key
            for key, one in stations.items()
            if one.street_code == code and key in now.keys() | before.keys()
        ]
        if here:
            own = [(now.get(key, {}), before.get(key, {})) for key in here]
            lines.append(_line(streets[code], _sum(own), 1))
            for key, (this, last) in zip(here, own, strict=True):
                lines.append(_line(station_named(stations, key), (this, last), 2))
    keys = now.keys() | before.keys()
    every = [(now.get(key, {}), before.get(key, {})) for key in keys]
    total = _line("合计", _sum(every), 0)
    columns = (
        Column("name", "街道 / 站点"),
        *(Column(n, title, Kind.COUNT, query) for n, (title, query) in _COUNTS.items()),
    )
    return [
        Table(
            *("week", "按街道、站点", columns, (total, *lines)), bars=("name", "done")
        )
    ]


def _sum(parts: list[tuple[Counts, Counts]]) -> tuple[Counts, Counts]:
    now: Counts = defaultdict(int)
    before: Counts = defaultdict(int)
    for this, last in parts:
        for whole, one in ((now, this), (before, last)):
            for name, count in one.items():
                whole[name] += count
    return now, before


def _line(name: str, both: tuple[Counts, Counts], level: int) -> Line:
    now, before = both
    cells: dict[str, Cell] = {field: now.get(field, 0) for field in _COUNTS}
    done, was = now.get("done", 0), before.get("done", 0)
    return Line({"name": name, **cells, "before": was, "change": done - was}, level)


def _counted(look: Looking) -> dict[str, Counts]:
    """By station, its orders by what became of them."""
    reach = scoped(look.actor, Order).subquery()
    by = (
        *(reach.c.station_id, reach.c.channel, reach.c.service),
        *(reach.c.is_meal, reach.c.state, reach.c.reason),
    )
    query: Any = (
        select(*by, func.count())
        .where(reach.c.serve_on.between(look.span.first_on, look.as_of))
        .where(reach.c.state.in_([OrderState.DONE, OrderState.FAILED]))
        .group_by(*by)
    )
    found: dict[str, Counts] = defaultdict(lambda: defaultdict(int))
    for station, channel, service, is_meal, state, reason, count in look.session.exec(
        query
    ):
        counts = found[str(station)]
        if state == OrderState.FAILED:
            counts["no_answer" if reason == "no_answer" else "failed"] += count
            continue
        counts["done"] += count
        counts[_kind(channel, service, is_meal)] += count
    return found


def _kind(channel: str, service: str, is_meal: bool) -> str:
    if not is_meal:
        return "visits" if service == _VISIT else "help"
    if channel == Channel.DELIVERY:
        return "delivery"
    return "dine_in" if channel == Channel.DINE_IN else "pickup"
