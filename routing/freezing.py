"""What of a plan can no longer be changed at a moment."""

from itertools import takewhile
from typing import Final

from routing.plan import Plan, Route
from routing.problem import Begun, Problem, Stop

Fixed = dict[str, tuple[Stop, ...]]
SOON_SECONDS: Final = 600  # a stop so near is not taken from anybody any more


def running(
    problem: Problem, plan: Plan, now: int, *, soon_seconds: int = SOON_SECONDS
) -> Problem:
    """The problem at that time, when the plan is followed as it was made.

    What has begun is fixed, and so is the next stay of everybody who has left or who
    begins there within `soon_seconds`: they go there and do all that they planned to
    do there. What is fixed for one of two people is fixed for the other, too, with all
    that they do before it. Where and when they are free then stands in `begun`.
    """
    begun = dict(problem.begun)
    fixed = {
        route.vehicle: _fixed(problem, route, now, now + soon_seconds)
        for route in plan.routes
    }
    while longer := _partners(problem, plan, fixed):
        fixed |= longer
    for vehicle, stops in fixed.items():
        known = problem.begun.get(vehicle)
        if stops and (known is None or len(stops) > len(known.stops)):
            begun[vehicle] = free_after(problem, vehicle, stops)
    return problem.replaced(begun=begun, now=now)


def _partners(problem: Problem, plan: Plan, fixed: Fixed) -> Fixed:
    """Of whom more is fixed, because it is for the person who comes with them."""
    both = {
        stop.task
        for stops in fixed.values()
        for stop in stops
        if stop.task is not None and problem.task(stop.task).people == 2
    }
    longer = {}
    for route in plan.routes:
        theirs = [n for n, stop in enumerate(route.stops, 1) if stop.task in both]
        if max(theirs, default=0) > len(fixed[route.vehicle]):
            longer[route.vehicle] = route.stops[: theirs[-1]]
    return longer


def _fixed(problem: Problem, route: Route, now: int, soon: int) -> tuple[Stop, ...]:
    done = tuple(takewhile(lambda stop: stop.at <= now, route.stops))
    rest = route.stops[len(done) :]
    has_left = any(stop.task is not None for stop in done)
    has_left |= route.leaves_at is not None and route.leaves_at <= now
    first = next((stop for stop in rest if stop.task is not None), None)
    if first is None or not (has_left or first.at <= soon):
        return done  # whoever only rests where they start has not left
    here = place_of(problem, first)
    stay = list(takewhile(lambda stop: place_of(problem, stop) in {None, here}, rest))
    while stay[-1].task is None:
        stay.pop()  # that rest may be anywhere on the way to the next
    return done + tuple(stay)


def free_after(problem: Problem, vehicle: str, stops: tuple[Stop, ...]) -> Begun:
    """Where somebody is and when they are free, who has done so much and no more."""
    if not stops:
        each = problem.vehicle(vehicle)
        return Begun(each.start, each.shift[0])
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
