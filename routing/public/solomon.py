"""Solomon's and Gehring & Homberger's files: visits from one depot, with windows.

Read in the DIMACS convention: one decimal, truncated, so everything is × 10. Only the
distance counts; the number of vehicles is a limit, no aim.
"""

from typing import Final

from routing.problem import Halt, Place, Problem, Task, Vehicle
from routing.public.lines import Line, Lines
from routing.public.source import MODE, PlaneFile, Point, truncated_legs
from routing.travel import Matrix

SCALE: Final = 10
_CONVENTION: Final = "distance, each leg truncated to one decimal (DIMACS)"
_LARGEST: Final = 1_000_000  # of a number in these files; scaled, it is a second
_MOST_VEHICLES: Final = 2_000  # eight times the largest fleet of these sets


def is_solomon(lines: Lines) -> bool:
    return [word.upper() for word in lines.words(1)] == ["VEHICLE"]


def solomon_from(lines: Lines) -> PlaneFile:
    """Raises: BadProblem, naming the line."""
    fleet = _fleet_line(lines)
    vehicles = fleet.whole(0, "the number of vehicles", most=_MOST_VEHICLES)
    capacity = fleet.whole(1, "the capacity", most=_LARGEST)
    title = lines.line(4, "the customers")
    if title.words[0].upper() != "CUSTOMER":
        raise title.bad("the heading CUSTOMER is missing")
    lines.line(5, "the customers' columns")
    lines.line(6, "the depot")
    rows = lines.lines[6:]
    lines.line(7, "the first customer")
    customers = [_Customer(line, number) for number, line in enumerate(rows)]
    depot, *others = customers
    if depot.demand or depot.service:
        raise rows[0].bad("the depot has neither demand nor service")
    points = {each.name: each.point for each in customers}
    legs = truncated_legs(list(points.values()), SCALE)
    problem = Problem(
        name=lines.words(0)[0],
        places=tuple(Place(name) for name in points),
        travel={MODE: Matrix(legs)},
        vehicles=tuple(_vehicle(n, capacity, depot) for n in range(1, vehicles + 1)),
        tasks=tuple(each.task() for each in others),
    )
    return PlaneFile(problem, points, SCALE, truncated=True, convention=_CONVENTION)


def _fleet_line(lines: Lines) -> Line:
    title = lines.line(2, "the fleet's columns")
    if [word.upper() for word in title.words] != ["NUMBER", "CAPACITY"]:
        raise title.bad("must be the columns NUMBER and CAPACITY")
    fleet = lines.line(3, "the fleet")
    fleet.must_have(2)
    return fleet


def _vehicle(number: int, capacity: int, depot: "_Customer") -> Vehicle:
    return Vehicle(
        id=str(number),
        travel=MODE,
        start=depot.name,
        end=depot.name,
        capacity=(capacity,),
        shift=depot.window,
    )


class _Customer:
    """One row: number, x, y, demand, ready time, due date, service."""

    def __init__(self, line: Line, number: int) -> None:
        line.must_have(7)
        if line.whole(0, "the customer's number", most=_LARGEST) != number:
            raise line.bad(f"should be customer {number}, not {line.words[0]}")
        self.name = str(number)
        x = line.whole(1, "x", least=-_LARGEST, most=_LARGEST)
        y = line.whole(2, "y", least=-_LARGEST, most=_LARGEST)
        self.point: Point = (x, y)
        self.demand = line.whole(3, "the demand", most=_LARGEST)
        ready = line.whole(4, "the ready time", most=_LARGEST)
        due = line.whole(5, "the due date", most=_LARGEST)
        if due < ready:
            raise line.bad(f"the due date {due} is before the ready time {ready}")
        self.window = ready * SCALE, due * SCALE
        self.service = line.whole(6, "the service time", most=_LARGEST) * SCALE

    def task(self) -> Task:
        return Task(
            self.name,
            visit=Halt(self.name, (self.window,), self.service),
            load=(self.demand,),
        )
