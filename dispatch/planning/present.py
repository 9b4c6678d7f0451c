"""The plan in force as routing knows it: rounds that nobody has begun, as routes."""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session

from dispatch.clock import town_seconds
from dispatch.planning.begun import list_begun
from dispatch.planning.plans import (
    Round,
    RoundState,
    Stop,
    StopKind,
    StopOrder,
    list_rounds_of_wave,
    list_stop_orders,
)
from dispatch.planning.problem import WaveProblem
from dispatch.planning.waves import Wave
from dispatch.store.unit_of_work import UnitOfWork
from routing import Plan, Route
from routing import Stop as Visit

_KIND = {
    StopKind.PICKUP: "pickup",
    StopKind.DOOR: "dropoff",
    StopKind.VISIT: "visit",
}


def open_rounds(uow: UnitOfWork, wave: Wave) -> list[Round]:
    """The rounds of a wave that a plan may still change."""
    begun = {each.id for each in list_begun(uow.session, wave.id, uow.now)}
    return [
        each
        for each in list_rounds_of_wave(uow.session, wave.id)
        if each.state is RoundState.READY and each.id not in begun
    ]


def present_plan(
    session: Session, task: WaveProblem, wave: Wave, rounds: Iterable[Round]
) -> Plan:
    """These rounds as a plan of a problem; what it does not know any more is missing.

    The times are those of the stops: whoever begins from it times it anew.
    """
    routes = []
    for each in rounds:
        vehicle = _vehicle_of(task, wave, each)
        if vehicle is not None:
            stops = tuple(_stops(session, task, wave, each.id))
            routes.append(Route(vehicle, stops))
    return Plan(task.problem.name, tuple(routes))


def _vehicle_of(task: WaveProblem, wave: Wave, round_: Round) -> str | None:
    """The duty in which the round is walked."""
    leaves = town_seconds(round_.leaves_at, wave.serve_on)
    own = [
        vehicle
        for vehicle in task.problem.vehicles
        if task.carriers[vehicle.id].helper_id == round_.helper_id
    ]
    within = [each for each in own if each.shift[0] <= leaves <= each.shift[1]]
    return next((each.id for each in [*within, *own]), None)


def _stops(
    session: Session, task: WaveProblem, wave: Wave, round_id: UUID
) -> Iterable[Visit]:
    for stop, served in list_stop_orders(session, [round_id]):
        name = str(served.order_id)
        if not served.given_back and name in task.problem.task_numbers:
            yield _visit(stop, served, wave)


def _visit(stop: Stop, served: StopOrder, wave: Wave) -> Visit:
    at = town_seconds(stop.at, wave.serve_on)
    return Visit(at, str(served.order_id), _KIND[StopKind(stop.kind)])  # type: ignore[arg-type]
