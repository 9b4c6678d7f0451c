"""The crew of a wave: helpers on shift, as vehicles, with the time that is left."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.clock import town_moment, town_seconds
from dispatch.orders.orders import Order, OrderState
from dispatch.people.helpers import Helper
from dispatch.people.leaves import Stretch, covered_seconds, without
from dispatch.people.limits import HelperLimits
from dispatch.people.on_duty import OnDuty, Rest, list_on_duty
from dispatch.people.places import Station, list_stations
from dispatch.planning.begun import list_at_once, list_begun
from dispatch.planning.directed import longer_duty
from dispatch.planning.directions import Direction, directions_for
from dispatch.planning.plans import (
    GOING_STATES,
    Round,
    RoundState,
    Stop,
    StopOrder,
    StopState,
    not_given_back,
)
from dispatch.planning.rules import PAPER_SKILL, SEX_SKILL
from dispatch.planning.spots import station_spot
from dispatch.planning.waves import Wave
from dispatch.safety.help_calls import list_away
from routing import Vehicle
from routing.problem import Break


@dataclass(frozen=True)
class Duty:
    """One helper's free time for a wave, and how long they may still work today."""

    on: OnDuty
    station: Station
    free: Stretch
    work_seconds: int
    worked_seconds: int = 0

    @property
    def id(self) -> str:
        return self.on.id

    @property
    def helper(self) -> Helper:
        return self.on.helper

    @property
    def limits(self) -> HelperLimits:
        return self.on.limits

    @property
    def skills(self) -> frozenset[str]:
        """What they may do that day, and what no paper says of them."""
        helper = self.on.helper
        paper = {PAPER_SKILL} if helper.paper else set()
        sex = {SEX_SKILL[helper.sex]} if helper.sex in SEX_SKILL else set()
        return self.on.skills | paper | sex


def crew_of(
    session: Session,
    wave: Wave,
    now: datetime,
    directions: Sequence[Direction] | None = None,
) -> list[Duty]:
    """Who may be given a round of this wave, by the start of their shift.

    Whoever has begun a round of the wave keeps it and is left out for that shift.
    What a helper does in other waves of the day, or has done in this one, is taken
    from their shift and from their working time.

    Args:
        directions: who works longer; None: as coordinators have it in force.
    """
    stations = {each.id: each for each in list_stations(session)}
    if directions is None:
        directions = directions_for(session, wave.id)
    on_duty = list_on_duty(session, wave.street_code, wave.serve_on)
    on_duty = longer_duty(on_duty, directions)
    at_once = list_at_once(session, wave.id)
    kept = at_once | {each.id for each in list_begun(session, wave.id, now)}
    rounds = [
        each
        for each in rounds_today(session, {on.helper.id for on in on_duty}, wave)
        if each.wave_id != wave.id
        or each.state is not RoundState.READY
        or each.id in kept
    ]
    over = ends_of(session, rounds, now)
    away = list_away(session, {on.helper.id for on in on_duty})
    crew = []
    for on in on_duty:
        own = [each for each in rounds if each.helper_id == on.helper.id]
        leaving = [each.leaves_at for each in own if each.id in kept - at_once]
        if any(on.starts_at <= at < on.ends_at for at in leaving):
            continue
        taken = [(each.leaves_at, over[each.id]) for each in own]
        if call := away.get(on.helper.id):
            taken.append((call.from_at, max(call.free_at, now)))
        free = _largest_part((on.starts_at, on.ends_at), taken, wave)
        if free is not None:
            worked = covered_seconds(taken)  # a call lies inside the round it delays
            left = max(0, on.work_seconds - worked)
            station = stations[on.helper.station_id]
            crew.append(Duty(on, station, free, left, worked))
    return crew


