"""Who takes a round over: what of it they can still do, in which order and when."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import structlog

from dispatch.catalogue.sittings import Sitting
from dispatch.clock import town_seconds
from dispatch.errors import Conflict
from dispatch.field.boarding import Board
from dispatch.orders.orders import OrderState
from dispatch.planning.crew import vehicle_of
from dispatch.planning.errands import Errand, list_errands, task_of
from dispatch.planning.on_demand.standby import Standby, standby_of
from dispatch.planning.problem import Carrier, WaveProblem
from dispatch.planning.roads import travel_of
from dispatch.planning.rules import PARKING_SECONDS
from dispatch.planning.solving import SolverFailed, Thought, must_obey
from dispatch.planning.spots import Buildings, Spot, kitchen_spot
from dispatch.planning.waves import Wave
from dispatch.store.unit_of_work import UnitOfWork
from routing import (
    BadProblem,
    Effort,
    EngineMissing,
    Halt,
    Place,
    Problem,
    Task,
    WrongPlan,
    solve,
)

log = structlog.get_logger()
HANDING_SECONDS: Final = 60  # all boxes change hands at one meeting
_QUICK: Final = Effort(iterations=100, engine="search")
_LATEST: Final = 48 * 3600


class CannotTakeOver(Conflict):
    """这位助老员现在不当班、没有时间，或不用手机，不能接手。没有改动。"""

    code = "cannot_take_over"


@dataclass(frozen=True)
class Seen:
    """A round and its taker as they were when somebody began to think; plain values.

    Two are equal when what was thought of by one still fits the other.
    """

    version: int  # of the wave's plan
    orders: Mapping[UUID, OrderState]
    taken_at: Mapping[UUID, datetime]
    taker: tuple[Any, ...] | None  # when and from where they are free
    at: datetime
    spot: Spot = field(compare=False)
    task: WaveProblem | None = field(compare=False)


@dataclass(frozen=True)
class Relay:
    """The taker's round, and the orders that they take."""

    task: WaveProblem
    thought: Thought
    taken: list[UUID]


def see_relay(
    uow: UnitOfWork, wave: Wave, board: Board, helper_id: UUID | None
) -> Seen:
    """What a relay is thought of by.

    Raises:
        CannotTakeOver: whoever is named is not free for it.
    """
    if helper_id is None:
        return _seen(wave, board, uow.now)
    taker = _taker(uow, wave, board, helper_id, uow.now)
    task = _problem(uow, wave, board, taker)
    return _seen(wave, board, uow.now, taker, task)


def is_as_seen(
    uow: UnitOfWork, wave: Wave, board: Board, helper_id: UUID | None, seen: Seen
) -> bool:
    """Whether nothing happened since that would have been thought of otherwise.

    Raises:
        CannotTakeOver
    """
    if helper_id is None:
        return True  # nothing was thought of: it is called back as it is now
    taker = _taker(uow, wave, board, helper_id, seen.at)
    return seen == _seen(wave, board, seen.at, taker)


def plan_relay(seen: Seen) -> Relay | None:
    """Think of it; nobody waits meanwhile. None: nobody goes on, or nothing of it can
    be done any more.

    What needs two people is not taken over: the pair is looked after by the plan.

    Raises:
        CannotTakeOver: no round that obeys the rules came of it.
    """
    if seen.task is None:
        return None
    try:
        plan = solve(seen.task.problem, _QUICK)
        if not plan.routes:
            return None
        must_obey(seen.task.problem, plan)
    except (SolverFailed, BadProblem, WrongPlan, EngineMissing) as failure:
        log.warning("no relay", wave=str(seen.task.wave_id), why=str(failure))
        raise CannotTakeOver from failure
    plan = replace(plan, left_out=(), decided_by=("handover", *plan.decided_by))
    taken = sorted({UUID(each) for each in plan.served})
    return Relay(seen.task, Thought(plan), taken)


def _taker(
    uow: UnitOfWork, wave: Wave, board: Board, helper_id: UUID, at: datetime
) -> Standby:
    found = standby_of(uow.session, wave, at, {helper_id})
    if not found or helper_id == board.round.helper_id:
        raise CannotTakeOver
    return found[0]


def _seen(
    wave: Wave,
    board: Board,
    at: datetime,
    taker: Standby | None = None,
    task: WaveProblem | None = None,
) -> Seen:
    duty = taker.duty if taker else None
    free = (taker.spot, taker.until, taker.back) if taker else ()
    return Seen(
        version=wave.plan_version,
        orders={each.id: each.state for each in board.orders},
        taken_at=board.taken_at,
        taker=(*free, duty.free, duty.work_seconds) if duty else None,
        at=at,
        spot=board.spot,
        task=task,
    )


def _problem(
    uow: UnitOfWork, wave: Wave, board: Board, standby: Standby
) -> WaveProblem:
    buildings, tasks = Buildings(), []
    errands = list_errands(uow.session, board.orders)
    for errand in errands:
        if errand.service.people == 1 and errand.household.located:
            try:
                tasks.append(_task(uow, wave, board, errand, buildings))
            except BadProblem:  # its clock has run out
                continue
    kitchens = [kitchen_spot(each.kitchen) for each in errands if each.kitchen]
    spots: dict[str, Spot] = {
        each.id: each
        for each in [*buildings.all(), *kitchens, board.spot, standby.spot]
    }
    duty = standby.duty
    vehicle = replace(vehicle_of(duty, wave), start=standby.spot.id, breaks=())
    problem = Problem(
        name=f"handover of {board.round.id}",
        places=tuple(_place(each) for each in spots.values()),
        travel=travel_of({duty.helper.mode}, list(spots.values())),
        vehicles=(vehicle,),
        tasks=tuple(tasks),
        now=town_seconds(uow.now, wave.serve_on),
    )
    return WaveProblem(
        problem=problem,
        wave_id=wave.id,
        base_version=wave.plan_version,
        orders_version=wave.orders_version,
        carriers={vehicle.id: Carrier(duty.helper.id, duty.helper.mode)},
        spots=spots,
        unfit={},
    )


def _place(spot: Spot) -> Place:
    return Place(spot.id, spot.lat, spot.lon, 0 if spot.is_start else PARKING_SECONDS)


def _task(
    uow: UnitOfWork, wave: Wave, board: Board, errand: Errand, buildings: Buildings
) -> Task:
    """A box on board is fetched where they meet; its clock runs since it was taken.

    A door that is a little late is better than none: until the food may not be eaten.

    Raises:
        BadProblem: it is too late already.
    """
    task = task_of(errand, buildings, wave.serve_on)
    taken = board.taken_at.get(errand.order.id)
    if taken is None or task.dropoff is None or errand.sitting is None:
        return task
    sitting: Sitting = errand.sitting
    first = task.dropoff.windows[0][0]
    hot = town_seconds(taken, wave.serve_on) + sitting.hot_seconds
    last = hot
    if errand.eat_by_at is not None:
        last = min(hot, town_seconds(errand.eat_by_at, wave.serve_on))
    now = town_seconds(uow.now, wave.serve_on)
    return replace(
        task,
        pickup=Halt(board.spot.id, ((now, _LATEST),), HANDING_SECONDS),
        dropoff=replace(task.dropoff, windows=((first, last),)),
        max_ride_seconds=None,
    )
