"""Breaks in the exact test of time: all ways to lay them into one round.

The same rules as in `routing.resting`, compiled.
"""

from typing import Any, Final

import numpy as np

from routing.search.compiled import inner
from routing.search.numbers import (
    CLOSES,
    DEADLINE,
    FREE_FROM,
    HELD,
    MAX_WORK,
    MOVED,
    ORIGIN,
    PLACE,
    REST,
    RESTS,
    RIDE,
    SERVICE,
    SHIFT_END,
    WORK_END_BY,
    Longs,
)
from routing.search.rounds import ENDLESS, FOREVER, begins, begins_by

# Where a break lies: the gap before stop n, or that it is not due.
_SOONER: Final = -1  # work ends before the window does
_LATER: Final = -2  # work begins after the window does
_NOWHERE: Final = -3
_MOST_TRIES: Final = (
    4_000  # then a round counts as too hard; two breaks never get there
)


@inner
def rests_fit(
    tasks: Longs,
    nodes: Longs,
    cars: Longs,
    winds: Longs,
    arrive: Longs,
    desk: Longs,
    began: Longs,
    v: int,
    n: int,
    home: Any,
) -> bool:
    """Can the round on the desk, fine without breaks, be gone with them?

    The desk holds legs and the earliest times without breaks, `began` where each
    pickup stands.
    """
    count = cars[v, RESTS]
    leaving, latest = _bounds(tasks, nodes, cars, winds, desk, v, n, home)
    ends = leaving[n] + home
    choice = np.full(count, _NOWHERE, dtype=np.int64)
    reach = np.empty((1 << count, 3), dtype=np.int64)
    level, tries = 0, 0
    while level >= 0:
        b = REST + 3 * level
        opens, closes, seconds = cars[v, b], cars[v, b + 1], cars[v, b + 2]
        gap, could = choice[level], False
        while not could and gap < n:
            gap += 1
            if gap == _LATER:
                could = cars[v, MOVED] == 0 and opens + 1 + desk[0, 1] <= latest[0]
            elif gap == _SOONER:
                could = ends < closes
            else:
                leg = desk[gap, 1] if gap < n else home
                could = max(leaving[gap], opens) + seconds <= closes and (
                    max(leaving[gap] + leg, opens) + seconds <= latest[gap]
                )
        choice[level] = gap if could else _NOWHERE
        if not could:
            level -= 1
        elif level < count - 1:
            level += 1
        else:
            tries += 1
            if tries > _MOST_TRIES:
                return False
            if _holds(
                tasks,
                nodes,
                cars,
                winds,
                arrive,
                desk,
                began,
                choice,
                reach,
                v,
                n,
                home,
            ):
                return True
    return False


@inner
def _bounds(
    tasks: Longs,
    nodes: Longs,
    cars: Longs,
    winds: Longs,
    desk: Longs,
    v: int,
    n: int,
    home: Any,
) -> tuple[Longs, Longs]:
    """Before each gap the earliest time without breaks, behind it the latest."""
    leaving, latest = np.empty(n + 1, np.int64), np.empty(n + 1, np.int64)
    leaving[0] = cars[v, FREE_FROM]
    for q in range(n):
        leaving[q + 1] = desk[q, 3] + nodes[desk[q, 0], SERVICE]
    now = min(cars[v, SHIFT_END], cars[v, WORK_END_BY])
    latest[n] = now
    now -= home
    for q in range(n - 1, -1, -1):
        node = desk[q, 0]
        now = begins_by(nodes, winds, node, now - nodes[node, SERVICE])
        if node & 1 == 1 and tasks[node >> 1, HELD] >= 0:
            now = min(now, tasks[node >> 1, DEADLINE])
        latest[q] = now
        now -= desk[q, 1]
    return leaving, latest


