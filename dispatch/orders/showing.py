"""Orders as people see them: one line each, and one order with all its story."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.access.scope import get_scoped
from dispatch.catalogue.sittings import MenuItem
from dispatch.orders.diet import clashes
from dispatch.orders.orders import Order, OrderState
from dispatch.people.elders import Elder
from dispatch.people.showing import shown_name
from dispatch.people.vault import unseal
from dispatch.planning.plans import (
    Round,
    RoundState,
    Stop,
    StopKind,
    StopOrder,
    not_given_back,
)
from dispatch.store.at_hand import rows_at_hand
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.words import say

_NOT_PLANNED: Final = frozenset({OrderState.WAITING, OrderState.UNASSIGNED})


@dataclass(frozen=True, kw_only=True)
class OrderRow:
    """One line of a list; the name is masked as the reader's role has it."""

    id: UUID
    number: str
    elder_id: UUID
    elder_name: str
    service: str
    channel: str
    serve_on: date
    serving: str
    station_id: UUID
    kitchen_id: UUID | None
    state: str
    reason: str | None
    code: str | None
    dish: str | None
    diet_tags: list[str]
    price_fen: int
    fee_fen: int
    paid_fen: int
    due_fen: int | None
    paid: bool
    grade: str | None
    wave_id: UUID | None
    plan_version: int | None
    helper_name: str | None
    eta_at: datetime | None
    placed_at: datetime
    window_from_at: datetime
    window_until_at: datetime
    warning: str | None


@dataclass(frozen=True)
class Carrying:
    """Who has an order on their round, at which stop, and when; who comes along."""

    helper_id: UUID
    stop: Stop
    round_state: RoundState
    partner_id: UUID | None = None

    @property
    def helpers(self) -> list[UUID]:
        return [each for each in (self.helper_id, self.partner_id) if each is not None]


def show_orders(uow: UnitOfWork, orders: Sequence[Order]) -> list[OrderRow]:
    """Rows for orders that the caller found within the actor's reach; five queries."""
    session = uow.session
    elders = _elders(session, orders)
    names = unseal(session, elders.keys(), ["name"])
    dishes = find_dishes(session, orders)
    planned = [order.id for order in orders if order.state not in _NOT_PLANNED]
    carried = find_carrying(session, planned)
    both = {each for one in carried.values() for each in one.helpers}
    helpers = label_helpers(session, both)
    return [
        _row(
            order,
            elders[order.elder_id],
            shown_name(uow.actor, names[order.elder_id].get("name", "")),
            dishes.get(order.menu_item_id) if order.menu_item_id else None,
            carried.get(order.id),
            helpers,
        )
        for order in orders
    ]


def show_order(uow: UnitOfWork, order: Order) -> OrderRow:
    """One row."""
    return show_orders(uow, [order])[0]


def show_order_of(uow: UnitOfWork, order_id: UUID) -> OrderRow:
    """One row by its id. Raises: NotFound, also for an order out of reach."""
    return show_order(uow, get_scoped(uow, Order, order_id))


def find_carrying(
    session: Session, order_ids: Collection[UUID]
) -> dict[UUID, Carrying]:
    """Where each order is handed over, as the rounds in force have it."""
    wanted, found = sorted(order_ids), dict[UUID, Carrying]()
    for start in range(0, len(wanted), 500):
        rows = session.exec(
            select(StopOrder.order_id, Stop, Round.helper_id, Round.state)
            .join(Stop, col(Stop.id) == StopOrder.stop_id)
            .join(Round, col(Round.id) == Stop.round_id)
            .where(col(StopOrder.order_id).in_(wanted[start : start + 500]))
            .where(Stop.kind != StopKind.PICKUP, Round.state != RoundState.DROPPED)
            .where(not_given_back())
            .order_by(col(Round.leaves_at), col(Round.id))
        )
        for order_id, stop, helper_id, state in rows:
            first = found.get(order_id)
            found[order_id] = (
                replace(first, partner_id=helper_id)
                if first
                else Carrying(helper_id, stop, RoundState(state))
            )
    return found


def label_helpers(session: Session, helper_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Helpers by name, as colleagues know them."""
    kept = unseal(session, sorted(helper_ids), ["name"])
    return {helper_id: one.get("name", "？") for helper_id, one in kept.items()}


def _elders(session: Session, orders: Iterable[Order]) -> dict[UUID, Elder]:
    named = {order.elder_id for order in orders}
    found = rows_at_hand(session, Elder, named)
    wanted = sorted(named - found.keys())
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        rows = session.exec(select(Elder).where(col(Elder.id).in_(part)))
        found.update({elder.id: elder for elder in rows})
    return found


def find_dishes(session: Session, orders: Iterable[Order]) -> dict[UUID, MenuItem]:
    """The set meals of these orders by id."""
    named = {one.menu_item_id for one in orders if one.menu_item_id}
    found = rows_at_hand(session, MenuItem, named)
    wanted = sorted(named - found.keys())
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        rows = session.exec(select(MenuItem).where(col(MenuItem.id).in_(part)))
        found.update({dish.id: dish for dish in rows})
    return found


def _row(
    order: Order,
    elder: Elder,
    name: str,
    dish: MenuItem | None,
    carried: Carrying | None,
    helpers: dict[UUID, str],
) -> OrderRow:
    return OrderRow(
        id=order.id,
        number=order.number,
        elder_id=order.elder_id,
        elder_name=name,
        service=order.service,
        channel=order.channel.value,
        serve_on=order.serve_on,
        serving=order.serving.value,
        station_id=order.station_id,
        kitchen_id=order.kitchen_id,
        state=order.state.value,
        reason=order.reason,
        code=dish.code if dish else None,
        dish=dish.name if dish else None,
        diet_tags=sorted({*elder.diet_tags, *elder.allergies}),
        price_fen=order.price_fen,
        fee_fen=order.fee_fen,
        paid_fen=order.paid_fen,
        due_fen=order.due_fen,
        paid=order.is_paid,
        grade=order.grade,
        wave_id=order.wave_id,
        plan_version=order.plan_version,
        helper_name=_names(carried, helpers) if carried else None,
        eta_at=carried.stop.at if carried else None,
        placed_at=order.placed_at,
        window_from_at=order.window_from_at,
        window_until_at=order.window_until_at,
        warning=_warning(order, elder, dish),
    )


def _names(at: Carrying, helpers: dict[UUID, str]) -> str:
    return say("list", "comma").join(helpers[each] for each in at.helpers)


def _warning(order: Order, elder: Elder, dish: MenuItem | None) -> str | None:
    """What whoever looks at this order should know at once, in words."""
    if order.reason == "no_location" and order.state is OrderState.BLOCKED:
        return say("warning", "no_location")
    against = [say("diet", word) for word in clashes(elder, dish)] if dish else []
    if against:
        said = say("list", "comma").join(against)
        return say("warning", "diet") + say("list", "colon") + said
    return None
