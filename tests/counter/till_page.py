"""A counter's page for tests: what it wrote down, sent as it would send it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from dispatch.counter.deed_batch import DeedBatch
from dispatch.counter.merging_deeds import DeedAnswer, merge_deeds
from dispatch.store.unit_of_work import Actor, in_one_transaction
from tests.little_town import LittleTown


@dataclass
class TillPage:
    """One page of one account; its clocks are those of the town."""

    town: LittleTown
    who: Actor
    seq: int = 0

    def note(self, kind: str, at: datetime, **about: Any) -> dict[str, Any]:
        """Write a deed down at a moment."""
        self.seq += 1
        deed = {
            "id": str(uuid4()),
            "boot_id": "b00000001",
            "seq": self.seq,
            "wall_ms": _ms(at),
            "mono_ms": _ms(at),
            "kind": kind,
            "identity": "card",
        }
        return deed | {
            name: str(value) if isinstance(value, UUID) else value
            for name, value in about.items()
        }

    def send(self, *deeds: dict[str, Any], happened: bool = False) -> list[DeedAnswer]:
        """Send these now, by the town's clock."""
        told = [deed | {"happened": happened} for deed in deeds]

        def post(uow: Any) -> list[DeedAnswer]:
            batch = DeedBatch(
                device_id="till-1",
                boot_id="b00000001",
                client_now_ms=_ms(uow.now),
                client_mono_ms=_ms(uow.now),
                deeds=told,
            )
            return merge_deeds(uow, batch).results

        return in_one_transaction(self.town.engine, post, actor=self.who)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
