"""Vehicle routing for hot meals and home visits: problems in, checked plans out.

No database, network, settings or wall-clock date: seconds and metres in, seconds
out. Begin with `Model`, or with `Problem` and `solve`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from routing.check import broken_rules
from routing.check_routes import BrokenRule
from routing.cost import cost_of
from routing.effort import Effort
from routing.errors import (
    BadProblem,
    BadRoads,
    EngineMissing,
    NotYetHonoured,
    WrongPlan,
)
from routing.files import (
    plan_from,
    plan_to,
    read_plan,
    read_problem,
    write_plan,
    write_problem,
)
from routing.model import Model
from routing.plan import Candidate, Cost, LeftOut, Plan, Relaxation, Route
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
    Window,
)
from routing.problem_files import problem_from, problem_to
from routing.public import Source, read_source
from routing.solve import solve
from routing.travel import NO_WAY, Matrix, Speed, travel_seconds

if TYPE_CHECKING:
    from routing.roads import (
        RoadGraph,
        RoadLine,
        TravelTimes,
        Way,
        import_roads,
        lines_of,
        load_roads,
        make_roads,
        save_roads,
    )

__all__ = [
    "ALWAYS",
    "NO_WAY",
    "BadProblem",
    "BadRoads",
    "Begun",
    "Break",
    "BrokenRule",
    "Candidate",
    "Cost",
    "Effort",
    "EngineMissing",
    "Halt",
    "LeftOut",
    "Matrix",
    "Model",
    "NotYetHonoured",
    "Place",
    "Plan",
    "Preference",
    "Problem",
    "Relaxation",
    "RoadGraph",
    "RoadLine",
    "Route",
    "Sequence",
    "Source",
    "Speed",
    "Stop",
    "Task",
    "TravelTimes",
    "Vehicle",
    "Way",
    "Window",
    "WrongPlan",
    "broken_rules",
    "cost_of",
    "import_roads",
    "lines_of",
    "load_roads",
    "make_roads",
    "plan_from",
    "plan_to",
    "problem_from",
    "problem_to",
    "read_plan",
    "read_problem",
    "read_source",
    "save_roads",
    "solve",
    "travel_seconds",
    "write_plan",
    "write_problem",
]

# Roads bring scipy's graphs and osmium along: a second that a solver need not wait.
_ROADS: Final = frozenset(
    {
        "RoadGraph",
        "RoadLine",
        "TravelTimes",
        "Way",
        "import_roads",
        "lines_of",
        "load_roads",
        "make_roads",
        "save_roads",
    }
)


def __getattr__(name: str) -> Any:
    if name in _ROADS:
        return getattr(import_module("routing.roads"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
