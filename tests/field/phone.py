"""A phone for tests: it stores what truly happens, by a clock of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from dispatch.field.batches import Batch
from dispatch.field.keeping import Answer
from dispatch.field.merging import link_of
from tests.field.walk import AT_DOOR, Walk
from tests.little_town import ELEVEN


@dataclass
class Phone:
    """A phone with a clock of its own, `ahead` of the true time."""

    walk: Walk
    device_id: str = "phone-1"
    boot_id: str = "b0001"
    ahead: timedelta = timedelta(0)
    seq: int = 0
    last: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)

    def say(self, kind: str, at: datetime, **about: Any) -> dict[str, Any]:
        """Store an event that truly happens at this moment."""
        self.seq += 1
        stop_id, order_id = about.pop("stop_id", None), about.pop("order_id", None)
        event: dict[str, Any] = {
            "id": str(uuid4()),
            "boot_id": self.boot_id,
            "seq": self.seq,
            "wall_ms": _ms(at + self.ahead),
            "mono_ms": mono_ms(at),
            "prev_hash": self.last,
            "round_id": str(self.walk.round_id),
            "stop_id": str(stop_id) if stop_id else None,
            "order_id": str(order_id) if order_id else None,
            "kind": kind,
            **about,
        }
        self.last = link_of(event)
        self.events.append(event)
        return event

    def at_stop(self, kind: str, at: datetime, n: int = 0, **about: Any) -> Any:
        """An event at the n-th door, about its order, from the right position."""
        facts = {
            "stop_id": self.walk.stops[n],
            "order_id": self.walk.orders[n],
            "pos": AT_DOOR,
        }
        return self.say(kind, at, **(facts | about))

    def hand(self, at: datetime, n: int = 0, **about: Any) -> Any:
        """Handed over to the elder in person."""
        return self.at_stop(
            "handed_over", at, n, **({"detail": {"to": "self"}} | about)
        )

    def batch(
        self, now: datetime, events: Sequence[dict[str, Any]] | None = None, **more: Any
    ) -> Batch:
        """All events, or these, sent at a moment."""
        return Batch.model_validate(
            {
                "device_id": self.device_id,
                "client_now_ms": _ms(now + self.ahead),
                "events": list(self.events if events is None else events),
                **more,
            }
        )

    def sync(self, now: datetime, **more: Any) -> list[Answer]:
        """Send everything now."""
        return self.walk.post(self.batch(now, **more), at=now)


def mono_ms(at: datetime) -> int:
    """What a phone that booted at six shows on the clock that nobody can set."""
    return _ms(at) - _ms(ELEVEN - timedelta(hours=5))


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
