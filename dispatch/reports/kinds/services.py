"""Purchased services at home: each service of each point, with what was paid for it."""

from dispatch.reports.figures import Looking
from dispatch.reports.kinds.naming import (
    COUNTS,
    FENS,
    cells_of,
    services_by_code,
    station_named,
    stations_by_id,
)
from dispatch.reports.sums import sums_by, total_of
from dispatch.reports.tables import Column, Line, Table


def services(look: Looking) -> list[Table]:
    catalogue, stations = services_by_code(look.session), stations_by_id(look.session)
    only = {"service": [one.code for one in catalogue.values() if not one.is_meal]}
    session, actor, span = look.session, look.actor, look.span
    by_service = sums_by(session, actor, span, ("service",), only)
    by_both = sums_by(session, actor, span, ("service", "station_id"), only)
    whole = total_of(session, actor, span, only)
    lines = [Line({"name": "合计", "assist": "", **cells_of(whole)}, 0)]
    for code in (one for one in catalogue if (one,) in by_service):
        service = catalogue[code]
        cells = {"assist": service.assist, "name": service.name}
        lines.append(Line({**cells, **cells_of(by_service[code,])}, 1))
        lines += [
            Line(
                {
                    "assist": "",
                    "name": station_named(stations, group[1]),
                    **cells_of(sums),
                },
                2,
                {"service": code, "station_id": group[1]},
            )
            for group, sums in by_both.items()
            if group[0] == code
        ]
    columns = (Column("assist", "六助"), Column("name", "服务 / 站点"), *COUNTS, *FENS)
    note = "只计有价格的服务；免费的巡视探访等见周调度表与覆盖指标。"
    return [Table("services", "按服务、站点", columns, tuple(lines), note=note)]
