"""PyVRP with its shipments, on its one thread. It knows no longest ride."""

from collections import defaultdict
from importlib import import_module
from typing import Any, TypeAlias

import numpy as np

from benchmarks.engines import compartments, filled, must_be_sayable
from benchmarks.engines.ways import matrix_of
from benchmarks.grouping import Tours
from routing.problem import Halt, Problem, StopKind, Task, Vehicle

pyvrp: Any = import_module("pyvrp")  # its types know no lists of matrices
Kind: TypeAlias = tuple[str, str, str, tuple[int, ...] | None, tuple[int, int]]


def tours(problem: Problem, seconds: float, seed: int) -> Tours:
    must_be_sayable(problem)
    said = _Said(problem)
    result = pyvrp.solve(
        said.data,
        pyvrp.stop.MaxRuntime(seconds),
        seed=seed,
        collect_stats=False,
        display=False,
    )
    return said.tours(result.best)


class _Said:
    """The problem in PyVRP's words: equal helpers are one type of vehicle."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.size = compartments(problem)
        self.modes = sorted({vehicle.travel for vehicle in problem.vehicles})
        self.alike: dict[Kind, list[str]] = defaultdict(list)
        for vehicle in problem.vehicles:
            self.alike[_kind(vehicle)].append(vehicle.id)
        self.visits = [task for task in problem.tasks if task.visit is not None]
        self.pairs = [task for task in problem.tasks if task.visit is None]
        self.depots = sorted({place for kind in self.alike for place in kind[1:3]})
        self.data = self._data()

    def _data(self) -> Any:
        problem, numbers = self.problem, self.problem.place_numbers
        legs = [matrix_of(problem, mode).astype(np.int64) for mode in self.modes]
        return pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0)] * len(problem.places),
            clients=[self._client(task) for task in self.visits],
            depots=[pyvrp.Depot(numbers[place]) for place in self.depots],
            vehicle_types=[self._vehicles(*one) for one in self.alike.items()],
            distance_matrices=legs,
            duration_matrices=legs,
            shipments=[self._shipment(task) for task in self.pairs],
        )

    def _vehicles(self, kind: Kind, names: list[str]) -> Any:
        mode, start, end, capacity, shift = kind
        return pyvrp.VehicleType(
            num_available=len(names),
            capacity=filled(capacity, self.size),
            start_depot=self.depots.index(start),
            end_depot=self.depots.index(end),
            tw_early=max(0, shift[0]),
            tw_late=shift[1],
            profile=self.modes.index(mode),
        )

    def _client(self, task: Task) -> Any:
        halt = task.halts[0][1]
        return pyvrp.Client(
            self.problem.place_numbers[halt.place],
            delivery=filled(task.load, self.size),
            **_times("", halt),
            **_price(task),
        )

    def _shipment(self, task: Task) -> Any:
        (_, pickup), (_, door) = task.halts
        numbers = self.problem.place_numbers
        return pyvrp.Shipment(
            numbers[pickup.place],
            numbers[door.place],
            **_times("pickup_", pickup),
            **_times("delivery_", door),
            **_price(task),
            amount=filled(task.load, self.size),
        )

    def tours(self, solution: Any) -> Tours:
        waiting = {number: list(ids) for number, ids in enumerate(self.alike.values())}
        found: Tours = {}
        for route in solution.routes():
            vehicle = waiting[route.vehicle_type()].pop()
            stops = (self._stop(each) for each in route)
            found[vehicle] = [stop for stop in stops if stop is not None]
        return found

    def _stop(self, each: Any) -> tuple[str, StopKind] | None:
        if each.is_client():
            return self.visits[each.idx].id, "visit"
        if each.is_pickup():
            return self.pairs[each.idx].id, "pickup"
        if each.is_delivery():
            return self.pairs[each.idx].id, "dropoff"
        return None


def _kind(vehicle: Vehicle) -> Kind:
    end = vehicle.end or vehicle.start
    return vehicle.travel, vehicle.start, end, vehicle.capacity, vehicle.shift


def _times(prefix: str, halt: Halt) -> dict[str, int]:
    opens, closes = halt.windows[0]
    return {
        f"{prefix}tw_early": max(0, opens),
        f"{prefix}tw_late": closes,
        f"{prefix}service_duration": halt.service_seconds,
    }


def _price(task: Task) -> dict[str, Any]:
    return {"required": task.penalty is None, "prize": task.penalty or 0}
