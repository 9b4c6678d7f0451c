"""All rounds of a plan in the making, as arrays that the compiled search changes."""

from typing import Any, Final, NamedTuple

import numpy as np

from routing.fields import HORIZON
from routing.search.compiled import inner
from routing.search.numbers import (
    ABOARD,
    CLOSES,
    DEADLINE,
    END,
    FREE_FROM,
    HELD,
    MAX_WORK,
    MODE,
    MOVED,
    OPENS,
    ORIGIN,
    PAIRED,
    PLACE,
    RESTS,
    RIDE,
    SERVICE,
    SHIFT_END,
    WINDS,
    WINDS_STOP,
    WORK_END_BY,
    Ints,
    Longs,
    Numbers,
)

FOREVER: Final = 4 * HORIZON  # the same as in routing.instance
ENDLESS: Final = 2**60

# Columns of one position in a round.
NODE: Final = 0
SPOT: Final = 1  # its place; of position n + 1 the end, or -1
LEG: Final = 2  # travel over the gap behind it
HOP: Final = 3  # the same with parking and stairs, 0 when the place stays
READY: Final = 4
LATEST: Final = 5
SLACK: Final = 6
LOAD: Final = 7  # of the first compartment, behind it

# Columns of one round.
SIZE: Final = 0
COST: Final = 1
COUNT: Final = 2  # tasks that were not on board from before
TIMED: Final = 3


class Rounds(NamedTuple):
    """Positions by vehicle: 0 is the origin, 1 to n the stops, n + 1 the end.

    READY is the earliest time when all up to a position is done, LATEST the
    latest beginning there that lets the rest happen; both look at legs, windows
    and shift only, so they stay true bounds when stops are added. SLACK is how
    much time the gap behind may gain before a ride or the work is surely too
    long. TIMED tells that only the exact test can judge an insertion.
    """

    rows: Longs  # (V, L + 2, 8): one position fills one line of the cache
    more: Longs  # (V, L + 1, C), loads of all compartments, when there are several
    about: Longs  # (V, 4)
    home: Ints  # (T,), the vehicle of each task, or -1


class Desk(NamedTuple):
    """What one thread scribbles on while it looks at one round."""

    nodes: Longs  # (L + 4, 4): node, leg, lower bound, time
    tasks: Longs  # (T, 2): run until the pickup, its position
    doors: Longs  # (L + 4, 2): price of a dropoff behind it, least from here on


def blank_rounds(numbers: Numbers, longest: int) -> Rounds:
    vehicles, tasks, sizes = len(numbers.cars), *numbers.load.shape
    """Empty rounds; the first building works out all about them."""
    return Rounds(
        rows=np.zeros((vehicles, longest + 2, 8), dtype=np.int64),
        more=np.zeros((vehicles, longest + 2 if sizes > 1 else 1, sizes), np.int64),
        about=np.zeros((vehicles, 4), dtype=np.int64),
        home=np.full(tasks, -1, dtype=np.int32),
    )


def blank_desk(numbers: Numbers, longest: int) -> Desk:
    return Desk(
        nodes=np.zeros((longest + 4, 4), dtype=np.int64),
        tasks=np.zeros((len(numbers.tasks), 2), dtype=np.int64),
        doors=np.zeros((longest + 4, 2), dtype=np.int64),
    )


@inner
def begins(nodes: Longs, winds: Longs, node: int, at: Any) -> Any:
    """The earliest beginning at or after that time; the caller looks at CLOSES."""
    if nodes[node, WINDS] == nodes[node, WINDS_STOP]:
        return max(at, nodes[node, OPENS])
    for w in range(nodes[node, WINDS], nodes[node, WINDS_STOP]):
        if at <= winds[w, 1]:
            return max(at, winds[w, 0])
    return np.int64(ENDLESS)


@inner
def begins_by(nodes: Longs, winds: Longs, node: int, at: Any) -> Any:
    """The latest beginning at or before that time."""
    if nodes[node, WINDS] == nodes[node, WINDS_STOP]:
        if at < nodes[node, OPENS]:
            return np.int64(-ENDLESS)
        return min(at, nodes[node, CLOSES])
    latest = np.int64(-ENDLESS)
    for w in range(nodes[node, WINDS], nodes[node, WINDS_STOP]):
        if at >= winds[w, 0]:  # windows may lie in one another
            latest = max(latest, min(at, winds[w, 1]))
    return latest


@inner
def refresh(numbers: Numbers, rounds: Rounds, desk: Desk, v: int) -> None:
    """Work out all about one round anew from its nodes and size."""
    _walk(
        numbers.travel,
        numbers.tasks,
        numbers.nodes,
        numbers.cars,
        numbers.winds,
        numbers.arrive,
        numbers.bonus,
        numbers.load,
        rounds.rows,
        rounds.about,
        v,
    )
    _walk_back(
        numbers.travel,
        numbers.tasks,
        numbers.nodes,
        numbers.cars,
        numbers.winds,
        rounds.rows,
        rounds.about,
        desk.tasks,
        v,
    )
    if numbers.load.shape[1] > 1:
        _carry(numbers, rounds, v)


