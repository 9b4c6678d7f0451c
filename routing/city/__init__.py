"""Problems too large for one search: cut, solved side by side, sewn at the borders."""

from routing.city.cutting import split
from routing.city.side_by_side import Part, PartSolver
from routing.city.solving import solve_city

__all__ = ["Part", "PartSolver", "solve_city", "split"]
