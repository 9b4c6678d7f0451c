"""Which tasks lie near which: the neighbourhood that the search looks at."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.instance import Instance

_NEAR: Final = 100  # neighbours known of each task
_WIDE: Final = 300  # of so many nearest, times are compared
_WAITING: Final = np.float32(0.2)  # what a second of waiting counts beside one of way
_FETCH: Final = np.float32(0.5)  # what a way between pickups counts

Ints = NDArray[np.int32]


def near_of(inst: Instance) -> Ints:
    """Per task the nearest others, shape (tasks, up to 100).

    By the ways between doors and between pickups, and how times meet: whoever is
    near but can never be served soon before or after is far.
    """
    size = len(inst.problem.tasks)
    known, wide = min(_NEAR, max(0, size - 1)), min(_WIDE, size)
    if not known:
        return np.zeros((size, 0), dtype=np.int32)
    lasts = np.array([inst.nodes_of(k)[-1] for k in range(size)])
    place, way = np.array(inst.place), inst.travel[0].astype(np.float32)
    times = np.array([inst.opens, inst.closes, inst.service], np.float32)[:, lasts]
    doors, ups = place[lasts], place[2 * np.arange(size)]
    far_ups = not np.array_equal(ups, doors)
    found = np.empty((size, known), dtype=np.int32)
    for k in range(size):
        leg = way[doors[k]][doors]
        if far_ups:
            leg = leg + _FETCH * way[ups[k]][ups]
        leg[k] = -1.0
        some = np.argpartition(leg, wide - 1)[:wide] if wide < size else np.arange(size)
        far = leg[some] + _apart(times, way[doors[k], doors[some]], k, some)
        order = np.argsort(far, kind="stable")
        found[k] = some[order[some[order] != k]][:known]
    return found


def _apart(
    times: NDArray[np.float32],
    leg: NDArray[np.float32],
    k: int,
    others: NDArray[np.intp],
) -> NDArray[np.float32]:
    """What waiting or lateness lies between two stops, in the better order."""
    opens, closes, service = times[:, others]
    mine_opens, mine_closes, mine_service = times[:, k]
    wait = opens - mine_closes - mine_service - leg
    late = mine_opens + mine_service + leg - closes
    wait_back = mine_opens - closes - service - leg
    late_back = opens + service + leg - mine_closes
    there = _WAITING * np.maximum(wait, 0) + np.maximum(late, 0)
    back = _WAITING * np.maximum(wait_back, 0) + np.maximum(late_back, 0)
    apart: NDArray[np.float32] = np.minimum(there, back)
    return apart
