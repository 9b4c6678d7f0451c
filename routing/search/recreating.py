"""Recreate: put absent tasks back, each at the cheapest place among its neighbours."""

from typing import Any, Final

import numpy as np

from routing.search.chance import below, share
from routing.search.compiled import inner
from routing.search.inserting import best_in_round
from routing.search.numbers import FIRST_OF, HELD, MOVED, RANK, Numbers
from routing.search.parts import ABSENT, ORDERS, USED, Part, insert, is_used, touch
from routing.search.rounds import ENDLESS, SIZE, Desk, Rounds

ROUNDS_LOOKED_AT: Final = 20  # for one task
FREE_LOOKED_AT: Final = 3  # vehicles that stay at home
OLD_ABSENT: Final = 10  # of those left out before, tried again per step
BLINK: Final = 0.01  # how often a good round is overlooked
FULL_LOOK: Final = 0.01  # how often all rounds are looked at


@inner
def find_best(
    numbers: Numbers, rounds: Rounds, desk: Desk, part: Part, k: int, everywhere: bool
) -> tuple[Any, int, int, int]:
    """(price, vehicle, i, j) of the cheapest insertion; vehicle -1: none found."""
    best, vehicle, best_i, best_j = np.int64(ENDLESS), -1, -1, -1
    dice = part.dice
    for at in range(_called(numbers, rounds, part, k, everywhere)):
        if share(dice) < BLINK and not everywhere:
            continue
        v = part.called[at]
        price, i, j = best_in_round(numbers, rounds, desk, v, k, best)
        if i >= 0:
            best, vehicle, best_i, best_j = price, v, i, j
    return best, vehicle, best_i, best_j


@inner
def _called(
    numbers: Numbers, rounds: Rounds, part: Part, k: int, everywhere: bool
) -> int:
    """Write the vehicles worth looking at into `part.called`; how many."""
    count, called = 0, part.called
    if numbers.tasks[k, HELD] >= 0:
        called[0] = numbers.tasks[k, HELD]
        return 1
    full = part.sums[USED] >= part.most_used
    if everywhere:
        for at in range(part.cars.shape[0]):
            v = part.cars[at]
            if numbers.allowed[k, v] and not (full and not is_used(numbers, rounds, v)):
                called[count] = v
                count += 1
        return count
    part.marks[-1] += 1
    stamp = part.marks[-1]
    for c in range(numbers.near.shape[1]):
        v = rounds.home[numbers.near[k, c]]
        if v < 0 or part.marks[v] == stamp:
            continue
        part.marks[v] = stamp
        if part.part_of[v] != part.number or numbers.allowed[k, v] == 0:
            continue
        called[count] = v
        count += 1
        if count >= ROUNDS_LOOKED_AT:
            break
    free, row = 0, numbers.tasks[k, FIRST_OF]
    for c in range(numbers.closest.shape[1]):
        v = numbers.closest[row, c]
        if rounds.about[v, SIZE] > 0 or part.part_of[v] != part.number:
            continue
        if numbers.allowed[k, v] and not (full and numbers.cars[v, MOVED] == 0):
            called[count] = v
            count += 1
            free += 1
            if free >= FREE_LOOKED_AT:
                break
    return count


@inner
def _sorted(numbers: Numbers, part: Part, count: int) -> None:
    """Put `order` in order: ranks first, then one of the reasons, or by chance."""
    dice = part.dice
    reason = below(dice, ORDERS + 3)
    for o in range(count):
        k = part.order[o]
        key = share(dice) if reason >= ORDERS else part.orders[reason, k]
        part.keys[o] = key
    for o in range(1, count):
        k, key = part.order[o], part.keys[o]
        rank = numbers.tasks[k, RANK]
        at = o - 1
        while at >= 0 and (
            numbers.tasks[part.order[at], RANK] > rank
            or (numbers.tasks[part.order[at], RANK] == rank and part.keys[at] > key)
        ):
            part.order[at + 1] = part.order[at]
            part.keys[at + 1] = part.keys[at]
            at -= 1
        part.order[at + 1], part.keys[at + 1] = k, key


@inner
def recreate(
    numbers: Numbers,
    rounds: Rounds,
    desk: Desk,
    part: Part,
    touched: int,
    old: int,
) -> int:
    """Put back what was taken out, and try some of what was absent before."""
    dice, count = part.dice, 0
    for at in range(old, part.sums[ABSENT]):
        part.order[count] = part.absent[at]
        count += 1
    for _ in range(min(old, OLD_ABSENT)):
        k = part.absent[below(dice, old)]
        known = False
        for o in range(count):
            known = known or part.order[o] == k
        if not known:
            part.order[count] = k
            count += 1
    _sorted(numbers, part, count)
    for o in range(count):
        k = part.order[o]
        everywhere = share(dice) < FULL_LOOK
        _, v, i, j = find_best(numbers, rounds, desk, part, k, everywhere)
        if v < 0:
            part.missed[k] += 1
            continue
        if touched >= part.undo.shape[0] - 1:
            break
        touched = touch(rounds, part, touched, v)
        insert(numbers, rounds, desk, part, k, v, i, j)
    return touched