def vehicle_of(duty: Duty, wave: Wave) -> Vehicle:
    """A duty as a vehicle that begins at its station and ends at its last door."""
    start, end = (town_seconds(at, wave.serve_on) for at in duty.free)
    return Vehicle(
        id=duty.id,
        travel=duty.helper.mode.value,
        start=station_spot(duty.station).id,
        capacity=(duty.helper.capacity,),
        shift=(start, end),
        skills=duty.skills,
        max_work_seconds=duty.work_seconds,
        breaks=tuple(_breaks(duty.on.rest, duty.free, wave)),
        max_tasks=duty.limits.most_stops,
    )


def _breaks(rest: Rest | None, free: Stretch, wave: Wave) -> Iterator[Break]:
    """The break of a shift, where what is left of the shift still holds it whole."""
    if rest is None:
        return
    first, last = max(rest.from_at, free[0]), min(rest.until_at, free[1])
    window = town_seconds(first, wave.serve_on), town_seconds(last, wave.serve_on)
    if window[1] - window[0] >= rest.seconds:
        yield Break(window, rest.seconds)


def ends_of(
    session: Session, rounds: Iterable[Round], now: datetime
) -> dict[UUID, datetime]:
    """When each round is over: at its planned end, or later where it runs late.

    Whoever is under way has at best just come to their first open stop; what was
    planned from there on still lies before them. Of a paper sheet nobody hears which
    stops are open: its planned end is believed, and it is over by now at the latest.
    Whoever is away for urgent help goes on when they are back.
    """
    rounds = list(rounds)
    whose = {each.id: each.helper_id for each in rounds}
    away = list_away(session, {*whose.values()})
    ends = {each.id: each.ends_at for each in rounds}
    late = {r.id: max(r.ends_at, now) for r in rounds if r.state in GOING_STATES}
    for stop in _next_stops(session, late):
        ahead = ends[stop.round_id] - stop.at
        over = now + ahead
        call = away.get(whose[stop.round_id])
        if stop.arrived_at is not None:
            stays = stop.leaves_at - stop.at
            goes_on = max(now, stop.arrived_at + stays, call.free_at if call else now)
            over = goes_on + ahead - stays
        elif call:
            over = call.expected(stop.at, now) + ahead
        late[stop.round_id] = max(late[stop.round_id], over)
    return ends | late


def _next_stops(session: Session, rounds: Iterable[UUID]) -> list[Stop]:
    """The first stop of each round at which somebody still waits; paper left out."""
    waits = (
        select(StopOrder.order_id)
        .join(Order, col(Order.id) == StopOrder.order_id)
        .where(col(StopOrder.stop_id) == col(Stop.id), not_given_back())
        .where(col(Order.state).in_((OrderState.PLANNED, OrderState.UNDER_WAY)))
    )
    query = (
        select(Stop)
        .join(Round, col(Round.id) == Stop.round_id)
        .join(Helper, col(Helper.id) == Round.helper_id)
        .where(col(Stop.round_id).in_(list(rounds)), Stop.state != StopState.DONE)
        .where(~col(Helper.paper), waits.exists())
        .order_by(col(Stop.round_id), col(Stop.seq).desc())
    )
    return list({stop.round_id: stop for stop in session.exec(query)}.values())


def rounds_today(session: Session, helpers: set[UUID], wave: Wave) -> list[Round]:
    """Their rounds of the wave's day that stand, in any wave, by their start."""
    begins = town_moment(wave.serve_on, 0)
    query = (
        select(Round)
        .where(col(Round.helper_id).in_(helpers))
        .where(Round.leaves_at >= begins, Round.leaves_at < begins + timedelta(days=1))
        .where(Round.state != RoundState.DROPPED)
        .order_by(col(Round.leaves_at), col(Round.id))
    )
    return list(session.exec(query))


def _largest_part(
    shift: Stretch, taken: Iterable[Stretch], wave: Wave
) -> Stretch | None:
    """The part of a shift that is not taken and holds most of the wave's hours."""
    parts = without(shift, [*taken])
    return max(parts, key=lambda part: _shared_seconds(part, wave), default=None)


def _shared_seconds(part: Stretch, wave: Wave) -> float:
    first, last = max(part[0], wave.departs_at), min(part[1], wave.ends_at)
    return (last - first).total_seconds()
