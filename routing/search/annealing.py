"""Ruin and recreate with annealing, on one part of the vehicles, in machine code.

After Christiaens and Vanden Berghe, "Slack Induction by String Removals for
Vehicle Routing Problems", Transportation Science 54 (2020), with candidates from
the neighbourhood instead of all rounds, and ranks before costs.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.search.chance import below, share
from routing.search.compiled import compiled, inner
from routing.search.numbers import Ints, Numbers
from routing.search.parts import (
    ABSENT,
    PENALTIES,
    TRAVEL,
    Part,
    compare,
    copy,
    insert,
    missed_so_far,
    remember,
    undo,
)
from routing.search.recreating import find_best, recreate
from routing.search.rounds import Desk, Rounds, refresh
from routing.search.ruining import ruin

MANY: Final = 300_000  # tasks times vehicles; above, a first plan looks nearby


@compiled
def run(
    numbers: Numbers,
    rounds: Rounds,
    desk: Desk,
    part: Part,
    order: Ints,
    steps: int,
    warm: float,
    cold: float,
    dial: NDArray[np.float64],
) -> int:
    """Insert absent tasks in this order, then make so many steps; how many were made.

    One entrance for everything, because each entrance is compiled anew with all
    that lies behind it.

    Args:
        dial: dial[0] other than 0 stops at once; dial[1] above 0 is the present
            warmth, set from outside, and goes before `warm` and `cold`.
    """
    if order.shape[0]:
        _build(numbers, rounds, desk, part, order, dial)
    if steps == 0:
        return 0
    for at in range(part.cars.shape[0]):
        part.dirty[part.cars[at]] = 1
    remember(rounds, part)
    if part.tasks.shape[0] == 0 or part.cars.shape[0] == 0:
        return 0
    for step in range(steps):
        if dial[0] != 0.0:
            return step
        warmth = dial[1]
        if warmth <= 0.0:
            warmth = warm * (cold / warm) ** (step / steps)
        _step(numbers, rounds, desk, part, warmth)
    return steps


@inner
def _build(
    numbers: Numbers,
    rounds: Rounds,
    desk: Desk,
    part: Part,
    order: Ints,
    dial: NDArray[np.float64],
) -> None:
    for at in range(part.cars.shape[0]):
        refresh(numbers, rounds, desk, part.cars[at])
    many = part.cars.shape[0] * order.shape[0] > MANY
    for o in range(order.shape[0]):
        if dial[0] != 0.0:
            break
        k, v, i, j = order[o], -1, -1, -1
        if rounds.home[k] >= 0:
            continue
        if many:
            _, v, i, j = find_best(numbers, rounds, desk, part, k, False)
        if v < 0:
            _, v, i, j = find_best(numbers, rounds, desk, part, k, True)
        if v >= 0:
            insert(numbers, rounds, desk, part, k, v, i, j)


@inner
def _step(
    numbers: Numbers, rounds: Rounds, desk: Desk, part: Part, warmth: float
) -> None:
    dice = part.dice
    copy(part.sums, part.undo_sums)
    copy(part.left, part.undo_left)
    old = part.sums[ABSENT]
    missing = missed_so_far(numbers, part) if part.left[0] else 0
    seed = part.tasks[below(dice, part.tasks.shape[0])]
    if old and share(dice) < 0.5:
        seed = part.absent[below(dice, old)]
    touched = ruin(numbers, rounds, desk, part, seed)
    touched = recreate(numbers, rounds, desk, part, touched, old)
    order = compare(part.left, part.undo_left)
    now = part.sums[TRAVEL] + part.sums[PENALTIES]
    was = part.undo_sums[TRAVEL] + part.undo_sums[PENALTIES]
    good = order < 0
    if order == 0:
        good = now < was - warmth * np.log(1.0 - share(dice))
        if not good and part.left[0] > 0:
            good = missed_so_far(numbers, part) < missing
    if not good:
        undo(numbers, rounds, desk, part, touched)
        return
    for t in range(touched):
        part.dirty[part.undo[t]] = 1
    order = compare(part.left, part.best_left)
    best = part.best_sums[TRAVEL] + part.best_sums[PENALTIES]
    if order < 0 or (order == 0 and now < best):
        remember(rounds, part)
