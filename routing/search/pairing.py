"""The cheapest place for a pickup and its dropoff: the innermost loops of the search.

Bounds first (legs, windows, shift, load, rides without waiting), cheapest price
first where that is free; the exact test only for what is cheaper than the best.
"""

from typing import Any

import numpy as np

from routing.search.compiled import inner
from routing.search.exact import obeys
from routing.search.numbers import (
    CLOSES,
    MODE,
    PLACE,
    RIDE,
    SERVICE,
    Ints,
    Longs,
)
from routing.search.rounds import (
    ENDLESS,
    FOREVER,
    HOP,
    LATEST,
    LEG,
    LOAD,
    NODE,
    READY,
    SIZE,
    SLACK,
    SPOT,
    TIMED,
    begins,
)


@inner
def best_pair(
    travel: Ints,
    onto: Ints,
    tasks: Longs,
    nodes: Longs,
    cars: Longs,
    winds: Longs,
    arrive: Longs,
    load: Longs,
    capacity: Longs,
    rows: Longs,
    more: Longs,
    about: Longs,
    desk: Longs,
    began: Longs,
    doors: Longs,
    v: int,
    k: int,
    bound: Any,
) -> tuple[Any, Any, Any]:
    n, m = about[v, SIZE], cars[v, MODE]
    up, down = 2 * k, 2 * k + 1
    here, there = nodes[up, PLACE], nodes[down, PLACE]
    up_service, down_service = nodes[up, SERVICE], nodes[down, SERVICE]
    up_closes, down_closes = nodes[up, CLOSES], nodes[down, CLOSES]
    up_arrive, down_arrive = arrive[here], arrive[there]
    ride = tasks[k, RIDE]
    direct, straight = np.int64(travel[m, here, there]), np.int64(0)
    if here != there:
        straight = direct + down_arrive
    best_i, best_j = -1, -1
    if up_service + straight > ride:
        return np.int64(ENDLESS), best_i, best_j
    least = np.int64(ENDLESS)
    doors[n + 1, 1] = ENDLESS
    for j in range(n, -1, -1):
        price = np.int64(onto[m, there, rows[v, j, SPOT]])
        if rows[v, j + 1, SPOT] >= 0:
            price += travel[m, there, rows[v, j + 1, SPOT]] - rows[v, j, LEG]
        least = min(least, price)
        doors[j, 0], doors[j, 1] = price, least
    timed = about[v, TIMED] != 0 or ride < FOREVER
    for i in range(n + 1):
        start = rows[v, i, READY]
        if start > up_closes:
            break
        before, after, old = rows[v, i, SPOT], rows[v, i + 1, SPOT], rows[v, i, LEG]
        way = np.int64(onto[m, here, before])
        next_to, through = way + direct, way
        onward = np.int64(0)
        if after >= 0:
            onward += travel[m, there, after]
            next_to += onward - old
            through += travel[m, here, after] - old
        if next_to >= bound and through + doors[i + 1, 1] >= bound:
            continue
        if not fits(load, capacity, rows, more, v, k, i):
            continue
        reach = way + up_arrive if before != here else np.int64(0)
        if start + reach > up_closes:
            continue
        gone = begins(nodes, winds, up, start + reach) + up_service
        if next_to < bound and gone + straight <= down_closes:
            if i < n:
                onward = onward + arrive[after] if after != there else np.int64(0)
            at = begins(nodes, winds, down, gone + straight) + down_service + onward
            longer = reach + up_service + straight + down_service + onward
            if (
                at <= rows[v, i + 1, LATEST]
                and longer - rows[v, i, HOP] <= rows[v, i, SLACK]
            ):
                good = True
                if timed:
                    size = laid_out(rows, n, desk, v, i, i, up, down)
                    good = obeys(
                        travel,
                        tasks,
                        nodes,
                        cars,
                        winds,
                        arrive,
                        desk,
                        began,
                        v,
                        size,
                    )
                if good:
                    bound, best_i, best_j = next_to, i, i
        if i == n or through + doors[i + 1, 1] >= bound:
            continue
        leg = np.int64(0)
        if after != here:
            leg = travel[m, here, after] + arrive[after]
        if reach + up_service + leg - rows[v, i, HOP] > rows[v, i, SLACK]:
            continue
        now, ridden = gone + leg, up_service + leg
        for j in range(i + 1, n + 1):
            node = rows[v, j, NODE]
            if now > rows[v, j, LATEST]:
                break
            if not fits(load, capacity, rows, more, v, k, j):
                break
            service = nodes[node, SERVICE]
            now = begins(nodes, winds, node, now) + service
            ridden += service
            if ridden > ride or now > down_closes:
                break
            if through + doors[j, 0] < bound:
                spot, after = rows[v, j, SPOT], rows[v, j + 1, SPOT]
                leg, onward = np.int64(0), np.int64(0)
                if spot != there:
                    leg = onto[m, there, spot] + down_arrive
                if after >= 0:
                    onward += travel[m, there, after]
                    if j < n:
                        onward = (
                            onward + arrive[after] if after != there else np.int64(0)
                        )
                if (
                    now + leg <= down_closes
                    and ridden + leg <= ride
                    and leg + down_service + onward - rows[v, j, HOP]
                    <= rows[v, j, SLACK]
                ):
                    at = begins(nodes, winds, down, now + leg) + down_service + onward
                    if at <= rows[v, j + 1, LATEST]:
                        good = True
                        if timed:
                            size = laid_out(rows, n, desk, v, i, j, up, down)
                            good = obeys(
                                travel,
                                tasks,
                                nodes,
                                cars,
                                winds,
                                arrive,
                                desk,
                                began,
                                v,
                                size,
                            )
                        if good:
                            bound, best_i, best_j = through + doors[j, 0], i, j
            if through + doors[j + 1, 1] >= bound:
                break
            now += rows[v, j, HOP]
            ridden += rows[v, j, HOP]
    return bound, best_i, best_j


@inner
def fits(
    load: Longs, capacity: Longs, rows: Longs, more: Longs, v: int, k: int, q: int
) -> bool:
    if load[k, 0] and rows[v, q, LOAD] + load[k, 0] > capacity[v, 0]:
        return False
    for c in range(1, load.shape[1]):
        if load[k, c] and more[v, q, c] + load[k, c] > capacity[v, c]:
            return False
    return True


@inner
def laid_out(
    rows: Longs, n: int, desk: Longs, v: int, i: int, j: int, first: int, second: int
) -> Any:
    """Write the round on the desk, `first` behind i, `second` (or -1) behind j.

    Returns:
        How many nodes that makes.
    """
    for q in range(i):
        desk[q, 0] = rows[v, q + 1, NODE]
    desk[i, 0] = first
    at = i + 1
    for q in range(i, j):
        desk[at, 0] = rows[v, q + 1, NODE]
        at += 1
    if second >= 0:
        desk[at, 0] = second
        at += 1
    for q in range(j, n):
        desk[at, 0] = rows[v, q + 1, NODE]
        at += 1
    return at
