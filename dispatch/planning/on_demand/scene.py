"""From the database to a scene of routing: orders that are wanted at once, couriers."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlmodel import Session, col, func, select

from dispatch.clock import clock_speed, town_moment, town_seconds
from dispatch.orders.orders import Order, OrderState
from dispatch.people.helpers import TravelMode
from dispatch.people.places import Kitchen
from dispatch.planning.errands import Errand, list_errands, needs_of
from dispatch.planning.explaining import NOBODY, NOT_AT_ONCE
from dispatch.planning.on_demand.means import WAITING_WEIGHT, Means
from dispatch.planning.on_demand.standby import Standby, standby_of
from dispatch.planning.pairs import never_of
from dispatch.planning.problem import NO_LOCATION
from dispatch.planning.roads import NO_WAY_SECONDS
from dispatch.planning.rules import tier_of
from dispatch.planning.spots import Buildings, Spot, kitchen_spot, kitchen_spot_at
from dispatch.planning.waves import Wave
from routing import Matrix, Speed, travel_seconds
from routing.ondemand import NEVER, Call, Courier, Scene, Trip

_OPEN: Final = (OrderState.WAITING, OrderState.UNASSIGNED)


@dataclass(frozen=True)
class AtOnce:
    """A wave's scene, and what its names mean to us. It outlives its transaction."""

    wave: Wave
    now: datetime
    scene: Scene
    spots: tuple[Spot, ...]
    errands: dict[str, Errand]
    standby: dict[str, Standby]
    unfit: dict[UUID, str]  # orders that are no calls, with the rule that says so
    orders: tuple[Order, ...]  # all that wait, as they were read


def list_at_once_orders(session: Session, wave: Wave) -> list[Order]:
    """The orders of a wave that are wanted at once and on nobody's round."""
    query = (
        select(Order)
        .where(Order.wave_id == wave.id, col(Order.ready_at).is_not(None))
        .where(col(Order.state).in_(_OPEN))
        .order_by(col(Order.placed_at), col(Order.elder_id), col(Order.id))
    )
    return list(session.exec(query))


def read_scene(
    session: Session,
    wave: Wave,
    now: datetime,
    means: Means,
    earlier: tuple[Trip, ...] = (),
) -> AtOnce | None:
    """What is to be decided now, or None when nothing waits."""
    orders = list_at_once_orders(session, wave)
    if not orders:
        return None
    standby = standby_of(session, wave, now)
    every = list_errands(session, orders)
    unfit = {e.order.id: rule for e in every if (rule := _unfit(e, standby))}
    errands = [each for each in every if each.order.id not in unfit]
    spots, buildings = _Spots(), Buildings()
    likely = {spots.number(spot): n for spot, n in _likely(session, wave)}
    never = never_of(session, [each.duty for each in standby], errands)
    draft = _Drafting(wave, means, standby, spots, frozenset(never))
    calls = tuple(
        draft.call(each, buildings.spot_of(each.household)) for each in errands
    )
    modes = sorted({each.duty.helper.mode for each in standby}) or [TravelMode.WALK]
    couriers = tuple(draft.courier(e, modes.index(e.duty.helper.mode)) for e in standby)
    travel = means.travel(modes, spots.all) if errands else {}
    scene = Scene(
        now=_told_by(session, wave, now, means),
        calls=calls,
        couriers=couriers,
        travel=_squares(travel, modes, spots.all),
        customs=means.customs,
        likely=likely if errands else {},
        earlier=earlier,
    )
    return AtOnce(
        wave=wave,
        now=now,
        scene=scene,
        spots=tuple(spots.all),
        errands={str(each.order.id): each for each in errands},
        standby={each.duty.id: each for each in standby},
        unfit=unfit,
        orders=tuple(orders),
    )


def _unfit(errand: Errand, standby: Sequence[Standby]) -> str | None:
    """The rule for which an order is no call: nobody could even be asked."""
    if not errand.household.located:
        return NO_LOCATION
    if errand.service.people > 1:
        return NOT_AT_ONCE
    return None if standby else NOBODY


def _told_by(session: Session, wave: Wave, now: datetime, means: Means) -> int:
    """When what is decided now can be in somebody's hands: nobody leaves before."""
    told_at = now + timedelta(seconds=means.grace_seconds * clock_speed(session))
    return math.ceil((told_at - town_moment(wave.serve_on, 0)).total_seconds())


