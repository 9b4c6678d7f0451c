"""OR-Tools' routing model alone, as its manual says it, on its one thread.

Pairs, capacity, windows, the longest ride by a limit function per pair (as a plain
constraint it starves insertion), parallel cheapest insertion, guided local search.
"""

import math
import time
from typing import Any

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from benchmarks.engines import compartments, filled, must_be_sayable
from benchmarks.engines.ways import matrix_of
from benchmarks.grouping import Tours
from routing.problem import Problem, StopKind

_MUST = 10**10  # for leaving out what must be served
_LEAST_SECONDS = 0.05


def tours(problem: Problem, seconds: float, seed: int) -> Tours:
    must_be_sayable(problem)
    ends = time.monotonic() + seconds
    said = _Said(problem)
    said.pairs()
    said.windows()
    said.loads()
    said.prices()
    words = pywrapcp.DefaultRoutingSearchParameters()
    words.first_solution_strategy = (
        routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    )
    words.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    )
    _until(words, ends)  # part of them is read at closing, part at solving
    said.routing.CloseModelWithParameters(words)
    _until(words, ends)
    return said.tours(said.routing.SolveWithParameters(words))


def _until(words: Any, ends: float) -> None:
    left = max(_LEAST_SECONDS, ends - time.monotonic())
    words.time_limit.FromMilliseconds(math.ceil(left * 1000))


class _Said:
    """One model in the making. Nodes: all stops, then the places of starts and ends."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.stops: list[tuple[int, StopKind]] = [
            (number, kind)
            for number, task in enumerate(problem.tasks)
            for kind, _ in task.halts
        ]
        self.halts = [dict(problem.tasks[n].halts)[kind] for n, kind in self.stops]
        homes = {v.start for v in problem.vehicles}
        homes |= {v.end or v.start for v in problem.vehicles}
        self.homes = sorted(homes)
        where = {home: len(self.stops) + n for n, home in enumerate(self.homes)}
        self.size = len(self.stops) + len(self.homes)
        self.manager = pywrapcp.RoutingIndexManager(
            self.size,
            len(problem.vehicles),
            [where[vehicle.start] for vehicle in problem.vehicles],
            [where[vehicle.end or vehicle.start] for vehicle in problem.vehicles],
        )
        self.routing = pywrapcp.RoutingModel(self.manager)
        self.index = [self.manager.NodeToIndex(n) for n in range(len(self.stops))]
        self.node_of = {stop: node for node, stop in enumerate(self.stops)}
        self.alive: list[Any] = []
        self._travel()

    def _travel(self) -> None:
        problem = self.problem
        here = np.array(
            [problem.place_numbers[halt.place] for halt in self.halts]
            + [problem.place_numbers[home] for home in self.homes]
        )
        service = np.zeros(self.size, dtype=np.int64)
        service[: len(self.halts)] = [halt.service_seconds for halt in self.halts]
        clocks = {}
        for mode in sorted({vehicle.travel for vehicle in problem.vehicles}):
            legs = matrix_of(problem, mode)[here[:, None], here[None, :]]
            legs = legs.astype(np.int64)
            price = self.routing.RegisterTransitMatrix(legs.tolist())
            clock = (legs + service[:, None]).tolist()
            clocks[mode] = self.routing.RegisterTransitMatrix(clock), price
        horizon = max((v.shift[1] for v in problem.vehicles), default=0)
        for number, vehicle in enumerate(problem.vehicles):
            price = clocks[vehicle.travel][1]
            self.routing.SetArcCostEvaluatorOfVehicle(price, number)
        passing = [clocks[vehicle.travel][0] for vehicle in problem.vehicles]
        self.routing.AddDimensionWithVehicleTransits(
            passing, horizon, horizon, False, "time"
        )
        self.time = self.routing.GetDimensionOrDie("time")

    def pairs(self) -> None:
        solver = self.routing.solver()
        paired = [n for n, task in enumerate(self.problem.tasks) if task.visit is None]
        for pair, number in enumerate(paired):
            up = self.index[self.node_of[number, "pickup"]]
            down = self.index[self.node_of[number, "dropoff"]]
            self.routing.AddPickupAndDelivery(up, down)
            solver.Add(self.routing.VehicleVar(up) == self.routing.VehicleVar(down))
            solver.Add(self.time.CumulVar(up) <= self.time.CumulVar(down))
            most = self.problem.tasks[number].max_ride_seconds
            if most is not None:
                limit = _always(most)
                self.alive.append(limit)
                self.time.SetPickupToDeliveryLimitFunctionForPair(limit, pair)

    def windows(self) -> None:
        for index, halt in zip(self.index, self.halts, strict=True):
            opens, closes = halt.windows[0]
            self.time.CumulVar(index).SetRange(max(0, opens), closes)
        for number, vehicle in enumerate(self.problem.vehicles):
            start = self.time.CumulVar(self.routing.Start(number))
            start.SetRange(max(0, vehicle.shift[0]), vehicle.shift[1])
            self.time.CumulVar(self.routing.End(number)).SetMax(vehicle.shift[1])

    def loads(self) -> None:
        for compartment in range(compartments(self.problem)):
            change = [0] * self.size
            for node, (number, kind) in enumerate(self.stops):
                load = filled(self.problem.tasks[number].load, compartment + 1)
                change[node] = load[-1] if kind == "pickup" else -load[-1]
            # A visit's load is on board from the start: there the round may be full.
            room = [
                filled(v.capacity, compartment + 1)[-1] for v in self.problem.vehicles
            ]
            callback = self.routing.RegisterUnaryTransitVector(change)
            name = f"load {compartment}"
            self.routing.AddDimensionWithVehicleCapacity(callback, 0, room, False, name)
            load_of = self.routing.GetDimensionOrDie(name)
            for number in range(len(self.problem.vehicles)):
                load_of.CumulVar(self.routing.End(number)).SetValue(0)

    def prices(self) -> None:
        for number, task in enumerate(self.problem.tasks):
            price = _MUST if task.penalty is None else task.penalty
            for kind, _ in task.halts:
                node = self.index[self.node_of[number, kind]]
                self.routing.AddDisjunction([node], price)
                price = 0

    def tours(self, found: Any) -> Tours:
        """No round at all when no solution was found in time."""
        tours: Tours = {}
        for number, vehicle in enumerate(self.problem.vehicles if found else ()):
            tour = tours.setdefault(vehicle.id, [])
            index = found.Value(self.routing.NextVar(self.routing.Start(number)))
            while not self.routing.IsEnd(index):
                task, kind = self.stops[self.manager.IndexToNode(index)]
                tour.append((self.problem.tasks[task].id, kind))
                index = found.Value(self.routing.NextVar(index))
        return tours


def _always(seconds: int) -> Any:
    def limit(_pickup: int, _dropoff: int) -> int:
        return seconds

    return limit
