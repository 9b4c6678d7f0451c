"""When each stop of a route happens, and the first rule that breaks.

All time rules of one route have one of two forms: "this begins at least so long
after that" (legs, service, the longest ride as `pickup >= dropoff - ride`, the
longest work as `departure >= end - work`), and "this begins inside these
windows". Times that obey such rules are closed under taking the earlier of two:
raising times only as far as a rule demands, until nothing moves, ends at the
earliest times that exist at all, or proves that there are none. The same holds
backwards. So the answer is exact, several windows and waiting at the pickup
included.
"""

from collections.abc import Sequence
from typing import NamedTuple

from routing.errors import WrongPlan
from routing.instance import BLOCKED, FOREVER, Car, Instance


class Broken(NamedTuple):
    """A rule that a route breaks, by how many seconds, boxes or tasks."""

    rule: str
    by: int | None = None
    task: int | None = None


class Schedule(NamedTuple):
    """Beginnings of service per node, departure from the origin, end of work."""

    leaves: int
    times: list[int]
    ends: int


def first_broken(inst: Instance, car: Car, nodes: Sequence[int]) -> Broken | None:
    """The first rule that this car breaks on these nodes, or None.

    Rules that no clock can mend come first: never, skill, max_tasks, capacity.
    """
    return _unfit(inst, car, nodes) or _late(inst, car, nodes)


def _late(inst: Instance, car: Car, nodes: Sequence[int]) -> Broken | None:
    found = earliest(inst, car, nodes)
    return found if isinstance(found, Broken) else None


def _unfit(inst: Instance, car: Car, nodes: Sequence[int]) -> Broken | None:
    tasks = {node >> 1 for node in nodes}
    for k in sorted(tasks - set(car.aboard)):
        if found := unfit_for(inst, car, k):
            return found
    more = car.tasks_begun + len(tasks - set(car.aboard)) - car.max_tasks
    if more > 0:
        return Broken("max_tasks", more)
    return _overloaded(inst, car, nodes)


def unfit_for(inst: Instance, car: Car, k: int) -> Broken | None:
    """May this car do this task at all?"""
    if k in car.barred:
        return Broken("never", None, k)
    if lacking := inst.task(k).needs - car.skills:
        return Broken("skill", len(lacking), k)
    return None


def _overloaded(inst: Instance, car: Car, nodes: Sequence[int]) -> Broken | None:
    if car.capacity is None:
        return None
    for compartment, room in enumerate(car.capacity):
        load = {n >> 1: inst.load[n >> 1][compartment] for n in nodes}
        carried = sum(inst.load[k][compartment] for k in car.aboard)
        carried += sum(load[n >> 1] for n in nodes if not inst.paired[n >> 1])
        most, culprit = carried, None
        for node in nodes:
            k = node >> 1
            taken = inst.paired[k] and not node & 1
            carried += load[k] if taken else -load[k]
            if carried > most:
                most, culprit = carried, k
        if most > room:
            return Broken("capacity", most - room, culprit)
    return None


def earliest(
    inst: Instance, car: Car, nodes: Sequence[int], leave_from: int | None = None
) -> list[int] | Broken:
    """The earliest beginnings that obey every time rule, or the rule that none can.

    The last entry is the end of work.
    """
    hops, place, service = car.hops, inst.place, inst.service
    leave = car.ready if leave_from is None else leave_from
    if not nodes:
        return [leave]
    legs, run, passed = [], [], 0
    here = car.origin
    for node in nodes:
        there = place[node]
        leg = hops[here][there] if there != here else 0
        passed += leg
        legs.append(leg)
        run.append(passed)  # from leaving to here, if nobody ever waits
        passed += service[node]
        here = there
    legs.append(car.rows[here][car.end] if car.end >= 0 else 0)
    rides = _rides(inst, nodes)
    for first, last, limit in rides:
        length = run[last] - run[first]
        if length > limit:
            plain = _forward(inst, car, nodes, legs, [], leave)
            if isinstance(plain, Broken):
                return plain
            return Broken("ride", length - limit, nodes[last] >> 1)
    lows = [-FOREVER] * len(nodes)
    reason = ""
    while True:
        times = _forward(inst, car, nodes, legs, lows if reason else [], leave)
        if isinstance(times, Broken):
            return Broken(reason, times.by, times.task) if reason else times
        raised = ""
        for first, last, limit in rides:
            if times[last] - times[first] > limit:
                lows[first] = times[last] - limit
                raised = "ride"
        if not raised and times[-1] - leave > car.max_work:
            first_leave = times[0] - legs[0]
            if times[-1] - first_leave > car.max_work:
                lows[0] = times[-1] - car.max_work + legs[0]
                raised = "max_work"
        if not raised:
            return times
        reason = raised


