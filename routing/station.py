"""Station-sized problems with OR-Tools' routing model."""

import importlib
import math
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import metadata
from typing import Any, Final

import numpy as np

from routing.errors import EngineMissing, NotYetHonoured
from routing.instance import Instance
from routing.rules import RULES
from routing.search.fleet import Fleet
from routing.timing import first_broken

MOST_STOPS: Final = 120
MOST_VEHICLES: Final = 60
_NO_LIMIT_SECONDS: Final = 10**9  # a tenth of a second by OR-Tools' own choice


@cache
def _ortools() -> tuple[Any, Any]:
    """The two modules of OR-Tools that we use.

    Raises:
        EngineMissing: OR-Tools is not installed.
    """
    try:
        solver = importlib.import_module("ortools.constraint_solver.pywrapcp")
        words = importlib.import_module("ortools.constraint_solver.routing_enums_pb2")
    except ImportError as missing:
        raise EngineMissing(
            "OR-Tools cannot be imported; install the package ortools, or ask for "
            f'the engine "search" ({missing})'
        ) from missing
    return solver, words


def ortools_version() -> str:
    """Raises: EngineMissing."""
    _ortools()
    return f"ortools {metadata.version('ortools')}"


def must_fit_a_station(inst: Instance) -> None:
    """Raises: NotYetHonoured, for what this model does not know."""
    stops = sum(len(inst.nodes_of(k)) for k in inst.open_tasks)
    if stops > MOST_STOPS or len(inst.cars) > MOST_VEHICLES:
        raise NotYetHonoured(
            "tasks", f"OR-Tools is kept to {MOST_STOPS} stops, not {stops}"
        )
    if inst.problem.begun:
        raise NotYetHonoured("begun", "the OR-Tools model cannot plan begun rounds yet")


class Draft:
    """One OR-Tools model in the making: indices, matrices, and what the rules add.

    Positions: the nodes of the tasks, then each vehicle's start, then its end.
    """

    def __init__(self, inst: Instance, *, most_used: int | None) -> None:
        self.inst, self.most_used = inst, most_used
        self.tasks = inst.open_tasks
        self.paired_tasks = [k for k in self.tasks if inst.paired[k]]
        blank = Fleet(inst)
        self.ranks, self.allowed = blank.ranks, blank.allowed
        nodes = [node for k in self.tasks for node in inst.nodes_of(k)]
        self.positions = {node: position for position, node in enumerate(nodes)}
        cars = len(inst.cars)
        self.size = len(nodes) + 2 * cars
        starts = list(range(len(nodes), len(nodes) + cars))
        ends = list(range(len(nodes) + cars, self.size))
        solver, _ = _ortools()
        self.manager = solver.RoutingIndexManager(self.size, cars, starts, ends)
        self.routing = solver.RoutingModel(self.manager)
        self.indices = {
            node: self.manager.NodeToIndex(position)
            for node, position in self.positions.items()
        }
        self.time: Any = None
        self._alive: list[Any] = []  # OR-Tools does not hold what Python gives it
        self.clock_by_mode: dict[int, int] = {}
        self._measure(nodes)

    def kept(self, thing: Any) -> Any:
        self._alive.append(thing)
        return thing

    def pairs(self) -> Iterator[tuple[int, int]]:
        for k in self.paired_tasks:
            yield self.indices[2 * k], self.indices[2 * k + 1]

    def best_bonus(self, k: int) -> int:
        return max(0, *(car.bonus.get(k, 0) for car in self.inst.cars))

    def _measure(self, nodes: list[int]) -> None:
        """Register clocks per mode, and prices per mode and preferences."""
        inst, cars = self.inst, self.inst.cars
        places = [inst.place[node] for node in nodes]
        here = np.array([*places, *(c.origin for c in cars), *(c.end for c in cars)])
        open_end = np.flatnonzero(here < 0)
        service = np.zeros(self.size, dtype=np.int64)
        service[: len(nodes)] = [inst.service[node] for node in nodes]
        wish = [k for k in self.tasks if self.best_bonus(k)]
        prices: dict[tuple[int, ...], int] = {}
        for car in cars:
            if car.mode not in self.clock_by_mode:
                clock = inst.hop[car.mode][here[:, None], here[None, :]].astype(int)
                ends = inst.travel[car.mode][here[:, None], here[None, :]]
                clock[:, -len(cars) :] = ends[:, -len(cars) :]
                clock[:, open_end] = 0
                clock += service[:, None]
                self.clock_by_mode[car.mode] = self._register(clock)
            lost = tuple(self.best_bonus(k) - car.bonus.get(k, 0) for k in wish)
            if (car.mode, *lost) not in prices:
                price = inst.travel[car.mode][here[:, None], here[None, :]].astype(int)
                price[:, open_end] = 0
                for k, seconds in zip(wish, lost, strict=True):
                    price[self.positions[2 * k]] += seconds
                prices[car.mode, *lost] = self._register(price)
            self.routing.SetArcCostEvaluatorOfVehicle(
                prices[car.mode, *lost], car.number
            )

    def _register(self, matrix: Any) -> int:
        index: int = self.routing.RegisterTransitMatrix(matrix.tolist())
        return index


