"""The exact test of time, for what bounds alone cannot judge."""

import numpy as np

from routing.search.compiled import inner
from routing.search.numbers import (
    CLOSES,
    DEADLINE,
    END,
    FREE_FROM,
    HELD,
    MAX_WORK,
    MODE,
    ORIGIN,
    PLACE,
    RESTS,
    RIDE,
    SERVICE,
    SHIFT_END,
    WORK_END_BY,
    Ints,
    Longs,
)
from routing.search.resting import rests_fit
from routing.search.rounds import ENDLESS, FOREVER, begins


@inner
def obeys(
    travel: Ints,
    tasks: Longs,
    nodes: Longs,
    cars: Longs,
    winds: Longs,
    arrive: Longs,
    desk: Longs,
    began: Longs,
    v: int,
    n: int,
) -> bool:
    """The exact test of time: can vehicle v serve the first n nodes on the desk?

    Earliest times, rides and working time included; see `routing.timing`. A ride
    that waiting has made too long moves its pickup later, and the walk goes on
    from there. What is found without breaks is where those with breaks begin.
    """
    if n == 0:
        return True
    m, here, run = cars[v, MODE], cars[v, ORIGIN], np.int64(0)
    for q in range(n):
        node = desk[q, 0]
        there, k = nodes[node, PLACE], node >> 1
        leg = np.int64(0)
        if there != here:
            leg = travel[m, here, there] + arrive[there]
        run += leg
        if tasks[k, RIDE] < FOREVER and tasks[k, HELD] < 0:
            if node & 1 == 0:
                began[k, 0], began[k, 1] = run, q
            elif run - began[k, 0] > tasks[k, RIDE]:
                return False
        desk[q, 1], desk[q, 2] = leg, -ENDLESS
        run += nodes[node, SERVICE]
        here = there
    home = np.int64(0)
    if cars[v, END] >= 0:
        home += travel[m, here, cars[v, END]]
    if run + home > cars[v, MAX_WORK]:
        return False
    q, now = 0, cars[v, FREE_FROM]
    while True:
        if q == n:
            ends = now + home
            if ends > cars[v, SHIFT_END] or ends > cars[v, WORK_END_BY]:
                return False
            late = ends - (desk[0, 3] - desk[0, 1]) - cars[v, MAX_WORK]
            if late <= 0:
                if cars[v, RESTS] == 0:
                    return True
                return rests_fit(
                    tasks, nodes, cars, winds, arrive, desk, began, v, n, home
                )
            desk[0, 2] = desk[0, 3] + late
            q, now = 0, cars[v, FREE_FROM]
        node = desk[q, 0]
        now = max(now + desk[q, 1], desk[q, 2])
        if now > nodes[node, CLOSES]:
            return False
        now = begins(nodes, winds, node, now)
        if node & 1 == 1:
            k = node >> 1
            if tasks[k, HELD] >= 0:
                if now > tasks[k, DEADLINE]:
                    return False
            elif tasks[k, RIDE] < FOREVER:  # only then the walk above noted it
                p = began[k, 1]
                if now - desk[p, 3] > tasks[k, RIDE]:
                    desk[p, 2] = now - tasks[k, RIDE]
                    q, now = p, cars[v, FREE_FROM]
                    if p > 0:
                        now = desk[p - 1, 3] + nodes[desk[p - 1, 0], SERVICE]
                    continue
        desk[q, 3] = now
        now += nodes[node, SERVICE]
        q += 1
