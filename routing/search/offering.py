"""Where one more task fits into rounds that are under way, in machine code.

The second entrance beside `annealing.run`: it looks at all rounds, changes none, and
tells the times that each of the cheapest places would bring.
"""

from typing import Any, Final

import numpy as np

from routing.search.compiled import compiled, inner
from routing.search.exact import obeys
from routing.search.inserting import best_in_round
from routing.search.numbers import (
    CLOSES,
    DEADLINE,
    END,
    FREE_FROM,
    HELD,
    MODE,
    MOVED,
    ORIGIN,
    PAIRED,
    PLACE,
    RIDE,
    SERVICE,
    WINDS,
    WINDS_STOP,
    Flags,
    Ints,
    Longs,
    Numbers,
)
from routing.search.pairing import laid_out
from routing.search.rounds import (
    ENDLESS,
    FOREVER,
    LEG,
    SIZE,
    SPOT,
    Desk,
    Rounds,
    begins_by,
    refresh,
)

# Columns of what was found.
PRICE: Final = 0  # travel added, preference taken off
WHO: Final = 1
FIRST: Final = 2  # the first stop goes behind this position,
SECOND: Final = 3  # the dropoff behind this one of the round as it is
LEAVES: Final = 4
ENDS: Final = 5
STOPS: Final = 6
WINDOW_LEFT: Final = 7  # least time from a beginning to the end of its window
RIDE_LEFT: Final = 8  # least time by which a ride could be longer
COLUMNS: Final = 9


@compiled
def look(
    numbers: Numbers,
    rounds: Rounds,
    desk: Desk,
    changed: Ints,
    k: int,
    able: Flags,
    found: Longs,
    times: Longs,
) -> int:
    """The cheapest place in each of the cheapest rounds, the cheapest first.

    Every rule of the rounds is kept; `able` says who may do task k at all. For
    `found.shape[0]` rounds at most, the columns above and the beginnings of all
    stops of the longer round are written.

    Args:
        changed: rounds whose nodes are new; they are worked out first.
        k: -1 looks for nothing.

    Returns:
        How many were found.
    """
    for at in range(changed.shape[0]):
        refresh(numbers, rounds, desk, changed[at])
    if k < 0 or found.shape[0] == 0:
        return 0
    hopes = np.empty(able.shape[0], dtype=np.int64)
    for v in range(able.shape[0]):
        hopes[v] = _hope(numbers, rounds, v, k) if able[v] else ENDLESS
    count = 0
    for v in np.argsort(hopes):
        if able[v]:
            count = _keep(numbers, rounds, desk, v, k, found, count)
    for at in range(count):
        _tell(numbers, rounds, desk, k, found[at], times[at])
    return count


@inner
def _hope(numbers: Numbers, rounds: Rounds, v: int, k: int) -> Any:
    """About the least that a stop at the task's last place adds; only for the order."""
    node = 2 * k + 1 if numbers.tasks[k, PAIRED] != 0 else 2 * k
    here, m, rows = numbers.nodes[node, PLACE], numbers.cars[v, MODE], rounds.rows
    least = np.int64(ENDLESS)
    for i in range(rounds.about[v, SIZE] + 1):
        price = np.int64(numbers.onto[m, here, rows[v, i, SPOT]])
        if rows[v, i + 1, SPOT] >= 0:
            price += numbers.travel[m, here, rows[v, i + 1, SPOT]] - rows[v, i, LEG]
        least = min(least, price)
    return least


@inner
def _keep(
    numbers: Numbers,
    rounds: Rounds,
    desk: Desk,
    v: int,
    k: int,
    found: Longs,
    count: int,
) -> Any:
    """Put the best of one round in its place in the list; how long that is now."""
    most = found.shape[0]
    bound = np.int64(ENDLESS) if count < most else found[most - 1, PRICE]
    price, i, j = best_in_round(numbers, rounds, desk, v, k, bound)
    if i < 0:
        return count
    at = min(count, most - 1)
    while at > 0 and found[at - 1, PRICE] > price:
        for column in range(SECOND + 1):
            found[at, column] = found[at - 1, column]
        at -= 1
    found[at, PRICE], found[at, WHO] = price, v
    found[at, FIRST], found[at, SECOND] = i, j
    return min(count + 1, most)


