"""One walk along a route: the earliest times, with each break where it was laid.

See `routing.timing` for why the answer is exact.
"""

from collections.abc import Sequence
from typing import NamedTuple

from routing.instance import BLOCKED, FOREVER, Car, Instance
from routing.resting import Gap, Laid, passed


class Broken(NamedTuple):
    """A rule that a route breaks, by how many seconds, boxes or tasks."""

    rule: str
    by: int | None = None
    task: int | None = None


class Walk(NamedTuple):
    """The earliest times of one way to lay the breaks; the end of work stands last."""

    leaves: int
    times: list[int]
    laid: Laid


class Way(NamedTuple):
    """What is known of a sequence of nodes before the clock runs."""

    legs: list[int]  # parking included; the last leads to the end
    rides: list[tuple[int, int, int]]


def way_of(inst: Instance, car: Car, nodes: Sequence[int]) -> Way:
    hops, place = car.hops, inst.place
    legs, here = [], car.origin
    for node in nodes:
        there = place[node]
        legs.append(hops[here][there] if there != here else 0)
        here = there
    legs.append(car.rows[here][car.end] if car.end >= 0 else 0)
    return Way(legs, _rides(inst, nodes))


def walk(
    inst: Instance, car: Car, nodes: Sequence[int], way: Way, laid: Laid
) -> Walk | Broken:
    """The earliest times with each break where it has been laid."""
    leave = laid.leaves_from
    too_long = _too_long(inst, car, nodes, way, laid)
    lows = [-FOREVER] * len(nodes)
    reason = ""
    while True:
        times = _forward(
            inst, car, nodes, way.legs, lows if reason else [], leave, laid
        )
        if isinstance(times, Broken):
            return Broken(reason, times.by, times.task) if reason else times
        if too_long is not None:
            return too_long
        raised = ""
        for first, last, limit in way.rides:
            if times[last] - times[first] > limit:
                lows[first] = times[last] - limit
                raised = "ride"
        if not raised and times[-1] - leave > car.max_work:
            first_leave = times[0] - way.legs[0]
            if 0 in laid.gaps or times[-1] - first_leave > car.max_work:
                leave = times[-1] - car.max_work
                raised = "max_work"
        if not raised:
            return Walk(leave, times, laid)
        reason = raised


def _too_long(
    inst: Instance, car: Car, nodes: Sequence[int], way: Way, laid: Laid
) -> Broken | None:
    """What is too long even if nobody ever waits."""
    run, now = [], 0  # from leaving to each stop
    legs, service, resting = way.legs, inst.service, bool(laid.gaps)
    for position, node in enumerate(nodes):
        now += legs[position]
        if resting:
            now += laid.seconds(position)
        run.append(now)
        now += service[node]
    for first, last, limit in way.rides:
        if run[last] - run[first] > limit:
            return Broken("ride", run[last] - run[first] - limit, nodes[last] >> 1)
    now += way.legs[-1] + laid.seconds(len(nodes))
    if now > car.max_work:
        return Broken("max_work", now - car.max_work, nodes[-1] >> 1)
    return None


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
    laid: Laid,
) -> list[int] | Broken:
    """One pass along the route, no earlier than `lows`."""
    windows, opens, closes = inst.windows, inst.opens, inst.closes
    service, deadlines, gaps = inst.service, car.deadlines, laid.gaps
    times = []
    now = leave
    for position, node in enumerate(nodes):
        leg = legs[position]
        if leg >= BLOCKED:
            return Broken("no_way", None, node >> 1)
        if position in gaps:
            behind = passed(gap_of(inst, car, nodes, legs, laid, position), now)
            if behind is None:
                return Broken("break", laid.seconds(position))
            now = behind[0]
        else:
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
    if len(nodes) in gaps:
        behind = passed(gap_of(inst, car, nodes, legs, laid, len(nodes)), now)
        if behind is None:
            return Broken("break", laid.seconds(len(nodes)))
        now = behind[0]
    else:
        now += legs[-1]
    if now > car.shift_end:
        return Broken("shift", now - car.shift_end, nodes[-1] >> 1)
    if now > car.work_end_by:
        return Broken("max_work", now - car.work_end_by, nodes[-1] >> 1)
    if now > laid.ends_by:
        return Broken("break", now - laid.ends_by)
    times.append(now)
    return times


def gap_of(
    inst: Instance,
    car: Car,
    nodes: Sequence[int],
    legs: Sequence[int],
    laid: Laid,
    number: int,
) -> Gap:
    parking = 0
    if number < len(nodes):
        here = inst.place[nodes[number - 1]] if number else car.origin
        there = inst.place[nodes[number]]
        if here != there:
            parking = inst.problem.places[there].arrive_seconds
    at_home = number == 0 and not car.moved
    way = legs[number] - parking
    return Gap(number, way, parking, laid.gaps[number], at_home)
