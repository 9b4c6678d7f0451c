"""`liuzhu-problem/1`: from JSON fields to a Problem and back."""

from typing import Any, Final

from routing.errors import BadProblem
from routing.problem import (
    ALWAYS,
    Begun,
    Break,
    Halt,
    Place,
    Preference,
    Problem,
    Sequence,
    Stop,
    Task,
    Vehicle,
)
from routing.reading import Fields, a_list, an_object, each_of, texts, under
from routing.travel import NO_WAY, Matrix, Speed

PROBLEM_FORMAT: Final = "liuzhu-problem/1"


def problem_from(fields: Fields) -> Problem:
    """Raises: BadProblem, naming the field."""
    if fields.get("format") != PROBLEM_FORMAT:
        raise BadProblem("format", f"must be {PROBLEM_FORMAT!r}")
    needed = ("format", "name", "places", "travel", "vehicles", "tasks")
    optional = ("sequence", "never", "prefer", "now", "begun")
    an_object("", fields, known=optional, needed=needed)
    return Problem(
        name=fields["name"],
        places=each_of("places", fields["places"], _place),
        travel=_travel(fields["travel"]),
        vehicles=each_of("vehicles", fields["vehicles"], _vehicle),
        tasks=each_of("tasks", fields["tasks"], _task),
        sequence=each_of("sequence", fields.get("sequence", []), _sequence),
        never=each_of("never", fields.get("never", []), _never),
        prefer=each_of("prefer", fields.get("prefer", []), _preference),
        now=fields.get("now"),
        begun=_begun(fields.get("begun", {})),
    )


def _place(value: Any) -> Place:
    known = ("lat", "lon", "arrive_seconds")
    return Place(**an_object("", value, known=known, needed=("id",)))


def _travel(value: Any) -> dict[str, Speed | Matrix]:
    found: dict[str, Speed | Matrix] = {}
    for mode, entry in an_object("travel", value).items():
        with under(f"travel.{mode}"):
            if isinstance(entry, dict) and "seconds" in entry:
                an_object("", entry, needed=("seconds",))
                rows = a_list("seconds", entry["seconds"])
                for number, row in enumerate(rows):
                    a_list(f"seconds[{number}]", row)
                found[mode] = Matrix.of(rows)
            else:
                needed = ("metres_per_second",)
                found[mode] = Speed(
                    **an_object("", entry, known=("detour",), needed=needed)
                )
    return found


def _window(value: Any) -> Any:
    return tuple(a_list("", value))


def _break(value: Any) -> Break:
    fields = an_object("", value, needed=("window", "seconds"))
    return Break(_window(fields["window"]), fields["seconds"])


def _vehicle(value: Any) -> Vehicle:
    known = ("end", "capacity", "shift", "skills", "max_work_seconds", "breaks")
    needed = ("id", "travel", "start")
    fields = dict(an_object("", value, known=(*known, "max_tasks"), needed=needed))
    if fields.get("capacity") is not None:
        fields["capacity"] = tuple(a_list("capacity", fields["capacity"]))
    if "shift" in fields:
        fields["shift"] = tuple(a_list("shift", fields["shift"]))
    fields["skills"] = frozenset(texts("skills", fields.get("skills", [])))
    fields["breaks"] = each_of("breaks", fields.get("breaks", []), _break)
    return Vehicle(**fields)


def _halt(fields: Fields, kind: str) -> Halt | None:
    if fields.get(kind) is None:
        return None
    with under(kind):
        known = ("windows", "service")
        found = an_object("", fields[kind], known=known, needed=("place",))
        windows = found.get("windows", [list(ALWAYS)])
        return Halt(
            place=found["place"],
            windows=each_of("windows", windows, _window),
            service_seconds=found.get("service", 0),
        )


def _task(value: Any) -> Task:
    known = ("load", "max_ride_seconds", "tier", "penalty", "needs", "people")
    stops = ("pickup", "dropoff", "visit")
    fields = an_object("", value, known=(*known, *stops), needed=("id",))
    return Task(
        id=fields["id"],
        pickup=_halt(fields, "pickup"),
        dropoff=_halt(fields, "dropoff"),
        visit=_halt(fields, "visit"),
        load=tuple(a_list("load", fields.get("load", []))),
        max_ride_seconds=fields.get("max_ride_seconds"),
        tier=fields.get("tier", 0),
        penalty=fields.get("penalty"),
        needs=frozenset(texts("needs", fields.get("needs", []))),
        people=fields.get("people", 1),
    )


def _sequence(value: Any) -> Sequence:
    known = ("min_gap", "max_gap", "same_vehicle", "from")
    found = dict(an_object("", value, known=known, needed=("first", "then")))
    found["measured_from"] = found.pop("from", "end")
    return Sequence(**found)


