"""Li & Lim's files: what is picked up at one point is brought to another.

Everything is × 1,000 inside. The literature makes the number of vehicles least first,
then the distance; here the fleet is a limit (`Effort.vehicles`) and the distance is
what is made small. A task has the number of its pickup.
"""

from dataclasses import dataclass
from typing import Final

from routing.errors import NotYetHonoured
from routing.problem import Halt, Place, Problem, Task, Vehicle, Window
from routing.public.lines import Line, Lines
from routing.public.source import MODE, PlaneFile, Point, rounded_legs
from routing.travel import Matrix

SCALE: Final = 1000
_CONVENTION: Final = "distance in full precision (Li & Lim); vehicles are a limit"
_LARGEST: Final = 400_000  # of a number in these files; × 1,000 it is a second
_FARTHEST: Final = 100_000  # of a coordinate; legs stay inside the horizon
_MOST_VEHICLES: Final = 2_000  # eight times the largest fleet of these sets


def is_li_lim(lines: Lines) -> bool:
    """The first line has three entries, and the first of them is a number."""
    words = lines.words(0)
    return len(words) <= 3 and bool(words) and words[0].lstrip("-").isdigit()


def li_lim_from(lines: Lines) -> PlaneFile:
    """Raises: BadProblem, naming the line."""
    fleet = lines.line(0, "the fleet")
    fleet.must_have(3)
    vehicles = fleet.whole(0, "the number of vehicles", most=_MOST_VEHICLES)
    capacity = fleet.whole(1, "the capacity", most=_LARGEST)
    if fleet.whole(2, "the speed") != 1:
        raise NotYetHonoured(f"line {fleet.number}", "only the speed 1 is honoured")
    lines.line(1, "the depot")
    lines.line(2, "the first task")
    rows = [_row(line, number) for number, line in enumerate(lines.lines[1:])]
    depot = rows[0]
    if depot.demand or depot.service or depot.pickup or depot.delivery:
        raise depot.line.bad("the depot has neither demand nor service nor a partner")
    tasks = [_task(rows, row) for row in rows[1:] if _is_pickup(rows, row)]
    points = {row.name: row.point for row in rows}
    legs = rounded_legs(list(points.values()), SCALE)
    helpers = (
        Vehicle(
            str(number),
            MODE,
            start=depot.name,
            end=depot.name,
            capacity=(capacity,),
            shift=depot.window,
        )
        for number in range(1, vehicles + 1)
    )
    problem = Problem(
        name=lines.name,
        places=tuple(Place(name) for name in points),
        travel={MODE: Matrix(legs)},
        vehicles=tuple(helpers),
        tasks=tuple(tasks),
    )
    return PlaneFile(problem, points, SCALE, truncated=False, convention=_CONVENTION)


@dataclass(frozen=True)
class _Row:
    line: Line
    name: str
    point: Point
    demand: int
    window: Window
    service: int
    pickup: int
    delivery: int


def _row(line: Line, number: int) -> _Row:
    line.must_have(9)
    if line.whole(0, "the number", most=_LARGEST) != number:
        raise line.bad(f"should be number {number}, not {line.words[0]}")
    x = line.whole(1, "x", least=-_FARTHEST, most=_FARTHEST)
    y = line.whole(2, "y", least=-_FARTHEST, most=_FARTHEST)
    opens = line.whole(4, "the earliest time", most=_LARGEST)
    closes = line.whole(5, "the latest time", most=_LARGEST)
    if closes < opens:
        raise line.bad(f"the latest time {closes} is before the earliest {opens}")
    return _Row(
        line,
        name=str(number),
        point=(x, y),
        demand=line.whole(3, "the demand", least=-_LARGEST, most=_LARGEST),
        window=(opens * SCALE, closes * SCALE),
        service=line.whole(6, "the service time", most=_LARGEST) * SCALE,
        pickup=line.whole(7, "the pickup's number", most=_LARGEST),
        delivery=line.whole(8, "the delivery's number", most=_LARGEST),
    )


def _is_pickup(rows: list[_Row], row: _Row) -> bool:
    """Is it one? A delivery must be one of a pickup that names it."""
    if bool(row.pickup) == bool(row.delivery):
        raise row.line.bad("must name its pickup or its delivery, and not both")
    if row.delivery:
        return True
    if _partner(rows, row, row.pickup, "pickup").delivery != int(row.name):
        raise row.line.bad(f"its pickup {row.pickup} names another delivery")
    return False


def _task(rows: list[_Row], row: _Row) -> Task:
    door = _partner(rows, row, row.delivery, "delivery")
    if door.pickup != int(row.name):
        raise row.line.bad(f"its delivery {row.delivery} names another pickup")
    if row.demand < 0:
        raise row.line.bad(f"a pickup's demand cannot be negative: {row.demand}")
    if row.demand + door.demand:
        raise door.line.bad(f"must bring what {row.name} picks up: {row.demand}")
    return Task(
        row.name,
        pickup=Halt(row.name, (row.window,), row.service),
        dropoff=Halt(door.name, (door.window,), door.service),
        load=(row.demand,),
    )


def _partner(rows: list[_Row], row: _Row, number: int, kind: str) -> _Row:
    if number >= len(rows):
        raise row.line.bad(
            f"its {kind} {number} is missing: the file may be half-written"
        )
    return rows[number]
