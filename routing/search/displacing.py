"""No number of ordinary tasks keeps out one of a higher tier."""

from routing.instance import Instance
from routing.search.fleet import Fleet
from routing.search.insertion import best_spot


def let_higher_tiers_in(inst: Instance, fleet: Fleet) -> None:
    """Give each task left out every car without its lower tasks.

    Afterwards no task left out would fit into any one tour from which the tasks
    of lower rank are taken. The lower ones go back where they still fit.
    """
    put_back(fleet, fleet.absent)
    for k in sorted(fleet.absent, key=lambda k: (fleet.ranks[k], k)):
        if k in fleet.absent and _let_in(inst, fleet, k):
            put_back(fleet, fleet.absent)


def put_back(fleet: Fleet, tasks: set[int]) -> None:
    """Insert what fits as it is, higher ranks first."""
    for k in sorted(tasks, key=lambda k: (fleet.ranks[k], k)):
        if found := fleet.best(k):
            fleet.put(k, *found)


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
