"""What came of a day: read from the rounds in the database, in minutes."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from dispatch.clock import town_seconds
from dispatch.planning.plans import (
    Plan,
    Round,
    RoundState,
    Stop,
    StopKind,
    StopOrder,
)
from dispatch.replaying.playing import Replay
from dispatch.replaying.town import SERVE_ON
from dispatch.store.unit_of_work import UnitOfWork, picture


@dataclass(frozen=True)
class Drop:
    """One order at its door."""

    order: str
    at: float
    left_at: float


@dataclass
class Bundle:
    """One assignment, as it was carried out."""

    courier: str
    told_at: float
    left_at: float
    restaurant: str
    pickup_at: float
    picked_at: float
    drops: list[Drop] = field(default_factory=list)


def bundles_of(replay: Replay) -> list[Bundle]:
    """Every assignment of the day, by courier and time."""
    with picture(replay.engine) as seen:
        return _bundles(seen, replay)


def _bundles(seen: UnitOfWork, replay: Replay) -> list[Bundle]:
    names = {order_id: name for name, order_id in replay.orders.items()}
    kitchens = {wish.id: wish.restaurant for wish in replay.day.wishes}
    query = (
        select(Round, Plan, Stop, StopOrder)
        .join(Plan, col(Plan.wave_id) == Round.wave_id)
        .where(col(Plan.version) == Round.made_in_version)
        .join(Stop, col(Stop.round_id) == Round.id)
        .join(StopOrder, col(StopOrder.stop_id) == Stop.id)
        .where(Round.state != RoundState.DROPPED)
        .order_by(col(Round.leaves_at), col(Round.id), col(Stop.seq))
    )
    rounds: dict[UUID, list[tuple[Round, Plan, Stop, StopOrder]]] = defaultdict(list)
    for row in seen.session.exec(query):
        rounds[row[0].id].append((row[0], row[1], row[2], row[3]))
    found = []
    for rows in rounds.values():
        round_, plan, first, served = rows[0]
        bundle = Bundle(
            courier=replay.town.riders[round_.helper_id],
            told_at=_minutes(plan.published_at),
            left_at=_minutes(round_.leaves_at),
            restaurant=kitchens[names[served.order_id]],
            pickup_at=_minutes(first.at),
            picked_at=_minutes(first.leaves_at),
        )
        for _, _, stop, pair in rows:
            if stop.kind is StopKind.DOOR:
                name = names[pair.order_id]
                bundle.drops.append(
                    Drop(name, _minutes(stop.at), _minutes(stop.leaves_at))
                )
        found.append(bundle)
    turns = {rider.id: turn for turn, rider in enumerate(replay.day.riders)}
    return sorted(found, key=lambda each: (turns[each.courier], each.left_at))


def _minutes(at: datetime) -> float:
    return town_seconds(at, SERVE_ON) / 60
