"""What one thread works on, and the few deeds that all of its work is made of."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.search.chance import Dice
from routing.search.compiled import inner
from routing.search.exact import obeys
from routing.search.inserting import put
from routing.search.numbers import (
    MOVED,
    PENALTY,
    RANK,
    Flags,
    Ints,
    Longs,
    Numbers,
)
from routing.search.rounds import COST, NODE, SIZE, Desk, Rounds, refresh

ORDERS: Final = 6  # reasons to put a task back early

TRAVEL: Final = 0  # columns of `sums`
PENALTIES: Final = 1
USED: Final = 2  # vehicles
ABSENT: Final = 3  # tasks


class Part(NamedTuple):
    """What one thread works on: vehicles, tasks, and all it must remember."""

    cars: Ints
    number: int
    part_of: Ints  # (V,), shared by all threads
    tasks: Ints  # at home in these vehicles, or absent and given to this part
    absent: Ints  # the first sums[ABSENT]
    spot: Ints  # (T,), where in `absent`, or -1
    sums: Longs
    left: Longs  # by rank
    best_sums: Longs
    best_left: Longs
    best_seq: Ints  # (V, L), shared
    best_size: Ints
    dirty: Flags  # (V,), shared
    marks: Longs  # (V + 1,), the last is the stamp
    called: Ints  # vehicles worth a look for one task
    undo: Ints  # vehicles touched in this step
    undo_seq: Ints  # rows of them
    undo_size: Ints
    undo_sums: Longs
    undo_left: Longs
    order: Ints
    keys: NDArray[np.float64]
    orders: NDArray[np.float64]  # (ORDERS, T)
    missed: Longs  # (T,), how often it was left out; shared
    dice: Dice
    most_used: int  # vehicles that may leave in this part


@inner
def copy(source: Longs, goal: Longs) -> None:
    for at in range(source.shape[0]):
        goal[at] = source[at]


@inner
def lose(numbers: Numbers, rounds: Rounds, part: Part, k: int) -> None:
    rounds.home[k] = -1
    part.absent[part.sums[ABSENT]] = k
    part.spot[k] = part.sums[ABSENT]
    part.sums[ABSENT] += 1
    part.left[numbers.tasks[k, RANK]] += 1
    part.sums[PENALTIES] += numbers.tasks[k, PENALTY]


@inner
def gain(numbers: Numbers, part: Part, k: int) -> None:
    last = part.sums[ABSENT] - 1
    other = part.absent[last]
    part.absent[part.spot[k]] = other
    part.spot[other] = part.spot[k]
    part.spot[k] = -1
    part.sums[ABSENT] = last
    part.left[numbers.tasks[k, RANK]] -= 1
    part.sums[PENALTIES] -= numbers.tasks[k, PENALTY]


@inner
def touch(rounds: Rounds, part: Part, touched: int, v: int) -> int:
    """Remember a round before its first change; how many are remembered now."""
    for t in range(touched):
        if part.undo[t] == v:
            return touched
    part.undo[touched] = v
    part.undo_size[touched] = rounds.about[v, SIZE]
    for q in range(rounds.about[v, SIZE]):
        part.undo_seq[touched, q] = rounds.rows[v, q + 1, NODE]
    return touched + 1


@inner
def is_used(numbers: Numbers, rounds: Rounds, v: int) -> int:
    return 1 if rounds.about[v, SIZE] > 0 or numbers.cars[v, MOVED] != 0 else 0


@inner
def take_out(
    numbers: Numbers, rounds: Rounds, desk: Desk, part: Part, v: int, stamp: int
) -> None:
    """Remove from v all nodes whose task bears the stamp (in `part.order`'s marks).

    Where travel does not obey the triangle inequality (a second of rounding is
    enough) what remains may break a rule; then the whole round goes.
    """
    before, used = rounds.about[v, COST], is_used(numbers, rounds, v)
    n, kept = rounds.about[v, SIZE], 0
    for attempt in range(2):
        kept = 0
        for q in range(n):
            node = rounds.rows[v, q + 1, NODE]
            if attempt == 0 and rounds.home[node >> 1] >= 0:
                desk.nodes[kept, 0] = node
                kept += 1
            elif rounds.home[node >> 1] >= 0:
                lose(numbers, rounds, part, node >> 1)
        if attempt == 1 or obeys(
            numbers.travel,
            numbers.tasks,
            numbers.nodes,
            numbers.cars,
            numbers.winds,
            numbers.arrive,
            desk.nodes,
            desk.tasks,
            v,
            kept,
        ):
            break
    for q in range(kept):
        rounds.rows[v, q + 1, NODE] = desk.nodes[q, 0]
    rounds.about[v, SIZE] = kept
    refresh(numbers, rounds, desk, v)
    part.sums[TRAVEL] += rounds.about[v, COST] - before
    part.sums[USED] += is_used(numbers, rounds, v) - used


@inner
def insert(
    numbers: Numbers,
    rounds: Rounds,
    desk: Desk,
    part: Part,
    k: int,
    v: int,
    i: int,
    j: int,
) -> None:
    before, used = rounds.about[v, COST], is_used(numbers, rounds, v)
    put(numbers, rounds, desk, v, k, i, j)
    part.sums[TRAVEL] += rounds.about[v, COST] - before
    part.sums[USED] += is_used(numbers, rounds, v) - used
    gain(numbers, part, k)


@inner
def undo(
    numbers: Numbers, rounds: Rounds, desk: Desk, part: Part, touched: int
) -> None:
    for t in range(touched):
        v = part.undo[t]
        for q in range(rounds.about[v, SIZE]):
            k = rounds.rows[v, q + 1, NODE] >> 1
            if rounds.home[k] == v:
                lose(numbers, rounds, part, k)
    for t in range(touched):
        v = part.undo[t]
        rounds.about[v, SIZE] = part.undo_size[t]
        for q in range(part.undo_size[t]):
            node = part.undo_seq[t, q]
            rounds.rows[v, q + 1, NODE] = node
            if rounds.home[node >> 1] < 0:
                rounds.home[node >> 1] = v
                gain(numbers, part, node >> 1)
        refresh(numbers, rounds, desk, v)
    copy(part.undo_sums, part.sums)
    copy(part.undo_left, part.left)


@inner
def compare(left: Longs, other: Longs) -> int:
    """-1: the first is better by rank, 1: worse, 0: ranks are equal."""
    for r in range(left.shape[0]):
        if left[r] != other[r]:
            return -1 if left[r] < other[r] else 1
    return 0


@inner
def missed_so_far(numbers: Numbers, part: Part) -> int:
    """How often those were missed that may not be left out at all."""
    total = 0
    for at in range(part.sums[ABSENT]):
        if numbers.tasks[part.absent[at], RANK] == 0:
            total += part.missed[part.absent[at]]
    return total


@inner
def remember(rounds: Rounds, part: Part) -> None:
    """Keep the present state as the best of this part; only changed rows move."""
    for at in range(part.cars.shape[0]):
        v = part.cars[at]
        if part.dirty[v]:
            part.dirty[v] = 0
            part.best_size[v] = rounds.about[v, SIZE]
            for q in range(rounds.about[v, SIZE]):
                part.best_seq[v, q] = rounds.rows[v, q + 1, NODE]
    copy(part.sums, part.best_sums)
    copy(part.left, part.best_left)
