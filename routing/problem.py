"""A planning problem as plain, frozen values, checked when they are made.

Whole seconds after midnight of the planning day, whole metres, WGS-84 degrees.
The fields are those of the file format `liuzhu-problem/1`. Every check raises
BadProblem with the name of the field. An unsolvable problem is not an error:
it gets a plan that leaves tasks out and says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Final

from routing.begun import STOP_KINDS
from routing.begun import Begun as Begun  # parts of a problem, named from here
from routing.begun import Stop as Stop
from routing.begun import StopKind as StopKind
from routing.between import Preference as Preference
from routing.between import Sequence as Sequence
from routing.errors import BadProblem
from routing.fields import (
    HORIZON,
    LARGEST_PENALTY,
    LONGEST_ARRIVAL,
    amounts_of,
    must_be_named,
    must_be_number,
    must_be_unique,
    must_be_whole,
    window_of,
)
from routing.references import must_hang_together
from routing.travel import Matrix, Seconds, Speed, squares_of

Window = tuple[int, int]
ALWAYS: Final[Window] = (-HORIZON, HORIZON)


@dataclass(frozen=True)
class Place:
    """A spot on the map.

    `arrive_seconds` (parking, stairs) is spent once per uninterrupted stay.
    Both coordinates, in degrees, may be missing when every travel mode has a matrix.
    """

    id: str
    lat: float | None = None
    lon: float | None = None
    arrive_seconds: int = 0

    def __post_init__(self) -> None:
        must_be_named("id", self.id)
        most = LONGEST_ARRIVAL
        must_be_whole("arrive_seconds", self.arrive_seconds, least=0, most=most)
        if (self.lat is None) != (self.lon is None):
            missing = "lat" if self.lat is None else "lon"
            raise BadProblem(missing, f"place {self.id!r} has only one coordinate")
        if self.lat is None or self.lon is None:
            return
        must_be_number("lat", self.lat, least=-90, most=90)
        must_be_number("lon", self.lon, least=-180, most=180)
        if abs(self.lat) < 1e-6 and abs(self.lon) < 1e-6:
            raise BadProblem("lat", f"place {self.id!r} lies at (0, 0): no location")


@dataclass(frozen=True)
class Halt:
    """Where one stop of a task is, when its service may begin, how long it lasts.

    Service begins inside one of the windows, both ends included; waiting before it
    is allowed. It may outlast the window, not the shift.
    """

    place: str
    windows: tuple[Window, ...] = (ALWAYS,)
    service_seconds: int = 0

    def __post_init__(self) -> None:
        must_be_named("place", self.place)
        must_be_whole("service", self.service_seconds, least=0)
        if not self.windows:
            raise BadProblem("windows", "an empty list leaves no time at all")
        for number, window in enumerate(self.windows):
            window_of(f"windows[{number}]", window)


@dataclass(frozen=True)
class Break:
    """A rest, taken whole inside its window."""

    window: Window
    seconds: int

    def __post_init__(self) -> None:
        window_of("window", self.window)
        must_be_whole("seconds", self.seconds, least=0)
        if self.window[1] - self.window[0] < self.seconds:
            raise BadProblem("seconds", "the break does not fit into its window")


@dataclass(frozen=True)
class Vehicle:
    """A helper on shift. None means no limit; `end` None: works until the last stop.

    Attributes:
        capacity: per compartment.
        shift: work begins and ends in it: from leaving `start` to reaching `end`.
        max_work_seconds: of that, waiting and breaks included.
        max_tasks: a delivery counts once.
    """

    id: str
    travel: str
    start: str
    end: str | None = None
    capacity: tuple[int, ...] | None = None
    shift: Window = ALWAYS
    skills: frozenset[str] = frozenset()
    max_work_seconds: int | None = None
    breaks: tuple[Break, ...] = ()
    max_tasks: int | None = None

    def __post_init__(self) -> None:
        must_be_named("id", self.id)
        must_be_named("travel", self.travel)
        must_be_named("start", self.start)
        window_of("shift", self.shift)
        if self.end is not None:
            must_be_named("end", self.end)
        if self.capacity is not None:
            amounts_of("capacity", self.capacity)
        if self.max_work_seconds is not None:
            must_be_whole("max_work_seconds", self.max_work_seconds, least=0)
        if self.max_tasks is not None:
            must_be_whole("max_tasks", self.max_tasks, least=0)


@dataclass(frozen=True)
class Task:
    """A delivery (pickup and dropoff) or a visit.

    `max_ride_seconds` runs from the beginning of service at the pickup to the
    beginning of service at the dropoff. No penalty: it must be served.

    Attributes:
        load: per compartment; of a delivery on board between its stops, of a visit
            from the start of the round until the visit.
        tier: no number of tasks of lower tiers keeps out one of a higher.
        penalty: of leaving it out, in seconds of travel, inside its tier.
        needs: skills that whoever does it has.
        people: 2 begin a visit at the same second; the penalty counts once.
    """

    id: str
    pickup: Halt | None = None
    dropoff: Halt | None = None
    visit: Halt | None = None
    load: tuple[int, ...] = ()
    max_ride_seconds: int | None = None
    tier: int = 0
    penalty: int | None = None
    needs: frozenset[str] = frozenset()
    people: int = 1

    def __post_init__(self) -> None:
        must_be_named("id", self.id)
        amounts_of("load", self.load)
        must_be_whole("tier", self.tier)
        must_be_whole("people", self.people, least=1, most=2)
        if self.penalty is not None:
            must_be_whole("penalty", self.penalty, least=0, most=LARGEST_PENALTY)
        self._check_stops()

    def _check_stops(self) -> None:
        pair = self.pickup is not None, self.dropoff is not None
        if self.visit is not None and any(pair):
            raise BadProblem("visit", "a task has pickup and dropoff, or a visit")
        if self.visit is None and not all(pair):
            missing = "dropoff" if pair[0] else "pickup" if pair[1] else "visit"
            raise BadProblem(missing, "a task needs pickup and dropoff, or a visit")
        if self.people == 2 and self.visit is None:
            raise BadProblem("people", "only a visit can need two people")
        if self.max_ride_seconds is not None:
            if self.visit is not None:
                raise BadProblem("max_ride_seconds", "a visit rides nowhere")
            must_be_whole("max_ride_seconds", self.max_ride_seconds, least=0)

    @property
    def halts(self) -> tuple[tuple[StopKind, Halt], ...]:
        """The stops in the order in which they must happen."""
        named = zip(STOP_KINDS, (self.pickup, self.dropoff, self.visit), strict=True)
        return tuple((kind, halt) for kind, halt in named if halt is not None)


@dataclass(frozen=True)
class Problem:
    """Everything one plan is made from. See the module for units.

    Attributes:
        travel: by mode: a speed, or a matrix over `places` in their order.
        never: (vehicle, task) that may not be.
        now: vehicles that are not in `begun` leave then or later.
        begun: by vehicle.

    Raises:
        BadProblem: parts that do not fit together; the message names the field.
    """

    name: str
    places: tuple[Place, ...]
    travel: Mapping[str, Speed | Matrix]
    vehicles: tuple[Vehicle, ...] = ()
    tasks: tuple[Task, ...] = ()
    sequence: tuple[Sequence, ...] = ()
    never: tuple[tuple[str, str], ...] = ()
    prefer: tuple[Preference, ...] = ()
    now: int | None = None
    begun: Mapping[str, Begun] = field(default_factory=dict)

    def __post_init__(self) -> None:
        must_be_named("name", self.name)
        if self.now is not None:
            must_be_whole("now", self.now)
        object.__setattr__(self, "travel", MappingProxyType(dict(self.travel)))
        object.__setattr__(self, "begun", MappingProxyType(dict(self.begun)))
        for kind in ("places", "vehicles", "tasks"):
            must_be_unique(kind, (each.id for each in getattr(self, kind)))
        must_hang_together(self)

    @cached_property
    def place_numbers(self) -> dict[str, int]:
        """Where each place stands in `places`, and in a matrix."""
        return {place.id: number for number, place in enumerate(self.places)}

    @cached_property
    def vehicle_numbers(self) -> dict[str, int]:
        """Where each vehicle stands in `vehicles`."""
        return {vehicle.id: number for number, vehicle in enumerate(self.vehicles)}

    @cached_property
    def task_numbers(self) -> dict[str, int]:
        """Where each task stands in `tasks`."""
        return {task.id: number for number, task in enumerate(self.tasks)}

    @cached_property
    def squares(self) -> Mapping[str, Seconds]:
        """See `routing.travel.squares_of`; reckoned once, when first asked for."""
        return squares_of(self.places, self.travel)

    def place(self, place_id: str) -> Place:
        """By its id. Raises: KeyError."""
        return self.places[self.place_numbers[place_id]]

    def vehicle(self, vehicle_id: str) -> Vehicle:
        """By its id. Raises: KeyError."""
        return self.vehicles[self.vehicle_numbers[vehicle_id]]

    def task(self, task_id: str) -> Task:
        """By its id. Raises: KeyError."""
        return self.tasks[self.task_numbers[task_id]]

    def replaced(self, **changes: object) -> "Problem":
        """The same problem with some fields changed, checked anew."""
        return replace(self, **changes)  # type: ignore[arg-type]
