"""Ways as peers want them: one matrix over all places per travel mode."""

from routing.fields import HORIZON
from routing.problem import Problem
from routing.travel import Matrix, Seconds, travel_seconds


def matrix_of(problem: Problem, mode: str) -> Seconds:
    """Seconds between all places; what has no way is far beyond any day."""
    travel = problem.travel[mode]
    if not isinstance(travel, Matrix):
        points = [(place.lat or 0.0, place.lon or 0.0) for place in problem.places]
        return travel_seconds(points, travel)
    seconds = travel.seconds.copy()
    seconds[seconds < 0] = HORIZON
    return seconds
