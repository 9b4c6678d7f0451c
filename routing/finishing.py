"""From tours of node numbers to a plan with times."""

from collections.abc import Sequence

from routing.errors import WrongPlan
from routing.instance import Car, Instance
from routing.plan import Route
from routing.problem import Stop
from routing.timing import Broken, Schedule, schedule


def routes_of(inst: Instance, tours: Sequence[Sequence[int]]) -> tuple[Route, ...]:
    """Routes of all vehicles that do or did something, begun stops first.

    Args:
        tours: per vehicle, its nodes that have not begun.

    Raises:
        WrongPlan: a tour breaks a rule of time; an engine went wrong.
    """
    found = []
    for car, nodes in zip(inst.cars, tours, strict=True):
        if nodes or car.moved:
            found.append(route_of(inst, car, nodes))
    return tuple(found)


def route_of(inst: Instance, car: Car, nodes: Sequence[int]) -> Route:
    """The route of one vehicle. Raises: WrongPlan."""
    timed = schedule(inst, car, nodes)
    if isinstance(timed, Broken):
        raise WrongPlan(f"an engine made a tour that breaks a rule: {timed}")
    vehicle = inst.problem.vehicles[car.number]
    begun = inst.problem.begun.get(vehicle.id)
    fresh = stops_of(inst, nodes, timed)
    return Route(
        vehicle=vehicle.id,
        stops=(begun.stops if begun is not None else ()) + fresh,
        leaves_at=timed.leaves,
        ends_at=timed.ends,
    )


def stops_of(inst: Instance, nodes: Sequence[int], timed: Schedule) -> tuple[Stop, ...]:
    """The nodes as stops, and the breaks where they lie."""
    rests = [
        (rest.gap, Stop(at=rest.at, break_number=rest.number)) for rest in timed.rests
    ]
    found: list[Stop] = []
    for position, (node, at) in enumerate(zip(nodes, timed.times, strict=True)):
        found += [stop for gap, stop in rests if gap == position]
        found.append(_stop(inst, node, at))
    return (*found, *(stop for gap, stop in rests if gap == len(nodes)))


def _stop(inst: Instance, node: int, at: int) -> Stop:
    task = inst.task(node >> 1)
    return Stop(at=at, task=task.id, kind=task.halts[node & 1][0])
