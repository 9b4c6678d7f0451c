"""Usage by district, street and station; by service; by kind of person; by channel."""

from collections.abc import Callable, Mapping
from typing import Final

from dispatch.reports.figures import Looking
from dispatch.reports.kinds.naming import (
    COUNTS,
    FENS,
    category_names,
    cells_of,
    channel_name,
    services_by_code,
    station_named,
    stations_by_id,
    street_names,
)
from dispatch.reports.sums import Group, Sums, sums_by, total_of
from dispatch.reports.tables import Cell, Column, Kind, Line, Table

_COMPARED: Final = (
    Column("before_fen", "上期补贴(元)", Kind.FEN, "ledger.subsidy/1"),
    Column("change_fen", "较上期(元)", Kind.FEN, "ledger.subsidy/1"),
)
_FLAT: Final = {"category": "人员类别", "channel": "方式"}


def usage(look: Looking) -> list[Table]:
    total, categories = _total(look), category_names(look)
    return [
        _by_place(look, total),
        _by_service(look, total),
        _flat(look, total, "category", lambda code: categories.get(code, code)),
        _flat(look, total, "channel", channel_name),
    ]


def _by_place(look: Looking, total: Line) -> Table:
    streets, stations = street_names(look.session), stations_by_id(look.session)
    by_street, streets_before = _both(look, ("street_code",))
    by_station, stations_before = _both(look, ("street_code", "station_id"))
    lines = [total]
    for (code,) in sorted(by_street.keys() | streets_before.keys()):
        name = streets.get(code, code)
        lines.append(_line(name, (code,), by_street, streets_before, level=1))
        lines += [
            _line(
                station_named(stations, group[1]),
                *(group, by_station, stations_before),
                level=2,
                which={"station_id": group[1]},
            )
            for group in sorted(by_station.keys() | stations_before.keys())
            if group[0] == code
        ]
    columns = (Column("name", "街道 / 站点"), *COUNTS, *FENS, *_COMPARED)
    title = "按街道、站点"
    return Table("places", title, columns, tuple(lines), bars=("name", "subsidy_fen"))


def _by_service(look: Looking, total: Line) -> Table:
    catalogue = services_by_code(look.session)
    now, before = _both(look, ("service",))
    lines = [Line({**total.cells, "assist": ""}, 0)]
    for (code,) in sorted(
        now.keys() | before.keys(),
        key=lambda group: (getattr(catalogue.get(group[0]), "assist", ""), group),
    ):
        service = catalogue.get(code)
        line = _line(service.name if service else code, (code,), now, before)
        lines.append(
            Line(
                {**line.cells, "assist": service.assist if service else ""},
                which={"service": code},
            )
        )
    first = (Column("assist", "六助"), Column("name", "服务"))
    columns = (*first, *COUNTS, *FENS, *_COMPARED)
    return Table("services", "按服务", columns, tuple(lines))


def _flat(look: Looking, total: Line, by: str, called: Callable[[str], str]) -> Table:
    now, before = _both(look, (by,))
    lines = [total]
    for (code,) in sorted(now.keys() | before.keys()):
        lines.append(_line(called(code), (code,), now, before, which={by: code}))
    columns = (Column("name", _FLAT[by]), *COUNTS, *FENS, *_COMPARED)
    return Table(by, f"按{_FLAT[by]}", columns, tuple(lines))


def _both(
    look: Looking, by: tuple[str, ...]
) -> tuple[dict[Group, Sums], dict[Group, Sums]]:
    session, actor = look.session, look.actor
    return (
        sums_by(session, actor, look.span, by),
        sums_by(session, actor, look.span.before(), by),
    )


def _total(look: Looking) -> Line:
    before = total_of(look.session, look.actor, look.span.before())
    return _line("合计", (), {(): look.sums}, {(): before}, level=0)


def _line(
    name: str,
    group: Group,
    now: Mapping[Group, Sums],
    before: Mapping[Group, Sums],
    *,
    level: int = 1,
    which: Mapping[str, str] | None = None,
) -> Line:
    sums, was = now.get(group, Sums()), before.get(group, Sums())
    compared: dict[str, Cell] = {
        "before_fen": was.subsidy_fen,
        "change_fen": sums.subsidy_fen - was.subsidy_fen,
    }
    return Line({"name": name, **cells_of(sums), **compared}, level, which or {})
