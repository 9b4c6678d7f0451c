"""No number of ordinary tasks keeps out one of a higher tier."""

from collections.abc import Iterable

from routing.effort import NEVER, Ending
from routing.instance import Instance
from routing.search.fleet import Fleet
from routing.search.insertion import best_spot


def let_higher_tiers_in(inst: Instance, fleet: Fleet, ending: Ending = NEVER) -> None:
    """Give each task left out every car without its lower tasks.

    Afterwards no task left out would fit into any one tour from which the tasks
    of lower rank are taken, unless the time ended first. The lower ones go back
    where they still fit, and may themselves displace still lower ones.
    """
    lowest, moved = max(fleet.ranks, default=0), True
    while moved and not ending.over():
        moved = put_back(fleet, fleet.absent, ending) > 0
        higher = [k for k in fleet.absent if fleet.ranks[k] < lowest]
        for k in sorted(higher, key=lambda k: (fleet.ranks[k], k)):
            if ending.over():
                return
            before = set(fleet.absent)
            if k in before and _let_in(inst, fleet, k):
                put_back(fleet, fleet.absent - before, ending)
                moved = True


def put_back(fleet: Fleet, tasks: Iterable[int], ending: Ending = NEVER) -> int:
    """Insert what fits as it is, higher ranks first.

    Returns:
        How many went in.
    """
    count = 0
    for k in sorted(tasks, key=lambda k: (fleet.ranks[k], k)):
        if ending.over():
            break
        if found := fleet.best(k):
            fleet.put(k, *found)
            count += 1
    return count


def _let_in(inst: Instance, fleet: Fleet, k: int) -> bool:
    """Into the first promising tour that has room without its lower tasks."""
    for v in [v for v, _ in fleet.candidates(k)]:
        tour = fleet.tours[v]
        lower = {other for other in tour.tasks if fleet.ranks[other] > fleet.ranks[k]}
        if not lower:
            continue
        before, score = fleet.remember(), fleet.score
        fleet.take_out(lower, v)
        spot = best_spot(inst, fleet.tours[v], k)
        if spot is not None:
            fleet.put(k, v, spot)
            if fleet.score < score:
                return True
        fleet.restore(before)
    return False
