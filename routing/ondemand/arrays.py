"""A scene as arrays for compiled code: numbers instead of names.

Few and wide arrays: compiled functions pass each of them one by one.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from routing.ondemand.scene import NEVER, Scene

Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]

# Columns of `Ground.orders`, `Ground.crew`, `Ground.stays` and `Ground.prices`.
PLACED, READY, PICKUP, DOOR, LATEST, RIDE, TAKE, REACH, HAND = range(9)
PLACE, FREE, UNTIL, ENDS, BACK, BACK_BY, ROOM, WORK, MODE = range(9)
LEAVE, BOX, LATE = range(3)
WORK_PRICE, LATE_PRICE, FAR_PRICE = range(3)
_ORDER_FIELDS = (
    *("placed", "ready", "pickup", "door", "latest"),
    *("ride_seconds", "take_seconds", "reach_seconds", "hand_seconds"),
)


class Ground(NamedTuple):
    """Everything that stands still while one searches."""

    orders: Whole  # calls × columns
    weight: Real
    able: npt.NDArray[np.bool_]  # calls × couriers
    crew: Whole  # couriers × columns; BACK is -1 for who is expected nowhere
    travel: npt.NDArray[np.int32]  # modes × places × places
    far: Real  # modes × places: the likely way to a next pickup
    stays: Whole
    prices: Real


class Rows(NamedTuple):
    """What each courier does: orders, where trips open, how many, at what cost."""

    row: Whole
    opens: Whole
    size: Whole
    cost: Real
    spare: Whole  # room to try things in
    spare_opens: Whole


def ground_of(scene: Scene) -> Ground:
    """A scene as numbers; nobody is free before its `now`."""
    customs, calls = scene.customs, scene.calls
    names = [each.id for each in scene.couriers]
    able = [[c.able is None or name in c.able for name in names] for c in calls]
    orders = [[getattr(each, name) for name in _ORDER_FIELDS] for each in calls]
    return Ground(
        orders=np.array(orders, np.int64),
        weight=np.array([each.weight for each in calls], np.float64),
        able=np.array(able, np.bool_).reshape(len(calls), len(names)),
        crew=_crew(scene),
        travel=np.ascontiguousarray(scene.travel, np.int32),
        far=_far(scene),
        stays=np.array(
            [customs.leave_seconds, customs.box_seconds, customs.late_seconds],
            np.int64,
        ),
        prices=np.array(
            [customs.work_price, customs.late_price, customs.far_price], np.float64
        ),
    )


def empty_rows(couriers: int, width: int) -> Rows:
    """Nobody has anything to do; each may take up to `width` orders."""
    shape = (couriers, width + 1)
    return Rows(
        row=np.zeros(shape, np.int64),
        opens=np.zeros(shape, np.int64),
        size=np.zeros(couriers, np.int64),
        cost=np.zeros(couriers, np.float64),
        spare=np.zeros(width + 2, np.int64),
        spare_opens=np.zeros(width + 2, np.int64),
    )


def _crew(scene: Scene) -> Whole:
    rows = []
    for each in scene.couriers:
        back, back_by = each.back or (-1, NEVER)
        free, room = max(each.free, scene.now), min(each.room, scene.customs.most_boxes)
        first = [each.place, free, each.until, each.ends]
        rows.append([*first, back, back_by, room, each.work_seconds, each.mode])
    return np.array(rows, np.int64)


def _far(scene: Scene) -> Real:
    """From each place the mean way to the nearest share of the likely pickups."""
    places = [place for place, often in scene.likely.items() for _ in range(often)]
    if not places:
        return np.zeros(scene.travel.shape[:2])
    share = scene.customs.near_share
    nearest = min(len(places), max(3, int(len(places) * share)))
    ways = np.partition(scene.travel[:, :, places], nearest - 1, axis=2)
    return np.asarray(ways[:, :, :nearest].mean(axis=2), np.float64)