@dataclass(frozen=True)
class _Drafting:
    """Orders and helpers in the words of routing."""

    wave: Wave
    means: Means
    standby: Sequence[Standby]
    spots: "_Spots"
    never: frozenset[tuple[str, str]]

    def call(self, errand: Errand, door: Spot) -> Call:
        order, means = errand.order, self.means
        first = self._seconds(order.window_from_at)
        ready = max(first, self._seconds(order.ready_at or order.placed_at))
        last, ride = order.window_until_at, NEVER
        pickup, take, reach = door, means.reach_seconds, 0
        if errand.kitchen is not None and errand.sitting is not None:
            pickup, take = kitchen_spot(errand.kitchen), means.take_seconds
            reach, ride = means.reach_seconds, errand.sitting.hot_seconds
            last = min(last, errand.eat_by_at or errand.sitting.eat_by_at)
        tier = tier_of(order, errand.elder, errand.history, errand.service)
        return Call(
            id=str(order.id),
            placed=self._seconds(order.placed_at),
            ready=ready,
            pickup=self.spots.number(pickup),
            door=self.spots.number(door),
            latest=self._seconds(last),
            ride_seconds=ride,
            take_seconds=take,
            reach_seconds=reach,
            hand_seconds=means.hand_seconds(
                order, errand.household, errand.service.minutes
            ),
            weight=WAITING_WEIGHT[tier],
            able=self._able(errand),
        )

    def courier(self, each: Standby, mode: int) -> Courier:
        free, ends = each.duty.free
        back = None
        if each.back is not None:
            back = self.spots.number(each.back[0]), self._seconds(each.back[1])
        return Courier(
            id=each.duty.id,
            place=self.spots.number(each.spot),
            free=self._seconds(free),
            until=self._seconds(each.until),
            ends=self._seconds(ends),
            back=back,
            room=each.duty.helper.capacity,
            work_seconds=each.duty.work_seconds,
            mode=mode,
        )

    def _able(self, errand: Errand) -> frozenset[str]:
        needs = needs_of(errand)
        return frozenset(
            each.duty.id
            for each in self.standby
            if needs <= each.duty.skills
            and (each.duty.id, str(errand.order.id)) not in self.never
        )

    def _seconds(self, at: datetime) -> int:
        return town_seconds(at, self.wave.serve_on)


def _likely(session: Session, wave: Wave) -> list[tuple[Spot, int]]:
    """Where the next order may come from: each kitchen, and as often as today."""
    query = (
        select(Order.kitchen_id, func.count())
        .where(Order.wave_id == wave.id, col(Order.ready_at).is_not(None))
        .group_by(col(Order.kitchen_id))
    )
    often = dict(session.exec(query).all())
    kitchens = session.exec(
        select(Kitchen.id, Kitchen.lat, Kitchen.lon)
        .where(Kitchen.street_code == wave.street_code)
        .order_by(col(Kitchen.id))
    )
    return [
        (kitchen_spot_at(id_, lat, lon), 1 + often.get(id_, 0))
        for id_, lat, lon in kitchens
    ]


def _squares(
    travel: Mapping[str, Speed | Matrix],
    modes: Sequence[TravelMode],
    spots: Sequence[Spot],
) -> npt.NDArray[np.int32]:
    """By mode; where nothing is called for, nobody goes anywhere."""
    if not travel:
        return np.zeros((len(modes), len(spots), len(spots)), dtype=np.int32)
    return np.stack([_square_of(travel[mode.value], spots) for mode in modes])


def _square_of(travel: Speed | Matrix, spots: Sequence[Spot]) -> npt.NDArray[np.int32]:
    """Seconds between all spots; where there is no way it takes for ever."""
    if isinstance(travel, Speed):
        return travel_seconds([(spot.lat, spot.lon) for spot in spots], travel)
    return np.where(travel.seconds < 0, NO_WAY_SECONDS, travel.seconds)


class _Spots:
    """Numbers spots as they are named first."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.all: list[Spot] = []

    def number(self, spot: Spot) -> int:
        if spot.id not in self._numbers:
            self._numbers[spot.id] = len(self.all)
            self.all.append(spot)
        return self._numbers[spot.id]
