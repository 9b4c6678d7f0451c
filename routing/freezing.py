"""What of a plan can no longer be changed at a moment."""

from itertools import takewhile
from typing import Final

from routing.plan import Plan, Route
from routing.problem import Begun, Problem, Stop

SOON_SECONDS: Final = 600  # a stop so near is not taken from anybody any more


def running(
    problem: Problem, plan: Plan, now: int, *, soon_seconds: int = SOON_SECONDS
) -> Problem:
    """The problem at that time, when the plan is followed as it was made.

    What has begun is fixed, and so is the next stay of everybody who has left or who
    begins there within `soon_seconds`: they go there and do all that they planned to
    do there. Where and when they are free then stands in `begun`.
    """
    begun = dict(problem.begun)
    for route in plan.routes:
        stops = _fixed(problem, route, now, now + soon_seconds)
        known = problem.begun.get(route.vehicle)
        if stops and (known is None or len(stops) > len(known.stops)):
            begun[route.vehicle] = _free_after(problem, route.vehicle, stops)
    return problem.replaced(begun=begun, now=now)


def _fixed(problem: Problem, route: Route, now: int, soon: int) -> tuple[Stop, ...]:
    done = tuple(takewhile(lambda stop: stop.at <= now, route.stops))
    rest = route.stops[len(done) :]
    has_left = bool(done) or (route.leaves_at is not None and route.leaves_at <= now)
    if not rest or not (has_left or rest[0].at <= soon):
        return done
    here = place_of(problem, rest[0])
    return done + tuple(takewhile(lambda stop: place_of(problem, stop) == here, rest))


def _free_after(problem: Problem, vehicle: str, stops: tuple[Stop, ...]) -> Begun:
    last = stops[-1]
    places = [place for stop in stops if (place := place_of(problem, stop))]
    here = places[-1] if places else problem.vehicle(vehicle).start
    if last.task is None:
        rest = problem.vehicle(vehicle).breaks[last.break_number or 0]
        return Begun(here, last.at + rest.seconds, stops)
    halt = dict(problem.task(last.task).halts)[last.kind or "visit"]
    return Begun(here, last.at + halt.service_seconds, stops)


def place_of(problem: Problem, stop: Stop) -> str | None:
    """Where it happens; None for a break."""
    if stop.task is None or stop.kind is None:
        return None
    return dict(problem.task(stop.task).halts)[stop.kind].place
