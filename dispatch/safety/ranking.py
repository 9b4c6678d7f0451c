"""Ranking responders to a call for urgent help: who is there soonest, at what price.

Whoever goes, goes now: from where they are, or from the door where they are busy as
soon as they may leave it. Nothing is inserted where it suits the plan. What that does
to the rest of their round is reckoned with the plan's own travel times and shown before
anybody is asked: which doors are reached later, and which box passes its clock.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from math import ceil
from typing import Final
from uuid import UUID

from geopy.distance import great_circle

from dispatch.catalogue.services import Service, get_service
from dispatch.clock import town_day
from dispatch.field.carried import read_carried
from dispatch.people.elders import Elder, Household
from dispatch.people.helpers import Helper, TravelMode
from dispatch.people.offers import OfferState
from dispatch.people.on_duty import OnDuty, list_on_duty
from dispatch.people.pairings import PairKind, list_pairings
from dispatch.people.places import Station, list_stations
from dispatch.planning.roads import seconds_between
from dispatch.planning.rules import PARKING_SECONDS, way_up_seconds
from dispatch.safety.help_calls import HelpCall, list_asks, list_away
from dispatch.safety.where_now import Now, clocks_of, read_now
from dispatch.store.unit_of_work import UnitOfWork

MOST: Final = 8  # who are shown
_NEAR: Final = 16  # whose ways are reckoned by streets
# Beside the time until somebody is there, in seconds: what each harm to others weighs.
SPOILT_SECONDS: Final = 600
LATE_SECONDS: Final = 120
_NOTICED: Final = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class Later:
    """Somebody on their round is reached so much later than they would be now."""

    order_id: UUID
    label: str
    at: datetime
    seconds: int
    late_seconds: int  # beyond the time that was promised
    spoilt: bool  # its box passes the time until which it may be eaten


@dataclass(frozen=True, kw_only=True)
class Effect:
    """When a helper would be there, free again, and back on their round."""

    arrives_at: datetime
    free_at: datetime
    back_at: datetime | None
    later: list[Later]

    @property
    def price_seconds(self) -> int:
        late = sum(one.late_seconds > 0 for one in self.later)
        return SPOILT_SECONDS * sum(e.spoilt for e in self.later) + LATE_SECONDS * late


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """One who could go, why there, and what that would do."""

    helper: Helper
    now: Now
    able: bool  # they have what the service asks for
    asked: str | None  # how they answered before
    effect: Effect


def rank(uow: UnitOfWork, call: HelpCall, only: UUID | None = None) -> list[Ranked]:
    """Who could go now, the best first.

    On duty, with a phone, not away for another call, never somebody whom the elder does
    not want. Whoever lacks the skill stands after all who have it; whoever was asked
    already stands last.

    Args:
        only: the helper who is asked about; None: everybody.
    """
    service = get_service(uow.session, call.service)
    crew = _crew(uow, call, only)
    asked = {one.helper_id: one.state for one in list_asks(uow.session, [call.id])}
    nows = read_now(uow, [on.helper for on in crew.values()], _stations(uow))
    near = sorted(
        nows,
        key=lambda one: (
            *(one in asked, not _is_able(service, crew[one])),
            *(_metres(call, nows[one]), one),
        ),
    )[:_NEAR]
    known = {order_id for one in near for order_id in nows[one].orders}
    cargo = _read_cargo(uow, [nows[one] for one in near], known)
    ways = _ways(call, {helper_id: nows[helper_id] for helper_id in near}, crew)
    stay = timedelta(minutes=service.minutes, seconds=_way_in_seconds(uow, call))
    ranked = [
        Ranked(
            helper=crew[helper_id].helper,
            now=nows[helper_id],
            able=_is_able(service, crew[helper_id]),
            asked=_answer(asked.get(helper_id)),
            effect=_effect(uow, nows[helper_id], ways[helper_id], stay, cargo),
        )
        for helper_id in near
    ]
    return sorted(ranked, key=lambda one: _order(uow, one))[:MOST]


def _order(uow: UnitOfWork, one: Ranked) -> tuple[bool, bool, float, str]:
    until = (one.effect.arrives_at - uow.now).total_seconds()
    price = until + one.effect.price_seconds
    return one.asked is not None, not one.able, price, str(one.helper.id)


def _answer(state: OfferState | None) -> str | None:
    return None if state is None else state.value


def _is_able(service: Service, on: OnDuty) -> bool:
    return set(service.skills) <= on.skills


def _crew(uow: UnitOfWork, call: HelpCall, only: UUID | None) -> dict[UUID, OnDuty]:
    """Who may be asked at all, by their id."""
    here = {
        on.helper.id: on
        for on in list_on_duty(uow.session, call.street_code, town_day(uow.now))
        if on.starts_at <= uow.now < on.ends_at
        and not on.helper.paper
        and only in (None, on.helper.id)
    }
    away = list_away(uow.session, here.keys())
    elders = [call.elder_id] if call.elder_id else []
    never = {
        pair.helper_id
        for pair in list_pairings(uow.session, here.keys(), elders)
        if pair.kind is PairKind.NEVER
    }
    return {id_: on for id_, on in here.items() if id_ not in away and id_ not in never}


def _stations(uow: UnitOfWork) -> dict[UUID, Station]:
    return {one.id: one for one in list_stations(uow.session)}


def _metres(call: HelpCall, now: Now) -> float:
    return float(great_circle((call.lat, call.lon), (now.lat, now.lon)).m)


def _way_in_seconds(uow: UnitOfWork, call: HelpCall) -> int:
    """From the street to whoever needs help; where that is home, with its stairs."""
    elder = uow.session.get(Elder, call.elder_id) if call.elder_id else None
    if elder is None or call.place != "home":
        return PARKING_SECONDS
    home = uow.session.get_one(Household, elder.household_id)
    return PARKING_SECONDS + way_up_seconds(home) // 2


@dataclass(frozen=True)
class Cargo:
    """An order that somebody waits for; `good_until` is its box's clock."""

    order_id: UUID
    label: str
    until_at: datetime
    good_until: datetime | None