@inner
def _walk(
    travel: Ints,
    tasks: Longs,
    nodes: Longs,
    cars: Longs,
    winds: Longs,
    arrive: Longs,
    bonus: Longs,
    load: Longs,
    rows: Longs,
    about: Longs,
    v: int,
) -> None:
    n, m, end = about[v, SIZE], cars[v, MODE], cars[v, END]
    has_bonus = bonus.shape[0] > 0
    here, now = cars[v, ORIGIN], cars[v, FREE_FROM]
    cost, count, carried = np.int64(0), np.int64(0), cars[v, ABOARD]
    for q in range(1, n + 1):
        k = rows[v, q, NODE] >> 1
        if tasks[k, PAIRED] == 0:
            carried += load[k, 0]
    rows[v, 0, SPOT], rows[v, 0, READY], rows[v, 0, LOAD] = here, now, carried
    for q in range(1, n + 1):
        node = rows[v, q, NODE]
        k, there = node >> 1, nodes[node, PLACE]
        leg, hop = np.int64(travel[m, here, there]), np.int64(0)
        if there != here:
            hop = leg + arrive[there]
        rows[v, q - 1, LEG], rows[v, q - 1, HOP] = leg, hop
        cost += leg
        now = begins(nodes, winds, node, now + hop) + nodes[node, SERVICE]
        if node & 1 == 0 and tasks[k, PAIRED] != 0:
            carried += load[k, 0]
        else:
            carried -= load[k, 0]
        if node & 1 == 0:
            count += 1
            if has_bonus:
                cost -= bonus[k, v]
        rows[v, q, SPOT], rows[v, q, READY], rows[v, q, LOAD] = there, now, carried
        here = there
    rows[v, n + 1, SPOT] = end
    rows[v, n, LEG], rows[v, n, HOP] = 0, 0
    if end >= 0 and (n > 0 or cars[v, MOVED] != 0):
        leg = np.int64(travel[m, here, end])
        rows[v, n, LEG], rows[v, n, HOP] = leg, leg
        cost += leg
    about[v, COST], about[v, COUNT] = cost, count


@inner
def _walk_back(
    travel: Ints,
    tasks: Longs,
    nodes: Longs,
    cars: Longs,
    winds: Longs,
    rows: Longs,
    about: Longs,
    began: Longs,
    v: int,
) -> None:
    """Fill LATEST, SLACK and TIMED."""
    n, run, timed = about[v, SIZE], np.int64(0), cars[v, RESTS] > 0
    now = min(cars[v, SHIFT_END], cars[v, WORK_END_BY])
    rows[v, n + 1, LATEST] = now
    for q in range(n, 0, -1):
        node = rows[v, q, NODE]
        k = node >> 1
        now = begins_by(
            nodes, winds, node, now - rows[v, q, HOP] - nodes[node, SERVICE]
        )
        if node & 1 == 1 and tasks[k, HELD] >= 0:
            now = min(now, tasks[k, DEADLINE])
        rows[v, q, LATEST] = now
        rows[v, q, SLACK] = ENDLESS
    rows[v, 0, SLACK] = ENDLESS
    for q in range(1, n + 1):
        node = rows[v, q, NODE]
        k = node >> 1
        run += rows[v, q - 1, HOP]
        if tasks[k, RIDE] < FOREVER and tasks[k, HELD] < 0:
            if node & 1 == 0:
                began[k, 0], began[k, 1] = run, q
            else:
                timed = True
                spare = tasks[k, RIDE] - (run - began[k, 0])
                for gap in range(began[k, 1], q):
                    rows[v, gap, SLACK] = min(rows[v, gap, SLACK], spare)
        run += nodes[node, SERVICE]
    if cars[v, MAX_WORK] < FOREVER:
        timed = True
        spare = cars[v, MAX_WORK] - run - rows[v, n, HOP]
        for q in range(n + 1):
            rows[v, q, SLACK] = min(rows[v, q, SLACK], spare)
    about[v, TIMED] = timed


@inner
def _carry(numbers: Numbers, rounds: Rounds, v: int) -> None:
    """Loads of all compartments."""
    n = rounds.about[v, SIZE]
    for c in range(numbers.load.shape[1]):
        carried = numbers.aboard[v, c]
        for q in range(1, n + 1):
            k = rounds.rows[v, q, NODE] >> 1
            if numbers.tasks[k, PAIRED] == 0:
                carried += numbers.load[k, c]
        rounds.more[v, 0, c] = carried
        for q in range(1, n + 1):
            node = rounds.rows[v, q, NODE]
            k = node >> 1
            if numbers.tasks[k, PAIRED] != 0 and node & 1 == 0:
                carried += numbers.load[k, c]
            else:
                carried -= numbers.load[k, c]
            rounds.more[v, q, c] = carried
