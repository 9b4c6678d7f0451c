"""The orders of the board: where each is in its life and on the map, and how late."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from dispatch.access.masking import called
from dispatch.orders.orders import ENDED_STATES, Order, OrderState
from dispatch.orders.showing import Carrying
from dispatch.people.areas import list_areas
from dispatch.people.elders import Elder, Household
from dispatch.people.vault import unseal
from dispatch.safety.case_file import CaseRow
from dispatch.store.unit_of_work import UnitOfWork

Where = tuple[str, float | None, float | None, str]
_AHEAD: Final = (OrderState.PLANNED, OrderState.UNDER_WAY)


@dataclass(frozen=True, kw_only=True)
class BoardOrder:
    """One carried order: where it is in its life and on the map, and how late."""

    id: UUID
    number: str
    state: str
    reason: str | None
    channel: str
    serving: str
    tier: int
    wave_id: UUID | None
    elder_label: str
    lat: float | None
    lon: float | None
    helper_id: UUID | None
    partner_id: UUID | None
    stop_id: UUID | None
    eta_at: datetime | None
    until_at: datetime
    late_seconds: int
    case_id: UUID | None
    outside_area: bool = False  # its helper knows other communities


def show_board_orders(
    uow: UnitOfWork,
    orders: Sequence[Order],
    carried: Mapping[UUID, Carrying],
    behind: Mapping[UUID, timedelta],
    cases: Collection[CaseRow],
) -> list[BoardOrder]:
    """Rows for orders that the caller found within reach; three queries.

    Args:
        behind: by how much each round is behind its plan.
    """
    alarms = {case.order_id: case.id for case in cases if case.order_id}
    places = _places(uow, orders)
    areas = list_areas(uow.session, {one.helper_id for one in carried.values()})
    shown = [
        _row(uow, order, carried.get(order.id), alarms.get(order.id), places[order.id])
        for order in orders
    ]
    return [
        replace(
            _expected(uow, one, carried.get(one.id), behind),
            outside_area=_is_outside(one, places[one.id], areas),
        )
        for one in shown
    ]


def _is_outside(
    one: BoardOrder, place: Where, areas: Mapping[UUID, frozenset[str]]
) -> bool:
    """Whoever has no area is at home everywhere."""
    area = areas.get(one.helper_id) if one.helper_id else None
    return area is not None and place[3] not in area


def _expected(
    uow: UnitOfWork,
    one: BoardOrder,
    carried: Carrying | None,
    behind: Mapping[UUID, timedelta],
) -> BoardOrder:
    """Its helper is behind: so will be what still lies before them."""
    if carried is None or one.eta_at is None or one.state not in _AHEAD:
        return one
    if carried.stop.arrived_at is not None:
        return one
    expected = one.eta_at + behind.get(carried.stop.round_id, timedelta(0))
    late = round((max(expected, uow.now) - one.until_at).total_seconds())
    return replace(one, late_seconds=max(0, late))


def _places(uow: UnitOfWork, orders: Sequence[Order]) -> dict[UUID, Where]:
    """Per order: how the elder is called, where the door is, of which community."""
    wanted = sorted({order.id for order in orders})
    rows: list[tuple[UUID, UUID, str, float | None, float | None, str]] = []
    of_whom = col(Order.id), col(Elder.id), col(Elder.sex)
    door = col(Household.lat), col(Household.lon), col(Household.community)
    for start in range(0, len(wanted), 500):
        query = (
            select(*of_whom, *door)
            .join(Elder, col(Elder.id) == Order.elder_id)
            .join(Household, col(Household.id) == Order.household_id)
            .where(col(Order.id).in_(wanted[start : start + 500]))
        )
        rows += [tuple(row) for row in uow.session.execute(query)]
    names = unseal(uow.session, {elder_id for _, elder_id, *_ in rows}, ["name"])
    return {
        order_id: (called(names[elder_id].get("name", "？"), sex), lat, lon, community)
        for order_id, elder_id, sex, lat, lon, community in rows
    }


def _row(
    uow: UnitOfWork,
    order: Order,
    carried: Carrying | None,
    case_id: UUID | None,
    place: Where,
) -> BoardOrder:
    open_again = order.state in {OrderState.WAITING, OrderState.UNASSIGNED}
    at = None if open_again else carried
    nowhere = order.state is OrderState.BLOCKED and order.reason == "no_location"
    eta = at.stop.at if at else None
    return BoardOrder(
        id=order.id,
        number=order.number,
        state=order.state.value,
        reason=order.reason,
        channel=order.channel.value,
        serving=order.serving.value,
        tier=order.tier,
        wave_id=order.wave_id,
        elder_label=place[0],
        lat=None if nowhere else place[1],
        lon=None if nowhere else place[2],
        helper_id=at.helper_id if at else None,
        partner_id=at.partner_id if at else None,
        stop_id=at.stop.id if at else None,
        eta_at=eta,
        until_at=order.window_until_at,
        late_seconds=_late_seconds(order, eta, uow.now),
        case_id=case_id,
    )


def _late_seconds(order: Order, eta: datetime | None, now: datetime) -> int:
    """How late it was, is, or will be by the plan; 0 when in time."""
    if order.state in ENDED_STATES:
        moment = order.ended_at if order.state is OrderState.DONE else None
    else:
        moment = max(eta, now) if eta else now
    if moment is None:
        return 0
    return max(0, round((moment - order.window_until_at).total_seconds()))
