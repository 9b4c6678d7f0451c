"""Two at one door: who comes along, whether they are there, and when they part."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from dispatch.field.helper_day import Partner
from dispatch.orders.orders import Order, tell_order
from dispatch.people.vault import unseal
from dispatch.planning.plans import (
    Round,
    RoundState,
    Stop,
    StopKind,
    StopOrder,
    not_given_back,
)
from dispatch.store.unit_of_work import UnitOfWork


def read_partners(
    session: Session, order_ids: Collection[UUID], helper_id: UUID
) -> dict[UUID, Partner]:
    """Who comes along with this helper, by order."""
    met = _others(session, order_ids, helper_id)
    names = unseal(session, sorted({who for _, who in met.values()}), ["name"])
    return {
        order_id: Partner(
            label=names[who].get("name", "？"),
            state=stop.state.value,
            at=stop.at,
            arrived_at=stop.arrived_at,
        )
        for order_id, (stop, who) in met.items()
    }


def read_pairs(session: Session, order_id: UUID) -> list[frozenset[UUID]]:
    """Who was to come together: those who still are; then those who were, before.

    Stops that were given back at one moment for one time were one pair's.
    """
    query = (
        select(Stop.at, StopOrder.given_back_at, Round.state, Round.helper_id)
        .join(StopOrder, col(StopOrder.stop_id) == Stop.id)
        .join(Round, col(Round.id) == Stop.round_id)
        .where(StopOrder.order_id == order_id, Stop.kind == StopKind.VISIT)
        .order_by(col(Stop.at), col(Round.id))
    )
    still: set[UUID] = set()
    before: dict[tuple[datetime | None, datetime], set[UUID]] = {}
    for at, given_back_at, state, helper_id in session.exec(query):
        if given_back_at is None and state is not RoundState.DROPPED:
            still.add(helper_id)
        else:
            before.setdefault((given_back_at, at), set()).add(helper_id)
    return [frozenset(each) for each in (still, *before.values())]


def tell_partner(uow: UnitOfWork, order: Order, helper_id: UUID, kind: str) -> None:
    """Let the other one know what this helper did: their phone hears only its own."""
    for _, who in _others(uow.session, [order.id], helper_id).values():
        tell_order(uow, order, kind, helper_id=who)


def part(uow: UnitOfWork, order: Order) -> None:
    """The order is given back: at no stop that it had is it to be done now."""
    uow.session.exec(
        update(StopOrder)
        .where(col(StopOrder.order_id) == order.id, not_given_back())
        .values(given_back_at=uow.now)
    )


def _others(
    session: Session, order_ids: Collection[UUID], helper_id: UUID
) -> dict[UUID, tuple[Stop, UUID]]:
    query = (
        select(StopOrder.order_id, Stop, Round.helper_id)
        .join(Stop, col(Stop.id) == StopOrder.stop_id)
        .join(Round, col(Round.id) == Stop.round_id)
        .where(col(StopOrder.order_id).in_(order_ids), not_given_back())
        .where(Stop.kind == StopKind.VISIT, Round.helper_id != helper_id)
        .where(Round.state != RoundState.DROPPED)
    )
    found = session.exec(query)
    return {order_id: (stop, who) for order_id, stop, who in found}
