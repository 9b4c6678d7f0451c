"""What is still to be done on a round: what is on board, since when, and where."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.field.events import FieldEvent, FieldKind, Verdict
from dispatch.field.positions import Position
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.people.vault import unseal
from dispatch.planning.handovers import taken_over
from dispatch.planning.plans import (
    Round,
    Stop,
    StopKind,
    StopOrder,
    list_stop_orders,
)
from dispatch.planning.spots import Spot
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.words import say

_FRESH: Final = timedelta(minutes=3)  # of a position
_OPEN: Final = frozenset({OrderState.PLANNED, OrderState.UNDER_WAY})


@dataclass(frozen=True)
class Meeting:
    """Where whoever takes a round over gets its boxes, and from whom."""

    lat: float
    lon: float
    words: str

    def is_at(self, stop: Stop) -> bool:
        at = (stop.lat, stop.lon) == (self.lat, self.lon)
        return at and stop.kind is StopKind.PICKUP


def meetings_of(session: Session, round_ids: Iterable[UUID]) -> dict[UUID, Meeting]:
    """The meetings with which these rounds begin, for those that were taken over."""
    made = taken_over(session, list(round_ids))
    froms = {h.from_round_id for h in made.values()}
    query = select(Round.id, Round.helper_id).where(col(Round.id).in_(froms))
    whose = dict(session.exec(query).all()) if froms else {}
    names = unseal(session, sorted({*whose.values()}), ["name"])
    return {
        round_id: Meeting(
            each.lat,
            each.lon,
            say("meeting", "with") + names[whose[each.from_round_id]].get("name", "？"),
        )
        for round_id, each in made.items()
    }


@dataclass(frozen=True)
class Board:
    """A round under way. `taken_at` has the orders whose boxes are on board."""

    round: Round
    orders: list[Order]
    served: list[StopOrder]
    taken_at: dict[UUID, datetime]
    spot: Spot  # where its helper is, as far as anybody knows


def read_board(uow: UnitOfWork, round_: Round) -> Board:
    """As it stands now, in four queries."""
    pairs = list_stop_orders(uow.session, [round_.id])
    ids = {each.order_id for _, each in pairs if not each.given_back}
    query = select(Order).where(col(Order.id).in_(ids)).order_by(col(Order.id))
    open_ = [o for o in uow.session.exec(query) if o.state in _OPEN]
    known = {each.id for each in open_}
    return Board(
        round=round_,
        orders=open_,
        served=[e for _, e in pairs if e.order_id in known and not e.given_back],
        taken_at=taken_of(uow.session, open_, pairs),
        spot=_spot(uow, round_, [stop for stop, _ in pairs]),
    )


def taken_of(
    session: Session, orders: list[Order], pairs: list[tuple[Stop, StopOrder]]
) -> dict[UUID, datetime]:
    """When each box on board was taken: as the phone said, or as it was planned."""
    picked = [(s, each.order_id) for s, each in pairs if s.kind is StopKind.PICKUP]
    said = (
        select(FieldEvent)
        .where(col(FieldEvent.stop_id).in_({stop.id for stop, _ in picked}))
        .where(FieldEvent.kind == FieldKind.PICKED_UP)
        .where(FieldEvent.verdict == Verdict.ACCEPTED)
        .order_by(col(FieldEvent.corrected_at).desc())
    )
    heard = list(session.exec(said))
    on_board = {
        each.id
        for each in orders
        if each.channel is Channel.DELIVERY and each.state is OrderState.UNDER_WAY
    }
    found = {order_id: stop.at for stop, order_id in picked if order_id in on_board}
    for event in heard:
        for stop, order_id in picked:
            if stop.id == event.stop_id and event.order_id in (None, order_id):
                found[order_id] = event.corrected_at
    return {each: at for each, at in found.items() if each in on_board}


def _spot(uow: UnitOfWork, round_: Round, stops: list[Stop]) -> Spot:
    """Their own place while it is fresh, else the last stop that they reached."""
    name = f"meeting {round_.id}"
    place = uow.session.get(Position, round_.helper_id)
    if place is not None and place.at >= uow.now - _FRESH:
        return Spot(name, place.lat, place.lon)
    reached = [each for each in stops if each.arrived_at is not None]
    last = max(reached, key=lambda each: each.seq) if reached else stops[0]
    return Spot(name, last.lat, last.lon)
