"""The cheapest place for one task in one round, and putting it there."""

from typing import Any

import numpy as np

from routing.search.compiled import inner
from routing.search.exact import obeys
from routing.search.numbers import (
    CLOSES,
    DEADLINE,
    HELD,
    MODE,
    PAIRED,
    PLACE,
    ROOM,
    SERVICE,
    Numbers,
)
from routing.search.pairing import best_pair, fits, laid_out
from routing.search.rounds import (
    COUNT,
    ENDLESS,
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
    Desk,
    Rounds,
    begins,
    refresh,
)


@inner
def best_in_round(
    numbers: Numbers, rounds: Rounds, desk: Desk, v: int, k: int, bound: Any
) -> tuple[Any, Any, Any]:
    """Price (preference taken off) and positions; i is -1 when there is none.

    The first stop goes behind position i, the dropoff behind position j of the
    round as it is. Only prices below the bound count. Whether the vehicle may do
    the task at all is the caller's business.
    """
    held = numbers.tasks[k, HELD] >= 0
    if not held and rounds.about[v, COUNT] >= numbers.cars[v, ROOM]:
        return np.int64(ENDLESS), -1, -1
    if rounds.about[v, SIZE] + 4 > rounds.rows.shape[1]:
        return np.int64(ENDLESS), -1, -1
    bonus = np.int64(0)
    if numbers.bonus.shape[0] > 0:
        bonus = numbers.bonus[k, v]
    if held or numbers.tasks[k, PAIRED] == 0:
        price, i, j = _single(numbers, rounds, desk, v, k, bound + bonus)
    else:
        price, i, j = best_pair(
            numbers.travel,
            numbers.onto,
            numbers.tasks,
            numbers.nodes,
            numbers.cars,
            numbers.winds,
            numbers.arrive,
            numbers.load,
            numbers.capacity,
            rounds.rows,
            rounds.more,
            rounds.about,
            desk.nodes,
            desk.tasks,
            desk.doors,
            v,
            k,
            bound + bonus,
        )
    return price - bonus, i, j


@inner
def _single(
    numbers: Numbers, rounds: Rounds, desk: Desk, v: int, k: int, bound: Any
) -> tuple[Any, Any, Any]:
    """A visit (its load is on board from the start), or a box on board."""
    rows, nodes, arrive = rounds.rows, numbers.nodes, numbers.arrive
    n, m, held = (
        rounds.about[v, SIZE],
        numbers.cars[v, MODE],
        numbers.tasks[k, HELD] >= 0,
    )
    node = 2 * k + 1 if held else 2 * k
    here, service = nodes[node, PLACE], nodes[node, SERVICE]
    closes = nodes[node, CLOSES]
    if held:
        closes = min(closes, numbers.tasks[k, DEADLINE])
    timed, best_i = rounds.about[v, TIMED] != 0, -1
    for i in range(n + 1):
        if held:
            # It is in every load until it is brought; what was taken up since may
            # only be carried beside it if it fits.
            if i > 0 and _takes_too_much(numbers, rounds, v, i):
                break
        elif not fits(numbers.load, numbers.capacity, rows, rounds.more, v, k, i):
            break
        start = rows[v, i, READY]
        if start > closes:
            break
        before, after = rows[v, i, SPOT], rows[v, i + 1, SPOT]
        way = np.int64(numbers.onto[m, here, before])
        price, onward = way, np.int64(0)
        if after >= 0:
            onward += numbers.travel[m, here, after]
            price += onward - rows[v, i, LEG]
        if price >= bound:
            continue
        if i < n:
            onward = onward + arrive[after] if after != here else np.int64(0)
        reach = way + arrive[here] if before != here else np.int64(0)
        at = start + reach
        longer = reach + service + onward - rows[v, i, HOP]
        if at > closes or longer > rows[v, i, SLACK]:
            continue
        at = begins(nodes, numbers.winds, node, at)
        if at > closes or at + service + onward > rows[v, i + 1, LATEST]:
            continue
        if timed:
            size = laid_out(rows, n, desk.nodes, v, i, i, node, -1)
            if not obeys(
                numbers.travel,
                numbers.tasks,
                nodes,
                numbers.cars,
                numbers.winds,
                arrive,
                desk.nodes,
                desk.tasks,
                v,
                size,
            ):
                continue
        bound, best_i = price, i
    return bound, best_i, best_i


@inner
def _takes_too_much(numbers: Numbers, rounds: Rounds, v: int, q: int) -> Any:
    """Is something taken up here for which there is no room?"""
    node = rounds.rows[v, q, NODE]
    k = node >> 1
    if node & 1 != 0 or numbers.tasks[k, PAIRED] == 0:
        return False
    load, capacity = numbers.load, numbers.capacity
    full = load[k, 0] > 0 and rounds.rows[v, q, LOAD] > capacity[v, 0]
    for c in range(1, load.shape[1]):
        over = load[k, c] > 0 and rounds.more[v, q, c] > capacity[v, c]
        full = full or over
    return full


@inner
def put(
    numbers: Numbers, rounds: Rounds, desk: Desk, v: int, k: int, i: int, j: int
) -> None:
    """Insert an absent task where `best_in_round` said."""
    first, second = 2 * k, -1
    if numbers.tasks[k, HELD] >= 0:
        first = 2 * k + 1
    elif numbers.tasks[k, PAIRED] != 0:
        second = 2 * k + 1
    size = rounds.about[v, SIZE]
    n = laid_out(rounds.rows, size, desk.nodes, v, i, j, first, second)
    for q in range(n):
        rounds.rows[v, q + 1, NODE] = desk.nodes[q, 0]
    rounds.about[v, SIZE] = n
    rounds.home[k] = v
    refresh(numbers, rounds, desk, v)
