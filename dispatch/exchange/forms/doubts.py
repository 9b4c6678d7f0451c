"""The form of what was doubted (异常核查单): what was found, what was decided."""

from collections import defaultdict
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, col, func, select

from dispatch.access.accounts import titles_of
from dispatch.access.scope import scoped
from dispatch.exchange.forms.rows import Form, Opened, People, Row, Span
from dispatch.exchange.workbooks import yuan
from dispatch.orders.orders import Order
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.anomalies.anomaly import Anomaly, AnomalyState
from dispatch.subsidy.grants import Promise
from dispatch.words import say

_SOME: Final = 500
_VERDICT: Final = {
    AnomalyState.CLEARED: "误报",
    AnomalyState.CONFIRMED: "属实",
    AnomalyState.APPEALED: "复议中",
}


def _doubts(uow: UnitOfWork, span: Span, opened: Opened) -> list[Row]:
    query = scoped(uow.actor, Anomaly).where(
        col(Anomaly.service_on).between(span.from_on, span.until_on)
    )
    if span.station_id is not None:
        query = query.where(Anomaly.station_id == span.station_id)
    found = uow.session.exec(
        query.order_by(col(Anomaly.service_on), col(Anomaly.rule), col(Anomaly.key))
    ).all()
    whose = [one.elder_id for one in found if one.elder_id is not None]
    people = People(uow, whose, opened, span.until_on)
    orders = _orders(uow.session, found)
    titles = titles_of(uow.session, [_judge(one) for one in found])
    rows = []
    for seq, one in enumerate(found, start=1):
        number, fen = orders.get(one.order_id, ("", 0))
        who = people.of(one.elder_id, one.service_on) if one.elder_id else {}
        rows.append(
            who
            | {
                "number": seq,
                "rule": f"{one.rule.value} {say('anomaly', one.rule.value)}",
                "evidence": f"{number} {one.service_on}".strip(),
                "fen": yuan(fen) if one.holds else yuan(0),
                "reason": say("anomaly_level", one.level.value),
                "checked_by": titles.get(_judge(one), ""),
                "verdict": _VERDICT.get(one.state, ""),
                "handled": _handled(one),
            }
        )
    return rows


def _judge(one: Anomaly) -> UUID | None:
    return one.decided_by or one.concluded_by


def _handled(one: Anomaly) -> str:
    if one.state is AnomalyState.CLEARED:
        return "放行"
    if not one.holds:
        return ""
    return "不予补贴" if one.state is AnomalyState.CONFIRMED else "暂扣"


def _orders(session: Session, found: Any) -> dict[UUID | None, tuple[str, int]]:
    """By order: its number, and the fen that wait."""
    wanted = sorted({one.order_id for one in found if one.order_id is not None})
    told: dict[UUID | None, tuple[str, int]] = defaultdict(lambda: ("", 0))
    for start in range(0, len(wanted), _SOME):
        part = wanted[start : start + _SOME]
        query: Any = (
            select(Order.id, Order.number, func.coalesce(func.sum(Promise.fen), 0))
            .outerjoin(Promise, col(Promise.order_id) == Order.id)
            .where(col(Order.id).in_(part))
            .group_by(col(Order.id), col(Order.number))
        )
        for order_id, number, fen in session.exec(query):
            told[order_id] = (number, int(fen))
    return told


ANOMALIES = Form(
    "anomalies",
    "异常核查单",
    (
        *(("number", "编号"), ("rule", "规则"), ("name", "姓名"), ("evidence", "证据")),
        *(("fen", "涉及金额(元)"), ("reason", "情况"), ("checked_by", "核查人")),
        *(("verdict", "结论(属实/误报/补证)"), ("handled", "处理")),
    ),
    _doubts,
)
