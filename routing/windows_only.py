"""Plain days of visits with PyVRP, where it is installed: one depot, one kind of van.

PyVRP is the best open engine for exactly this: visits from one depot with a window
each, and one capacity. It knows nothing of what else a problem may hold, so anything
else is refused. It is optional: `pip install pyvrp`.
"""

import importlib
from collections.abc import Iterator
from importlib import metadata
from typing import Any, Final

from routing.effort import Effort, Ending
from routing.errors import EngineMissing, NotYetHonoured
from routing.problem import Halt, Problem, Task, Vehicle
from routing.travel import NO_WAY, Matrix, Seconds, travel_seconds

_ROOM_WITHOUT_LIMIT: Final = 10**12
_SEEDS: Final = 2**32


def pyvrp_version() -> str:
    """Raises: EngineMissing."""
    _pyvrp()
    return f"pyvrp {metadata.version('pyvrp')}"


def _pyvrp() -> Any:
    try:
        return importlib.import_module("pyvrp")
    except ImportError as missing:
        raise EngineMissing(
            "PyVRP cannot be imported; install the package pyvrp, or ask for "
            f"another engine ({missing})"
        ) from missing


def must_be_plain(problem: Problem) -> None:
    """Raises: NotYetHonoured, naming the first field that PyVRP does not know."""
    for field in ("sequence", "never", "prefer", "now", "begun"):
        if getattr(problem, field) not in ((), None) and getattr(problem, field) != {}:
            raise NotYetHonoured(field, "the engine pyvrp does not know this")
    for path in _odd_vehicles(problem):
        raise NotYetHonoured(path, "the engine pyvrp wants plain vehicles, all alike")
    for path in _odd_tasks(problem):
        raise NotYetHonoured(path, "the engine pyvrp wants plain visits")
    for number, place in enumerate(problem.places):
        if place.arrive_seconds:
            raise NotYetHonoured(
                f"places[{number}].arrive_seconds", "the engine pyvrp cannot park"
            )
    if problem.vehicles and (_legs(problem) == NO_WAY).any():
        raise NotYetHonoured("travel", "the engine pyvrp wants a way to everywhere")


def _odd_vehicles(problem: Problem) -> Iterator[str]:
    for number, each in enumerate(problem.vehicles):
        first = problem.vehicles[0]
        for field in ("travel", "start", "capacity", "shift"):
            if getattr(each, field) != getattr(first, field):
                yield f"vehicles[{number}].{field}"
        if each.end != each.start:
            yield f"vehicles[{number}].end"
        if each.breaks:
            yield f"vehicles[{number}].breaks"
        for field in ("max_work_seconds", "max_tasks"):
            if getattr(each, field) is not None:
                yield f"vehicles[{number}].{field}"


def _odd_tasks(problem: Problem) -> Iterator[str]:
    for number, task in enumerate(problem.tasks):
        if task.visit is None:
            yield f"tasks[{number}].pickup"
        elif len(task.visit.windows) > 1:
            yield f"tasks[{number}].visit.windows"
        if task.needs:
            yield f"tasks[{number}].needs"
        if task.people > 1:
            yield f"tasks[{number}].people"
        if task.tier != problem.tasks[0].tier:
            yield f"tasks[{number}].tier"


def windows_only_plan(
    problem: Problem, effort: Effort, ending: Ending
) -> list[list[int]]:
    """Numbers of tasks in order, per vehicle; no round breaks a rule.

    What PyVRP cannot fit anywhere stands on no round.

    Raises:
        EngineMissing, NotYetHonoured
    """
    pyvrp = _pyvrp()
    must_be_plain(problem)
    rounds: list[list[int]] = [[] for _ in problem.vehicles]
    used = len(rounds) if effort.vehicles is None else effort.vehicles
    used = min(used, len(rounds))
    day = _Day(problem) if used else None
    if day is None or not day.able:
        return rounds
    stop = (
        pyvrp.stop.MaxIterations(effort.iterations)
        if effort.iterations is not None
        else pyvrp.stop.MaxRuntime(max(0.01, ending.seconds_left or 0.0))
    )
    found = pyvrp.solve(
        day.data(pyvrp, used),
        stop,
        seed=effort.seed % _SEEDS,
        collect_stats=False,
        display=False,
    )
    for number, route in enumerate(found.best.routes()):
        clients = [each.idx for each in route if each.is_client()]
        rounds[number] = day.kept([day.able[index] for index in clients])
    return rounds


class _Day:
    """The numbers of one plain day, counted from the opening of the shift."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.van: Vehicle = problem.vehicles[0]
        self.legs = _legs(problem)
        self.depot = problem.place_numbers[self.van.start]
        self.opens, self.closes = self.van.shift
        tasks = enumerate(problem.tasks)
        self.able = [number for number, task in tasks if self._may_begin(task)]
        loads = (len(task.load) for task in problem.tasks)
        self.compartments = max(loads, default=0)
        self.room = _filled(self.van.capacity, self.compartments)

    def _may_begin(self, task: Task) -> bool:
        opens, closes = _halt(task).windows[0]
        return closes >= self.opens and opens <= self.closes

    def data(self, pyvrp: Any, used: int) -> Any:
        legs = self.legs.astype("int64")
        van = pyvrp.VehicleType(
            num_available=used,
            capacity=self.room,
            tw_late=self.closes - self.opens,
        )
        return pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0)] * len(self.problem.places),
            clients=[self._client(pyvrp, self.problem.tasks[k]) for k in self.able],
            depots=[pyvrp.Depot(self.depot)],
            vehicle_types=[van],
            distance_matrices=[legs],
            duration_matrices=[legs],
        )

    def _client(self, pyvrp: Any, task: Task) -> Any:
        halt = _halt(task)
        opens, closes = halt.windows[0]
        return pyvrp.Client(
            self.problem.place_numbers[halt.place],
            delivery=[*task.load, *[0] * (self.compartments - len(task.load))],
            service_duration=halt.service_seconds,
            tw_early=max(0, opens - self.opens),
            tw_late=closes - self.opens,
            required=task.penalty is None,
            prize=task.penalty or 0,
        )

    def kept(self, tour: list[int]) -> list[int]:
        """The tour without the tasks that come too late, or are too much."""
        kept: list[int] = []
        room, here, now = list(self.room), self.depot, self.opens
        for number in tour:
            task = self.problem.tasks[number]
            halt = _halt(task)
            there = self.problem.place_numbers[halt.place]
            begins = max(now + int(self.legs[here, there]), halt.windows[0][0])
            done = begins + halt.service_seconds
            load = _filled(task.load, len(room))
            left = [has - takes for has, takes in zip(room, load, strict=True)]
            if (
                begins > halt.windows[0][1]
                or done + int(self.legs[there, self.depot]) > self.closes
                or min(left, default=0) < 0
            ):
                continue
            kept.append(number)
            room, here, now = left, there, done
        return kept


def _halt(task: Task) -> Halt:
    return task.halts[0][1]  # its visit: must_be_plain has looked


def _filled(amounts: tuple[int, ...] | None, size: int) -> list[int]:
    if amounts is None:
        return [_ROOM_WITHOUT_LIMIT] * size
    return [*amounts, *[0] * size][:size]


def _legs(problem: Problem) -> Seconds:
    travel = problem.travel[problem.vehicles[0].travel]
    if isinstance(travel, Matrix):
        return travel.seconds
    points = [(place.lat or 0.0, place.lon or 0.0) for place in problem.places]
    return travel_seconds(points, travel)
