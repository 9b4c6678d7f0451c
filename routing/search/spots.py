"""Where a task could stand in a tour."""

from typing import NamedTuple

from routing.instance import Instance
from routing.search.tour import Tour


class Spot(NamedTuple):
    """Insert the first node behind position `first`, the dropoff behind `last`.

    Positions are those of the tour before the insertion; `delta` is the price in
    seconds of travel, preferences taken off.
    """

    delta: int
    first: int
    last: int


def rooms_for(inst: Instance, tour: Tour, k: int) -> list[bool] | None:
    """After which positions could the load be added? None: after all."""
    if tour.car.capacity is None:
        return None
    fits = [True] * (len(tour.nodes) + 1)
    limited = False
    for room, after, amount in zip(
        tour.car.capacity, tour.loads, inst.load[k], strict=True
    ):
        if amount:
            limited = True
            fits = [
                ok and load + amount <= room
                for ok, load in zip(fits, after, strict=True)
            ]
    return fits if limited else None


def rooms_beside(inst: Instance, tour: Tour) -> list[bool] | None:
    """After which positions could a box on board, not yet in the tour, be brought?

    It is in every load until then; what was taken up since may only be carried
    beside it if it fits. None: after all.
    """
    if tour.car.capacity is None:
        return None
    fits = [True] * (len(tour.nodes) + 1)
    for c, room in enumerate(tour.car.capacity):
        for position, node in enumerate(tour.nodes, start=1):
            k, load = node >> 1, tour.loads[c][position]
            taken = inst.paired[k] and not node & 1 and inst.load[k][c]
            fits[position] = fits[position] and (load <= room or not taken)
    return fits
