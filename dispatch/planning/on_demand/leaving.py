"""Leaving at once: the trips that cannot wait become rounds of a new plan version."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dispatch.clock import town_seconds
from dispatch.planning.beside import ON_DEMAND
from dispatch.planning.errands import needs_of
from dispatch.planning.holding import hold_helpers, hold_orders
from dispatch.planning.on_demand.means import Means
from dispatch.planning.on_demand.scene import AtOnce
from dispatch.planning.on_demand.standby import crewing_at_once
from dispatch.planning.placing import Publication, add_rounds, set_free
from dispatch.planning.plans import Plan as PlanVersion
from dispatch.planning.plans import find_plan
from dispatch.planning.problem import Carrier, WaveProblem
from dispatch.planning.publishing import (
    Superseded,
    raise_version,
    tell_plan,
    write_plan,
)
from dispatch.planning.repairing import repair
from dispatch.planning.solving import Thought, must_obey
from dispatch.planning.waves import get_wave
from dispatch.store.unit_of_work import UnitOfWork
from routing import (
    Cost,
    Halt,
    Place,
    Plan,
    Problem,
    Route,
    Stop,
    Task,
    Vehicle,
    cost_of,
)
from routing.ondemand import NEVER, Call, Trip

DECIDED_BY: Final = f"{ON_DEMAND} 1"


def leave_at_once(uow: UnitOfWork, task: WaveProblem, thought: Thought) -> PlanVersion:
    """Publish trips beside everything that stands, if nothing changed meanwhile.

    It holds the orders of these trips, the wave and these helpers, and nobody else's
    orders or rounds: those stand in the new version as they stood in the last one.

    Raises:
        Superseded: another plan of the wave came out first, or nobody can leave as
            was meant; nothing was written.
        SolverFailed: what is left after the repair breaks a rule; nothing was written.
    """
    orders = hold_orders(uow.session, task.wave_id, only=task.handled)
    wave = get_wave(uow.session, task.wave_id, lock=True)
    if wave.plan_version != task.base_version:
        raise Superseded(f"version {wave.plan_version} is out")
    helpers = {each.helper_id for each in task.carriers.values()}
    hold_helpers(uow.session, helpers)
    crew = crewing_at_once(helpers)
    repaired = repair(uow, wave, task, thought.plan, [*orders.values()], crew=crew)
    if not repaired.plan.routes:
        raise Superseded("no trip can leave as it was meant")
    before = find_plan(uow.session, wave.id, wave.shown_version)
    raise_version(uow, wave, answers=False)
    here = Publication(uow, task, wave, orders, wave.plan_version)
    base = 0 if before is None else before.base_version
    plan = write_plan(here, repaired, thought, base_version=base)
    add_rounds(here, plan, repaired)
    set_free(here, repaired)
    tell_plan(here, plan, thought)
    return plan


def trips_as_plan(
    seen: AtOnce, trips: Sequence[Trip], means: Means
) -> tuple[WaveProblem, Thought]:
    """Trips as a small problem and its plan, judged by `check`.

    Raises:
        SolverFailed: they break a rule.
    """
    drafting = _Drafting(seen, means)
    problem = drafting.problem(trips)
    routes = tuple(drafting.route(trip) for trip in trips)
    plan = Plan(problem.name, routes, decided_by=(DECIDED_BY,))
    cost = cost_of(problem, plan)
    plan = replace(plan, cost=Cost(travel_seconds=cost.travel_seconds))
    must_obey(problem, plan)
    task = WaveProblem(
        problem=problem,
        wave_id=seen.wave.id,
        base_version=seen.wave.plan_version,
        orders_version=seen.wave.orders_version,
        carriers={trip.courier: drafting.carrier(trip) for trip in trips},
        spots={spot.id: spot for spot in seen.spots},
        unfit={},
    )
    return task, Thought(plan)


class _Drafting:
    """Trips in the words of problems and plans."""

    def __init__(self, seen: AtOnce, means: Means) -> None:
        self.seen, self.means = seen, means
        self.calls = {call.id: call for call in seen.scene.calls}

    def problem(self, trips: Sequence[Trip]) -> Problem:
        vehicles = tuple(self._vehicle(trip) for trip in trips)
        tasks = tuple(
            self._task(trip, number)
            for trip in trips
            for number in range(len(trip.calls))
        )
        arrive = {}
        for task in tasks:
            call = self.calls[task.id]
            for name, halt in task.halts:
                at_door = name == "dropoff"
                arrive[halt.place] = (
                    call.reach_seconds if at_door else call.take_seconds
                )
        named = {*arrive, *(each.start for each in vehicles)}
        named |= {each.end for each in vehicles if each.end is not None}
        spots = [spot for spot in self.seen.spots if spot.id in named]
        modes = {self.seen.standby[trip.courier].duty.helper.mode for trip in trips}
        return Problem(
            name=f"at once, wave {self.seen.wave.id}",
            places=tuple(
                Place(spot.id, spot.lat, spot.lon, arrive.get(spot.id, 0))
                for spot in spots
            ),
            travel=self.means.travel(modes, spots),
            vehicles=vehicles,
            tasks=tasks,
            now=self.seen.scene.now,
        )

    def route(self, trip: Trip) -> Route:
        calls = [self.calls[each] for each in trip.calls]
        box = self.seen.scene.customs.box_seconds
        picks = [
            Stop(trip.pickup_at + number * box, call.id, "pickup")
            for number, call in enumerate(calls)
            if not _is_visit(call)
        ]
        doors = [
            Stop(at, call.id, "visit" if _is_visit(call) else "dropoff")
            for call, at in zip(calls, trip.handed_at, strict=True)
        ]
        return Route(trip.courier, (*picks, *doors), trip.leaves_at, trip.ends_at)

    def carrier(self, trip: Trip) -> Carrier:
        helper = self.seen.standby[trip.courier].duty.helper
        return Carrier(helper.id, helper.mode)

    def _vehicle(self, trip: Trip) -> Vehicle:
        standby = self.seen.standby[trip.courier]
        duty, on = standby.duty, self.seen.wave.serve_on
        return Vehicle(
            id=duty.id,
            travel=duty.helper.mode.value,
            start=standby.spot.id,
            end=standby.back[0].id if standby.back else None,
            capacity=(duty.helper.capacity,),
            shift=(town_seconds(duty.free[0], on), town_seconds(duty.free[1], on)),
            skills=duty.skills,
            max_work_seconds=duty.work_seconds,
        )

    def _task(self, trip: Trip, number: int) -> Task:
        call = self.calls[trip.calls[number]]
        needs = needs_of(self.seen.errands[call.id])
        door = self.seen.spots[call.door].id
        if _is_visit(call):
            window = ((call.ready, call.latest),)
            return Task(
                call.id, visit=Halt(door, window, call.hand_seconds), needs=needs
            )
        customs = self.seen.scene.customs
        last = number == len(trip.calls) - 1
        taking = customs.box_seconds + (customs.leave_seconds if last else 0)
        window = ((call.ready, call.latest),)
        return Task(
            id=call.id,
            pickup=Halt(self.seen.spots[call.pickup].id, window, taking),
            dropoff=Halt(door, window, call.hand_seconds),
            load=(1,),
            max_ride_seconds=None if call.ride_seconds == NEVER else call.ride_seconds,
            needs=needs,
        )


def _is_visit(call: Call) -> bool:
    return call.pickup == call.door
