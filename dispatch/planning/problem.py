"""From a wave to a routing problem: no names, only ids, places and seconds."""

import hashlib
import json
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Final
from uuid import UUID

from sqlmodel import Session

from dispatch.clock import clock_speed, read_clock, town_seconds
from dispatch.orders.orders import Order, OrderState, list_of_wave
from dispatch.people.helpers import TravelMode
from dispatch.planning.begun import list_begun_orders
from dispatch.planning.crew import Duty, crew_of, vehicle_of
from dispatch.planning.directed import KEPT_OFF, directed, kept_off
from dispatch.planning.directions import Direction, directions_for
from dispatch.planning.errands import Errand, list_errands, task_of
from dispatch.planning.familiar import familiar_faces
from dispatch.planning.pairs import asked_for, at_home, never_of, of_own_sex
from dispatch.planning.past import past_of
from dispatch.planning.plans import find_carriers
from dispatch.planning.promised import promised
from dispatch.planning.roads import travel_of
from dispatch.planning.rules import PARKING_SECONDS, SAME_HELPER_SECONDS
from dispatch.planning.spots import Buildings, Spot, kitchen_spot, station_spot
from dispatch.planning.waves import Wave
from dispatch.settings import settings
from routing import BadProblem, LeftOut, Place, Preference, Problem, Task, problem_to
from routing.people import Past

NO_LOCATION: Final = "no_location"
OPEN_STATES: Final = frozenset(
    {OrderState.WAITING, OrderState.UNASSIGNED, OrderState.PLANNED}
)


@dataclass(frozen=True)
class Carrier:
    """Whom a vehicle stands for, and how they travel."""

    helper_id: UUID
    mode: TravelMode


