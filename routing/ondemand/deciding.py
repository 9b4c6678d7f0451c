"""Deciding which trips leave now: plan everything known, tell only what cannot wait."""

from dataclasses import replace
from typing import Final

from routing.errors import BadProblem
from routing.ondemand.arrays import (
    FREE,
    PICKUP,
    PLACE,
    ROOM,
    Ground,
    Rows,
    empty_rows,
    ground_of,
)
from routing.ondemand.scene import Customs, Decision, Scene, Trip
from routing.ondemand.searching import search

_SOON_SECONDS: Final = 1800  # who is on a trip is free again by then
_LONGEST_ROW: Final = 30  # orders that one courier is thought to bring one by one


def decide(scene: Scene, *, steps: int = 200, seed: int = 0) -> Decision:
    """Plan all calls with all couriers; what must leave now is told.

    A trip leaves now when waiting until its `notice_seconds` are over would make it
    late at its pickup, and its courier is free. Everything else is only meant.

    Args:
        steps: of the search; the same steps and seed give the same decision.

    Raises:
        BadProblem: negative steps or seed.
    """
    if steps < 0 or seed < 0:
        raise BadProblem("steps" if steps < 0 else "seed", "must not be negative")
    if not scene.calls or not scene.couriers:
        return Decision((), (), tuple(each.id for each in scene.calls))
    scene = replace(scene, customs=_priced(scene))
    ground = ground_of(scene)
    rows = empty_rows(len(scene.couriers), min(len(scene.calls), _LONGEST_ROW))
    _begin(scene, ground, rows)
    left = search(ground, rows, steps, seed % 2**32)
    trips = [_trips(scene, ground, rows, k) for k in range(len(scene.couriers))]
    leave = tuple(
        row[0]
        for row, courier in zip(trips, scene.couriers, strict=True)
        if row and _must_leave(scene, row[0], courier.free)
    )
    return Decision(
        leave=leave,
        meant=tuple(t for row in trips for t in row if t not in leave),
        left=tuple(scene.calls[one].id for one in left),
    )


def _priced(scene: Scene) -> Customs:
    """The more orders wait for each courier, the dearer is a courier's time."""
    customs, now = scene.customs, scene.now
    soon = now + _SOON_SECONDS
    on_duty = sum(each.free <= soon and now < each.until for each in scene.couriers)
    queue = len(scene.calls) / max(1, on_duty) - 1
    price = customs.work_price + customs.queue_price * max(0.0, queue)
    return replace(customs, work_price=price)


def _begin(scene: Scene, ground: Ground, rows: Rows) -> None:
    """Put what the last decision had in mind into the rows, as far as it is left.

    What its courier may not bring, or has no room for by now, is open again.
    """
    calls = {each.id: number for number, each in enumerate(scene.calls)}
    couriers = {each.id: number for number, each in enumerate(scene.couriers)}
    for trip in scene.earlier:
        k = couriers.get(trip.courier)
        if k is None:
            continue
        known = [calls[each] for each in dict.fromkeys(trip.calls) if each in calls]
        for first, one in enumerate(_still_together(ground, rows, k, known)):
            rows.row[k, rows.size[k]] = one
            rows.opens[k, rows.size[k]] = first == 0
            rows.size[k] += 1
            del calls[scene.calls[one].id]


def _still_together(ground: Ground, rows: Rows, k: int, known: list[int]) -> list[int]:
    """Of the calls of a trip those that this courier may still bring on one trip."""
    able = [one for one in known if ground.able[one, k]]
    pickups = ground.orders[:, PICKUP]
    joint = [one for one in able if pickups[one] == pickups[able[0]]]
    row = rows.row.shape[1] - 1 - int(rows.size[k])  # `best_spot` fills no more
    return joint[: min(int(ground.crew[k, ROOM]), row)]


def _must_leave(scene: Scene, trip: Trip, free: int) -> bool:
    return free <= scene.now and (
        trip.leaves_at < scene.now + scene.customs.notice_seconds
    )


def _trips(scene: Scene, ground: Ground, rows: Rows, k: int) -> list[Trip]:
    """A courier's row as trips with their times, as they are reckoned in costing."""
    row = [int(one) for one in rows.row[k, : rows.size[k]]]
    seams = [x for x in range(len(row)) if rows.opens[k, x]]
    at, here = int(ground.crew[k, FREE]), int(ground.crew[k, PLACE])
    trips = []
    ends = [*seams[1:], len(row)]
    for begin, end in zip(seams, ends[: len(seams)], strict=True):
        trip = _trip(scene, k, row[begin:end], at, here)
        at, here = trip.ends_at, scene.calls[row[end - 1]].door
        trips.append(trip)
    return trips


def _trip(scene: Scene, k: int, ones: list[int], at: int, here: int) -> Trip:
    calls, customs = [scene.calls[one] for one in ones], scene.customs
    travel = scene.travel[scene.couriers[k].mode]
    pickup = calls[0].pickup
    way = int(travel[here, pickup])
    way += max(each.take_seconds for each in calls) if pickup != here else 0
    picked = max(at + way, *(each.ready for each in calls))
    at, here = picked + customs.leave_seconds + customs.box_seconds * len(ones), pickup
    handed = []
    for each in calls:
        reach = each.reach_seconds if each.door != here else 0
        at += int(travel[here, each.door]) + reach
        handed.append(at)
        at, here = at + each.hand_seconds, each.door
    return Trip(
        courier=scene.couriers[k].id,
        leaves_at=picked - way,
        pickup_at=picked,
        calls=tuple(each.id for each in calls),
        handed_at=tuple(handed),
        ends_at=at,
    )
