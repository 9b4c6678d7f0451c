"""When each stop of a route happens, and the first rule that breaks.

All time rules of one route have one of two forms: "this begins at least so long
after that" (legs, service, the longest ride as `pickup >= dropoff - ride`, the
longest work as `departure >= end - work`), and "this begins inside these
windows". Times that obey such rules are closed under taking the earlier of two:
raising times only as far as a rule demands, until nothing moves, ends at the
earliest times that exist at all, or proves that there are none. The same holds
backwards. So the answer is exact, several windows and waiting at the pickup
included. Breaks are laid in every way that might do, and each way is timed so.
"""

from collections.abc import Sequence
from typing import NamedTuple

from routing.errors import WrongPlan
from routing.instance import BLOCKED, FOREVER, Car, Instance
from routing.resting import Laid, Taken, passed, ways_to_rest
from routing.walking import Broken as Broken  # it belongs to what is asked here
from routing.walking import Walk, Way, gap_of, walk, way_of


class Schedule(NamedTuple):
    """Beginnings of service per node, departure from the origin, end of work."""

    leaves: int
    times: list[int]
    ends: int
    rests: tuple[Taken, ...] = ()


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
    """Whatever is taken up must fit; too much on board before bars nothing else."""
    if car.capacity is None:
        return None
    for compartment, room in enumerate(car.capacity):
        load = {n >> 1: inst.load[n >> 1][compartment] for n in nodes}
        brought = sum(load[n >> 1] for n in nodes if not inst.paired[n >> 1])
        carried = sum(inst.load[k][compartment] for k in car.aboard) + brought
        over, culprit = carried - room if brought else 0, None
        for node in nodes:
            k = node >> 1
            taken = inst.paired[k] and not node & 1
            carried += load[k] if taken else -load[k]
            if taken and load[k] and carried - room > over:
                over, culprit = carried - room, k
        if over > 0:
            return Broken("capacity", over, culprit)
    return None


def earliest(inst: Instance, car: Car, nodes: Sequence[int]) -> list[int] | Broken:
    """The earliest beginnings that obey every time rule, or the rule that none can.

    The last entry is the end of work. With breaks these are the beginnings of the
    way to lay them that ends earliest.
    """
    found = _walked(inst, car, nodes)
    return found if isinstance(found, Broken) else found.times


def _walked(inst: Instance, car: Car, nodes: Sequence[int]) -> Walk | Broken:
    nothing = Laid({}, car.ready, min(car.shift_end, car.work_end_by))
    if not nodes:
        return Walk(car.ready, [car.ready], nothing)
    way = way_of(inst, car, nodes)
    plain = walk(inst, car, nodes, way, nothing)
    if isinstance(plain, Broken) or not car.rests:
        return plain
    return _rested(inst, car, nodes, way, plain.times)


def _rested(
    inst: Instance, car: Car, nodes: Sequence[int], way: Way, soonest: Sequence[int]
) -> Walk | Broken:
    """The way to lay the breaks that ends earliest; `soonest` is without them."""
    best: Walk | None = None
    least: int | None = None
    for laid in ways_to_rest(inst, car, nodes, soonest):
        found = walk(inst, car, nodes, way, laid)
        if not isinstance(found, Broken):
            if best is None or found.times[-1] < best.times[-1]:
                best = found
        elif found.by is not None and (least is None or found.by < least):
            least = found.by
    return best or Broken("break", least)


def schedule(inst: Instance, car: Car, nodes: Sequence[int]) -> Schedule | Broken:
    """Times for a route: the earliest end, and the latest departure that keeps it.

    After that departure everything happens as early as it can.
    """
    soonest = _walked(inst, car, nodes)
    if isinstance(soonest, Broken):
        return soonest
    if not nodes:
        ends = car.ready
        if car.moved and car.end >= 0 and car.rows[car.origin][car.end] < BLOCKED:
            ends += car.rows[car.origin][car.end]
        return Schedule(car.ready, [], ends)
    if car.rests:
        return _schedule_with_rests(inst, car, nodes, soonest)
    ends = soonest.times[-1]
    if car.moved:
        return Schedule(car.ready, soonest.times[:-1], ends)
    way = way_of(inst, car, nodes)
    leaves = _latest_departure(inst, car, nodes, way, ends)
    found = walk(inst, car, nodes, way, soonest.laid._replace(leaves_from=leaves))
    if isinstance(found, Broken):
        raise WrongPlan(f"a late departure broke a rule: {found}")
    return Schedule(leaves, found.times[:-1], found.times[-1])


def _schedule_with_rests(
    inst: Instance, car: Car, nodes: Sequence[int], soonest: Walk
) -> Schedule:
    """With breaks the latest departure is found by halving."""
    way, laid = way_of(inst, car, nodes), soonest.laid
    found, ends = soonest, soonest.times[-1]
    low, high = found.leaves, found.leaves if car.moved else ends
    while low < high:
        middle = (low + high + 1) // 2
        later = walk(inst, car, nodes, way, laid._replace(leaves_from=middle))
        if isinstance(later, Broken) or later.times[-1] > ends:
            high = middle - 1
        else:
            found, low = later, later.leaves
    rests: list[Taken] = []
    now = found.leaves
    for number in range(len(nodes) + 1):
        if number in laid.gaps:
            behind = passed(gap_of(inst, car, nodes, way.legs, laid, number), now)
            rests += behind[1] if behind is not None else ()
        if number < len(nodes):
            now = found.times[number] + inst.service[nodes[number]]
    return Schedule(found.leaves, found.times[:-1], ends, tuple(rests))


def _latest_departure(
    inst: Instance, car: Car, nodes: Sequence[int], way: Way, ends: int
) -> int:
    """The latest times with that end of work, found backwards; the departure."""
    hops, place, service = car.hops, inst.place, inst.service
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
        for first, last, limit in way.rides:
            if highs[last] - highs[first] > limit:
                highs[last] = highs[first] + limit
                moved = True
        if not moved:
            return now
