"""Whose stop it was: may this helper say this about this stop at this time?"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from dispatch.access.day_passes import DayPass
from dispatch.field.batches import PhoneEvent
from dispatch.field.deciding import HANDING
from dispatch.field.events import FieldKind
from dispatch.planning.plans import (
    GOING_STATES,
    Plan,
    PlanRound,
    Round,
    RoundState,
    Stop,
    StopKind,
    StopOrder,
    stands_in,
)
from dispatch.planning.waves import Wave

Row = TypeVar("Row", Stop, Round, Wave)

STILL_VALID: Final = timedelta(hours=2)
STILL_OUT: Final = timedelta(hours=8)  # who has begun and not ended it is believed
ROUND_KINDS: Final = frozenset({FieldKind.LOADED, FieldKind.DEPARTED, FieldKind.ENDED})
# Without an order these mean every order of the stop; the others mean one person.
SPREAD_KINDS: Final = frozenset(
    {
        FieldKind.PICKED_UP,
        FieldKind.ARRIVED,
        FieldKind.NO_ANSWER,
        FieldKind.CANNOT,
    }
)
_DOOR_KINDS: Final = HANDING | {
    FieldKind.REFUSED,
    FieldKind.NO_ANSWER,
    FieldKind.VISIT_BEGUN,
}


@dataclass(frozen=True)
class Tenure:
    """A round, whose it is, and while which plans it was valid."""

    round: Round
    published_at: datetime
    valid_until: datetime
    in_force: bool

    @property
    def shown_until(self) -> datetime:
        """Until when its helper needs what it shows: two hours after its planned end,
        longer while they have begun it and not said that they are through.
        """
        out = self.in_force and self.round.state in GOING_STATES
        return self.round.ends_at + (STILL_OUT if out else STILL_VALID)


@dataclass
class Ground:
    """What the events of a batch are about, read once."""

    tenures: dict[UUID, Tenure] = field(default_factory=dict)
    stops: dict[UUID, Stop] = field(default_factory=dict)
    orders_at: dict[UUID, list[UUID]] = field(default_factory=dict)
    given_back: set[tuple[UUID, UUID]] = field(default_factory=set)  # stop, order

    def tenure_of(self, event: PhoneEvent) -> Tenure | None:
        """By its stop; by its round for what is said of a whole round."""
        stop = self.stops.get(event.stop_id) if event.stop_id else None
        round_id = stop.round_id if stop else event.round_id
        if stop is None and event.kind not in ROUND_KINDS:
            return None
        return self.tenures.get(round_id) if round_id else None

    def orders_of(self, event: PhoneEvent) -> list[UUID]:
        """The orders that an event is about; none for what concerns a round.

        What was given back is meant only by name, or by a door that stays closed:
        whoever lives there has not answered, whoever was to come.
        """
        here = self.orders_at.get(event.stop_id, []) if event.stop_id else []
        if event.order_id is not None:
            return [event.order_id] if event.order_id in here else []
        if event.kind is FieldKind.NO_ANSWER:
            return here
        kept = [each for each in here if (event.stop_id, each) not in self.given_back]
        return kept if event.kind in SPREAD_KINDS else []


def read_ground(session: Session, events: Iterable[PhoneEvent]) -> Ground:
    """The stops, rounds and orders that these events name and that exist."""
    named = list(events)
    stops = _by_id(session, Stop, {e.stop_id for e in named if e.stop_id})
    round_ids = {e.round_id for e in named if e.round_id}
    round_ids |= {stop.round_id for stop in stops.values()}
    ground = Ground(tenures_of(session, round_ids), stops, {each: [] for each in stops})
    pairs = select(StopOrder).where(col(StopOrder.stop_id).in_(list(stops)))
    for pair in session.exec(pairs.order_by(col(StopOrder.order_id))):
        ground.orders_at[pair.stop_id].append(pair.order_id)
        if pair.given_back:
            ground.given_back.add((pair.stop_id, pair.order_id))
    return ground


def tenures_of(session: Session, round_ids: Collection[UUID]) -> dict[UUID, Tenure]:
    """Since when and until when each of these rounds was somebody's to do."""
    rounds = _by_id(session, Round, round_ids)
    waves = _by_id(session, Wave, {r.wave_id for r in rounds.values()})
    held: dict[UUID, list[int]] = {round_id: [] for round_id in rounds}
    holding = aliased(Plan)
    query = (
        select(PlanRound.round_id, holding.version)
        .join(Plan, col(Plan.id) == PlanRound.plan_id)
        .join(holding, stands_in(holding))
        .where(col(PlanRound.round_id).in_(list(rounds)))
    )
    for round_id, version in session.exec(query):
        held[round_id].append(version)
    published = _published(session, waves)
    return {
        round_id: _tenure(rounds[round_id], versions, published, waves)
        for round_id, versions in held.items()
        if versions
    }


