"""Two at one door: who comes along, whether they are there, and when they part."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from dispatch.field.helper_day import Partner
from dispatch.orders.orders import Order, tell_order
from dispatch.people.vault import unseal
from dispatch.planning.plans import Round, RoundState, Stop, StopKind, StopOrder
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


def tell_partner(uow: UnitOfWork, order: Order, helper_id: UUID, kind: str) -> None:
    """Let the other one know what this helper did: their phone hears only its own."""
    for _, who in _others(uow.session, [order.id], helper_id).values():
        tell_order(uow, order, kind, helper_id=who)


def part(uow: UnitOfWork, order: Order, helper_id: UUID) -> None:
    """The helper gives the order back: at no stop that it had is it to be done now."""
    tell_partner(uow, order, helper_id, "order.partner_left")
    uow.session.exec(
        update(StopOrder)
        .where(col(StopOrder.order_id) == order.id)
        .values(given_back=True)
    )


def _others(
    session: Session, order_ids: Collection[UUID], helper_id: UUID
) -> dict[UUID, tuple[Stop, UUID]]:
    query = (
        select(StopOrder.order_id, Stop, Round.helper_id)
        .join(Stop, col(Stop.id) == StopOrder.stop_id)
        .join(Round, col(Round.id) == Stop.round_id)
        .where(col(StopOrder.order_id).in_(order_ids), ~col(StopOrder.given_back))
        .where(Stop.kind == StopKind.VISIT, Round.helper_id != helper_id)
        .where(Round.state != RoundState.DROPPED)
    )
    found = session.exec(query)
    return {order_id: (stop, who) for order_id, stop, who in found}
