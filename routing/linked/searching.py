"""The compiled search as one call: threads side by side, in turns.

Each turn cools down anew from the best plan of all. By count the same plan comes
for the same seed and number of threads; by the clock it stops within a moment.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import numpy as np

from routing.effort import NEVER as NO_END
from routing.effort import Effort, Ending
from routing.linked.annealing import annealed
from routing.linked.web import (
    MISSING,
    OTHER,
    TRAVEL,
    Desk,
    Rounds,
    Web,
    arrays_of,
    copied,
    desk_for,
    empty_rounds,
)

_STRETCH: Final = 64  # steps between two looks at the clock, to begin with
_LOOK_SECONDS: Final = 0.03


class Cooling(NamedTuple):
    """`first` and `last` temperature by the first plan's travel per stop; how many
    jobs are taken out at most (a share); spots looked past; how many turns."""

    first: float
    last: float
    most: float
    blink: float
    rests: int


class _Thread(NamedTuple):
    states: tuple[Rounds, Rounds, Rounds]
    desk: Desk


def found(
    web: Web,
    effort: Effort,
    cooling: Cooling,
    ending: Ending = NO_END,
    begin: Rounds | None = None,
) -> Rounds:
    """The best rounds; what has no room is on none.

    Args:
        begin: rounds that obey every rule, to begin from; what they do not have is
            put in where it costs least.
    """
    started = time.monotonic()
    if ending.at is None and effort.seconds is not None:
        ending = Ending(started + effort.seconds)
    lead = _thread(web, effort.seed * 1024, begin)
    best = copied(lead.states[1])
    threads = [lead]
    for number in range(1, effort.threads):
        states = copied(best), copied(best), copied(best)
        threads.append(_Thread(states, desk_for(web, effort.seed * 1024 + number)))
    if not len(web.form):
        return best
    left = effort.iterations or 0
    with ThreadPoolExecutor(len(threads)) as pool:
        for turn in range(cooling.rests):
            if ending.at is not None:
                whole = (ending.at - started) * (turn + 1) / cooling.rests
                until = Ending(started + whole)
                work = _by_clock(web, cooling, until, best)
            else:
                steps = left // (cooling.rests - turn)
                left -= steps
                work = _by_count(web, cooling, steps, best)
            for _ in pool.map(work, threads):
                pass
            best = copied(min((each.states[1] for each in threads), key=_worth))
    return best


def warm(web: Web) -> None:
    """Compile, or load what was compiled, so that nobody waits for it later."""
    _thread(web, 0)


def _thread(web: Web, seed: int, begin: Rounds | None = None) -> _Thread:
    desk, first = desk_for(web, seed), begin or empty_rounds(web)
    thread = _Thread((first, copied(first), copied(first)), desk)
    annealed(web, thread.states, thread.desk, 0, np.ones(5))
    return thread


def _worth(rounds: Rounds) -> tuple[float, float]:
    return float(rounds.sums[MISSING]), float(
        rounds.sums[:MISSING].sum() + rounds.sums[OTHER]
    )


def _heats(web: Web, cooling: Cooling, best: Rounds) -> tuple[float, float]:
    scale = max(1.0, float(best.sums[TRAVEL]))
    return cooling.first * scale, cooling.last * scale


def _begin_with(thread: _Thread, best: Rounds) -> None:
    for state in thread.states:
        for mine, theirs in zip(arrays_of(state), arrays_of(best), strict=True):
            mine[...] = theirs


def _knobs(web: Web, cooling: Cooling, heats: tuple[float, float]) -> list[float]:
    jobs = len(web.form)
    most = min(jobs, max(4, min(16, round(cooling.most * jobs))))
    return [*heats, float(most), cooling.blink, 0.0]


def _by_count(
    web: Web, cooling: Cooling, steps: int, best: Rounds
) -> Callable[[_Thread], None]:
    heats = _heats(web, cooling, best)

    def work(thread: _Thread) -> None:
        _begin_with(thread, best)
        knobs = np.array(_knobs(web, cooling, heats))
        annealed(web, thread.states, thread.desk, steps, knobs)

    return work


def _by_clock(
    web: Web, cooling: Cooling, until: Ending, best: Rounds
) -> Callable[[_Thread], None]:
    first, last = _heats(web, cooling, best)
    started = time.monotonic()

    def work(thread: _Thread) -> None:
        _begin_with(thread, best)
        steps, length = _STRETCH, max(1e-9, (until.at or 0.0) - started)
        before = time.monotonic()
        while not until.over():
            done = (before - started) / length
            heat = first * (last / first) ** min(1.0, done)
            knobs = np.array(_knobs(web, cooling, (heat, heat)))
            annealed(web, thread.states, thread.desk, steps, knobs)
            now = time.monotonic()
            rate = steps / max(1e-6, now - before)
            steps = max(1, min(2 * steps, int(rate * _LOOK_SECONDS)))
            before = now

    return work
