"""The order in which a first plan takes the tasks: around each kitchen like a clock.

Neighbouring doors of one kitchen come one after the other, so that they share a
round. On the district lunches this halves the travel of a first plan against the
order of closing windows.
"""

import math

from routing.instance import Instance

Point = tuple[float, float]


def swept(inst: Instance, ranks: list[int], tasks: set[int]) -> list[int]:
    """Tasks by rank, then by pickup place, then by the angle of their door.

    Visits are swept around the middle of all places. Without coordinates, the
    earliest closing window comes first.
    """
    points = _points(inst)
    if points is None:
        return by_closing(inst, ranks, tasks)
    middle = (
        sum(lat for lat, _ in points) / len(points),
        sum(lon for _, lon in points) / len(points),
    )

    def key(k: int) -> tuple[int, int, float, int]:
        first, *second = inst.nodes_of(k)
        door = points[inst.place[second[0] if second else first]]
        centre = points[inst.place[first]] if second else middle
        return ranks[k], inst.place[first] if second else -1, _angle(centre, door), k

    return sorted(tasks, key=key)


def by_closing(inst: Instance, ranks: list[int], tasks: set[int]) -> list[int]:
    """Tasks by rank, then by the end of the last stop's last window."""
    return sorted(tasks, key=lambda k: (ranks[k], inst.closes[inst.nodes_of(k)[-1]], k))


def _points(inst: Instance) -> list[Point] | None:
    places = inst.problem.places
    found = [(p.lat, p.lon) for p in places if p.lat is not None and p.lon is not None]
    return found if found and len(found) == len(places) else None


def _angle(centre: Point, door: Point) -> float:
    return math.atan2(door[0] - centre[0], door[1] - centre[1])
