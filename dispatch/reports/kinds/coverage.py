"""Coverage: shares of rosters, beside those of the period before; the mix of help."""

from typing import Final

from dispatch.reports.figures import Figure, Looking, count_figure
from dispatch.reports.tables import Cell, Column, Kind, Line, Table, percent
from dispatch.reports.wording import ABSENT, Told

_SHOWN: Final = {
    "people.entitled/1": "基本养老服务对象",
    "people.signed/1": "签约人数",
    "cover.signed_rate/1": "签约率",
    "orders.done/1": "服务量（单）",
    "orders.persons/1": "服务人数",
    "cover.coverage/1": "服务覆盖率",
    "cover.per_person/1": "人均服务（单/人）",
    "cover.share_80/1": "八十岁以上占比",
    "cover.on_time/2": "送餐准时率",
    "cover.hot/2": "热餐率",
    "cover.unseen_7/1": "七日未见占比",
    "cover.circle/1": "一刻钟圈占比",
}
_OF_TODAY: Final = "cover.unseen_7/1"


def coverage(look: Looking) -> list[Table]:
    return [_figures(look), _mix(look)]


def _figures(look: Looking) -> Table:
    before = look.before()
    lines = [
        _line(
            count_figure(look, query),
            None if query == _OF_TODAY else count_figure(before, query),
            title,
        )
        for query, title in _SHOWN.items()
    ]
    columns = (
        Column("name", "指标"),
        Column("told", "本期"),
        Column("part", "分子", Kind.COUNT),
        Column("whole", "分母", Kind.COUNT),
        Column("left_out", "未计入", Kind.COUNT),
        Column("before", "上期"),
        Column("denominator", "名册版本"),
        Column("query", "口径编号"),
    )
    note = (
        "“未计入”是送到了、但时刻系事后补录或不可信的，准时率和热餐率都不算它们。"
        f"“七日未见”按 {look.today} 的情况计，上期不能回算。"
    )
    return Table("figures", "指标", columns, tuple(lines), note=note)


def _line(now: Figure, before: Figure | None, title: str) -> Line:
    cells: dict[str, Cell] = {
        "name": title,
        "told": told(now),
        "part": now.part,
        "whole": now.whole,
        "before": told(before) if before else ABSENT,
        "left_out": now.left_out or None,
        "denominator": now.denominator,
        "query": now.query,
    }
    return Line(cells)


def told(figure: Figure) -> Told:
    """A figure as people read it."""
    return Told(figure.value, figure.kind)


def _mix(look: Looking) -> Table:
    """How the services that were done are spread over the six kinds of help."""
    found, whole = look.served.mix, look.served.services
    rows = [
        ("合计", whole, look.served.persons, 0),
        *((a, n, p, 1) for a, n, p in found),
    ]
    lines = tuple(
        Line(
            {
                "name": name,
                "orders": orders,
                "share": percent(orders, whole),
                "persons": persons,
            },
            level,
        )
        for name, orders, persons, level in rows
    )
    columns = (
        Column("name", "六助"),
        Column("orders", "服务量（单）", Kind.COUNT, "orders.done/1"),
        Column("share", "占比", Kind.PERCENT, "orders.done/1"),
        Column("persons", "服务人数", Kind.COUNT, "orders.persons/1"),
    )
    return Table("mix", "六助构成", columns, lines, bars=("name", "orders"))
