"""VROOM through pyvroom, at location level, on two threads. It takes no seed."""

from datetime import timedelta
from typing import Any

import vroom

from benchmarks.engines import (
    THREADS,
    Planner,
    compartments,
    filled,
    must_be_sayable,
)
from benchmarks.engines.ways import matrix_of
from benchmarks.grouping import Tours
from routing.problem import Halt, Problem, StopKind, Task

_KINDS: dict[str, StopKind] = {
    "pickup": "pickup",
    "delivery": "dropoff",
    "job": "visit",
}
_MOST_IMPORTANT = 100


def tours_at(exploration: int) -> Planner:
    """VROOM's `-x`: how much it explores."""

    def tours(problem: Problem, seconds: float, seed: int) -> Tours:
        must_be_sayable(problem)
        asked = _said(problem)
        found = asked.solve(
            exploration_level=exploration,
            nb_threads=THREADS,
            timeout=timedelta(seconds=seconds),
        )
        return _tours(problem, found.routes)

    return tours


def _said(problem: Problem) -> Any:
    asked = vroom.Input()
    for mode in sorted({vehicle.travel for vehicle in problem.vehicles}):
        asked.set_durations_matrix(mode, matrix_of(problem, mode))
    size, numbers = compartments(problem), problem.place_numbers
    asked.add_vehicle(
        [
            vroom.Vehicle(
                number,
                start=numbers[vehicle.start],
                end=None if vehicle.end is None else numbers[vehicle.end],
                profile=vehicle.travel,
                capacity=vroom.Amount(filled(vehicle.capacity, size)),
                time_window=_window(vehicle.shift),
            )
            for number, vehicle in enumerate(problem.vehicles)
        ]
    )
    dearest = max((task.penalty or 0 for task in problem.tasks), default=0)
    for number, task in enumerate(problem.tasks):
        _add(asked, problem, number, task, size, _priority(task, dearest))
    return asked


def _add(
    asked: Any, problem: Problem, number: int, task: Task, size: int, priority: int
) -> None:
    load = vroom.Amount([*task.load, *[0] * size][:size])
    if task.visit is not None:
        fields = _step(problem, number, task.visit)
        asked.add_job(vroom.Job(**fields, delivery=load, priority=priority))
        return
    steps = [
        vroom.ShipmentStep(**_step(problem, number, halt)) for _, halt in task.halts
    ]
    asked.add_shipment(*steps, amount=load, priority=priority)


def _step(problem: Problem, number: int, halt: Halt) -> dict[str, Any]:
    return {
        "id": number,
        "location": problem.place_numbers[halt.place],
        "default_service": halt.service_seconds,
        "time_windows": [vroom.TimeWindow(*_window(halt.windows[0]))],
    }


def _window(window: tuple[int, int]) -> tuple[int, int]:
    return max(0, window[0]), max(0, window[1])


def _priority(task: Task, dearest: int) -> int:
    """In VROOM, 100 is what must not be left out."""
    if task.penalty is None or not dearest:
        return _MOST_IMPORTANT
    return max(1, round(_MOST_IMPORTANT * task.penalty / dearest))


def _tours(problem: Problem, frame: Any) -> Tours:
    tours: Tours = {}
    columns = frame["vehicle_id"], frame["type"], frame["id"]
    for vehicle, kind, number in zip(*columns, strict=True):
        if kind in _KINDS:
            tour = tours.setdefault(problem.vehicles[int(vehicle)].id, [])
            tour.append((problem.tasks[int(number)].id, _KINDS[kind]))
    return tours
