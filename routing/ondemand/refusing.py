"""Why a courier cannot take a call: the first rule, as if they had nothing else."""

from routing.ondemand.scene import Call, Courier, Scene


def obstacle(scene: Scene, call: Call, courier: Courier) -> tuple[str, int | None]:
    """The rule that keeps a courier from a call, and by how many seconds.

    The call is their only trip, reckoned as in `costing`. Rules go by the names of
    the problem format; `displaces` means that nothing but their other trips does.
    """
    if call.able is not None and courier.id not in call.able:
        return "skill", None
    if courier.room < 1:
        return "capacity", 1
    travel, customs = scene.travel[courier.mode], scene.customs
    here, pickup, door = courier.place, call.pickup, call.door
    way = int(travel[here, pickup]) + (call.take_seconds if pickup != here else 0)
    picked = max(call.ready, max(courier.free, scene.now) + way)
    at = picked + customs.leave_seconds + customs.box_seconds
    at += int(travel[pickup, door]) + (call.reach_seconds if door != pickup else 0)
    ends = at + call.hand_seconds
    late = [
        ("window", at - call.latest),
        ("ride", at - picked - call.ride_seconds),
        ("shift", max(picked - courier.until, ends - courier.ends)),
        ("max_work", ends - picked + way - courier.work_seconds),
    ]
    if courier.back is not None:
        place, by = courier.back
        late.append(("shift", ends + int(travel[door, place]) - by))
    return next(((rule, by) for rule, by in late if by > 0), ("displaces", None))
