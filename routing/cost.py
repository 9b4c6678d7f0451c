"""What a plan costs, computed from the problem and the order of stops alone."""

import itertools
from typing import Final

from routing.plan import Cost, Plan
from routing.problem import Problem, Vehicle
from routing.problem import Stop as PlanStop
from routing.travel import NO_WAY, Matrix, Speed, travel_seconds

_SQUARE: Final = 4_000  # places; a square of more would fill the memory


class Legs:
    """Travel seconds of one problem, looked up by the names of places."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem

    def seconds(self, mode: str, origin: str, goal: str) -> int | None:
        """None where there is no way."""
        numbers, travel = self._problem.place_numbers, self._problem.travel[mode]
        if isinstance(travel, Matrix):
            square = travel.seconds
        elif len(numbers) > _SQUARE:
            return self._reckoned(travel, origin, goal)
        else:
            square = self._problem.squares[mode]
        found = int(square[numbers[origin], numbers[goal]])
        return None if found == NO_WAY else found

    def _reckoned(self, speed: Speed, origin: str, goal: str) -> int:
        ends = [self._problem.place(place) for place in (origin, goal)]
        points = [(place.lat or 0.0, place.lon or 0.0) for place in ends]
        return int(travel_seconds(points, speed)[0, 1])


def cost_of(problem: Problem, plan: Plan) -> Cost:
    """Travel of all vehicles, penalties of what is left out, preferences kept."""
    legs = Legs(problem)
    stops = {route.vehicle: route.stops for route in plan.routes}
    travel = sum(
        _travel(problem, vehicle, stops.get(vehicle.id, ()), legs)
        for vehicle in problem.vehicles
    )
    left_out = {each.task for each in plan.left_out}
    doing = {
        (route.vehicle, stop.task)
        for route in plan.routes
        for stop in route.stops
        if stop.task is not None
    }
    return Cost(
        travel_seconds=travel,
        penalties=sum(problem.task(task).penalty or 0 for task in left_out),
        preferences=sum(
            wish.seconds
            for wish in problem.prefer
            if (wish.vehicle, wish.task) in doing
        ),
    )


def trail_of(
    problem: Problem, vehicle: Vehicle, stops: tuple[PlanStop, ...]
) -> list[str]:
    """The places that a vehicle comes by, in order; empty when it stays."""
    begun = problem.begun.get(vehicle.id)
    trail = [vehicle.start]
    done = len(begun.stops) if begun is not None else 0
    for number, stop in enumerate(stops):
        if begun is not None and number == done:
            trail.append(begun.at_place)
        if stop.task is not None:
            halts = dict(problem.task(stop.task).halts)
            trail.append(next(h.place for k, h in halts.items() if k == stop.kind))
    if begun is not None and len(stops) <= done:
        trail.append(begun.at_place)
    if all(place == vehicle.start for place in trail) and not stops:
        return []
    return [*trail, vehicle.end] if vehicle.end is not None else trail


def _travel(
    problem: Problem, vehicle: Vehicle, stops: tuple[PlanStop, ...], legs: Legs
) -> int:
    trail = trail_of(problem, vehicle, stops)
    return sum(
        legs.seconds(vehicle.travel, here, there) or 0
        for here, there in itertools.pairwise(trail)
    )
