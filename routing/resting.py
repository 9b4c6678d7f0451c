"""Breaks: all ways to lay them into one round, and how one gap is passed with them.

A break is due when the vehicle leaves by the window's start and ends work at or
after the window's end. So each break either lies in the gap before some stop, or
work begins later, or it ends sooner. With that settled for each break, all times
obey rules of the same two forms as without breaks (see `routing.timing`): a gap
that is entered later is never left sooner.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement, permutations, product
from typing import Final, NamedTuple

from routing.instance import Car, Instance, Rest

SOONER: Final = -1  # not due: work ends before the window does
LATER: Final = -2  # not due: work begins after the window does
Choice = tuple[int, ...]  # per break the gap before stop n, SOONER or LATER

_HERE, _PARKED, _THERE = 0, 1, 2  # before the way, before parking, behind both


class Taken(NamedTuple):
    """A break that lies in the gap before stop `gap`, or behind the last."""

    gap: int
    number: int
    at: int


class Gap(NamedTuple):
    """What must happen between two stops. At home work has not yet begun."""

    number: int
    way: int
    parking: int
    rests: tuple[Rest, ...]
    at_home: bool


class Laid(NamedTuple):
    """One way to lay the breaks: which lie in which gap, and bounds of the work."""

    gaps: dict[int, tuple[Rest, ...]]
    leaves_from: int
    ends_by: int

    def seconds(self, gap: int) -> int:
        return sum(rest.seconds for rest in self.gaps.get(gap, ()))


def ways_to_rest(
    inst: Instance, car: Car, nodes: Sequence[int], soonest: Sequence[int]
) -> Iterator[Laid]:
    """All ways that might do; `soonest` are the times without breaks, the end last."""
    leaving = [car.ready]
    for node, at in zip(nodes, soonest, strict=False):
        leaving.append(at + inst.service[node])
    closes = [*(inst.closes[node] for node in nodes), car.shift_end]
    each = []
    for rest in car.rests:
        might = [] if car.moved else [LATER]
        might += [SOONER] if soonest[-1] < rest.closes else []
        might += [
            gap
            for gap, now in enumerate(leaving)
            if max(now, rest.opens) + rest.seconds <= min(rest.closes, closes[gap])
        ]
        each.append(might)
    for choice in product(*each):
        yield _laid(car, choice)


def _laid(car: Car, choice: Choice) -> Laid:
    gaps: dict[int, tuple[Rest, ...]] = {}
    leaves_from, ends_by = car.ready, min(car.shift_end, car.work_end_by)
    for rest, where in zip(car.rests, choice, strict=True):
        if where == LATER:
            leaves_from = max(leaves_from, rest.opens + 1)
        elif where == SOONER:
            ends_by = min(ends_by, rest.closes - 1)
        else:
            gaps[where] = (*gaps.get(where, ()), rest)
    return Laid(gaps, leaves_from, ends_by)


def passed(gap: Gap, now: int) -> tuple[int, tuple[Taken, ...]] | None:
    """The earliest time behind a gap that is entered now, and its breaks.

    Breaks lie behind the way where that costs nothing, so that the next stop is
    near when they end. None: they do not fit.
    """
    best: tuple[int, tuple[Taken, ...]] | None = None
    size = len(gap.rests)
    for order in permutations(gap.rests):
        for wheres in combinations_with_replacement((_HERE, _PARKED, _THERE), size):
            found = _passed_so(gap, now, order, wheres)
            # Of the same time the last counts, which is the farthest on.
            if found is not None and (best is None or found[0] <= best[0]):
                best = found
    return best


def _passed_so(
    gap: Gap, now: int, order: Sequence[Rest], wheres: Sequence[int]
) -> tuple[int, tuple[Taken, ...]] | None:
    parts, come = (gap.way, gap.parking), 0
    taken = []
    for rest, where in zip(order, wheres, strict=True):
        now += sum(parts[come:where])
        come = max(come, where)
        if gap.at_home and come == _HERE and rest.seconds > 0:
            return None  # before leaving it is no break
        at = max(now, rest.opens)
        if at + rest.seconds > rest.closes:
            return None
        taken.append(Taken(gap.number, rest.number, at))
        now = at + rest.seconds
    return now + sum(parts[come:]), tuple(taken)
