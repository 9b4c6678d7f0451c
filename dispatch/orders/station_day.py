"""A station's day: what is served, what is ordered, who is missing, who is due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.access.scope import get_scoped, scoped
from dispatch.catalogue.sittings import MenuItem, Serving, Sitting, list_sittings
from dispatch.errors import NotFound
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.people.elders import Elder, still_here
from dispatch.people.places import Station
from dispatch.people.showing import visit_due_on
from dispatch.store.unit_of_work import UnitOfWork

_IN_ORDER: Final = list(Serving)
_MEAL_CHANNELS: Final = ("delivery", "pickup", "proxy", "dine_in")


@dataclass(frozen=True, kw_only=True)
class Dish:
    id: UUID
    code: str
    name: str
    price_fen: int
    diet_tags: list[str]
    holds: list[str]  # allergens and ingredients: what an allergy may speak against
    texture_level: int


@dataclass(frozen=True, kw_only=True)
class SittingRow:
    """One serving of the station's kitchen. Capacity and sold are the kitchen's."""

    serving: str
    sitting_id: UUID
    on: date
    cut_off_at: datetime
    ready_at: datetime
    door_from_at: datetime
    door_until_at: datetime
    eat_by_at: datetime
    capacity: int
    sold: int
    spare: int
    cooked: int | None
    closed: bool
    menu: list[Dish]


@dataclass(frozen=True, kw_only=True)
class DueVisit:
    elder_id: UUID
    last_seen_at: datetime | None
    due_on: date


@dataclass(frozen=True, kw_only=True)
class StationName:
    id: UUID
    name: str
    kitchen_id: UUID


@dataclass(frozen=True, kw_only=True)
class StationDay:
    station: StationName
    on: date
    servings: list[SittingRow]
    totals: dict[str, dict[str, int]]
    not_yet: list[UUID]
    visits_due: list[DueVisit]


def station_for(uow: UnitOfWork, station_id: UUID | None) -> Station:
    """The actor's own station, or the one asked for within their reach.

    Raises:
        NotFound: none is named, or it is out of reach.
    """
    wanted = station_id or uow.actor.station_id
    if wanted is None:
        raise NotFound("请先选择驿站。")
    return get_scoped(uow, Station, wanted)


def show_day(uow: UnitOfWork, on: date, station_id: UUID | None = None) -> StationDay:
    """A station's day in six queries, however many elders it has."""
    station = station_for(uow, station_id)
    orders = _orders_of(uow, station.id, on)
    elders = uow.session.exec(
        scoped(uow.actor, Elder)
        .where(Elder.station_id == station.id, still_here(on))
        .order_by(col(Elder.number))
    ).all()
    return StationDay(
        station=StationName(
            id=station.id, name=station.name, kitchen_id=station.kitchen_id
        ),
        on=on,
        servings=show_sittings(
            uow.session, list_sittings(uow.session, on, station.kitchen_id)
        ),
        totals=_totals(orders),
        not_yet=_not_yet(elders, orders),
        visits_due=_due(elders, orders, on),
    )


def show_sittings(session: Session, sittings: Sequence[Sitting]) -> list[SittingRow]:
    """Sittings with their menus, breakfast first; one query."""
    menus: dict[UUID, list[Dish]] = {one.id: [] for one in sittings}
    dishes = session.exec(
        select(MenuItem)
        .where(col(MenuItem.sitting_id).in_(menus))
        .order_by(col(MenuItem.code))
    )
    for dish in dishes:
        menus[dish.sitting_id].append(
            Dish(
                id=dish.id,
                code=dish.code,
                name=dish.name,
                price_fen=dish.price_fen,
                diet_tags=dish.diet_tags,
                holds=sorted({*dish.allergens, *dish.ingredients}),
                texture_level=dish.texture_level,
            )
        )
    ordered = sorted(sittings, key=lambda one: _IN_ORDER.index(one.serving))
    return [_sitting(one, menus[one.id]) for one in ordered]


def _sitting(one: Sitting, menu: list[Dish]) -> SittingRow:
    return SittingRow(
        serving=one.serving.value,
        sitting_id=one.id,
        on=one.serve_on,
        cut_off_at=one.cut_off_at,
        ready_at=one.ready_at,
        door_from_at=one.door_from_at,
        door_until_at=one.door_until_at,
        eat_by_at=one.eat_by_at,
        capacity=one.capacity,
        sold=one.sold,
        spare=one.spare,
        cooked=one.cooked,
        closed=one.closed_at is not None,
        menu=menu,
    )


def _orders_of(uow: UnitOfWork, station_id: UUID, on: date) -> Sequence[Order]:
    query = scoped(uow.actor, Order).where(
        Order.station_id == station_id, Order.serve_on == on
    )
    return uow.session.exec(query.order_by(col(Order.placed_at), col(Order.id))).all()


def _totals(orders: Iterable[Order]) -> dict[str, dict[str, int]]:
    columns = (*_MEAL_CHANNELS, "cancelled")
    totals = {serving.value: dict.fromkeys(columns, 0) for serving in Serving}
    for order in orders:
        if order.is_meal:
            gone = order.state is OrderState.CANCELLED
            totals[order.serving.value][
                "cancelled" if gone else order.channel.value
            ] += 1
    return totals


def _live(orders: Iterable[Order]) -> list[Order]:
    return [order for order in orders if order.state is not OrderState.CANCELLED]


def _not_yet(elders: Iterable[Elder], orders: Iterable[Order]) -> list[UUID]:
    """Who usually has a meal, and has none on this day yet."""
    served = {order.elder_id for order in _live(orders) if order.is_meal}
    return [
        elder.id
        for elder in elders
        if elder.usual_channel in _MEAL_CHANNELS and elder.id not in served
    ]


def _due(elders: Iterable[Elder], orders: Iterable[Order], on: date) -> list[DueVisit]:
    """Whose paid visit is due by this day and not arranged, the longest first."""
    arranged = {o.elder_id for o in _live(orders) if o.channel is Channel.VISIT}
    due = [
        DueVisit(elder_id=elder.id, last_seen_at=elder.last_seen_at, due_on=until)
        for elder in elders
        if (until := visit_due_on(elder)) and until <= on and elder.id not in arranged
    ]
    return sorted(due, key=lambda one: (one.due_on, one.elder_id))
