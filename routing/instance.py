"""A problem as plain numbers, for the engines.

Task k has node 2k (its pickup or visit) and node 2k + 1 (its dropoff). Places,
vehicles and travel modes are numbered in the problem's order.
"""

from array import array
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from routing.fields import HORIZON
from routing.problem import Problem, Task, Vehicle
from routing.travel import NO_WAY, Seconds

BLOCKED: Final = 4 * HORIZON  # a leg that no window can ever forgive
FOREVER: Final = 4 * HORIZON
Rows: TypeAlias = "list[array[int]]"


class Rest(NamedTuple):
    """The vehicle's n-th break: taken whole inside its window, if it is due."""

    number: int
    opens: int
    closes: int
    seconds: int


@dataclass(slots=True)
class Car:
    """One vehicle as numbers: what it may do from now on.

    `origin` and `ready` say where and from when it is free. `moved` tells that
    its work has begun; then `work_end_by` bounds the end of work, otherwise
    `max_work` bounds its length. `deadlines` are the latest beginnings of the
    dropoffs on board. `rests` are the breaks that may still become due.
    """

    number: int
    mode: int
    origin: int
    end: int
    ready: int
    shift_end: int
    max_work: int
    work_end_by: int
    moved: bool
    capacity: tuple[int, ...] | None
    aboard: list[int]
    deadlines: dict[int, int]
    tasks_begun: int
    max_tasks: int
    skills: frozenset[str]
    barred: frozenset[int]
    bonus: dict[int, int]
    inst: "Instance"
    rests: tuple[Rest, ...] = ()

    @property
    def rows(self) -> Rows:
        """Travel from place to place."""
        return self.inst.travel_rows[self.mode]

    @property
    def hops(self) -> Rows:
        """The same with parking and stairs."""
        return self.inst.hop_rows[self.mode]


