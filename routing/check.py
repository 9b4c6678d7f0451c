"""Does a plan obey every rule? A second opinion that knows no solver.

It recomputes everything from the problem and trusts nothing in the plan but the
order of the stops and their times. One second of tolerance is given to the
travel of each leg, none to anything else.
"""

from collections import defaultdict
from collections.abc import Iterator

from routing.check_routes import BrokenRule, RouteJudge, ServedAt
from routing.cost import Legs
from routing.errors import BadProblem
from routing.fields import must_be_known
from routing.plan import Plan
from routing.problem import Problem, Sequence, Task

Served = dict[tuple[str, str], list[ServedAt]]


def broken_rules(problem: Problem, plan: Plan) -> list[BrokenRule]:
    """Every rule that the plan breaks; an empty list for a good plan.

    Besides the rules named in the file format there are `served_once` (a task
    neither served nor left out, or both, or twice), `pair` (pickup first, by the
    same vehicle), `must_serve` (left out without a penalty, or while on board),
    `travel` (a stop begins before the vehicle can be there) and `begun` (what
    has happened is not repeated first).

    Raises:
        BadProblem: the plan names vehicles, tasks or breaks that the problem does
            not have, or a vehicle twice.
    """
    _must_name_known_things(problem, plan)
    legs = Legs(problem)
    found: list[BrokenRule] = []
    routes = {route.vehicle: route for route in plan.routes}
    for vehicle in problem.vehicles:
        route = routes.get(vehicle.id)
        stops = route.stops if route is not None else ()
        found.extend(RouteJudge(problem, vehicle, stops, legs).broken())
    served = _served(plan)
    left_out = [each.task for each in plan.left_out]
    for task in problem.tasks:
        found.extend(_presence(problem, task, served, left_out.count(task.id)))
        found.extend(_ride(problem, task, served))
    for line in problem.sequence:
        found.extend(_sequence(problem, line, served))
    return found


def _must_name_known_things(problem: Problem, plan: Plan) -> None:
    seen = set()
    for number, route in enumerate(plan.routes):
        path = f"routes[{number}]"
        must_be_known(
            f"{path}.vehicle", route.vehicle, "vehicle", problem.vehicle_numbers
        )
        if route.vehicle in seen:
            raise BadProblem(f"{path}.vehicle", f"{route.vehicle!r} stands here twice")
        seen.add(route.vehicle)
        for index, stop in enumerate(route.stops):
            where = f"{path}.stops[{index}]"
            if stop.task is None:
                breaks = problem.vehicle(route.vehicle).breaks
                if (stop.break_number or 0) >= len(breaks):
                    raise BadProblem(f"{where}.break", "the vehicle has no such break")
                continue
            must_be_known(f"{where}.task", stop.task, "task", problem.task_numbers)
            if stop.kind not in [kind for kind, _ in problem.task(stop.task).halts]:
                raise BadProblem(f"{where}.stop", f"{stop.task!r} has no {stop.kind}")
    for number, each in enumerate(plan.left_out):
        path = f"left_out[{number}].task"
        must_be_known(path, each.task, "task", problem.task_numbers)


def _served(plan: Plan) -> Served:
    served: Served = defaultdict(list)
    for route in plan.routes:
        for index, stop in enumerate(route.stops):
            if stop.task is not None and stop.kind is not None:
                place = ServedAt(route.vehicle, index, stop.at)
                served[stop.task, stop.kind].append(place)
    return served


def _presence(
    problem: Problem, task: Task, served: Served, times_left_out: int
) -> Iterator[BrokenRule]:
    by_kind = {kind: served.get((task.id, kind), []) for kind, _ in task.halts}
    count = sum(map(len, by_kind.values()))
    fresh = count - _begun_stops(problem, task) if times_left_out else count
    if times_left_out > 1 or bool(times_left_out) == bool(fresh):
        yield BrokenRule("served_once", None, task.id)
    if times_left_out:
        if task.penalty is None or _begun_stops(problem, task):
            yield BrokenRule("must_serve", None, task.id)
        return
    if task.people == 2 and count:
        open_ones = count - _begun_stops(problem, task)
        yield from _two_people(task, by_kind["visit"], bool(open_ones))
        return
    if any(len(places) != 1 for places in by_kind.values()) and count:
        yield BrokenRule("served_once", None, task.id)
    elif count and task.visit is None:
        pickup, dropoff = by_kind["pickup"][0], by_kind["dropoff"][0]
        if pickup.vehicle != dropoff.vehicle or pickup.position > dropoff.position:
            yield BrokenRule("pair", dropoff.vehicle, task.id)


def _begun_stops(problem: Problem, task: Task) -> int:
    return sum(
        stop.task == task.id for begun in problem.begun.values() for stop in begun.stops
    )


def _two_people(
    task: Task, places: list[ServedAt], is_open: bool
) -> Iterator[BrokenRule]:
    """What both have begun is as it is."""
    different = len({place.vehicle for place in places})
    if len(places) != 2 or different != 2:
        yield BrokenRule("people", None, task.id, abs(2 - different))
    elif is_open and places[0].at != places[1].at:
        yield BrokenRule("people", None, task.id, abs(places[0].at - places[1].at))


def _ride(problem: Problem, task: Task, served: Served) -> Iterator[BrokenRule]:
    """What is over cannot be helped; what is on board still counts."""
    if task.max_ride_seconds is None:
        return
    pickups = served.get((task.id, "pickup"), [])
    dropoffs = served.get((task.id, "dropoff"), [])
    over = {
        stop.task
        for begun in problem.begun.values()
        for stop in begun.stops
        if stop.kind == "dropoff"
    }
    if len(pickups) == len(dropoffs) == 1 and task.id not in over:
        ride = dropoffs[0].at - pickups[0].at
        if ride > task.max_ride_seconds:
            too_long = ride - task.max_ride_seconds
            yield BrokenRule("ride", dropoffs[0].vehicle, task.id, too_long)


def _sequence(problem: Problem, line: Sequence, served: Served) -> Iterator[BrokenRule]:
    first, then = problem.task(line.first), problem.task(line.then)
    if _begun_stops(problem, first) and _begun_stops(problem, then):
        return  # it is as it is
    last_kind, last_halt = first.halts[-1]
    ends = served.get((first.id, last_kind), [])
    starts = served.get((then.id, then.halts[0][0]), [])
    if not ends or not starts:
        return
    since = max(place.at for place in ends)
    if line.measured_from == "end":
        since += last_halt.service_seconds
    gap = min(place.at for place in starts) - since
    if line.min_gap is not None and gap < line.min_gap:
        yield BrokenRule("sequence", None, then.id, line.min_gap - gap)
    if line.max_gap is not None and gap > line.max_gap:
        yield BrokenRule("sequence", None, then.id, gap - line.max_gap)
    if line.same_vehicle:
        vehicles = {place.vehicle for place in (*ends, *starts)}
        if len(vehicles) != 1:
            yield BrokenRule("sequence", None, then.id)
