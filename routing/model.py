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
from typing import Final

from routing.effort import Effort
from routing.plan import Plan
from routing.problem import (
    ALWAYS,
    Halt,
    Place,
    Preference,
    Problem,
    Task,
    Vehicle,
    Window,
)
from routing.solve import solve
from routing.travel import Matrix, Speed

_EBIKE: Final = Speed(metres_per_second=15 / 3.6, detour=1.35)
_ON_FOOT: Final = Speed(metres_per_second=4.5 / 3.6, detour=1.35)


@dataclass
class Model:
    """Collects places, vehicles and tasks; `problem()` freezes and checks them.

    `travel` begins with the modes `ebike` (15 km/h) and `walk` (4.5 km/h) over
    great circles stretched by 1.35; put matrices or other speeds there.
    """

    name: str = "model"
    travel: dict[str, Speed | Matrix] = field(
        default_factory=lambda: {"ebike": _EBIKE, "walk": _ON_FOOT}
    )
    _places: list[Place] = field(default_factory=list)
    _vehicles: list[Vehicle] = field(default_factory=list)
    _tasks: list[Task] = field(default_factory=list)
    _never: list[tuple[str, str]] = field(default_factory=list)
    _prefer: list[Preference] = field(default_factory=list)

    def add_place(
        self,
        lat: float | None = None,
        lon: float | None = None,
        *,
        name: str | None = None,
        arrive_seconds: int = 0,
    ) -> str:
        """Add a place and return its id."""
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
        shift: Window = ALWAYS,
        skills: Iterable[str] = (),
        max_work_seconds: int | None = None,
        max_tasks: int | None = None,
    ) -> None:
        """Add a helper on shift; None means no limit."""
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
                max_tasks=max_tasks,
            )
        )

    def add_task(
        self,
        name: str,
        *,
        at: str,
        pickup: str | None = None,
        window: Window = ALWAYS,
        pickup_window: Window = ALWAYS,
        service_seconds: int = 0,
        pickup_seconds: int = 0,
        load: int | Sequence[int] = 0,
        max_ride_seconds: int | None = None,
        tier: int = 0,
        penalty: int | None = None,
        needs: Iterable[str] = (),
    ) -> None:
        """Add a visit at a place, or, with `pickup`, a delivery to it.

        Without a penalty the task must be served.
        """
        door = Halt(at, (window,), service_seconds)
        origin = None
        if pickup is not None:
            origin = Halt(pickup, (pickup_window,), pickup_seconds)
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
            )
        )

    def forbid(self, vehicle: str, task: str) -> None:
        """That vehicle never does that task."""
        self._never.append((vehicle, task))

    def prefer(self, vehicle: str, task: str, *, seconds: int) -> None:
        """That vehicle doing that task is worth so many seconds of travel."""
        self._prefer.append(Preference(vehicle, task, seconds))

    def problem(self) -> Problem:
        """Raises: BadProblem, naming the field."""
        used = {vehicle.travel for vehicle in self._vehicles}
        return Problem(
            name=self.name,
            places=tuple(self._places),
            travel={mode: each for mode, each in self.travel.items() if mode in used},
            vehicles=tuple(self._vehicles),
            tasks=tuple(self._tasks),
            never=tuple(self._never),
            prefer=tuple(self._prefer),
        )

    def solve(self, effort: Effort | None = None) -> Plan:
        """Freeze the problem and plan it. Raises what `solve` raises."""
        return solve(self.problem(), effort or Effort())


def _amounts(amounts: int | Sequence[int]) -> tuple[int, ...]:
    return (amounts,) if isinstance(amounts, int) else tuple(amounts)