class Instance:
    """Numbers of one problem. Built once, never changed."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.modes = sorted({vehicle.travel for vehicle in problem.vehicles})
        self.modes = self.modes or sorted(problem.travel)  # nobody is on shift
        self.travel = self._travel()
        self.hop = self._hops()
        self._number_nodes()
        self.done: set[int] = set()  # tasks that are finished or under way
        self.held: dict[int, int] = {}  # task on board -> vehicle
        self._read_begun()
        self.cars = [self._car(v) for v in range(len(problem.vehicles))]

    def _travel(self) -> Seconds:
        problem = self.problem
        n = len(problem.places)
        if not self.modes:  # nobody, and no way of going: all the same one layer
            nowhere = np.full((1, n, n), BLOCKED, dtype=np.int32)
            np.fill_diagonal(nowhere[0], 0)
            return nowhere
        stack = np.zeros((len(self.modes), n, n), dtype=np.int32)
        for m, mode in enumerate(self.modes):
            stack[m] = problem.squares[mode]
        stack[stack == NO_WAY] = BLOCKED
        return stack

    def _hops(self) -> Seconds:
        """Travel and, on reaching another place, parking and stairs."""
        arrive = np.array([p.arrive_seconds for p in self.problem.places], np.int32)
        if not arrive.any():
            return self.travel
        hop = np.minimum(self.travel + arrive[None, None, :], BLOCKED)
        for layer in hop:
            np.fill_diagonal(layer, 0)
        blocked: Seconds = hop.astype(np.int32)
        return blocked

    @cached_property
    def travel_rows(self) -> list[Rows]:
        return [_rows(layer) for layer in self.travel]

    @cached_property
    def hop_rows(self) -> list[Rows]:
        if self.hop is self.travel:
            return self.travel_rows
        return [_rows(layer) for layer in self.hop]

    def _number_nodes(self) -> None:
        tasks = self.problem.tasks
        size = 2 * len(tasks)
        self.place = [0] * size
        self.service = [0] * size
        self.opens = [0] * size
        self.closes = [0] * size
        self.windows: list[tuple[tuple[int, int], ...] | None] = [None] * size
        self.paired = [task.visit is None for task in tasks]
        self.compartments = max((len(task.load) for task in tasks), default=0)
        self.load = [_padded(task.load, self.compartments) for task in tasks]
        self.ride = [
            FOREVER if task.max_ride_seconds is None else task.max_ride_seconds
            for task in tasks
        ]
        for k, task in enumerate(tasks):
            for offset, (_, halt) in enumerate(task.halts):
                node = 2 * k + offset
                windows = tuple(sorted(halt.windows))
                self.place[node] = self.problem.place_numbers[halt.place]
                self.service[node] = halt.service_seconds
                self.opens[node] = windows[0][0]
                self.closes[node] = max(close for _, close in windows)
                self.windows[node] = windows if len(windows) > 1 else None

    def _read_begun(self) -> None:
        numbers = self.problem.task_numbers
        for vehicle, begun in self.problem.begun.items():
            v = self.problem.vehicle_numbers[vehicle]
            for stop in begun.stops:
                if stop.task is None:
                    continue
                k = numbers[stop.task]
                if stop.kind == "pickup":
                    self.held[k] = v
                else:
                    self.held.pop(k, None)
                    self.done.add(k)

    def _car(self, v: int) -> Car:
        problem = self.problem
        vehicle = problem.vehicles[v]
        numbers = problem.task_numbers
        mode = self.modes.index(vehicle.travel)
        begun = problem.begun.get(vehicle.id)
        now = -HORIZON if problem.now is None else problem.now
        start = problem.place_numbers[vehicle.start]
        work = vehicle.max_work_seconds
        car = Car(
            number=v,
            mode=mode,
            origin=start,
            end=-1 if vehicle.end is None else problem.place_numbers[vehicle.end],
            ready=max(vehicle.shift[0], now),
            shift_end=vehicle.shift[1],
            max_work=FOREVER if work is None else work,
            work_end_by=FOREVER,
            moved=False,
            capacity=self._capacity(vehicle),
            aboard=[k for k, holder in self.held.items() if holder == v],
            deadlines={},
            tasks_begun=0,
            max_tasks=FOREVER if vehicle.max_tasks is None else vehicle.max_tasks,
            skills=vehicle.skills,
            barred=frozenset(numbers[t] for v, t in problem.never if v == vehicle.id),
            bonus={},
            inst=self,
            rests=rests_of(vehicle),
        )
        for wish in problem.prefer:
            if wish.vehicle == vehicle.id:
                k = numbers[wish.task]
                car.bonus[k] = car.bonus.get(k, 0) + wish.seconds
        if begun is not None:
            self._set_off(car, vehicle)
        return car

    def _capacity(self, vehicle: Vehicle) -> tuple[int, ...] | None:
        if vehicle.capacity is None or not self.compartments:
            return None
        return _padded(vehicle.capacity, self.compartments)

    def _set_off(self, car: Car, vehicle: Vehicle) -> None:
        """Put the car where its begun stops have brought it."""
        problem = self.problem
        begun = problem.begun[vehicle.id]
        here = problem.place_numbers[begun.at_place]
        now = -HORIZON if problem.now is None else problem.now
        stops = [stop for stop in begun.stops if stop.task is not None]
        car.moved = begun.has_left(vehicle.start)
        car.ready = max(begun.free_at, now if car.moved else car.ready)
        car.tasks_begun = len({stop.task for stop in stops})
        places = []
        for stop in stops:
            k = problem.task_numbers[stop.task or ""]
            places.append(self.place[2 * k + (stop.kind == "dropoff")])
            if stop.kind == "pickup" and self.ride[k] < FOREVER:
                car.deadlines[2 * k + 1] = stop.at + self.ride[k]
        taken = {stop.break_number for stop in begun.stops}
        car.rests = tuple(rest for rest in car.rests if rest.number not in taken)
        if car.moved:
            # Work began with the latest departure that the first stop allows.
            reached, leg = begun.free_at, self.travel[car.mode, car.origin, here]
            if stops:
                reached = stops[0].at
                leg = self.hop[car.mode, car.origin, places[0]]
            left_at = reached - (int(leg) if leg < BLOCKED else 0)
            if car.max_work < FOREVER:
                car.work_end_by = left_at + car.max_work
                car.max_work = FOREVER
            # What was not due, or was missed, is over.
            car.rests = tuple(
                rest
                for rest in car.rests
                if left_at <= rest.opens and car.ready + rest.seconds <= rest.closes
            )
        car.origin = here

    @cached_property
    def open_tasks(self) -> list[int]:
        """Tasks still to be given to somebody; those on board are not among them."""
        known = range(len(self.problem.tasks))
        return [k for k in known if k not in self.done and k not in self.held]

    def task(self, k: int) -> Task:
        return self.problem.tasks[k]

    def nodes_of(self, k: int) -> tuple[int, ...]:
        return (2 * k, 2 * k + 1) if self.paired[k] else (2 * k,)

    def begins(self, node: int, at: int) -> int:
        """The earliest beginning of service at or after that time, or FOREVER."""
        windows = self.windows[node]
        if windows is None:
            return max(at, self.opens[node]) if at <= self.closes[node] else FOREVER
        fitting = (max(at, opens) for opens, closes in windows if at <= closes)
        return min(fitting, default=FOREVER)

    def begins_by(self, node: int, at: int) -> int:
        """The latest beginning of service at or before that time, or -FOREVER."""
        windows = self.windows[node]
        if windows is None:
            return min(at, self.closes[node]) if at >= self.opens[node] else -FOREVER
        fitting = (min(at, closes) for opens, closes in windows if at >= opens)
        return max(fitting, default=-FOREVER)


def rests_of(vehicle: Vehicle) -> tuple[Rest, ...]:
    return tuple(
        Rest(number, *each.window, each.seconds)
        for number, each in enumerate(vehicle.breaks)
    )


def _rows(layer: Seconds) -> Rows:
    return [array("i", row.tobytes()) for row in np.ascontiguousarray(layer)]


def _padded(amounts: tuple[int, ...], size: int) -> tuple[int, ...]:
    return amounts[:size] + (0,) * (size - len(amounts))
