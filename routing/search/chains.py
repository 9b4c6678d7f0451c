"""The compiled search as one call: one chain of search, or for a station several.

A large problem is searched once, by all threads together. Of a small one several
short searches, each by one thread, find more than a long one does: each cools down
in one valley and stays there, and their valleys differ.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

from routing.effort import NEVER, Effort, Ending
from routing.instance import Instance
from routing.search.engine import Search, Tours
from routing.search.fleet import Fleet

_SMALL: Final = 150  # tasks
_CHAINS: Final = 8
_CHAIN_STEPS: Final = 5_000  # with fewer for each, there are fewer chains
_CHAIN_SECONDS: Final = 0.5
_MOST_RESERVED: Final = 0.3  # of the seconds, for explaining
_RESERVED_PER_TASK: Final = 0.02


def search(
    inst: Instance,
    effort: Effort,
    *,
    ending: Ending = NEVER,
    share: float = 1.0,
    start: Tours | None = None,
) -> Fleet:
    """Find tours for an instance.

    Args:
        ending: when the whole effort ends; what is reserved is taken off here.
        share: which part of the time until then may be used.
        start: nodes per vehicle to begin from; what breaks a rule is passed over.
    """
    left = ending.seconds_left or 0.0
    fleet = Fleet(inst, most_used=effort.vehicles)
    chains = Chains(inst, fleet, start, ending, ending.sooner(left * (1 - share)))
    for v, nodes in enumerate(chains.best(effort).tours):
        if nodes:
            fleet.adopt(v, nodes)
    return fleet


def reserved_seconds(effort: Effort, absent: int) -> float:
    """How much of the time explaining wants, if so many are left out."""
    most = _MOST_RESERVED * (effort.seconds or 0.0)
    return min(most, _RESERVED_PER_TASK * absent)


@dataclass(frozen=True)
class Chains:
    """Searches of one instance, from the same rounds, until the same time."""

    inst: Instance
    fleet: Fleet  # says who may do what; nothing is put into it
    start: Tours | None
    ending: Ending  # of the whole effort
    until: Ending  # of searching

    def best(self, effort: Effort) -> Search:
        """The best of all chains; of equals the first."""
        many = self._many(effort)
        if many == 1:
            return self._searched(effort, self.until)
        turns = -(-many // effort.threads)
        seconds = (self.until.seconds_left or 0.0) / turns
        steps = None if effort.iterations is None else effort.iterations // many
        alone = replace(effort, threads=1, iterations=steps)

        def chain(number: int) -> Search | None:
            until = self.until
            if number and until.over():
                return None
            if until.at is not None:
                until = Ending(min(until.at, time.monotonic() + seconds))
            seed = effort.seed * _CHAINS + number
            return self._searched(replace(alone, seed=seed), until)

        with ThreadPoolExecutor(effort.threads) as pool:
            found = list(pool.map(chain, range(many)))
        return min((one for one in found if one), key=lambda one: one.score)

    def _many(self, effort: Effort) -> int:
        """As many as the effort is good for, however many threads there are."""
        if len(self.inst.problem.tasks) > _SMALL:
            return 1
        if effort.iterations is not None:
            worth = effort.iterations // _CHAIN_STEPS
        else:
            left = self.until.seconds_left or 0.0
            worth = int(left * effort.threads / _CHAIN_SECONDS)
        return max(1, min(_CHAINS, worth))

    def _searched(self, effort: Effort, until: Ending) -> Search:
        worker = Search(self.inst, self.fleet, threads=effort.threads, seed=effort.seed)
        worker.construct(self.start, self.ending)
        if effort.iterations is not None:
            worker.improve(steps=effort.iterations)
        elif until.at is not None and self.ending.at is not None:
            absent = len(self.fleet.absent - worker.served)
            latest = self.ending.at - reserved_seconds(effort, absent)
            worker.improve(ending=Ending(min(until.at, latest)))
        return worker
