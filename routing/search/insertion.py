"""The cheapest place for one task in one tour, exact in every rule."""

from typing import NamedTuple

from routing.instance import FOREVER, Instance
from routing.search.tour import Tour
from routing.timing import Broken, earliest


class Spot(NamedTuple):
    """Insert the first node behind position `first`, the dropoff behind `last`.

    Positions are those of the tour before the insertion; `delta` is the price in
    seconds of travel, preferences taken off.
    """

    delta: int
    first: int
    last: int


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
        spots = _pair_spots(inst, tour, k, bound + bonus)
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


def _rooms(inst: Instance, tour: Tour, k: int) -> list[bool] | None:
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


def _single_spots(inst: Instance, tour: Tour, k: int, bound: float) -> list[Spot]:
    """Spots of a visit (its load is on board from the start), or of a box on board."""
    car, places, ready, latest = tour.car, tour.places, tour.ready, tour.latest
    held = k in inst.held
    node = 2 * k + 1 if held else 2 * k
    deadline = car.deadlines.get(node, FOREVER) if held else FOREVER
    rooms = None if held else _rooms(inst, tour, k)
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


def _pair_spots(inst: Instance, tour: Tour, k: int, bound: float) -> list[Spot]:
    car, places, ready, latest = tour.car, tour.places, tour.ready, tour.latest
    nodes, slack = tour.nodes, tour.slack
    up, down = 2 * k, 2 * k + 1
    rooms = _rooms(inst, tour, k)
    here, there = inst.place[up], inst.place[down]
    up_service, down_service = inst.service[up], inst.service[down]
    up_closes, down_closes, ride = inst.closes[up], inst.closes[down], inst.ride[k]
    down_opens = inst.opens[down]
    simple = inst.windows[down] is None
    rows, hops, service = car.rows, car.hops, inst.service
    windows, opens, begins = inst.windows, inst.opens, inst.begins
    from_up, from_down = rows[here], rows[there]
    hop_up, hop_down = hops[here], hops[there]
    direct = from_up[there]
    hop_direct = hop_up[there] if there != here else 0
    size = len(nodes)
    fresh = not size and not car.moved
    end = car.end
    spots: list[Spot] = []
    if hop_direct + up_service > ride:
        return spots
    for i in range(size + 1):
        start = ready[i]
        if start > up_closes:
            break
        if rooms is not None and not rooms[i]:
            continue
        before, after = places[i], places[i + 1]
        reach = hops[before][here] if before != here else 0
        if start + reach > up_closes:
            continue
        to_up = rows[before][here]
        base = rows[before][after] if after >= 0 and not fresh else 0
        leg_after = from_up[after] if after >= 0 else 0
        at_up = begins(up, start + reach)
        gone = at_up + up_service
        # The dropoff straight behind the pickup.
        added = to_up + direct + (from_down[after] if after >= 0 else 0) - base
        if added < bound:
            at = gone + hop_direct
            if at <= down_closes:
                at = begins(down, at) + down_service
                if i < size:
                    at += hop_down[after] if after != there else 0
                elif end >= 0:
                    at += from_down[end]
                if at <= latest[i + 1]:
                    spots.append(Spot(added, i, i))
        # The dropoff further on.
        if i == size:
            break
        price = to_up + leg_after - base
        if price >= bound:
            continue
        leg = hop_up[after] if after != here else 0
        longer = reach + up_service + leg
        longer -= hops[before][after] if before != after else 0
        if longer > slack[i]:
            continue
        ridden = up_service + leg
        now = gone + leg
        limit = bound - price
        for j in range(i + 1, size + 1):
            node = nodes[j - 1]
            if now > latest[j]:
                break
            if windows[node] is not None:
                now = begins(node, now)
            elif now < opens[node]:
                now = opens[node]
            if rooms is not None and not rooms[j]:
                break
            stay = service[node]
            now += stay
            ridden += stay
            if ridden > ride or now > down_closes:
                break
            at_place, onward = places[j], places[j + 1]
            row = rows[at_place]
            added = row[there]
            if onward >= 0:
                added += from_down[onward] - row[onward]
            hop = hops[at_place]
            if added < limit:
                leg = hop[there] if there != at_place else 0
                at = now + leg
                if at <= down_closes and ridden + leg <= ride:
                    if not simple:
                        at = begins(down, at)
                    elif at < down_opens:
                        at = down_opens
                    at += down_service
                    if j < size:
                        at += hop_down[onward] if onward != there else 0
                    elif end >= 0:
                        at += from_down[end]
                    if at <= latest[j + 1]:
                        spots.append(Spot(price + added, i, j))
            if j == size:
                break
            leg = hop[onward] if onward != at_place else 0
            now += leg
            ridden += leg
    return spots
