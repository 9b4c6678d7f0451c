"""Spots for a pickup and its dropoff: the innermost loops of the search.

Bounds only: legs, windows, shift, load, the ride without waiting. Where waiting
could make a ride too long, the caller tests the spot exactly.
"""

from routing.instance import Instance
from routing.search.spots import Spot, rooms_for
from routing.search.tour import Tour


class PairSpots:
    """All promising spots of one pair in one tour that cost less than a bound."""

    def __init__(self, inst: Instance, tour: Tour, k: int, bound: float) -> None:
        car = tour.car
        self.inst, self.tour, self.bound = inst, tour, bound
        self.up, self.down = 2 * k, 2 * k + 1
        self.here, self.there = inst.place[self.up], inst.place[self.down]
        self.ride = inst.ride[k]
        self.rooms = rooms_for(inst, tour, k)
        self.from_up, self.from_down = car.rows[self.here], car.rows[self.there]
        self.hop_up, self.hop_down = car.hops[self.here], car.hops[self.there]
        self.hop_direct = self.hop_up[self.there] if self.there != self.here else 0
        self.fresh = not tour.nodes and not car.moved
        self.spots: list[Spot] = []

    def all(self) -> list[Spot]:
        inst, tour = self.inst, self.tour
        up_service, closes = inst.service[self.up], inst.closes[self.up]
        if self.hop_direct + up_service > self.ride:
            return self.spots
        hops, places = tour.car.hops, tour.places
        for i, start in enumerate(tour.ready):
            if start > closes:
                break
            if self.rooms is not None and not self.rooms[i]:
                continue
            before = places[i]
            reach = hops[before][self.here] if before != self.here else 0
            if start + reach > closes:
                continue
            gone = inst.begins(self.up, start + reach) + up_service
            self._straight_behind(i, gone, reach)
            if i < len(tour.nodes):
                self._further_on(i, gone, reach)
        return self.spots

    def _longer_behind(self, i: int, reach: int) -> int:
        """By how much both stops stretch the gap behind position i, without waiting."""
        service, hops = self.inst.service, self.tour.car.hops
        before, after = self.tour.places[i], self.tour.places[i + 1]
        longer = reach + service[self.up] + self.hop_direct + service[self.down]
        if i == len(self.tour.nodes):
            old = self.tour.car.rows[before][after] if after >= 0 else 0
            return longer + (self.from_down[after] if after >= 0 else 0) - old
        longer += self.hop_down[after] if after != self.there else 0
        return longer - (hops[before][after] if before != after else 0)

    def _straight_behind(self, i: int, gone: int, reach: int) -> None:
        """The dropoff straight behind the pickup, which is left at `gone`."""
        inst, tour, there = self.inst, self.tour, self.there
        row = tour.car.rows[tour.places[i]]
        after = tour.places[i + 1]
        added = row[self.here] + self.from_up[there]
        if after >= 0:
            added += self.from_down[after] - (0 if self.fresh else row[after])
        at = gone + self.hop_direct
        if added >= self.bound or at > inst.closes[self.down]:
            return
        if self._longer_behind(i, reach) > tour.slack[i]:
            return
        at = inst.begins(self.down, at) + inst.service[self.down]
        if i < len(tour.nodes):
            at += self.hop_down[after] if after != there else 0
        elif after >= 0:
            at += self.from_down[after]
        if at <= tour.latest[i + 1]:
            self.spots.append(Spot(added, i, i))

    def _further_on(self, i: int, gone: int, reach: int) -> None:
        """The dropoff behind a later stop; `reach` is the way to the pickup."""
        inst, tour = self.inst, self.tour
        places, before, after = tour.places, tour.places[i], tour.places[i + 1]
        car, there, ride, rooms = tour.car, self.there, self.ride, self.rooms
        rows, hops, service = car.rows, car.hops, inst.service
        price = rows[before][self.here] + self.from_up[after] - rows[before][after]
        leg = self.hop_up[after] if after != self.here else 0
        longer = reach + service[self.up] + leg
        longer -= hops[before][after] if before != after else 0
        if price >= self.bound or longer > tour.slack[i]:
            return
        size, latest, nodes = len(tour.nodes), tour.latest, tour.nodes
        slack = tour.slack
        windows, opens, begins = inst.windows, inst.opens, inst.begins
        from_down, hop_down = self.from_down, self.hop_down
        down_closes, down_service = inst.closes[self.down], service[self.down]
        limit = self.bound - price
        ridden = service[self.up] + leg
        now = gone + leg
        for j in range(i + 1, size + 1):
            node = nodes[j - 1]
            if now > latest[j] or (rooms is not None and not rooms[j]):
                break
            if windows[node] is not None:
                now = begins(node, now)
            elif now < opens[node]:
                now = opens[node]
            now += service[node]
            ridden += service[node]
            if ridden > ride or now > down_closes:
                break
            here, onward = places[j], places[j + 1]
            row, hop = rows[here], hops[here]
            added = row[there]
            if onward >= 0:
                added += from_down[onward] - row[onward]
            leg = hop[there] if there != here else 0
            if added < limit and now + leg <= down_closes and ridden + leg <= ride:
                at = begins(self.down, now + leg) + down_service
                longer = leg + down_service
                if j < size:
                    way = hop_down[onward] if onward != there else 0
                    longer += way - (hop[onward] if onward != here else 0)
                    at += way
                elif onward >= 0:
                    longer += from_down[onward] - row[onward]
                    at += from_down[onward]
                if at <= latest[j + 1] and longer <= slack[j]:
                    self.spots.append(Spot(price + added, i, j))
            if j < size:
                leg = hop[onward] if onward != here else 0
                now += leg
                ridden += leg
