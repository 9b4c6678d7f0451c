"""A small lunch that the bench's tests run on."""

from routing import Place, Problem, Speed
from tests.routing.towns import HOUR, MINUTE, car, halt, meal, problem


def town(orders: int = 12) -> Problem:
    """Two kitchens, doors around them, helpers with room for four boxes."""
    spots = [Place(f"p{n}", 36.6 + n / 500, 117.0 + (n % 3) / 500) for n in range(8)]
    meals = [
        meal(
            f"o{n}",
            n % 2,
            2 + n % 5,
            (HOUR, 2 * HOUR),
            at_kitchen=halt(n % 2, (0, 2 * HOUR), 15),
            service_seconds=120,
            max_ride_seconds=50 * MINUTE,
        )
        for n in range(orders)
    ]
    helpers = [car(f"v{n}", end="p0", capacity=(4,)) for n in range(5)]
    travel = {"walk": Speed(metres_per_second=2.0)}
    return problem(meals, helpers, places=tuple(spots), travel=travel)