def _read_cargo(
    uow: UnitOfWork, nows: Sequence[Now], order_ids: Collection[UUID]
) -> dict[UUID, Cargo]:
    carried = read_carried(uow.session, order_ids)
    hot = clocks_of(uow.session, nows, [one.order for one in carried.values()])
    return {
        order_id: Cargo(
            order_id,
            one.label,
            one.order.window_until_at,
            min(filter(None, (one.eat_by_at, hot.get(order_id))), default=None),
        )
        for order_id, one in carried.items()
    }


@dataclass(frozen=True)
class _Ways:
    """Travel in whole seconds: to the call, from there to the next stop, without it."""

    there: int
    back: int
    straight: int


def _ways(
    call: HelpCall, nows: Mapping[UUID, Now], crew: Mapping[UUID, OnDuty]
) -> dict[UUID, _Ways]:
    """By streets where they are known; the people of one travel mode together."""
    modes = {helper_id: crew[helper_id].helper.mode for helper_id in nows}
    found: dict[UUID, _Ways] = {}
    by_mode = sorted(nows, key=lambda helper_id: (modes[helper_id], helper_id))
    for mode, some in groupby(by_mode, key=lambda helper_id: modes[helper_id]):
        found |= _ways_by(mode, call, {one: nows[one] for one in some})
    return found


def _ways_by(
    mode: TravelMode, call: HelpCall, nows: Mapping[UUID, Now]
) -> dict[UUID, _Ways]:
    where = [(call.lat, call.lon), *((now.lat, now.lon) for now in nows.values())]
    following = [now.following[0] if now.following else now for now in nows.values()]
    goals = [where[0], *((one.lat, one.lon) for one in following)]
    seconds = seconds_between(mode, where, goals)
    return {
        helper_id: _Ways(
            there=int(seconds[n, 0]),
            back=int(seconds[0, n]),
            straight=int(seconds[n, n]),
        )
        for n, helper_id in enumerate(nows, start=1)
    }


def _effect(
    uow: UnitOfWork,
    now: Now,
    ways: _Ways,
    stay: timedelta,
    cargo: Mapping[UUID, Cargo],
) -> Effect:
    leaves_at = max(uow.now, now.leaves_at)
    arrives_at = leaves_at + _seconds(ways.there)
    free_at = arrives_at + stay
    if not now.following:
        return Effect(arrives_at=arrives_at, free_at=free_at, back_at=None, later=[])
    planned = now.following[0].at
    back_at = max(planned, free_at + _seconds(ways.back))
    straight = max(planned, leaves_at + _seconds(ways.straight))
    behind, more = straight - planned, back_at - straight
    later = [
        _later(cargo[order_id], stop.at + behind, more)
        for stop in now.following
        for order_id in stop.orders
    ]
    noticed = _noticed(later)
    return Effect(
        arrives_at=arrives_at, free_at=free_at, back_at=back_at, later=noticed
    )


def _later(one: Cargo, otherwise: datetime, more: timedelta) -> Later:
    at = otherwise + more
    late = at - one.until_at
    return Later(
        order_id=one.order_id,
        label=one.label,
        at=at,
        seconds=ceil(more.total_seconds()),
        late_seconds=max(0, ceil(late.total_seconds())),
        spoilt=one.good_until is not None and at > one.good_until,
    )


def _noticed(later: Iterable[Later]) -> list[Later]:
    return [one for one in later if one.seconds >= _NOTICED.total_seconds()]


def _seconds(count: int) -> timedelta:
    return timedelta(seconds=count)
