"""What a meal would cost each of many elders, asked of the rules in one go."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from dispatch.catalogue.sittings import MenuItem, Serving, Sitting
from dispatch.orders.diet import suits
from dispatch.orders.offers import thought_of
from dispatch.orders.orders import Channel, Order
from dispatch.people.elders import Elder
from dispatch.people.places import get_station
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.billing import quote_all


def own_parts(
    uow: UnitOfWork, elders: Sequence[Elder], days: Collection[date]
) -> dict[UUID, dict[str, int]]:
    """The own part of the first meal that suits, by elder and cell, in fen.

    The elders are of one station. Asked for the next serving of each kind that takes
    orders yet; the fee for the way is not in it.
    """
    if not elders:
        return {}
    asked: list[tuple[str, Order]] = []
    for sitting, menu in _next_sittings(uow, elders[0].station_id, days):
        key = f"{sitting.serve_on}/{sitting.serving.value}"
        for elder in elders:
            dish = next((one for one in menu if suits(elder, one)), None)
            if dish is not None:
                way = _way(elder), 0
                asked.append((key, thought_of(uow, elder, sitting, dish, way)))
    orders = [order for _, order in asked]
    bills = quote_all(uow.session, orders, {elder.id: elder for elder in elders})
    parts: dict[UUID, dict[str, int]] = {}
    for key, order in asked:
        parts.setdefault(order.elder_id, {})[key] = bills[order.id].self_fen
    return parts


def _next_sittings(
    uow: UnitOfWork, station_id: UUID, days: Collection[date]
) -> list[tuple[Sitting, list[MenuItem]]]:
    """The next open sitting of each serving, with its menu by key."""
    kitchen_id = get_station(uow.session, station_id).kitchen_id
    open_ones = uow.session.exec(
        select(Sitting)
        .where(Sitting.kitchen_id == kitchen_id, col(Sitting.serve_on).in_(days))
        .where(Sitting.cut_off_at >= uow.now, col(Sitting.cooked).is_(None))
        .order_by(col(Sitting.serve_on), col(Sitting.id))
    )
    first: dict[Serving, Sitting] = {}
    for sitting in open_ones:
        first.setdefault(sitting.serving, sitting)
    ids = [sitting.id for sitting in first.values()]
    menus: dict[UUID, list[MenuItem]] = {one: [] for one in ids}
    query = select(MenuItem).where(col(MenuItem.sitting_id).in_(ids))
    for dish in uow.session.exec(query.order_by(col(MenuItem.code))):
        menus[dish.sitting_id].append(dish)
    return [(sitting, menus[sitting.id]) for sitting in first.values()]


def _way(elder: Elder) -> Channel:
    """How they usually have it; who only has visits would come for it."""
    usual = Channel(elder.usual_channel or Channel.PICKUP)
    return Channel.PICKUP if usual is Channel.VISIT else usual
