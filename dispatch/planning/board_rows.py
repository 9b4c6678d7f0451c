"""What lies around the orders on the board: helpers and rounds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from dispatch.field.positions import Position
from dispatch.orders.orders import Order, OrderState
from dispatch.orders.showing import label_helpers
from dispatch.people.helpers import Helper, Shift
from dispatch.planning.plans import (
    Round,
    RoundState,
    Stop,
    StopOrder,
    not_given_back,
)
from dispatch.safety.help_calls import Away
from dispatch.store.unit_of_work import UnitOfWork

_WAITED_FOR: Final = frozenset({OrderState.PLANNED, OrderState.UNDER_WAY})


@dataclass(frozen=True, kw_only=True)
class HelperRow:
    """A helper of the day. The place is shown only while they are on duty."""

    id: UUID
    label: str
    kind: str
    mode: str
    lat: float | None
    lon: float | None
    at: datetime | None
    on_duty: bool
    round_id: UUID | None
    help_call_id: UUID | None  # away for urgent help
    paper: bool  # their round speaks when its sheet is back


@dataclass(frozen=True, kw_only=True)
class StopRow:
    """A stop with the orders that are its helper's; at it `waits` somebody still."""

    id: UUID
    seq: int
    kind: str
    lat: float
    lon: float
    at: datetime
    until_at: datetime
    arrived_at: datetime | None
    state: str
    order_ids: list[UUID]
    waits: bool


@dataclass(frozen=True, kw_only=True)
class RoundRow:
    id: UUID
    wave_id: UUID
    helper_id: UUID
    state: str
    leaves_at: datetime
    ends_at: datetime
    path: list[list[float]]
    stops: list[StopRow]


def show_rounds(uow: UnitOfWork, wave_ids: Sequence[UUID]) -> list[RoundRow]:
    """The rounds in force of these waves with their stops, in three queries."""
    rounds = uow.session.exec(
        select(Round)
        .where(col(Round.wave_id).in_(wave_ids), Round.state != RoundState.DROPPED)
        .order_by(col(Round.leaves_at), col(Round.id))
    ).all()
    served: dict[UUID, dict[UUID, str]] = {}
    of_these = select(Round.id).where(
        col(Round.wave_id).in_(wave_ids), Round.state != RoundState.DROPPED
    )
    pairs = uow.session.exec(
        select(StopOrder.stop_id, Order.id, Order.state)
        .join(Stop, col(Stop.id) == StopOrder.stop_id)
        .join(Order, col(Order.id) == StopOrder.order_id)
        .where(col(Stop.round_id).in_(of_these), not_given_back())
        .order_by(col(Order.id))
    )
    for stop_id, order_id, state in pairs:
        served.setdefault(stop_id, {})[order_id] = state
    in_order = select(Stop).where(col(Stop.round_id).in_(of_these))
    stops = uow.session.exec(in_order.order_by(col(Stop.seq)))
    return put_together(rounds, stops, served)


def put_together(
    rounds: Sequence[Round],
    stops: Iterable[Stop],
    served: Mapping[UUID, Mapping[UUID, str]],
) -> list[RoundRow]:
    """Rows of rounds from their stops, in order, and the states of whom these serve."""
    rows: dict[UUID, list[StopRow]] = {one.id: [] for one in rounds}
    for stop in stops:
        rows[stop.round_id].append(_stop(stop, served.get(stop.id, {})))
    return [_round(one, rows[one.id]) for one in rounds]


def delay_of(one: RoundRow, now: datetime, away: Away | None = None) -> timedelta:
    """How far a round is behind its plan: by what its helper last reached, and by
    what is still ahead of them though its time is over. Where nobody waits any more
    nobody comes late. Whoever is away for urgent help is behind by when they are back.

    A round of which nothing was heard is not called late: a sheet of paper is silent.
    The board's page tells of every round that should have left without a word.
    """
    if away is not None:
        waiting = [stop for stop in one.stops if stop.arrived_at is None and stop.waits]
        first = min(waiting, key=lambda stop: stop.seq, default=None)
        return away.expected(first.at, now) - first.at if first else timedelta(0)
    reached = [stop for stop in one.stops if stop.arrived_at is not None]
    if not reached:
        return timedelta(0)
    last = max(reached, key=lambda stop: (stop.arrived_at or stop.at, stop.seq))
    ahead = [stop for stop in one.stops if stop.seq > last.seq and stop.waits]
    delays = [(last.arrived_at or last.at) - last.at, *(now - s.at for s in ahead[:1])]
    return max(timedelta(0), *delays)


