"""Deeds of a counter on its own kitchen's sitting, and on no other."""

from uuid import UUID

from dispatch.counter.payments import PayMethod
from dispatch.counter.serving import Identity, walk_in
from dispatch.counter.showing import reachable_sitting
from dispatch.orders.ordering import OrderDraft, make_order
from dispatch.orders.orders import Channel, Order
from dispatch.orders.sitting_close import close_sitting
from dispatch.store.unit_of_work import UnitOfWork


def walk_in_to(
    uow: UnitOfWork,
    sitting_id: UUID,
    elder_id: UUID,
    menu_item_id: UUID | None,
    identity: Identity,
    *,
    paid: tuple[PayMethod, int] | None,
    key: str | None,
) -> Order:
    """Somebody without an order eats here, now; see `serving.walk_in`.

    Raises:
        NotFound: another kitchen's sitting, or an elder out of reach.
    """
    draft = _walk_in_draft(uow, sitting_id, elder_id, menu_item_id)
    return walk_in(uow, draft, identity, paid, key=key)


def make_walk_in(
    uow: UnitOfWork, sitting_id: UUID, elder_id: UUID, menu_item_id: UUID | None
) -> Order:
    """The order of somebody without one, inside a deed that is kept once.

    Raises:
        NotFound: another kitchen's sitting, or an elder out of reach.
    """
    return make_order(uow, _walk_in_draft(uow, sitting_id, elder_id, menu_item_id))


def _walk_in_draft(
    uow: UnitOfWork, sitting_id: UUID, elder_id: UUID, menu_item_id: UUID | None
) -> OrderDraft:
    sitting = reachable_sitting(uow, sitting_id)
    return OrderDraft(
        elder_id=elder_id,
        service="MEAL_DINEIN",
        channel=Channel.DINE_IN,
        serve_on=sitting.serve_on,
        serving=sitting.serving,
        menu_item_id=menu_item_id,
        source="walk_in",
    )


def close_own_sitting(uow: UnitOfWork, sitting_id: UUID) -> list[Order]:
    """Close a sitting of the actor's own kitchen.

    Returns:
        the no-shows within the actor's reach; those of other stations are theirs.

    Raises:
        NotFound: another kitchen's sitting.
    """
    reachable_sitting(uow, sitting_id)
    gone = close_sitting(uow, sitting_id)
    return [one for one in gone if one.station_id == uow.actor.station_id]