@inner
def _tell(
    numbers: Numbers, rounds: Rounds, desk: Desk, k: int, found: Longs, times: Longs
) -> None:
    """Times of the longer round, as `routing.timing.schedule` gives them."""
    v, nodes, cars, sheet = found[WHO], numbers.nodes, numbers.cars, desk.nodes
    second = 2 * k + 1 if numbers.tasks[k, PAIRED] != 0 else -1
    size = rounds.about[v, SIZE]
    n = laid_out(
        rounds.rows, size, sheet, v, found[FIRST], found[SECOND], 2 * k, second
    )
    _time(numbers, desk, v, n)
    home, last = np.int64(0), sheet[n - 1, 0]
    if cars[v, END] >= 0:
        home += numbers.travel[cars[v, MODE], nodes[last, PLACE], cars[v, END]]
    ends = sheet[n - 1, 3] + nodes[last, SERVICE] + home
    leaves = cars[v, FREE_FROM]
    if cars[v, MOVED] == 0:
        free_from = leaves
        leaves = _latest_departure(numbers, desk, v, n, ends - home)
        cars[v, FREE_FROM] = leaves
        _time(numbers, desk, v, n)
        cars[v, FREE_FROM] = free_from
    found[LEAVES], found[ENDS], found[STOPS] = leaves, ends, n
    found[WINDOW_LEFT], found[RIDE_LEFT] = ENDLESS, ENDLESS
    for q in range(n):
        node, at = sheet[q, 0], sheet[q, 3]
        times[q] = at
        found[WINDOW_LEFT] = min(found[WINDOW_LEFT], _closes(numbers, node, at) - at)
        if node & 1 == 1 and numbers.tasks[node >> 1, RIDE] < FOREVER:
            left = numbers.tasks[node >> 1, DEADLINE] - at
            if numbers.tasks[node >> 1, HELD] < 0:
                since = sheet[desk.tasks[node >> 1, 1], 3]
                left = numbers.tasks[node >> 1, RIDE] - (at - since)
            found[RIDE_LEFT] = min(found[RIDE_LEFT], left)


@inner
def _time(numbers: Numbers, desk: Desk, v: int, n: int) -> bool:
    """Write the earliest beginnings on the desk."""
    return obeys(
        numbers.travel,
        numbers.tasks,
        numbers.nodes,
        numbers.cars,
        numbers.winds,
        numbers.arrive,
        desk.nodes,
        desk.tasks,
        v,
        n,
    )


@inner
def _latest_departure(numbers: Numbers, desk: Desk, v: int, n: int, ends: Any) -> Any:
    """The latest that still ends work at the last stop by then, found backwards."""
    nodes, tasks, sheet, highs = numbers.nodes, numbers.tasks, desk.nodes, desk.doors
    m = numbers.cars[v, MODE]
    for q in range(n):
        highs[q, 0] = ENDLESS
    while True:
        now = ends
        for q in range(n - 1, -1, -1):
            node = sheet[q, 0]
            here, before = nodes[node, PLACE], numbers.cars[v, ORIGIN]
            if q > 0:
                before = nodes[sheet[q - 1, 0], PLACE]
            now = min(now - nodes[node, SERVICE], highs[q, 0])
            now = begins_by(nodes, numbers.winds, node, now)
            highs[q, 0] = now
            if before != here:
                now -= numbers.travel[m, before, here] + numbers.arrive[here]
        moved = False
        for q in range(n):
            k = sheet[q, 0] >> 1
            if sheet[q, 0] & 1 == 1 and tasks[k, RIDE] < FOREVER:
                until = highs[desk.tasks[k, 1], 0] + tasks[k, RIDE]
                if highs[q, 0] > until:
                    highs[q, 0], moved = until, True
        if not moved:
            return now


@inner
def _closes(numbers: Numbers, node: int, at: Any) -> Any:
    """The end of the window in which that time lies."""
    for w in range(numbers.nodes[node, WINDS], numbers.nodes[node, WINDS_STOP]):
        if at <= numbers.winds[w, 1]:
            return numbers.winds[w, 1]
    return numbers.nodes[node, CLOSES]