def show_helpers(
    uow: UnitOfWork,
    streets: Sequence[str],
    on: date,
    rounds: Sequence[RoundRow],
    away: Mapping[UUID, Away],
) -> list[HelperRow]:
    """Whoever has a shift that day in these streets, or a round of these waves.

    Of the way that somebody went nothing is kept: whose phone told no place yet, or
    only one that is newer than the moment shown, stands at the stop that they had
    reached by then, with its time.
    """
    reached = _reached(rounds)
    walking = {one.helper_id for one in rounds}
    rows = uow.session.exec(
        select(Helper, Shift, Position)
        .join(Shift, col(Shift.helper_id) == Helper.id)
        .outerjoin(Position, col(Position.helper_id) == Helper.id)
        .where(Shift.works_on == on)
        .where(col(Helper.street_code).in_(streets) | col(Helper.id).in_(walking))
        .order_by(col(Helper.id), col(Shift.starts_at))
    ).all()
    labels = label_helpers(uow.session, {helper.id for helper, _, _ in rows})
    busy = {one.helper_id: one.id for one in rounds if one.state != "ended"}
    found: dict[UUID, HelperRow] = {}
    for helper, shift, position in rows:
        on_duty = shift.starts_at <= uow.now <= shift.ends_at
        if helper.id in found and not on_duty:
            continue
        seen = None
        if on_duty and helper.shows_position:
            known: Position | None = position
            fresh = known is not None and known.at <= uow.now
            seen = known if fresh else reached.get(helper.id)
        found[helper.id] = HelperRow(
            id=helper.id,
            label=labels[helper.id],
            kind=helper.kind.value,
            mode=helper.mode.value,
            lat=seen.lat if seen else None,
            lon=seen.lon if seen else None,
            at=_seen_at(seen),
            on_duty=on_duty,
            round_id=busy.get(helper.id),
            help_call_id=away[helper.id].call_id if helper.id in away else None,
            paper=helper.paper,
        )
    return list(found.values())


def _reached(rounds: Sequence[RoundRow]) -> dict[UUID, StopRow]:
    """The last stop that each helper has reached."""
    found: dict[UUID, StopRow] = {}
    stops = ((one.helper_id, stop) for one in rounds for stop in one.stops)
    for helper_id, stop in sorted(stops, key=lambda each: each[1].seq):
        before = found.get(helper_id)
        if stop.arrived_at and (
            before is None or stop.arrived_at >= (before.arrived_at or stop.arrived_at)
        ):
            found[helper_id] = stop
    return found


def _seen_at(seen: Position | StopRow | None) -> datetime | None:
    if isinstance(seen, StopRow):
        return seen.arrived_at
    return None if seen is None else seen.at


def _round(one: Round, stops: list[StopRow]) -> RoundRow:
    return RoundRow(
        id=one.id,
        wave_id=one.wave_id,
        helper_id=one.helper_id,
        state=one.state.value,
        leaves_at=one.leaves_at,
        ends_at=one.ends_at,
        path=one.path,
        stops=stops,
    )


def _stop(stop: Stop, served: Mapping[UUID, str]) -> StopRow:
    return StopRow(
        id=stop.id,
        seq=stop.seq,
        kind=stop.kind.value,
        lat=stop.lat,
        lon=stop.lon,
        at=stop.at,
        until_at=stop.until_at,
        arrived_at=stop.arrived_at,
        state=stop.state.value,
        order_ids=[*served],
        waits=any(state in _WAITED_FOR for state in served.values()),
    )
