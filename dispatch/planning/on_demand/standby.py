"""Standby: who can take an order that is wanted at once, from where and from when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from dispatch.people.elders import Household
from dispatch.people.leaves import Stretch, covered_seconds
from dispatch.people.on_duty import list_on_duty
from dispatch.people.places import Kitchen, Station
from dispatch.planning.begun import list_at_once
from dispatch.planning.crew import Duty, ends_of, rounds_today
from dispatch.planning.on_demand.means import LAST_TRIP_SECONDS
from dispatch.planning.plans import Round, RoundState, Stop
from dispatch.planning.repairing import Crewing
from dispatch.planning.spots import Buildings, Spot, kitchen_spot, station_spot
from dispatch.planning.waves import Wave
from dispatch.safety.help_calls import list_away


@dataclass(frozen=True)
class Standby:
    """A helper on duty, today or later today.

    `duty.free` is from when until when they may be on the way; `back` is where they
    are expected for their next round, and when.
    """

    duty: Duty
    spot: Spot
    until: datetime  # no pickup after it
    back: tuple[Spot, datetime] | None


def crewing_at_once(helpers: Collection[UUID]) -> Crewing:
    """The duties of some helpers, for judging anew what was planned for them."""

    def duties(session: Session, wave: Wave, now: datetime) -> list[Duty]:
        return [each.duty for each in standby_of(session, wave, now, helpers)]

    return duties


def standby_of(
    session: Session, wave: Wave, now: datetime, only: Collection[UUID] | None = None
) -> list[Standby]:
    """Everybody on duty whose shift is not over, by the start of their shift.

    Whoever is on a round is free at its end, at its last door; later when they are
    late, or away for urgent help. Rounds that nobody has begun keep their helper from
    their departure on. Who works by a paper sheet has no phone that could tell them to
    leave.

    Args:
        only: the helpers who are asked about; None: everybody.
    """
    on_duty = [
        on
        for on in list_on_duty(session, wave.street_code, wave.serve_on)
        if on.ends_at >= now
        and not on.helper.paper
        and (only is None or on.helper.id in only)
    ]
    days = _days_of(session, {on.helper.id for on in on_duty}, wave, now)
    away = list_away(session, {on.helper.id for on in on_duty})
    homes = _stations(session, {on.helper.station_id for on in on_duty})
    lasts = [day.last.id for day in days.values() if day.last is not None]
    spots = _last_spots(session, lasts)
    found = []
    for on in on_duty:
        helper = on.helper
        day, home = days[helper.id], station_spot(homes[helper.station_id])
        free = max(now, on.starts_at, day.free_at or now)
        if call := away.get(helper.id):
            free = max(free, call.free_at)
            day.taken.append((call.from_at, max(call.free_at, now)))
        ends = on.ends_at + timedelta(seconds=LAST_TRIP_SECONDS)
        if day.next_at is not None:
            ends = min(ends, day.next_at)
        if free > min(on.ends_at, ends):
            continue
        worked = covered_seconds(day.taken)
        left = max(0, on.work_seconds - worked)
        station = homes[helper.station_id]
        found.append(
            Standby(
                duty=Duty(on, station, (free, ends), left, worked),
                spot=home if day.last is None else spots[day.last.id],
                until=min(on.ends_at, ends),
                back=None if day.next_at is None else (home, ends),
            )
        )
    return found


@dataclass
class _HelperDay:
    """What a helper has done and has before them."""

    last: Round | None = None  # of those begun, the one that ends last
    free_at: datetime | None = None
    next_at: datetime | None = None
    taken: list[Stretch] = field(default_factory=list)


def _days_of(
    session: Session, helpers: set[UUID], wave: Wave, now: datetime
) -> dict[UUID, _HelperDay]:
    days = {each: _HelperDay() for each in helpers}
    rounds = rounds_today(session, helpers, wave)
    ahead = [r for r in rounds if r.state is RoundState.READY and r.leaves_at > now]
    told = list_at_once(session, wave.id) if ahead else set()
    over = ends_of(session, rounds, now)
    not_begun = {each.id for each in ahead} - told
    for each in rounds:
        day = days[each.helper_id]
        day.taken.append((each.leaves_at, over[each.id]))
        if each.id in not_begun:
            day.next_at = min(day.next_at or each.leaves_at, each.leaves_at)
            continue
        # A round that has ended leaves its helper free, whenever it was meant to end.
        free_at = now if each.state is RoundState.ENDED else over[each.id]
        day.free_at = max(day.free_at or free_at, free_at)
        if day.last is None or each.ends_at >= day.last.ends_at:
            day.last = each
    return days


def _stations(session: Session, wanted: set[UUID]) -> dict[UUID, Station]:
    found = session.exec(select(Station).where(col(Station.id).in_(wanted)))
    return {each.id: each for each in found}


def _last_spots(session: Session, rounds: Sequence[UUID]) -> dict[UUID, Spot]:
    """Where each of some rounds ends."""
    last = (
        select(Stop.round_id, func.max(Stop.seq))
        .where(col(Stop.round_id).in_(rounds))
        .group_by(col(Stop.round_id))
        .subquery()
    )
    query = (
        select(Stop, Household, Kitchen)
        .join(last, (last.c[0] == Stop.round_id) & (last.c[1] == Stop.seq))
        .join(Household, col(Household.id) == Stop.household_id, isouter=True)
        .join(Kitchen, col(Kitchen.id) == Stop.kitchen_id, isouter=True)
    )
    buildings = Buildings()
    found: list[tuple[Stop, Household | None, Kitchen | None]] = [*session.exec(query)]
    spots = {}
    for stop, household, kitchen in found:
        if household is not None:
            spots[stop.round_id] = buildings.spot_of(household)
        elif kitchen is not None:
            spots[stop.round_id] = kitchen_spot(kitchen)
    return spots
