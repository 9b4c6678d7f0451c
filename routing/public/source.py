"""Where a problem came from: how it is solved, judged, and priced there.

Our own files are priced in seconds. A public benchmark has its own unit and its own
convention of counting; inside, its numbers are scaled to whole ones.
"""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from routing.check import broken_rules
from routing.check_routes import BrokenRule
from routing.cost import cost_of, trail_of
from routing.effort import Effort
from routing.plan import Cost, Plan
from routing.problem import Problem
from routing.solve import solve
from routing.travel import Seconds

MODE: Final = "plane"  # the one way of travelling in the public sets
Point = tuple[int, int]
Whole: TypeAlias = NDArray[np.int64]


class Source(Protocol):
    """A file that can be solved and judged; one class per way of pricing."""

    @property
    def problem(self) -> Problem:
        """The file in our own terms, scaled to whole seconds."""

    def solve(self, effort: Effort) -> Plan:
        """Raises what `routing.solve` raises."""

    def broken_rules(self, plan: Plan) -> list[BrokenRule]:
        """Raises: BadProblem, as `routing.broken_rules` does."""

    def cost_line(self, plan: Plan) -> dict[str, Any]:
        """The cost as `solve` and `check` print it; `total` is in it."""


@dataclass(frozen=True)
class OwnFile:
    """`liuzhu-problem/1`: seconds are seconds."""

    problem: Problem

    def solve(self, effort: Effort) -> Plan:
        """Raises what `routing.solve` raises."""
        return solve(self.problem, effort)

    def broken_rules(self, plan: Plan) -> list[BrokenRule]:
        """Raises: BadProblem, as `routing.broken_rules` does."""
        return broken_rules(self.problem, plan)

    def cost_line(self, plan: Plan) -> dict[str, Any]:
        """In seconds."""
        return _seconds(cost_of(self.problem, plan))


@dataclass(frozen=True)
class PlaneFile:
    """A set on the Euclidean plane: points, and one second is 1/`scale` of its unit.

    `truncated` is the DIMACS convention: each leg is cut after its first decimal.
    Otherwise legs are counted in full precision, whatever was scaled inside.
    """

    problem: Problem
    points: Mapping[str, Point] = field(repr=False)
    scale: int
    truncated: bool
    convention: str

    def solve(self, effort: Effort) -> Plan:
        """Raises what `routing.solve` raises."""
        return solve(self.problem, effort)

    def broken_rules(self, plan: Plan) -> list[BrokenRule]:
        """Raises: BadProblem, as `routing.broken_rules` does."""
        return broken_rules(self.problem, plan)

    def cost_line(self, plan: Plan) -> dict[str, Any]:
        """In the unit of the set; `scaled` has our seconds."""
        scaled = cost_of(self.problem, plan)
        distance = (
            scaled.travel_seconds / self.scale
            if self.truncated
            else round(self._distance(plan), 2)
        )
        return {
            "total": distance,
            "distance": distance,
            "vehicles": sum(bool(route.stops) for route in plan.routes),
            "convention": self.convention,
            "scaled": {"by": self.scale} | _seconds(scaled),
        }

    def _distance(self, plan: Plan) -> float:
        return sum(
            math.dist(self.points[here], self.points[there])
            for route in plan.routes
            for here, there in itertools.pairwise(
                trail_of(self.problem, self.problem.vehicle(route.vehicle), route.stops)
            )
        )


def truncated_legs(points: list[Point], scale: int) -> Seconds:
    """Legs × scale, cut to whole numbers: exact, because it is done on squares."""
    squares = _squares(points) * scale**2
    legs = np.floor(np.sqrt(squares.astype(np.float64))).astype(np.int64)
    legs -= legs**2 > squares  # a root that was rounded up over a whole number
    legs += (legs + 1) ** 2 <= squares
    return legs.astype(np.int32)


def rounded_legs(points: list[Point], scale: int) -> Seconds:
    """Legs × scale, rounded to the nearest whole number."""
    legs: NDArray[np.float64] = np.sqrt(_squares(points)) * scale
    return np.rint(legs).astype(np.int32)


def _squares(points: list[Point]) -> Whole:
    spots = np.array(points, dtype=np.int64).reshape(-1, 2)
    apart = spots[:, None, :] - spots[None, :, :]
    squares: Whole = (apart**2).sum(axis=2)
    return squares


def _seconds(cost: Cost) -> dict[str, Any]:
    return vars(cost) | {"total": cost.total}
