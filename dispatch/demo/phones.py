"""A made-up phone: it stores first and sends when it can, with its own wrong clock."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from dispatch.demo.chance import Chance
from dispatch.demo.doors import Door
from dispatch.field.merging import link_of

_A_BATCH: Final = 40
_BOOTED: Final = timedelta(hours=9)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Phone:
    """One helper's phone. Without a signal, events wait in `stored`."""

    door: Door
    chance: Chance
    begins_at: datetime
    speed: float = 1.0  # product seconds per second; the boot's clock is a real one
    skew: timedelta = timedelta(0)
    gaps: list[tuple[datetime, datetime]] = field(default_factory=list)
    stored: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.device_id = f"demo-{self.door.login}"
        self.boot_id = f"boot-{self.chance.getrandbits(32):08x}"
        self._seq = 0
        self._last = ""

    def has_signal(self, now: datetime) -> bool:
        return not any(begin <= now < end for begin, end in self.gaps)

    def store(self, at: datetime, kind: str, **what: Any) -> None:
        """Keep an event as it happens; `what` are the fields of the wire."""
        self._seq += 1
        event = {
            "id": str(self.chance.id()),
            "boot_id": self.boot_id,
            "seq": self._seq,
            "wall_ms": self.wall_ms(at),
            "mono_ms": self._mono_ms(at),
            "prev_hash": self._last,
            "kind": kind,
            **what,
        }
        self._last = link_of(event)
        self.stored.append(event)

    async def send(self, now: datetime) -> None:
        """Send what is stored; after a gap out of order, now and then twice."""
        if not self.stored or not self.has_signal(now):
            return
        waiting, self.stored = self.stored, []
        if len(waiting) > 3 and self.gaps:
            self.chance.shuffle(waiting)
        if self.sent and self.chance.happens(0.1):
            waiting.append(self.sent[-1])
        for begin in range(0, len(waiting), _A_BATCH):
            await self._send_batch(waiting[begin : begin + _A_BATCH], now)

    async def _send_batch(self, events: list[dict[str, Any]], now: datetime) -> None:
        batch = {
            "device_id": self.device_id,
            "client_now_ms": self.wall_ms(now),
            "boot_id": self.boot_id,
            "client_mono_ms": self._mono_ms(now),
            "events": events,
        }
        status, answer = await self.door.post("/api/field/events", batch)
        if status != 200:
            self.stored = events + self.stored
            return
        self.sent += events
        for told in answer["results"]:
            self.door.notes.answers[
                f"event {told['result']} {told['reason'] or ''}"
            ] += 1
            self.door.notes.note(who=self.door.login, made="field", id=told["id"])

    def wall_ms(self, at: datetime) -> int:
        """What this phone's clock shows at a moment."""
        return round((at + self.skew - _EPOCH).total_seconds() * 1000)

    def _mono_ms(self, at: datetime) -> int:
        since_boot = (at - self.begins_at).total_seconds() / (self.speed or 1.0)
        return round((since_boot + _BOOTED.total_seconds()) * 1000)
