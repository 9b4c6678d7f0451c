"""No number of ordinary tasks keeps out one of a higher tier."""

from routing.instance import Instance
from routing.search.fleet import Fleet


def let_higher_tiers_in(inst: Instance, fleet: Fleet) -> None:
    """Give each task left out a chance against all tasks of lower rank.

    The lower ones are taken out of one promising tour after another; what fits
    again is put back.
    """
    for k in sorted(fleet.absent, key=lambda k: (fleet.ranks[k], k)):
        if k in fleet.absent:
            _let_in(inst, fleet, k)


def _let_in(inst: Instance, fleet: Fleet, k: int) -> None:
    before, score = fleet.remember(), fleet.score
    for v in [v for v, _ in fleet.candidates(k)]:
        tour = fleet.tours[v]
        lower = {other for other in tour.tasks if fleet.ranks[other] > fleet.ranks[k]}
        if not lower:
            continue
        fleet.take_out(lower, v)
        found = fleet.best(k)
        if found is not None:
            fleet.put(k, *found)
            for other in sorted(fleet.absent, key=lambda o: (fleet.ranks[o], o)):
                if spot := fleet.best(other):
                    fleet.put(other, *spot)
            if fleet.score < score:
                return
        fleet.restore(before)