def why_not(
    ground: Ground, event: PhoneEvent, helper_id: UUID, at: datetime
) -> str | None:
    """The reason for quarantine, or None when the helper may say so."""
    tenure = ground.tenure_of(event)
    if tenure is None:
        return "unknown_round" if event.kind in ROUND_KINDS else "unknown_stop"
    if tenure.round.helper_id != helper_id:
        return "not_your_stop"
    if at > tenure.valid_until + STILL_VALID:
        return "plan_too_old"
    if event.kind in ROUND_KINDS:
        return None
    stop = ground.stops.get(event.stop_id) if event.stop_id else None
    if stop and (wrong := _wrong_place(stop, event.kind)):
        return wrong
    if event.order_id is None:
        return None if event.kind in SPREAD_KINDS else "order_missing"
    return None if ground.orders_of(event) else "order_not_at_stop"


def beyond_pass(
    day_pass: DayPass | None, tenure: Tenure | None, at: datetime
) -> str | None:
    """Why a day pass does not carry an event; a person looks at it then.

    Of a pass that was ended nobody knows who holds the phone: all that it still hands
    in is looked at, whenever it says that it happened.
    """
    if day_pass is None:
        return None
    if day_pass.ended_at is not None:
        return "pass_ended"
    if at >= day_pass.expires_at:
        return "pass_run_out"
    other = tenure is not None and tenure.round.wave_id != day_pass.wave_id
    return "not_on_this_pass" if other else None


def _wrong_place(stop: Stop, kind: FieldKind) -> str | None:
    at_kitchen = stop.kind is StopKind.PICKUP
    if kind is FieldKind.PICKED_UP and not at_kitchen:
        return "not_a_kitchen"
    return "not_a_door" if at_kitchen and kind in _DOOR_KINDS else None


def _tenure(
    round_: Round,
    versions: list[int],
    published: dict[tuple[UUID, int], datetime],
    waves: dict[UUID, Wave],
) -> Tenure:
    wave = waves[round_.wave_id]
    in_force = wave.shown_version in versions and round_.state is not RoundState.DROPPED
    until = max(round_.ends_at, wave.ends_at)
    if in_force and round_.state in GOING_STATES:
        until += STILL_OUT - STILL_VALID
    replaced = published.get((wave.id, max(versions) + 1))
    if not in_force and replaced is not None:
        until = min(until, replaced)
    return Tenure(round_, published[wave.id, min(versions)], until, in_force)


def _published(
    session: Session, waves: Collection[UUID]
) -> dict[tuple[UUID, int], datetime]:
    query = select(Plan.wave_id, Plan.version, Plan.published_at).where(
        col(Plan.wave_id).in_(list(waves))
    )
    return {(wave_id, version): at for wave_id, version, at in session.exec(query)}


def _by_id(session: Session, kind: type[Row], ids: Collection[UUID]) -> dict[UUID, Row]:
    query = select(kind).where(col(kind.id).in_(list(ids)))
    return {row.id: row for row in session.exec(query)}
