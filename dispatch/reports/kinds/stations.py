"""The station's application for its own subsidies (流量、基础、星级)."""

from datetime import date
from typing import Final

from sqlalchemy import func, or_, select
from sqlmodel import col

from dispatch.access.scope import scoped
from dispatch.orders.orders import Order
from dispatch.people.agreements import Agreement
from dispatch.people.elders import Elder
from dispatch.people.operators import list_operations, stars_on
from dispatch.people.places import Station
from dispatch.reports.figures import Looking
from dispatch.reports.kinds.money import station_side_by_rule
from dispatch.reports.kinds.naming import street_names
from dispatch.reports.rosters import living_on
from dispatch.reports.tables import Cell, Column, Kind, Line, Table
from dispatch.subsidy.rule_versions import rules_on
from dispatch.subsidy.station_rules import StationRule
from dispatch.subsidy.station_tallies import newest_tallies

_VISIT: Final = "VISIT_HOME"
_CALL: Final = "VISIT_PHONE"


def stations(look: Looking) -> list[Table]:
    session = look.session
    rows = session.exec(scoped(look.actor, Station).order_by(col(Station.code))).all()
    stars = stars_on(session, rows, look.as_of)
    runs = list_operations(session, [one.id for one in rows], look.as_of)
    streets, fens = street_names(session), station_side_by_rule(look)
    first, last = _signed(look, look.span.first_on), _signed(look, look.as_of)
    done, tallies = _done(look), newest_tallies(session, look.span.words)
    rules = {one.id: one.name or one.id for one in _station_rules(look)}
    rules |= {rule: rule for _, rule in fens if rule not in rules}
    lines = []
    for one in rows:
        key = str(one.id)
        signed = (first.get(key, 0), last.get(key, 0))
        tally = tallies.get(one.id)
        own = {_field(rule): fens.get((key, rule), 0) for rule in rules}
        cells: dict[str, Cell] = {
            "name": one.name,
            "credit_code": runs[one.id].credit_code if one.id in runs else "",
            "star": stars[one.id],
            "street": streets.get(one.street_code, ""),
            "first": signed[0],
            "last": signed[1],
            "mean": 50 * sum(signed),
            "visits_due": tally.visits_due if tally else None,
            "visits": done.get((key, "visits"), 0),
            "calls": done.get((key, "calls"), 0),
            "haircuts_due": tally.haircuts_due if tally else None,
            "haircuts": done.get((key, "haircuts"), 0),
            **own,
            "whole": sum(own.values()),
        }
        lines.append(Line(cells))
    return [
        Table(
            *("stations", "按驿站", _columns(rules), (*lines, _total(lines, rules))),
            bars=("name", "whole"),
            note="申报金额与应做次数以本期入账的驿站补贴为准，未入账的为 0 或空。",
        )
    ]


def _field(rule: str) -> str:
    """A rule may be called as a column is: its figure has a field of its own."""
    return f"rule:{rule}"


def _columns(rules: dict[str, str]) -> tuple[Column, ...]:
    return (
        Column("name", "驿站"),
        Column("credit_code", "统一社会信用代码"),
        Column("star", "星级", Kind.COUNT),
        Column("street", "责任片区"),
        Column("first", "签约人数(期初)", Kind.COUNT, "people.signed/1"),
        Column("last", "签约人数(期末)", Kind.COUNT, "people.signed/1"),
        Column("mean", "签约人数(平均)", Kind.RATIO, "people.signed/1"),
        Column("visits_due", "探访应做", Kind.COUNT, "duties.due/1"),
        Column("visits", "探访实做", Kind.COUNT, "orders.visits/1"),
        Column("calls", "电话问候", Kind.COUNT, "orders.done/1"),
        Column("haircuts_due", "理发应做", Kind.COUNT, "duties.due/1"),
        Column("haircuts", "理发实做", Kind.COUNT, "orders.done/1"),
        *(
            Column(_field(rule), f"申报·{name}(元)", Kind.FEN, "ledger.station_side/1")
            for rule, name in rules.items()
        ),
        Column("whole", "申报合计(元)", Kind.FEN, "ledger.station_side/1"),
    )


def _total(lines: list[Line], rules: dict[str, str]) -> Line:
    counts = ("visits_due", "visits", "calls", "haircuts_due", "haircuts")
    summed = ("first", "last", "mean", *counts, *map(_field, rules), "whole")
    sums = {name: sum(int(line.cells[name] or 0) for line in lines) for name in summed}
    blank: dict[str, Cell] = {"credit_code": "", "star": None, "street": ""}
    return Line({"name": "合计", **blank, **sums}, 0)


def _station_rules(look: Looking) -> tuple[StationRule, ...]:
    return rules_on(look.session, look.as_of).policy.station_subsidy


def _signed(look: Looking, on: date) -> dict[str, int]:
    reach = scoped(look.actor, Station).subquery()
    query = (
        select(col(Agreement.station_id), func.count())
        .join(Elder, col(Elder.id) == col(Agreement.elder_id))
        .where(living_on(on), col(Agreement.station_id).in_(select(reach.c.id)))
        .where(col(Agreement.from_on) <= on)
        .where(or_(col(Agreement.until_on).is_(None), col(Agreement.until_on) >= on))
        .group_by(col(Agreement.station_id))
    )
    return {str(station): int(n) for station, n in look.session.execute(query)}


def _done(look: Looking) -> dict[tuple[str, str], int]:
    query = look.done(Order.station_id, Order.service, func.count()).group_by(
        Order.station_id, Order.service
    )
    found: dict[tuple[str, str], int] = {}
    for station, service, count in look.session.execute(query):
        kind = {_VISIT: "visits", _CALL: "calls"}.get(service)
        kind = "haircuts" if "HAIR" in service else kind
        if kind:
            key = (str(station), kind)
            found[key] = found.get(key, 0) + int(count)
    return found
