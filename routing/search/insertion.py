"""The cheapest place for one task in one tour, exact in every rule."""

from routing.instance import FOREVER, Instance
from routing.search.pairs import PairSpots
from routing.search.spots import Spot, rooms_beside, rooms_for
from routing.search.tour import Tour
from routing.timing import Broken, earliest


def with_task(inst: Instance, tour: Tour, k: int, spot: Spot) -> list[int]:
    """The nodes of the tour with the task in that spot."""
    nodes = tour.nodes
    if k in inst.held or not inst.paired[k]:
        node = 2 * k + 1 if k in inst.held else 2 * k
        return [*nodes[: spot.first], node, *nodes[spot.first :]]
    return [
        *nodes[: spot.first],
        2 * k,
        *nodes[spot.first : spot.last],
        2 * k + 1,
        *nodes[spot.last :],
    ]


def best_spot(
    inst: Instance, tour: Tour, k: int, bound: float = FOREVER
) -> Spot | None:
    """The cheapest spot that breaks no rule and costs less than the bound.

    Skills and forbidden pairs are the caller's business.
    """
    held = k in inst.held
    if not held and not tour.room_for_tasks:
        return None
    bonus = tour.car.bonus.get(k, 0)
    if held or not inst.paired[k]:
        spots = _single_spots(inst, tour, k, bound + bonus)
    else:
        spots = PairSpots(inst, tour, k, bound + bonus).all()
    if not spots:
        return None
    exact = tour.timed or inst.ride[k] < FOREVER
    for spot in sorted(spots):
        if not exact or _obeys(inst, tour, k, spot):
            return spot._replace(delta=spot.delta - bonus)
    return None


def _obeys(inst: Instance, tour: Tour, k: int, spot: Spot) -> bool:
    times = earliest(inst, tour.car, with_task(inst, tour, k, spot))
    return not isinstance(times, Broken)


def _single_spots(inst: Instance, tour: Tour, k: int, bound: float) -> list[Spot]:
    """Spots of a visit (its load is on board from the start), or of a box on board."""
    car, places, ready, latest = tour.car, tour.places, tour.ready, tour.latest
    held = k in inst.held
    node = 2 * k + 1 if held else 2 * k
    deadline = car.deadlines.get(node, FOREVER) if held else FOREVER
    rooms = rooms_beside(inst, tour) if held else rooms_for(inst, tour, k)
    here, service = inst.place[node], inst.service[node]
    closes = min(inst.closes[node], deadline)
    rows, hops = car.rows, car.hops
    out, hop_out, end = rows[here], hops[here], car.end
    spots = []
    size = len(tour.nodes)
    fresh = not size and not car.moved
    for i in range(size + 1):
        if rooms is not None and not rooms[i]:
            break
        if ready[i] > closes:
            break
        before, after = places[i], places[i + 1]
        at = ready[i] + (hops[before][here] if before != here else 0)
        if at > closes:
            continue
        at = inst.begins(node, at)
        if at > deadline:
            continue
        at += service
        added = rows[before][here] + (out[after] if after >= 0 else 0)
        if not fresh and after >= 0:
            added -= rows[before][after]
        if added >= bound:
            continue
        if i < size:
            at += hop_out[after] if after != here else 0
            longer = (hops[before][here] if before != here else 0) + service
            longer += hop_out[after] if after != here else 0
            longer -= hops[before][after] if before != after else 0
        else:
            at += out[end] if end >= 0 else 0
            longer = 0
        if at > latest[i + 1] or longer > tour.slack[i]:
            continue
        spots.append(Spot(added, i, i))
    return spots
