"""What the rules write: who could go which round, at what price, bound by what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from routing.choosing import Choices, Sum
from routing.fields import must_be_number, must_be_whole
from routing.people.driving import Drive, Driving, pairs_of
from routing.people.past import Past, PastOf
from routing.problem import Vehicle

Pair = tuple[int, int]  # a round and a helper, by number
UNMENDED: Final = 10**7  # of a round that stays where it may not be: above all else


@dataclass(frozen=True)
class Worth:
    """Prices in seconds of travel.

    Attributes:
        extra_travel: the largest share of travel that may be added.
        face_seconds: one person who sees a face that came each week.
        hour_seconds: of the square of hours ahead of the usual.
        change_seconds: of one round in other hands.
    """

    extra_travel: float = 0.03
    face_seconds: int = 300
    hour_seconds: int = 2
    change_seconds: int = 60

    def __post_init__(self) -> None:
        must_be_number("extra_travel", self.extra_travel, least=0, most=10)
        for name in ("face_seconds", "hour_seconds", "change_seconds"):
            must_be_whole(name, getattr(self, name), least=0, most=100_000)


class Draft:
    """Filled by the rules, one after the other; then it is a set of choices."""

    def __init__(self, driving: Driving, past: Past, worth: Worth) -> None:
        self.driving, self.past, self.worth = driving, past, worth
        self.helpers = range(len(driving.helpers))
        self.own = set(enumerate(driving.own))
        travel = driving.plan.cost.travel_seconds
        self.extra_seconds = int(travel * worth.extra_travel)
        self.refused: dict[Pair, str] = {}
        self.prices: dict[Pair, dict[str, int]] = {}
        self._before = {each.vehicle: each for each in past.of}
        self._bound: list[tuple[list[Pair], list[int], int | None, int | None]] = []

    @cached_property
    def pairs(self) -> list[Pair]:
        """What is asked about; the rules on tied tasks have spoken by then."""
        return pairs_of(self.driving, self.past.served)

    @cached_property
    def drives(self) -> dict[Pair, Drive]:
        return {pair: self.driving.drive(*pair) for pair in self.pairs}

    def vehicle(self, pair: Pair) -> Vehicle:
        return self.driving.problem.vehicle(self.driving.helpers[pair[1]])

    def tasks(self, pair: Pair) -> list[str]:
        return self.driving.tasks[pair[0]]

    def before(self, pair: Pair) -> PastOf:
        name = self.driving.helpers[pair[1]]
        return self._before.get(name) or PastOf(name)

    def forbid(self, pair: Pair, rule: str) -> None:
        """The first rule that forbids a pair is kept as the reason."""
        self.refused.setdefault(pair, rule)

    def price(self, pair: Pair, rule: str, seconds: int) -> None:
        self.prices.setdefault(pair, {})[rule] = seconds

    def bind(
        self,
        pairs: Iterable[Pair],
        *,
        weights: Sequence[int] | None = None,
        least: int | None = None,
        most: int | None = None,
    ) -> None:
        kept = list(pairs)
        self._bound.append((kept, list(weights or [1] * len(kept)), least, most))

    @cached_property
    def open_pairs(self) -> list[Pair]:
        """What may be chosen: a round may always stay where it is, at a price."""
        own = self.own
        return [pair for pair in self.pairs if pair in own or pair not in self.refused]

    def choices(self) -> Choices:
        """For the solver: choice n is `open_pairs[n]`, the start the plan as it is."""
        number = {pair: n for n, pair in enumerate(self.open_pairs)}
        sums = []
        for pairs, weights, least, most in self._bound:
            kept = [
                (number[p], w)
                for p, w in zip(pairs, weights, strict=True)
                if p in number
            ]
            numbers, weighed = [n for n, _ in kept], [w for _, w in kept]
            sums.append(Sum(tuple(numbers), tuple(weighed), least, most))
        prices = tuple(self._total(pair) for pair in self.open_pairs)
        start = tuple(sorted(number[pair] for pair in self.own))
        return Choices(prices, tuple(sums), start)

    def _total(self, pair: Pair) -> int:
        price = sum(self.prices.get(pair, {}).values())
        return price + (UNMENDED if pair in self.refused else 0)
