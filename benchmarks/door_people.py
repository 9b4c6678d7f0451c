"""Who acts in `closed_doors`: phones that are offline at times, desks that answer."""

import random
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import exp
from typing import Any, Final
from uuid import UUID, uuid4

from benchmarks.door_world import LAT, LON, OPENS, Walk
from dispatch.field.batches import Batch
from dispatch.field.merging import link_of

NO_ANSWER: Final = 0.012
SENDS_TOGETHER: Final = 3  # deliveries; a closed door is sent at once
GOES_OFFLINE: Final = 0.25  # of all rounds, once
OFFLINE_MEAN_MINUTES: Final = 18.0
# A person at a desk: half answer a notice within so many seconds, spread as exp(σ).
ANSWERS_SECONDS, ANSWERS_SIGMA = 14.0, 0.6
AWAY: Final = 0.02  # of all notices nobody is there to see
REACHED: Final = {"phone_elder": 0.35, "contacts": 0.6, "neighbour": 0.8}
OUTCOMES: Final = {"seen_well": 70.0, "away": 22.0, "hospital": 8.0}


@dataclass(frozen=True)
class Parcel:
    """What a phone sends at a moment."""

    at: datetime
    walk: Walk
    events: tuple[dict[str, Any], ...]

    def batch(self) -> Batch:
        return Batch.model_validate(
            {
                "device_id": f"phone-{self.walk.helper_id.hex[:8]}",
                "client_now_ms": _ms(self.at),
                "events": list(self.events),
            }
        )


def parcels(
    walk: Walk,
    chance: random.Random,
    closed: set[UUID],
    dark: tuple[float, float] | None,
) -> Iterator[Parcel]:
    """A round as its phone tells it; what happens in a dead zone comes afterwards.

    Args:
        closed: gets the orders behind whose doors nobody answered.
        dark: minutes after the opening between which nobody here has a network.
    """
    spell = dark
    if dark is None and chance.random() < GOES_OFFLINE:
        begins = chance.uniform(0, 100)
        lasts = min(90.0, max(2.0, chance.expovariate(1 / OFFLINE_MEAN_MINUTES)))
        spell = (begins, begins + lasts)
    last, held, at, until = "", [], OPENS, OPENS
    for seq, door in enumerate(walk.doors, start=1):
        at = door.at + timedelta(seconds=chance.uniform(-120, 300))
        silent = chance.random() < NO_ANSWER
        if silent:
            closed.add(door.order_id)
        event: dict[str, Any] = {
            "id": str(uuid4()), "boot_id": "b1", "seq": seq, "wall_ms": _ms(at),
            "mono_ms": _ms(at) - _ms(OPENS) + 3_600_000, "prev_hash": last,
            "round_id": str(walk.round_id), "stop_id": str(door.stop_id),
            "order_id": str(door.order_id),
            "kind": "no_answer" if silent else "handed_over",
            "detail": {} if silent else {"to": "self"},
            "pos": {"lat": LAT, "lon": LON, "accuracy_m": 15, "datum": "wgs84"},
        }  # fmt: skip
        last = link_of(event)
        held.append(event)
        minute = (at - OPENS).total_seconds() / 60
        if spell is not None and spell[0] <= minute < spell[1]:
            until = OPENS + timedelta(minutes=spell[1])
            continue
        if silent or len(held) >= SENDS_TOGETHER:
            yield Parcel(max(at, until), walk, tuple(held))
            held = []
    if held:
        yield Parcel(max(at, until), walk, tuple(held))


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


@dataclass
class Desk:
    """One person on duty: sees notices, presses 我来处理, then works case by case."""

    account_id: UUID
    street: str
    chance: random.Random
    absent: tuple[datetime, datetime] | None = None
    sees: deque[tuple[datetime, UUID]] = field(default_factory=deque)
    mine: deque[UUID] = field(default_factory=deque)
    busy_until: datetime = OPENS

    def is_there(self, now: datetime) -> bool:
        return self.absent is None or not self.absent[0] <= now < self.absent[1]

    def hear(self, case_id: UUID, now: datetime) -> None:
        """A notice came; perhaps nobody looks."""
        if not self.is_there(now) or self.chance.random() < AWAY:
            return
        seconds = ANSWERS_SECONDS * exp(self.chance.gauss(0, ANSWERS_SIGMA))
        self.sees.append((now + timedelta(seconds=seconds), case_id))

    def seen(self, now: datetime) -> list[UUID]:
        """The cases that they take up by now."""
        due = [case_id for at, case_id in self.sees if at <= now]
        self.sees = deque(one for one in self.sees if one[0] > now)
        return due

    def next_case(self, now: datetime) -> UUID | None:
        """The one they call about next, when they are free."""
        if now < self.busy_until or not self.mine or not self.is_there(now):
            return None
        self.busy_until = now + timedelta(seconds=self.chance.uniform(45, 150))
        return self.mine.popleft()


def answer_of(chance: random.Random, rung: str, *, overdue: bool) -> str | None:
    """How a case ends when somebody is reached on this rung; None: nobody is."""
    reached = 0.9 if overdue and rung == "phone_elder" else REACHED.get(rung, 1.0)
    if chance.random() >= reached:
        return None
    if overdue:
        return "seen_well"
    return chance.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]


def percentile(values: Sequence[float], percent: float) -> float:
    """By the nearest rank; 0 of nothing."""
    ordered = sorted(values)
    at = max(0, -(-int(percent * len(ordered) * 10) // 1000) - 1)
    return ordered[min(at, len(ordered) - 1)] if ordered else 0.0
