"""Where helpers are this moment, when they may leave, and what lies before them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, Literal, NamedTuple
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.catalogue.sittings import Sitting
from dispatch.clock import town_day
from dispatch.field.boarding import taken_of
from dispatch.field.positions import Position
from dispatch.orders.orders import Order, OrderState
from dispatch.people.helpers import Helper
from dispatch.people.places import Station
from dispatch.planning.plans import (
    Round,
    RoundState,
    Stop,
    StopKind,
    StopOrder,
    StopState,
    list_stop_orders,
    not_given_back,
    rounds_in_force,
)
from dispatch.store.unit_of_work import UnitOfWork

FRESH: Final = timedelta(minutes=10)
_GOING: Final = frozenset({OrderState.PLANNED, OrderState.UNDER_WAY})
From = Literal["position", "stop", "station"]


@dataclass(frozen=True)
class Following:
    """A stop of theirs that is still to come; at a kitchen no door's order waits."""

    at: datetime
    lat: float
    lon: float
    orders: tuple[UUID, ...]


@dataclass(frozen=True)
class Now:
    """One helper: the place, how it is known, and the rest of their rounds today."""

    lat: float
    lon: float
    known_by: From
    seen_at: datetime | None
    leaves_at: datetime  # they are busy at somebody's home until then
    rounds: tuple[UUID, ...]
    following: tuple[Following, ...]

    @property
    def orders(self) -> list[UUID]:
        return [order_id for stop in self.following for order_id in stop.orders]


def read_now(
    uow: UnitOfWork, helpers: Sequence[Helper], stations: Mapping[UUID, Station]
) -> dict[UUID, Now]:
    """These helpers by id, in three queries."""
    ids = [helper.id for helper in helpers]
    seen = uow.session.exec(select(Position).where(col(Position.helper_id).in_(ids)))
    places = {one.helper_id: one for one in seen if uow.now - one.at <= FRESH}
    stops = _stops_of(uow, ids)
    return {
        helper.id: _now(
            uow,
            stations[helper.station_id],
            places.get(helper.id),
            stops.get(helper.id, []),
        )
        for helper in helpers
    }


class _Due(NamedTuple):
    """A stop of today, whose orders end there, and whether anybody waits for it."""

    stop: Stop
    orders: tuple[UUID, ...]
    waits: bool


def _now(
    uow: UnitOfWork, home: Station, place: Position | None, dues: Sequence[_Due]
) -> Now:
    reached = [due.stop for due in dues if due.stop.arrived_at is not None]
    last = max(reached, key=lambda stop: stop.arrived_at or stop.at, default=None)
    at: Position | Stop | Station = place or last or home
    return Now(
        lat=at.lat,
        lon=at.lon,
        known_by="position" if place else "stop" if last else "station",
        seen_at=place.at if place else last.arrived_at if last else None,
        leaves_at=_leaves_at(uow, last),
        rounds=tuple(dict.fromkeys(due.stop.round_id for due in dues)),
        following=tuple(
            Following(due.stop.at, due.stop.lat, due.stop.lon, due.orders)
            for due in dues
            if due.waits and due.stop.arrived_at is None
        ),
    )


def _leaves_at(uow: UnitOfWork, last: Stop | None) -> datetime:
    """Nobody is left in the bath: a visit that has begun is brought to its end."""
    if last is None or last.arrived_at is None or last.state is StopState.DONE:
        return uow.now
    return max(uow.now, last.arrived_at + (last.leaves_at - last.at))


def _stops_of(uow: UnitOfWork, helper_ids: Collection[UUID]) -> dict[UUID, list[_Due]]:
    """By helper the stops of today's rounds that are not over, in their order."""
    own = rounds_in_force(town_day(uow.now)).where(
        col(Round.helper_id).in_(helper_ids), Round.state != RoundState.ENDED
    )
    whose = {each.id: each.helper_id for each, _ in uow.session.exec(own)}
    query = (
        select(Stop, Order.id, Order.state)
        .join(StopOrder, col(StopOrder.stop_id) == Stop.id)
        .join(Order, col(Order.id) == StopOrder.order_id)
        .where(col(Stop.round_id).in_(whose), not_given_back())
        .order_by(col(Stop.at), col(Stop.seq), col(Stop.id), col(Order.id))
    )
    rows = [*uow.session.exec(query)]
    found: dict[UUID, list[_Due]] = {}
    for _, some in groupby(rows, key=lambda row: row[0].id):
        same = [*some]
        stop = same[0][0]
        waiting = [order_id for _, order_id, state in same if state in _GOING]
        open_ = stop.state is not StopState.DONE and bool(waiting)
        orders = () if stop.kind is StopKind.PICKUP else tuple(waiting)
        found.setdefault(whose[stop.round_id], []).append(_Due(stop, orders, open_))
    return found


def clocks_of(
    session: Session, nows: Iterable[Now], orders: Collection[Order]
) -> dict[UUID, datetime]:
    """Until when each box on board may be handed over: while it is still hot."""
    pairs = list_stop_orders(session, [one for now in nows for one in now.rounds])
    taken = taken_of(session, list(orders), pairs)
    meals = {one.id: one.sitting_id for one in orders if one.id in taken}
    query = select(Sitting).where(col(Sitting.id).in_(set(meals.values())))
    hot = {one.id: timedelta(seconds=one.hot_seconds) for one in session.exec(query)}
    return {
        order_id: taken[order_id] + hot[sitting_id]
        for order_id, sitting_id in meals.items()
        if sitting_id in hot
    }