def _never(value: Any) -> tuple[str, str]:
    pair = texts("", value)
    if len(pair) != 2:
        raise BadProblem("", "must be a vehicle and a task")
    return pair[0], pair[1]


def _preference(value: Any) -> Preference:
    return Preference(**an_object("", value, needed=("vehicle", "task", "seconds")))


def stop_from(value: Any) -> Stop:
    """A stop of a plan or of a begun round: a task's stop, or a break."""
    fields = an_object("", value, known=("task", "stop", "break"), needed=("at",))
    if "break" not in fields:
        an_object("", value, needed=("task", "stop", "at"))
    return Stop(
        at=fields["at"],
        task=fields.get("task"),
        kind=fields.get("stop"),
        break_number=fields.get("break"),
    )


def stop_to(stop: Stop) -> dict[str, Any]:
    if stop.break_number is not None:
        return {"break": stop.break_number, "at": stop.at}
    return {"task": stop.task, "stop": stop.kind, "at": stop.at}


def _begun(value: Any) -> dict[str, Begun]:
    found = {}
    for vehicle, entry in an_object("begun", value).items():
        with under(f"begun.{vehicle}"):
            needed = ("at_place", "free_at")
            fields = an_object("", entry, known=("stops",), needed=needed)
            stops = each_of("stops", fields.get("stops", []), stop_from)
            found[vehicle] = Begun(fields["at_place"], fields["free_at"], stops)
    return found


def problem_to(problem: Problem) -> dict[str, Any]:
    """The fields of the file, defaults left out."""
    return _set(
        format=PROBLEM_FORMAT,
        name=problem.name,
        places=[_place_to(place) for place in problem.places],
        travel={mode: _travel_to(each) for mode, each in problem.travel.items()},
        vehicles=[_vehicle_to(vehicle) for vehicle in problem.vehicles],
        tasks=[_task_to(task) for task in problem.tasks],
        sequence=[_sequence_to(line) for line in problem.sequence] or None,
        never=[list(pair) for pair in problem.never] or None,
        prefer=[vars(wish) for wish in problem.prefer] or None,
        now=problem.now,
        begun={name: _begun_to(each) for name, each in problem.begun.items()} or None,
    )


def _set(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _place_to(place: Place) -> dict[str, Any]:
    arrive = place.arrive_seconds or None
    return _set(id=place.id, lat=place.lat, lon=place.lon, arrive_seconds=arrive)


def _travel_to(travel: Speed | Matrix) -> dict[str, Any]:
    if isinstance(travel, Speed):
        return vars(travel)
    rows = travel.seconds.tolist()
    return {
        "seconds": [[None if cell == NO_WAY else cell for cell in row] for row in rows]
    }


def _vehicle_to(vehicle: Vehicle) -> dict[str, Any]:
    return _set(
        id=vehicle.id,
        travel=vehicle.travel,
        start=vehicle.start,
        end=vehicle.end,
        capacity=None if vehicle.capacity is None else list(vehicle.capacity),
        shift=None if vehicle.shift == ALWAYS else list(vehicle.shift),
        skills=sorted(vehicle.skills) or None,
        max_work_seconds=vehicle.max_work_seconds,
        breaks=[vars(each) | {"window": list(each.window)} for each in vehicle.breaks]
        or None,
        max_tasks=vehicle.max_tasks,
    )


def _halt_to(halt: Halt | None) -> dict[str, Any] | None:
    if halt is None:
        return None
    windows = None if halt.windows == (ALWAYS,) else [list(w) for w in halt.windows]
    return _set(place=halt.place, windows=windows, service=halt.service_seconds or None)


def _task_to(task: Task) -> dict[str, Any]:
    return _set(
        id=task.id,
        people=None if task.people == 1 else task.people,
        load=list(task.load) or None,
        max_ride_seconds=task.max_ride_seconds,
        tier=task.tier or None,
        penalty=task.penalty,
        needs=sorted(task.needs) or None,
        pickup=_halt_to(task.pickup),
        dropoff=_halt_to(task.dropoff),
        visit=_halt_to(task.visit),
    )


def _sequence_to(line: Sequence) -> dict[str, Any]:
    fields = _set(
        first=line.first, then=line.then, min_gap=line.min_gap, max_gap=line.max_gap
    )
    if line.same_vehicle:
        fields["same_vehicle"] = True
    if line.measured_from != "end":
        fields["from"] = line.measured_from
    return fields


def _begun_to(begun: Begun) -> dict[str, Any]:
    return {
        "at_place": begun.at_place,
        "free_at": begun.free_at,
        "stops": [stop_to(stop) for stop in begun.stops],
    }
