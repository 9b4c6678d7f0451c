"""Chance for the compiled search: one stream per thread, the same for the same seed.

xorshift64* after Vigna (2016): numba's own generator belongs to the thread, and
could not be handed on from one cut of the map to the next.
"""

import numpy as np
from numpy.typing import NDArray

from routing.search.compiled import inner

Dice = NDArray[np.uint64]  # one word of state


def dice_of(seed: int) -> Dice:
    return np.random.SeedSequence(seed).generate_state(1, dtype=np.uint64) | np.uint64(
        1
    )


@inner
def share(dice: Dice) -> float:
    """A number in [0, 1)."""
    x = dice[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    dice[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 2.0**53


@inner
def below(dice: Dice, limit: int) -> int:
    """A whole number in [0, limit)."""
    return int(share(dice) * limit)
