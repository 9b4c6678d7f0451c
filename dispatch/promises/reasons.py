"""Promise 5: every "no" is explained, and what it says can be so."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, col, or_, select

from dispatch.catalogue.sittings import Sitting
from dispatch.orders.orders import Order, OrderState
from dispatch.people.helpers import Helper
from dispatch.planning.explaining import RELAXATION_WORDS, RULE_WORDS
from dispatch.planning.plans import Plan
from dispatch.promises.checking import Look, Premises

_SECONDS: Final = frozenset({"window", "shift", "max_work", "ride"})


def check_reasons(premises: Premises, look: Look) -> None:
    """Each plan counts whom it left out by rule; who was left out is told by which
    plan, per helper by which rule, and nothing is offered that may not be done.
    """
    session = premises.session
    helpers = set(session.exec(select(Helper.id)))
    plans = set()
    for wave_id, version, left_out in session.exec(_PLANS):
        plans.add((wave_id, version))
        strange = sorted(set(left_out) - RULE_WORDS)
        look.expect(not strange, f"plan {version} of {wave_id} left out by {strange}")
    for order, eat_by_at in _left_out(session):
        said, name = order.explanation or {}, f"order {order.number}"
        look.expect(bool(said.get("why")), f"{name} was left out without a word")
        by_plan = said.get("plan_version")
        look.expect(
            not by_plan or (order.wave_id, by_plan) in plans,
            f"{name} was left out by plan {by_plan}, which there is not",
        )
        for one in said.get("candidates", []):
            _check_candidate(name, one, helpers, look)
        offered = said.get("relaxation")
        if offered and order.state is OrderState.UNASSIGNED:
            _check_relaxation(order, offered, eat_by_at, look)


_PLANS: Final = select(Plan.wave_id, Plan.version, Plan.left_out)


def _left_out(session: Session) -> list[tuple[Order, datetime | None]]:
    """Now, or before they ended or waited again: what was told of them stays."""
    query = (
        select(Order, Sitting.eat_by_at)
        .join(Sitting, col(Sitting.id) == Order.sitting_id, isouter=True)
        .where(
            or_(
                col(Order.state) == OrderState.UNASSIGNED,
                col(Order.explanation).is_not(None),
            )
        )
        .order_by(col(Order.number))
    )
    return [(order, eat_by_at) for order, eat_by_at in session.exec(query)]


def _check_candidate(
    name: str, one: Mapping[str, Any], helpers: set[UUID], look: Look
) -> None:
    rule, by = one["rule"], one.get("by")
    look.expect(UUID(one["helper_id"]) in helpers, f"{name}: nobody is {one}")
    look.expect(rule in RULE_WORDS, f"{name}: {rule} is no rule that keeps anybody")
    look.expect(by is None or by > 0, f"{name}: {rule} is not broken by {by}")


def _check_relaxation(
    order: Order,
    relaxation: Mapping[str, Any],
    eat_by_at: datetime | None,
    look: Look,
) -> None:
    """What would help is something that can be asked for: no box past its clock."""
    kind, value = relaxation["kind"], relaxation["value"]
    name = f"order {order.number}: {kind} {value}"
    look.expect(kind in RELAXATION_WORDS, f"{name} is nothing that helps")
    if kind in _SECONDS:
        look.expect(value > 0, f"{name} loosens nothing")
    if kind == "window" and eat_by_at is not None:
        door = order.window_until_at + timedelta(seconds=value)
        look.expect(door <= eat_by_at, f"{name} is past the time to eat")