@dataclass(frozen=True)
class WaveProblem:
    """A problem, and what its ids mean to us. It outlives its transaction.

    `unfit` are orders that never enter it, with the rule that keeps them out;
    tasks are named by their order's id, vehicles by their duty's. `past` is what the
    rounds are given to people by, once they are found.
    """

    problem: Problem
    wave_id: UUID
    base_version: int
    orders_version: int
    carriers: dict[str, Carrier]
    spots: dict[str, Spot]
    unfit: dict[UUID, str]
    past: Past = field(default_factory=Past)
    eat_by: dict[str, int] = field(default_factory=dict)  # second of the day, by task
    paths: dict[str, list[list[float]]] = field(default_factory=dict)  # drawn before

    @cached_property
    def handled(self) -> frozenset[UUID]:
        """The orders that this problem answers, one way or the other."""
        return frozenset({UUID(task.id) for task in self.problem.tasks} | {*self.unfit})

    def bearable(self, left: LeftOut) -> LeftOut:
        """Without a relaxation that brings a box past the time to eat it: nobody may
        ask for that.
        """
        eat_by, loosened = self.eat_by.get(left.task), left.relaxation
        if eat_by is None or loosened is None or loosened.kind != "window":
            return left
        door = self.problem.task(left.task).dropoff
        closes = max(until for _, until in door.windows) if door else eat_by
        late = closes + int(loosened.value) > eat_by
        return replace(left, relaxation=None) if late else left

    @cached_property
    def sha256(self) -> str:
        """Names the very input that was solved."""
        text = json.dumps(problem_to(self.problem), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def problem_for(
    session: Session, wave: Wave, asked: Sequence[Direction] = ()
) -> WaveProblem:
    """What is to be planned in a wave now.

    Its orders that wait, were left out, or are planned on a round that nobody has
    begun; begun rounds stay as they are, with their helpers and orders.

    Args:
        asked: what a coordinator tries, beside what is in force.
    """
    now = read_clock(session)
    directions = directions_for(session, wave.id, asked)
    crew = crew_of(session, wave, now, directions)
    errands = list_errands(session, _open_orders(session, wave, now))
    buildings = Buildings()
    tasks, unfit = _tasks(errands, buildings, wave, kept_off(directions))
    fit = _fit(errands, tasks)
    spots = _spots([*buildings.all(), *_starts(errands, crew)])
    problem = Problem(
        name=f"wave {wave.id}",
        places=tuple(_place(spot) for spot in spots.values()),
        travel=travel_of(_modes(crew), list(spots.values())),
        vehicles=tuple(vehicle_of(duty, wave) for duty in crew),
        tasks=tuple(tasks),
        never=tuple(never_of(session, crew, fit)),
        prefer=tuple(_wishes(session, wave, crew, fit)),
        now=_ready_by(session, wave, now),
    )
    vehicles = [(duty.id, duty.on) for duty in crew]
    return WaveProblem(
        problem=directed(problem, directions, vehicles, fit),
        wave_id=wave.id,
        base_version=wave.plan_version,
        orders_version=wave.orders_version,
        carriers={d.id: Carrier(d.helper.id, d.helper.mode) for d in crew},
        spots=spots,
        unfit=unfit,
        past=past_of(session, wave, crew, fit),
        eat_by={
            str(e.order.id): town_seconds(e.eat_by_at, e.order.serve_on)
            for e in fit
            if e.eat_by_at is not None
        },
    )


def _modes(crew: Iterable[Duty]) -> set[TravelMode]:
    """At least one: also what nobody can carry gets its distance from the kitchen."""
    return {duty.helper.mode for duty in crew} or {TravelMode.WALK}


def _open_orders(session: Session, wave: Wave, now: datetime) -> list[Order]:
    begun = list_begun_orders(session, wave.id, now)
    return [
        order
        for order in list_of_wave(session, wave.id)
        if order.state in OPEN_STATES and order.id not in begun and not order.at_once
    ]


def _tasks(
    errands: Iterable[Errand],
    buildings: Buildings,
    wave: Wave,
    off: Collection[UUID],
) -> tuple[list[Task], dict[UUID, str]]:
    tasks, unfit = [], {}
    for errand in errands:
        if not errand.household.located:
            unfit[errand.order.id] = NO_LOCATION
        elif errand.order.id in off:
            unfit[errand.order.id] = KEPT_OFF
        else:
            try:
                tasks.append(task_of(errand, buildings, wave.serve_on))
            except BadProblem:  # its window holds no moment at all
                unfit[errand.order.id] = "window"
    return tasks, unfit


def _starts(errands: Iterable[Errand], crew: Iterable[Duty]) -> list[Spot]:
    kitchens = [kitchen_spot(e.kitchen) for e in errands if e.kitchen is not None]
    return kitchens + [station_spot(duty.station) for duty in crew]


def _spots(spots: Iterable[Spot]) -> dict[str, Spot]:
    return {spot.id: spot for spot in sorted(spots, key=lambda spot: spot.id)}


def _place(spot: Spot) -> Place:
    parking = 0 if spot.is_start else PARKING_SECONDS
    return Place(spot.id, spot.lat, spot.lon, parking)


def _wishes(
    session: Session,
    wave: Wave,
    crew: Sequence[Duty],
    errands: Sequence[Errand],
) -> list[Preference]:
    """Who is planned already, known from four weeks, promised for that day, asked
    for, or of that area.
    """
    return [
        *_keepers(session, wave, crew, errands),
        *familiar_faces(session, wave, crew, errands),
        *promised(session, crew, errands),
        *asked_for(session, crew, errands),
        *at_home(session, crew, errands),
        *of_own_sex(crew, errands),
    ]


def _fit(errands: Iterable[Errand], tasks: Iterable[Task]) -> list[Errand]:
    fit = {UUID(task.id) for task in tasks}
    return [errand for errand in errands if errand.order.id in fit]


def _keepers(
    session: Session, wave: Wave, crew: Iterable[Duty], errands: Iterable[Errand]
) -> list[Preference]:
    """Who is planned already should rather keep it: people know who comes."""
    named = {str(errand.order.id) for errand in errands}
    helpers_of = find_carriers(session, wave.id)
    return [
        Preference(duty.id, str(order_id), SAME_HELPER_SECONDS)
        for duty in crew
        for order_id, helper_ids in helpers_of.items()
        if duty.helper.id in helper_ids and str(order_id) in named
    ]


def _ready_by(session: Session, wave: Wave, now: datetime) -> int:
    """When this plan can be in somebody's hands: nobody leaves before."""
    thinking = math.ceil(settings().solve_seconds * clock_speed(session))
    return town_seconds(now, wave.serve_on) + thinking
