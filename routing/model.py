"""A problem built step by step: the way most people begin.

>>> from routing import Effort, Model
>>> model = Model()
>>> kitchen = model.add_place(31.2304, 121.4737)
>>> home = model.add_place(31.2390, 121.4990)
>>> model.add_vehicle("mei", start=kitchen, capacity=8, skills={"bath"})
>>> model.add_task("bath for Mrs Wu", at=home, needs={"bath"}, service_seconds=3600)
>>> model.add_task(
...     "lunch for Mr Li", pickup=kitchen, at=home, load=1,
...     window=(39_600, 43_200), max_ride_seconds=3000, penalty=40_000,
... )
>>> plan = model.solve(Effort(iterations=10))
>>> [stop.task for stop in plan.routes[0].stops]
['lunch for Mr Li', 'lunch for Mr Li', 'bath for Mrs Wu']
>>> plan.left_out
()
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from routing.effort import Effort
from routing.plan import Plan
from routing.problem import (
    ALWAYS,
    Begun,
    Break,
    Halt,
    Place,
    Preference,
    Problem,
    Stop,
    Task,
    Vehicle,
    Window,
)
from routing.problem import Sequence as Following
from routing.solve import solve
from routing.travel import Matrix, Speed

FROM_MIDNIGHT: Final[Window] = (0, ALWAYS[1])
_EBIKE: Final = Speed(metres_per_second=15 / 3.6, detour=1.35)
_ON_FOOT: Final = Speed(metres_per_second=4.5 / 3.6, detour=1.35)


@dataclass
class Model:
    """Collects places, vehicles and tasks; `problem()` freezes and checks them.

    Times are whole seconds after midnight, positions WGS-84 degrees. Each `add_…`
    checks its own field at once; `problem()` checks that they fit together.

    Attributes:
        travel: begins with the modes `ebike` (15 km/h) and `walk` (4.5 km/h) over
            great circles stretched by 1.35; put matrices or other speeds there. A
            mode that no vehicle uses is left out of the problem.
        now: the second at which planning goes on; None before the day has begun.
    """

    name: str = "model"
    travel: dict[str, Speed | Matrix] = field(
        default_factory=lambda: {"ebike": _EBIKE, "walk": _ON_FOOT}
    )
    now: int | None = None
    _places: list[Place] = field(default_factory=list)
    _vehicles: list[Vehicle] = field(default_factory=list)
    _tasks: list[Task] = field(default_factory=list)
    _never: list[tuple[str, str]] = field(default_factory=list)
    _prefer: list[Preference] = field(default_factory=list)
    _follow: list[Following] = field(default_factory=list)
    _begun: dict[str, Begun] = field(default_factory=dict)

    def add_place(
        self,
        lat: float | None = None,
        lon: float | None = None,
        *,
        name: str | None = None,
        arrive_seconds: int = 0,
    ) -> str:
        """Add a place and return its id.

        Args:
            lat, lon: degrees; both may be missing where every mode has a matrix.
            arrive_seconds: parking and stairs, spent once per stay.

        Raises:
            BadProblem: degrees that are none, (0, 0), or only one of the two.
        """
        place_id = name if name is not None else f"place {len(self._places)}"
        self._places.append(Place(place_id, lat, lon, arrive_seconds))
        return place_id

    def add_vehicle(
        self,
        name: str,
        *,
        start: str,
        end: str | None = None,
        travel: str = "ebike",
        capacity: int | Sequence[int] | None = None,
        shift: Window = FROM_MIDNIGHT,
        skills: Iterable[str] = (),
        max_work_seconds: int | None = None,
        breaks: Iterable[Break] = (),
        max_tasks: int | None = None,
    ) -> None:
        """Add a helper on shift; None means no limit.

        Args:
            end: where work ends; None: at the last stop.
            shift: if not given, from midnight on.
            capacity: what fits on board, one number per compartment.
            max_work_seconds: from leaving to the end, waiting and breaks included.
            breaks: each is taken whole inside its window; three at most.

        Raises:
            BadProblem: a shift that closes before it opens, a negative amount.
        """
        self._vehicles.append(
            Vehicle(
                id=name,
                travel=travel,
                start=start,
                end=end,
                capacity=None if capacity is None else _amounts(capacity),
                shift=shift,
                skills=frozenset(skills),
                max_work_seconds=max_work_seconds,
                breaks=tuple(breaks),
                max_tasks=max_tasks,
            )
        )

    def add_task(
        self,
        name: str,
        *,
        at: str,
        pickup: str | None = None,
        window: Window | Sequence[Window] = ALWAYS,
        pickup_window: Window | Sequence[Window] = ALWAYS,
        service_seconds: int = 0,
        pickup_seconds: int = 0,
        load: int | Sequence[int] = 0,
        max_ride_seconds: int | None = None,
        tier: int = 0,
        penalty: int | None = None,
        needs: Iterable[str] = (),
        people: int = 1,
    ) -> None:
        """Add a visit at a place, or, with `pickup`, a delivery to it.

        Args:
            window, pickup_window: when service may begin: (opens, closes), both
                included, or several of them.
            load: per compartment; of a delivery on board between its stops, of a
                visit from the start of the round until the visit.
            max_ride_seconds: from the beginning of service at the pickup to the
                beginning of service at the door.
            tier: no number of tasks of a lower tier keeps out one of a higher.
            penalty: what leaving it out costs, in seconds of travel, inside its
                tier; None: it must be served.
            needs: skills that whoever does it has, all of them.
            people: 2 of them begin a visit at the same second.

        Raises:
            BadProblem: a window that closes before it opens, a negative amount, a
                delivery by two people.
        """
        door = Halt(at, _windows(window), service_seconds)
        origin = None
        if pickup is not None:
            origin = Halt(pickup, _windows(pickup_window), pickup_seconds)
        self._tasks.append(
            Task(
                id=name,
                pickup=origin,
                dropoff=None if origin is None else door,
                visit=door if origin is None else None,
                load=_amounts(load),
                max_ride_seconds=max_ride_seconds,
                tier=tier,
                penalty=penalty,
                needs=frozenset(needs),
                people=people,
            )
        )

    def follow(
        self,
        first: str,
        then: str,
        *,
        min_gap: int | None = None,
        max_gap: int | None = None,
        same_vehicle: bool = False,
        measured_from: Literal["end", "start"] = "end",
    ) -> None:
        """One task begins so many seconds after another; void if one is left out.

        Args:
            min_gap, max_gap: from the end of service of the first task's last stop
                to the beginning of the second's first; they may be negative.
            same_vehicle: one vehicle does both.
            measured_from: "start": from the beginning of that service instead.

        Raises:
            BadProblem: a task that follows itself.
        """
        line = Following(first, then, min_gap, max_gap, same_vehicle, measured_from)
        self._follow.append(line)

    def forbid(self, vehicle: str, task: str) -> None:
        """That vehicle never does that task."""
        self._never.append((vehicle, task))

    def prefer(self, vehicle: str, task: str, *, seconds: int) -> None:
        """That vehicle doing that task is worth so many seconds of travel."""
        self._prefer.append(Preference(vehicle, task, seconds))

    def begun(
        self, vehicle: str, *, at: str, free_at: int, stops: Iterable[Stop] = ()
    ) -> None:
        """What a vehicle has done and where it is free again: fixed from now on.

        Args:
            stops: done or under way; a plan repeats them first.
            free_at: second at which it can leave the place `at`.
        """
        self._begun[vehicle] = Begun(at, free_at, tuple(stops))

    def problem(self) -> Problem:
        """Everything added so far, frozen.

        Raises:
            BadProblem: an unknown name, a name twice, a matrix of the wrong size; the
                message names the field.
        """
        used = {vehicle.travel for vehicle in self._vehicles}
        return Problem(
            name=self.name,
            places=tuple(self._places),
            travel={mode: each for mode, each in self.travel.items() if mode in used},
            vehicles=tuple(self._vehicles),
            tasks=tuple(self._tasks),
            never=tuple(self._never),
            prefer=tuple(self._prefer),
            sequence=tuple(self._follow),
            now=self.now,
            begun=self._begun,
        )

    def solve(self, effort: Effort | None = None, start: Plan | None = None) -> Plan:
        """Freeze the problem and plan it, from nothing or from an earlier plan.

        Raises what `problem` and `routing.solve` raise.
        """
        return solve(self.problem(), effort or Effort(), start)


def _windows(given: Any) -> tuple[Any, ...]:
    """One window, or several; what is neither is refused where it is checked."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        return (given,)
    several = all(isinstance(each, Sequence) for each in given)
    return tuple(map(tuple, given)) if several else (tuple(given),)


def _amounts(given: Any) -> tuple[Any, ...]:
    """One amount, or one for each compartment."""
    return tuple(given) if isinstance(given, Sequence) else (given,)