def station_plan(
    inst: Instance,
    *,
    seconds: float | None,
    start: Sequence[Sequence[int]] | None,
    most_used: int | None = None,
) -> list[list[int]] | None:
    """Tours per vehicle as OR-Tools finds them, or None when it finds none.

    Args:
        seconds: wall time; None: until the first local optimum, which does not
            depend on the speed of the machine: no clock is asked.
        start: tours to begin from; None: its own first solution.

    Raises:
        EngineMissing, NotYetHonoured
    """
    must_fit_a_station(inst)
    if not inst.cars or not inst.open_tasks:  # OR-Tools would end the process
        return [[] for _ in inst.cars]
    draft = Draft(inst, most_used=most_used)
    for rule in RULES:
        rule(draft)
    parameters = _parameters(seconds)
    # Part of the parameters is read at closing, part at solving.
    draft.routing.CloseModelWithParameters(parameters)
    begin = None
    if start is not None:
        begin = draft.routing.ReadAssignmentFromRoutes(_routes(draft, start), True)
    if begin is not None:
        found = draft.routing.SolveFromAssignmentWithParameters(begin, parameters)
    else:
        found = draft.routing.SolveWithParameters(parameters)
    return None if found is None else _tours(draft, found)


def _parameters(seconds: float | None) -> Any:
    solver, words = _ortools()
    found = solver.DefaultRoutingSearchParameters()
    found.first_solution_strategy = (
        words.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    )
    found.local_search_metaheuristic = (
        words.LocalSearchMetaheuristic.GREEDY_DESCENT
        if seconds is None
        else words.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    )
    if seconds is None:
        found.lns_time_limit.FromSeconds(_NO_LIMIT_SECONDS)
    else:
        found.time_limit.FromMilliseconds(math.ceil(max(seconds, 0.01) * 1000))
    return found


def _routes(draft: Draft, tours: Sequence[Sequence[int]]) -> list[list[int]]:
    return [[draft.indices[node] for node in nodes] for nodes in tours]


def _tours(draft: Draft, found: Any) -> list[list[int]]:
    node_of = {index: node for node, index in draft.indices.items()}
    tours = []
    for car in draft.inst.cars:
        nodes = []
        index = found.Value(draft.routing.NextVar(draft.routing.Start(car.number)))
        while not draft.routing.IsEnd(index):
            nodes.append(node_of[index])
            index = found.Value(draft.routing.NextVar(index))
        tours.append(nodes)
    return tours


def taken_over(inst: Instance, tours: list[list[int]], most_used: int | None) -> Fleet:
    """OR-Tools' tours as a fleet; a tour that our own timing refuses is left empty."""
    fleet = Fleet(inst, most_used=most_used)
    for car, nodes in zip(inst.cars, tours, strict=True):
        if nodes and first_broken(inst, car, nodes) is None:
            fleet.adopt(car.number, nodes)
    return fleet
