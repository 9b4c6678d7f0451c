"""What is known when trips are decided, and what was decided. Whole seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from routing.errors import BadProblem
from routing.fields import must_be_named, must_be_unique, must_be_whole

NEVER: Final = 10**8  # later than every plan


@dataclass(frozen=True)
class Call:
    """One order: taken at a place from `ready` on, handed over at a door.

    A visit has its door at both ends and nothing to wait for. `weight` is how much
    more its waiting counts than an ordinary order's; `ride_seconds` the longest from
    pickup to door; `able` names the couriers who may bring it (None: everybody).
    """

    id: str
    placed: int
    ready: int
    pickup: int
    door: int
    latest: int = NEVER
    ride_seconds: int = NEVER
    take_seconds: int = 0  # before a box is in hand, once per stay
    reach_seconds: int = 0  # from the street to the door, once per stay
    hand_seconds: int = 0  # from the handing over until one can go on
    weight: float = 1.0
    able: frozenset[str] | None = None

    def __post_init__(self) -> None:
        must_be_named("id", self.id)
        for name in ("placed", "ready", "pickup", "door", "latest"):
            must_be_whole(name, getattr(self, name))
        for name in ("ride_seconds", "take_seconds", "reach_seconds", "hand_seconds"):
            must_be_whole(name, getattr(self, name), least=0)
        if not 0 < self.weight < float("inf"):
            raise BadProblem("weight", "must be more than 0")


@dataclass(frozen=True)
class Courier:
    """Somebody who is free at a place from a moment on.

    Args:
        until: no pickup after it.
        ends: the last trip must be over by then.
        back: place and moment where this courier is expected afterwards.
        room: boxes at a time.
        work_seconds: how long they may still be on the way.
        mode: how they travel, an index of the scene's `travel`.
    """

    id: str
    place: int
    free: int
    until: int
    ends: int = NEVER
    back: tuple[int, int] | None = None
    room: int = 100
    work_seconds: int = NEVER
    mode: int = 0

    def __post_init__(self) -> None:
        must_be_named("id", self.id)
        for name in ("place", "free", "until", "ends"):
            must_be_whole(name, getattr(self, name))
        for name in ("room", "work_seconds"):
            must_be_whole(name, getattr(self, name), least=0)


@dataclass(frozen=True)
class Customs:
    """How trips are made, and what is dear.

    Prices are in seconds of one order's waiting: `work_price` for a courier's second
    on the way, `queue_price` more of it for each order that waits beyond one for each
    courier on duty, `late_price` for each second of waiting beyond `late_seconds`,
    `far_price` for each second from where a courier ends to the next likely pickup.
    """

    most_boxes: int = 4
    leave_seconds: int = 0  # from the last box in hand until one goes, once per stay
    box_seconds: int = 0  # for each box in hand
    notice_seconds: int = 60  # a trip is told so long before it must leave
    work_price: float = 0.3
    queue_price: float = 0.6
    late_seconds: int = 3600
    late_price: float = 1.0
    far_price: float = 0.6
    near_share: float = 0.25  # of the likely pickups: those that a courier may await

    def __post_init__(self) -> None:
        must_be_whole("most_boxes", self.most_boxes, least=1)
        for name in ("leave_seconds", "box_seconds", "late_seconds"):
            must_be_whole(name, getattr(self, name), least=0)
        must_be_whole("notice_seconds", self.notice_seconds, least=1)


@dataclass(frozen=True)
class Trip:
    """One courier's way: boxes of one pickup place, then their doors in order.

    `pickup_at` is when all boxes are in hand; `handed_at` stands beside `calls`.
    """

    courier: str
    leaves_at: int
    pickup_at: int
    calls: tuple[str, ...]
    handed_at: tuple[int, ...]
    ends_at: int


@dataclass(frozen=True)
class Scene:
    """What is known now.

    Args:
        travel: seconds by mode, from place, to place; places go by their numbers.
        likely: how often each place may be the next pickup; empty: nobody knows.
        earlier: the trips that the last decision had in mind; a beginning, no duty.
    """

    now: int
    calls: tuple[Call, ...]
    couriers: tuple[Courier, ...]
    travel: npt.NDArray[np.int32]
    customs: Customs = field(default_factory=Customs)
    likely: Mapping[int, int] = field(default_factory=dict)
    earlier: tuple[Trip, ...] = ()

    def __post_init__(self) -> None:
        must_be_unique("calls", (each.id for each in self.calls))
        must_be_unique("couriers", (each.id for each in self.couriers))
        shape = self.travel.shape
        if len(shape) != 3 or not shape[0] or shape[1] != shape[2]:
            raise BadProblem("travel", f"must be modes of squares, not {shape}")
        if any(not 0 <= each.mode < shape[0] for each in self.couriers):
            raise BadProblem("mode", "a courier's mode has no travel")
        if self.travel.size and int(self.travel.min()) < 0:
            raise BadProblem("travel", "must not be negative")
        used = [place for each in self.calls for place in (each.pickup, each.door)]
        used += [each.place for each in self.couriers]
        used += [each.back[0] for each in self.couriers if each.back is not None]
        if any(not 0 <= place < shape[1] for place in [*used, *self.likely]):
            raise BadProblem("travel", "a place is not among its rows")


@dataclass(frozen=True)
class Decision:
    """What must leave now, what is meant to follow, and who is left without anybody."""

    leave: tuple[Trip, ...]
    meant: tuple[Trip, ...]
    left: tuple[str, ...]