@inner
def _holds(
    tasks: Longs,
    nodes: Longs,
    cars: Longs,
    winds: Longs,
    arrive: Longs,
    desk: Longs,
    began: Longs,
    choice: Longs,
    reach: Longs,
    v: int,
    n: int,
    home: Any,
) -> bool:
    """The exact test with each break in its gap, or not due."""
    leave, run = cars[v, FREE_FROM], np.int64(0)
    ends_by = min(cars[v, SHIFT_END], cars[v, WORK_END_BY])
    for b in range(choice.shape[0]):
        if choice[b] == _LATER:
            leave = max(leave, cars[v, REST + 3 * b] + 1)
        elif choice[b] == _SOONER:
            ends_by = min(ends_by, cars[v, REST + 3 * b + 1] - 1)
    for q in range(n):
        node = desk[q, 0]
        k = node >> 1
        run += desk[q, 1] + _resting(cars, choice, v, q)
        if tasks[k, RIDE] < FOREVER and tasks[k, HELD] < 0:
            if node & 1 == 0:
                began[k, 0] = run
            elif run - began[k, 0] > tasks[k, RIDE]:
                return False
        desk[q, 2] = -ENDLESS
        run += nodes[node, SERVICE]
    if run + home + _resting(cars, choice, v, n) > cars[v, MAX_WORK]:
        return False
    q, now = 0, leave
    while True:
        if q == n:
            ends = _across(cars, choice, reach, v, n, now, home, np.int64(0))
            if ends > ends_by:
                return False
            if ends - leave <= cars[v, MAX_WORK]:
                return True
            leave = ends - cars[v, MAX_WORK]
            q, now = 0, leave
        node = desk[q, 0]
        there, parking = nodes[node, PLACE], np.int64(0)
        here = nodes[desk[q - 1, 0], PLACE] if q > 0 else cars[v, ORIGIN]
        if here != there:
            parking = arrive[there]
        way = desk[q, 1] - parking
        now = max(_across(cars, choice, reach, v, q, now, way, parking), desk[q, 2])
        if now > nodes[node, CLOSES]:
            return False
        now = begins(nodes, winds, node, now)
        k = node >> 1
        if node & 1 == 1 and tasks[k, HELD] >= 0:
            if now > tasks[k, DEADLINE]:
                return False
        elif (
            node & 1 == 1
            and tasks[k, RIDE] < FOREVER
            and now - desk[began[k, 1], 3] > tasks[k, RIDE]
        ):
            q = began[k, 1]
            desk[q, 2] = now - tasks[k, RIDE]
            now = leave
            if q > 0:
                now = desk[q - 1, 3] + nodes[desk[q - 1, 0], SERVICE]
            continue
        desk[q, 3] = now
        now += nodes[node, SERVICE]
        q += 1


@inner
def _resting(cars: Longs, choice: Longs, v: int, gap: int) -> Any:
    """Seconds of all breaks in one gap."""
    total = np.int64(0)
    for b in range(choice.shape[0]):
        if choice[b] == gap:
            total += cars[v, REST + 3 * b + 2]
    return total


@inner
def _across(
    cars: Longs,
    choice: Longs,
    reach: Longs,
    v: int,
    gap: int,
    now: Any,
    way: Any,
    parking: Any,
) -> Any:
    """The earliest time behind a gap with its breaks; ENDLESS when they do not fit.

    A break lies before the way, between way and parking, or behind both: `reach`
    has the earliest time by breaks taken and by how far it has come.
    """
    mine = 0
    for b in range(choice.shape[0]):
        if choice[b] == gap:
            mine |= 1 << b
    if mine == 0:
        return now + way + parking
    at_home = gap == 0 and cars[v, MOVED] == 0
    reach[: mine + 1] = ENDLESS
    reach[0, 0] = now
    for taken in range(mine + 1):
        for phase in range(3):
            at = reach[taken, phase]
            if at >= ENDLESS:
                continue
            if phase < 2:
                onward = at + (way if phase == 0 else parking)
                reach[taken, phase + 1] = min(reach[taken, phase + 1], onward)
            for b in range(choice.shape[0]):
                bit = 1 << b
                if mine & bit == 0 or taken & bit != 0:
                    continue
                seconds = cars[v, REST + 3 * b + 2]
                if at_home and phase == 0 and seconds > 0:
                    continue  # before leaving it is no break
                done = max(at, cars[v, REST + 3 * b]) + seconds
                if done <= cars[v, REST + 3 * b + 1]:
                    both = taken | bit
                    reach[both, phase] = min(reach[both, phase], done)
    return reach[mine, 2]
