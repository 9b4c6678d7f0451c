"""One vehicle's stops with what is needed to judge an insertion quickly.

A tour is never changed: an insertion or removal makes a new one.
"""

import itertools
from collections.abc import Sequence

from routing.instance import FOREVER, Car, Instance


class Tour:
    """Stops of one car.

    Positions: 0 is the origin, 1..m are the nodes, m + 1 is the end. `ready[k]`
    is the earliest time at which the car can leave position k, `latest[k]` the
    latest beginning at k that still lets the rest happen; both look at legs,
    windows and shift only, so they are true bounds for every longer tour.
    `slack[k]` is how many seconds the gap behind position k can be stretched
    before a ride or the work is certainly too long.
    """

    __slots__ = (
        "car",
        "cost",
        "latest",
        "loads",
        "nodes",
        "places",
        "ready",
        "slack",
        "tasks",
        "timed",
    )

    def __init__(self, inst: Instance, car: Car, nodes: Sequence[int]) -> None:
        self.car = car
        self.nodes = list(nodes)
        place = inst.place
        self.places = [car.origin, *(place[node] for node in nodes), car.end]
        self.tasks = {node >> 1 for node in nodes}
        self.ready = self._ready(inst)
        self.latest = self._latest(inst)
        self.loads = self._loads(inst)
        self.slack = [FOREVER] * (len(nodes) + 1)
        self.timed = car.max_work < FOREVER or bool(car.rests)
        self._find_slack(inst)
        self.cost = self._cost()

    def _ready(self, inst: Instance) -> list[int]:
        hops, service = self.car.hops, inst.service
        windows, opens = inst.windows, inst.opens
        now = self.car.ready
        ready = [now]
        here = self.places[0]
        for node, there in zip(self.nodes, self.places[1:], strict=False):
            if there != here:
                now += hops[here][there]
            if windows[node] is not None:
                now = inst.begins(node, now)
            elif now < opens[node]:
                now = opens[node]
            now += service[node]
            ready.append(now)
            here = there
        return ready

    def _latest(self, inst: Instance) -> list[int]:
        car, hops, service = self.car, self.car.hops, inst.service
        size = len(self.nodes)
        latest = [0] * (size + 2)
        now = latest[size + 1] = min(car.shift_end, car.work_end_by)
        there = car.end
        for position in range(size, 0, -1):
            node, here = self.nodes[position - 1], self.places[position]
            if position == size:
                now -= car.rows[here][there] if there >= 0 else 0
            elif here != there:
                now -= hops[here][there]
            now = inst.begins_by(node, now - service[node])
            if car.deadlines:
                now = min(now, car.deadlines.get(node, FOREVER))
            latest[position] = now
            there = here
        return latest

    def _loads(self, inst: Instance) -> list[list[int]]:
        """Per compartment, what is on board after each position."""
        if self.car.capacity is None:
            return []
        loads = []
        for compartment in range(len(self.car.capacity)):
            carried = sum(inst.load[k][compartment] for k in self.car.aboard)
            for node in self.nodes:
                if not inst.paired[node >> 1]:
                    carried += inst.load[node >> 1][compartment]
            after = [carried]
            for node in self.nodes:
                amount = inst.load[node >> 1][compartment]
                taken = inst.paired[node >> 1] and not node & 1
                carried += amount if taken else -amount
                after.append(carried)
            loads.append(after)
        return loads

    def _find_slack(self, inst: Instance) -> None:
        """Fill `slack`, and `timed`: does any rule need the exact test?"""
        hops, places, ride = self.car.hops, self.places, inst.ride
        begin = 0
        begins: dict[int, tuple[int, int]] = {}
        for position, node in enumerate(self.nodes, start=1):
            here, before = places[position], places[position - 1]
            begin += hops[before][here] if here != before else 0
            k = node >> 1
            if ride[k] < FOREVER:
                if not node & 1:
                    begins[k] = position, begin
                elif k in begins:
                    self.timed = True
                    first, began = begins[k]
                    spare = ride[k] - (begin - began)
                    for gap in range(first, position):
                        if spare < self.slack[gap]:
                            self.slack[gap] = spare
            begin += inst.service[node]
        if self.car.max_work < FOREVER:
            end = self.car.end
            begin += self.car.rows[places[-2]][end] if end >= 0 else 0
            spare = self.car.max_work - begin
            self.slack = [min(each, spare) for each in self.slack]

    def _cost(self) -> int:
        """Travel, less the kept preferences; nothing for a car that stays."""
        car, rows = self.car, self.car.rows
        if not self.nodes and not car.moved:
            return 0
        places = self.places if car.end >= 0 else self.places[:-1]
        legs = sum(rows[a][b] for a, b in itertools.pairwise(places))
        if not car.bonus:
            return legs
        return legs - sum(car.bonus.get(k, 0) for k in self.tasks)

    @property
    def room_for_tasks(self) -> bool:
        held = len(self.car.aboard)
        fresh = sum(1 for k in self.tasks if k not in self.car.aboard) if held else 0
        count = fresh if held else len(self.tasks)
        return self.car.tasks_begun + count < self.car.max_tasks
