"""A month to lie about: what is left of it, and the truth of what was planted.

Each lie changes a few orders, or the facts around them, as it was really done
somewhere: what then stands in the books is what a screen has to find. Nothing here
knows how the screens look for it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from dispatch.demo.chance import Chance
from dispatch.demo.past.cast import Eater
from dispatch.demo.past.facts import Past, Truth
from dispatch.store.unit_of_work import UnitOfWork

SHARE: Final = 0.015  # of a month's orders, over all rules together
_KINDS: Final = 16


@dataclass
class Liar:
    """A month's orders to lie about, and what was planted so far.

    `after` are the facts around the orders, to be written when they stand.
    """

    chance: Chance
    month: list[date]
    orders: list[Past]
    truth: Truth
    after: list[Callable[[UnitOfWork], None]] = field(default_factory=list)
    used: set[UUID] = field(default_factory=set)

    @property
    def many(self) -> int:
        """How often each rule is broken."""
        return max(3, round(len(self.orders) * SHARE / _KINDS))

    def pick(self, fits: Callable[[Past], bool], many: int) -> list[Past]:
        """Orders that nobody has lied about, in a drawn order."""
        left = [
            past
            for past in self.orders
            if past.state == "done" and past.id not in self.used and fits(past)
        ]
        picked = self.chance.sample(left, min(many, len(left)))
        self.used.update(past.id for past in picked)
        return picked

    def elders(self, many: int, fits: Callable[[Eater], bool]) -> list[Eater]:
        """Elders about whose orders nobody has lied, who eat often."""
        counts: dict[UUID, tuple[int, Eater]] = {}
        for past in self.orders:
            n, eater = counts.get(past.eater.id, (0, past.eater))
            counts[past.eater.id] = (n + (past.state == "done"), eater)
        lied = {past.eater.id for past in self.orders if past.id in self.used}
        often = [e for n, e in counts.values() if n >= 8 and e.id not in lied]
        fit = [eater for eater in often if fits(eater)]
        return self.chance.sample(fit, min(many, len(fit)))

    def of_elder(self, eater: Eater) -> list[Past]:
        found = [p for p in self.orders if p.eater.id == eater.id and p.state == "done"]
        self.used.update(past.id for past in found)
        return found


Lie = Callable[[Liar], None]