def _rides(inst: Instance, nodes: Sequence[int]) -> list[tuple[int, int, int]]:
    """Positions of pickup and dropoff, and the longest ride, of limited pairs."""
    ride = inst.ride
    taken = {}
    found = []
    for position, node in enumerate(nodes):
        k = node >> 1
        if ride[k] < FOREVER:
            if not node & 1:
                taken[k] = position
            elif k in taken:
                found.append((taken[k], position, ride[k]))
    return found


def _forward(
    inst: Instance,
    car: Car,
    nodes: Sequence[int],
    legs: Sequence[int],
    lows: Sequence[int],
    leave: int,
) -> list[int] | Broken:
    """One pass along the route, no earlier than `lows`."""
    windows, opens, closes = inst.windows, inst.opens, inst.closes
    service, deadlines = inst.service, car.deadlines
    times = []
    now = leave
    for position, node in enumerate(nodes):
        leg = legs[position]
        if leg >= BLOCKED:
            return Broken("no_way", None, node >> 1)
        now += leg
        if lows and lows[position] > now:
            now = lows[position]
        if now > closes[node]:
            return Broken("window", now - closes[node], node >> 1)
        if windows[node] is not None:
            now = inst.begins(node, now)
        elif now < opens[node]:
            now = opens[node]
        if deadlines and now > deadlines.get(node, FOREVER):
            return Broken("ride", now - deadlines[node], node >> 1)
        times.append(now)
        now += service[node]
    if legs[-1] >= BLOCKED:
        return Broken("no_way", None, nodes[-1] >> 1)
    now += legs[-1]
    if now > car.shift_end:
        return Broken("shift", now - car.shift_end, nodes[-1] >> 1)
    if now > car.work_end_by:
        return Broken("max_work", now - car.work_end_by, nodes[-1] >> 1)
    times.append(now)
    return times


def schedule(inst: Instance, car: Car, nodes: Sequence[int]) -> Schedule | Broken:
    """Times for a route: the earliest end, and the latest departure that keeps it.

    After that departure everything happens as early as it can.
    """
    soonest = earliest(inst, car, nodes)
    if isinstance(soonest, Broken):
        return soonest
    if not nodes:
        ends = car.ready
        if car.moved and car.end >= 0 and car.rows[car.origin][car.end] < BLOCKED:
            ends += car.rows[car.origin][car.end]
        return Schedule(car.ready, [], ends)
    if car.moved:
        return Schedule(car.ready, soonest[:-1], soonest[-1])
    leaves = _latest_departure(inst, car, nodes, soonest[-1])
    times = earliest(inst, car, nodes, leaves)
    if isinstance(times, Broken):
        raise WrongPlan(f"a late departure broke a rule: {times}")
    return Schedule(leaves, times[:-1], times[-1])


def _latest_departure(inst: Instance, car: Car, nodes: Sequence[int], ends: int) -> int:
    """The latest times with that end of work, found backwards; the departure."""
    hops, place, service = car.hops, inst.place, inst.service
    rides = _rides(inst, nodes)
    highs = [FOREVER] * len(nodes)
    while True:
        here = place[nodes[-1]]
        now = ends - (car.rows[here][car.end] if car.end >= 0 else 0)
        for position in range(len(nodes) - 1, -1, -1):
            node = nodes[position]
            now = min(now - service[node], highs[position])
            now = highs[position] = inst.begins_by(node, now)
            before = place[nodes[position - 1]] if position else car.origin
            if before != place[node]:
                now -= hops[before][place[node]]
        moved = False
        for first, last, limit in rides:
            if highs[last] - highs[first] > limit:
                highs[last] = highs[first] + limit
                moved = True
        if not moved:
            return now
