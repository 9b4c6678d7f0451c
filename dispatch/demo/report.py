"""The report of a day: what the database says when it is over."""

from collections import Counter
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from sqlmodel import Session, col, select

from dispatch.catalogue.sittings import Sitting
from dispatch.orders.kitchen_sheet import count_portions
from dispatch.orders.orders import Channel, Order, OrderState, list_of_sitting
from dispatch.promises.checking import Promise
from dispatch.subsidy.grants import Grant
from dispatch.subsidy.ledger import Entry, Posting

FORMAT: Final = "liuzhu-demo-report/1"
_PORTIONS: Final = (
    *("cooked", "on_rounds", "pickup", "proxy", "dine_in", "no_show", "spare"),
)
Json = dict[str, Any]


def make_report(
    session: Session, day: date, *, seed: int, size: str, promises: list[Promise]
) -> Json:
    """Everything that the report of a simulated day holds."""
    orders = list(session.exec(select(Order).where(Order.serve_on == day)))
    states = Counter(order.state for order in orders)
    channels = Counter(order.channel for order in orders)
    return {
        "format": FORMAT,
        "seed": seed,
        "size": size,
        "orders": {
            "total": len(orders),
            "by_state": {state.value: states[state] for state in OrderState},
            "by_channel": {channel.value: channels[channel] for channel in Channel},
        },
        "kitchens": _kitchens(session, day),
        "grants": _grants(session, day),
        "ledger": _ledger(session, day),
        "promises": [
            {
                "n": promise.n,
                "status": promise.status.value,
                "checked": promise.checked,
                "broken": promise.broken,
            }
            for promise in promises
        ],
    }


def _kitchens(session: Session, day: date) -> list[Json]:
    query = select(Sitting).where(Sitting.serve_on == day)
    query = query.where(col(Sitting.cooked).is_not(None))
    rows = []
    for sitting in session.exec(query.order_by(col(Sitting.ready_at), col(Sitting.id))):
        count = asdict(count_portions(sitting, list_of_sitting(session, sitting.id)))
        portions = {name: count[name] for name in _PORTIONS}
        rows.append(
            {
                "id": str(sitting.kitchen_id),
                "serving": sitting.serving.value,
                **portions,
            }
        )
    return rows


def _grants(session: Session, day: date) -> list[Json]:
    """Each granted line that nobody took back, with what stands behind it."""
    query = (
        select(Grant, Order.number)
        .join(Order, col(Order.id) == Grant.order_id)
        .where(Order.serve_on == day, col(Grant.reversed_by).is_(None))
        .order_by(col(Order.number), col(Grant.subsidy))
    )
    return [
        {
            "order": number,
            "rule": grant.subsidy,
            "version": grant.rule_version,
            "fen": grant.fen,
            "grade": grant.grade,
            "evidence": str(grant.evidence_id),
        }
        for grant, number in session.exec(query)
    ]


def _ledger(session: Session, day: date) -> Json:
    query = select(Posting.fen).join(Entry, col(Entry.id) == Posting.entry_id)
    fens = list(session.exec(query.where(Entry.service_on == day)))
    return {
        "debit_fen": sum(fen for fen in fens if fen > 0),
        "credit_fen": -sum(fen for fen in fens if fen < 0),
    }
