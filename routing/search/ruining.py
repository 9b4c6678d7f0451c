"""Ruin: take strings of stops out of rounds that lie around a seed."""

from typing import Final

from routing.search.chance import below, share
from routing.search.compiled import inner
from routing.search.numbers import PAIRED, Numbers
from routing.search.parts import ABSENT, USED, Part, lose, take_out, touch
from routing.search.rounds import NODE, SIZE, Desk, Rounds

REMOVED: Final = 10  # tasks taken out per step, on average
LONGEST: Final = 10  # string
SPLIT: Final = 0.5  # how often a string keeps some in its middle


@inner
def ruin(numbers: Numbers, rounds: Rounds, desk: Desk, part: Part, seed: int) -> int:
    """Take strings of stops out of rounds around a seed; how many rounds."""
    dice = part.dice
    filled = part.tasks.shape[0] - part.sums[ABSENT]
    mean = filled / max(1, part.sums[USED])
    longest = min(float(LONGEST), max(1.0, mean))
    strings = int(1.0 + share(dice) * (4.0 * REMOVED / (1.0 + longest) - 1.0))
    touched = 0
    for c in range(-1, numbers.near.shape[1]):
        k = seed if c < 0 else numbers.near[seed, c]
        v = rounds.home[k]
        if v < 0 or part.part_of[v] != part.number:
            continue
        known = touched
        touched = touch(rounds, part, touched, v)
        if touched == known:
            continue
        _cut_string(numbers, rounds, desk, part, v, k, longest)
        if touched >= strings or touched >= part.undo.shape[0] - 1:
            break
    return touched


@inner
def _cut_string(
    numbers: Numbers,
    rounds: Rounds,
    desk: Desk,
    part: Part,
    v: int,
    k: int,
    longest: float,
) -> None:
    """Lose tasks whose last stops stand in a row with that of task k."""
    dice, count, at = part.dice, 0, 0
    for q in range(rounds.about[v, SIZE]):
        node = rounds.rows[v, q + 1, NODE]
        if node & 1 == 1 or numbers.tasks[node >> 1, PAIRED] == 0:
            if node >> 1 == k:
                at = count
            desk.tasks[count, 1] = node >> 1
            count += 1
    length = min(count, int(1.0 + share(dice) * min(longest, float(count))))
    kept = 0
    if length > 1 and share(dice) < SPLIT:
        kept = 1
        while length + kept < count and share(dice) > 0.01:
            kept += 1
        kept = min(kept, count - length)
    whole = length + kept
    low, high = max(0, at - whole + 1), min(at, count - whole)
    first = low + below(dice, high - low + 1)
    skipped = first + below(dice, length + 1)
    for d in range(first, first + whole):
        if kept and skipped <= d < skipped + kept:
            continue
        lose(numbers, rounds, part, desk.tasks[d, 1])
    take_out(numbers, rounds, desk, part, v, 0)
