"""Do the parts of a problem name each other rightly?"""

from typing import TYPE_CHECKING

from routing.errors import BadProblem
from routing.fields import must_be_known
from routing.travel import Matrix, Speed

if TYPE_CHECKING:
    from routing.problem import Begun, Problem


def must_hang_together(problem: "Problem") -> None:
    """Check what one value alone cannot know.

    Raises:
        BadProblem: an unknown name, a matrix of the wrong size, a place without
            coordinates under a mode that needs them, or begun stops that
            contradict their tasks.
    """
    _check_travel(problem)
    _check_vehicles(problem)
    _check_tasks(problem)
    _check_lines(problem)
    for vehicle, begun in problem.begun.items():
        must_be_known("begun", vehicle, "vehicle", problem.vehicle_numbers)
        _check_begun(problem, vehicle, begun)
    _check_begun_once(problem)


def _check_travel(problem: "Problem") -> None:
    for mode, travel in problem.travel.items():
        if isinstance(travel, Matrix):
            if len(travel.seconds) != len(problem.places):
                size = f"{len(travel.seconds)} rows for {len(problem.places)} places"
                raise BadProblem(f"travel.{mode}.seconds", size)
        elif isinstance(travel, Speed):
            for number, place in enumerate(problem.places):
                if place.lat is None:
                    raise BadProblem(
                        f"places[{number}].lat",
                        f"place {place.id!r} needs a location: "
                        f"travel {mode!r} has no matrix",
                    )
        else:
            raise BadProblem(f"travel.{mode}", "must be a speed or a matrix")


def _check_vehicles(problem: "Problem") -> None:
    for number, vehicle in enumerate(problem.vehicles):
        path = f"vehicles[{number}]"
        must_be_known(f"{path}.travel", vehicle.travel, "travel mode", problem.travel)
        must_be_known(f"{path}.start", vehicle.start, "place", problem.place_numbers)
        if vehicle.end is not None:
            must_be_known(f"{path}.end", vehicle.end, "place", problem.place_numbers)


def _check_tasks(problem: "Problem") -> None:
    for number, task in enumerate(problem.tasks):
        for kind, halt in task.halts:
            path = f"tasks[{number}].{kind}.place"
            must_be_known(path, halt.place, "place", problem.place_numbers)


def _check_lines(problem: "Problem") -> None:
    for number, line in enumerate(problem.sequence):
        for name, task in (("first", line.first), ("then", line.then)):
            must_be_known(
                f"sequence[{number}].{name}", task, "task", problem.task_numbers
            )
    for number, (vehicle, task) in enumerate(problem.never):
        _check_pairing(problem, f"never[{number}]", vehicle, task)
    for number, wish in enumerate(problem.prefer):
        _check_pairing(problem, f"prefer[{number}]", wish.vehicle, wish.task)


def _check_pairing(problem: "Problem", path: str, vehicle: str, task: str) -> None:
    must_be_known(path, vehicle, "vehicle", problem.vehicle_numbers)
    must_be_known(path, task, "task", problem.task_numbers)


def _check_begun(problem: "Problem", vehicle: str, begun: "Begun") -> None:
    path = f"begun.{vehicle}"
    must_be_known(f"{path}.at_place", begun.at_place, "place", problem.place_numbers)
    on_board: set[str] = set()
    for number, stop in enumerate(begun.stops):
        where = f"{path}.stops[{number}]"
        if stop.task is None:
            if (stop.break_number or 0) >= len(problem.vehicle(vehicle).breaks):
                raise BadProblem(f"{where}.break", "the vehicle has no such break")
            continue
        must_be_known(f"{where}.task", stop.task, "task", problem.task_numbers)
        kinds = [kind for kind, _ in problem.task(stop.task).halts]
        if stop.kind not in kinds:
            raise BadProblem(f"{where}.stop", f"{stop.task!r} has no {stop.kind}")
        if stop.kind == "dropoff" and stop.task not in on_board:
            raise BadProblem(f"{where}.stop", f"{stop.task!r} was never picked up")
        if stop.kind == "pickup":
            on_board.add(stop.task)


def _check_begun_once(problem: "Problem") -> None:
    holders: dict[tuple[str | None, str | None], set[str]] = {}
    for vehicle, begun in problem.begun.items():
        for number, stop in enumerate(begun.stops):
            if stop.task is None:
                continue
            holder = holders.setdefault((stop.task, stop.kind), set())
            people = problem.task(stop.task).people
            if vehicle in holder or len(holder) == people:
                raise BadProblem(
                    f"begun.{vehicle}.stops[{number}]", f"{stop.task!r} is done twice"
                )
            holder.add(vehicle)
