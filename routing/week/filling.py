"""A first answer, and the last gap: visits put where they are cheapest and fit."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from routing.week.draft import Draft, Option
from routing.week.rules import BETWEEN_MINUTES

_ROUNDS: Final = 8  # of moving single visits; it ends sooner when none gets cheaper


class Filling:
    """Options taken so far, with the minutes that they use."""

    def __init__(self, draft: Draft, taken: Iterable[Option] = ()) -> None:
        self.draft = draft
        self.taken: dict[int, Option] = {}
        self.used: Counter[tuple[int, int]] = Counter()
        self._served: Counter[tuple[int, int]] = Counter()  # without the ways
        self._trips: Counter[tuple[int, int, tuple[int, int]]] = Counter()
        for option in taken:
            self.take(option)

    def minutes(self, option: Option) -> int:
        """What it adds to that day: the visit, the step, and the way if it is new."""
        return self._stay(option) + self._way(option)

    def fits(self, option: Option) -> bool:
        day = option.visitor, option.day
        return self.used[day] + self.minutes(option) <= self.draft.budget(*day)

    def take(self, option: Option) -> None:
        day = option.visitor, option.day
        self.used[day] += self.minutes(option)
        self._served[day] += self._stay(option)
        self._trips[self._trip(option)] += 1
        self.taken[option.visit] = option

    def release(self, option: Option) -> None:
        day = option.visitor, option.day
        self._trips[self._trip(option)] -= 1
        self.used[day] -= self.minutes(option)
        self._served[day] -= self._stay(option)
        del self.taken[option.visit]

    def fill(self) -> None:
        """Put in what fits: higher tiers first, then who has the fewest options."""
        draft = self.draft
        waiting = [n for n in range(len(draft.visits)) if n not in self.taken]
        waiting.sort(key=lambda n: (-draft.visits[n].tier, len(draft.by_visit[n]), n))
        for number in waiting:
            if found := self._cheapest(number):
                self.take(found)

    def settle(self, settled: Iterable[int]) -> None:
        """Move single visits to where they are cheaper, until none is."""
        numbers = sorted(settled)
        for _ in range(_ROUNDS):
            moved = False
            for number in numbers:
                if (was := self.taken.get(number)) is None:
                    continue
                self.release(was)
                found = self._cheapest(number) or was
                if self._price(found) >= self._price(was):
                    found = was
                self.take(found)
                moved |= found != was
            if not moved:
                return

    def _cheapest(self, number: int) -> Option | None:
        fitting = [each for each in self.draft.by_visit[number] if self.fits(each)]
        return min(fitting, key=self._price) if fitting else None

    def _price(self, option: Option) -> int:
        """What taking it adds to the price, as the rules have it."""
        day = option.visitor, option.day
        before, stay = self._served[day], self._stay(option)
        price = self.draft.priced.get(option, 0) + self._way(option)
        for most, each in self.draft.steps.get(day, ()):
            price += each * (max(0, before + stay - most) - max(0, before - most))
        return price

    def _stay(self, option: Option) -> int:
        return self.draft.visit(option).minutes + BETWEEN_MINUTES

    def _way(self, option: Option) -> int:
        return 0 if self._trips[self._trip(option)] else self.draft.way(option)

    def _trip(self, option: Option) -> tuple[int, int, tuple[int, int]]:
        return option.visitor, option.day, self.draft.quarters[option.visit]


def first_answer(draft: Draft) -> list[Option]:
    """What stood before and may stay, then whatever fits, moved while that helps."""
    filling = Filling(draft)
    for option in draft.options:
        if draft.stays(option) and filling.fits(option):
            filling.take(option)
    kept = set(filling.taken)
    filling.fill()
    filling.settle(set(filling.taken) - kept)
    return list(filling.taken.values())
