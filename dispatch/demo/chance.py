"""Chance drawn from a seed: the same seed makes the same district and the same day."""

import random
from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")


class Chance(random.Random):
    """One stream of chance for one part, so that parts do not disturb each other."""

    def __init__(self, seed: int, part: str) -> None:
        super().__init__(f"{seed}/{part}")

    def id(self) -> UUID:
        """An id that the seed decides."""
        return UUID(int=self.getrandbits(128), version=4)

    def happens(self, share: float) -> bool:
        """True in that share of cases."""
        return self.random() < share

    def deal(self, shares: dict[T, float], count: int) -> list[T]:
        """So many values in exactly these proportions, in a drawn order."""
        values = list(shares)
        ends = running_ends([shares[value] for value in values], count)
        dealt = [
            value
            for value, begin, end in zip(values, [0, *ends], ends, strict=False)
            for _ in range(end - begin)
        ]
        self.shuffle(dealt)
        return dealt


def running_ends(shares: Sequence[float], count: int) -> list[int]:
    """Where each share ends when `count` things are dealt by it; the last is count."""
    total, run, ends = sum(shares), 0.0, []
    for share in shares:
        run += share
        ends.append(round(count * run / total))
    return ends


def portions(shares: Sequence[float], count: int) -> list[int]:
    """How many each share gets of `count`; they add up to it."""
    ends = running_ends(shares, count)
    return [end - begin for begin, end in zip([0, *ends], ends, strict=False)]
