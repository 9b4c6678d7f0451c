"""What is left when the smoke is gone: the callers' notes beside the database."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from dispatch.counter.payments import Payment
from dispatch.orders.orders import Order
from dispatch.planning.plans import Plan
from dispatch.promises import Status, check_promises
from dispatch.promises.history import read_history
from dispatch.store.idempotency import Idempotency

_KEPT: dict[str, tuple[type[Any], str]] = {
    "order": (Order, "order"),
    "payment": (Payment, "pay"),
}


def judge(session: Session, home: Path, redis_url: str) -> dict[str, list[str]]:
    """Everything that is wrong, by what it is; empty when nothing is."""
    wrong: dict[str, list[str]] = {"lost": [], "doubled": [], "unasked": []}
    history = list(read_history(home))
    for what, (table, verb) in _KEPT.items():
        _compare(session, history, what, table, verb, wrong)
    wrong["plan versions"] = list(_odd_versions(session))
    told = check_promises(session, home=home, redis_url=redis_url, played=True)
    for promise in told:
        wrong[f"promise {promise.n}"] = [
            *(promise.broken if promise.status is Status.BROKEN else ()),
            *promise.not_looked_at,
        ]
    return {kind: words for kind, words in wrong.items() if words}


def _compare(
    session: Session,
    history: list[dict[str, Any]],
    what: str,
    table: type[Any],
    verb: str,
    wrong: dict[str, list[str]],
) -> None:
    """Told yes and not kept; kept twice for one key; kept, and nobody asked."""
    asked = {line["key"] for line in history if line.get("invoke") == what}
    told: dict[str, set[UUID]] = {}
    for line in history:
        if line.get("made") == what:
            told.setdefault(line["key"], set()).add(UUID(line["id"]))
    kept = set(session.exec(select(table.id)))
    made = {
        row.key: row.made_id
        for row in session.exec(select(Idempotency).where(Idempotency.verb == verb))
    }
    for key, ids in told.items():
        wrong["lost"] += [f"{what} {each}" for each in ids - kept]
        if len(ids) > 1 or made.get(key) not in ids:
            wrong["doubled"].append(f"{what} of key {key}: {len(ids)} answers")
    for each, times in Counter(made.values()).items():
        if times > 1:
            wrong["doubled"].append(f"{what} {each} was made by {times} keys")
    wrong["unasked"] += [f"{what} {key}" for key in made.keys() - asked]
    by_the_house = set(session.exec(select(Payment.id).where(Payment.fen <= 0)))
    strange = kept - set(made.values()) - by_the_house  # a cancelled order's refund
    wrong["unasked"] += [f"{what} {each}" for each in strange]


def _odd_versions(session: Session) -> Iterator[str]:
    """The versions of a wave's plans rise from one, one by one."""
    query = select(
        Plan.wave_id, func.count(), func.min(Plan.version), func.max(Plan.version)
    ).group_by(col(Plan.wave_id))
    for wave_id, many, first, last in session.exec(query):
        if (first, last) != (1, many):
            yield f"wave {wave_id}: {many} plans from {first} to {last}"
