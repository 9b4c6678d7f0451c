"""Ten thousand histories of a phone over a bad line: whatever the line does, one state.

In memory: the core that reads, orders, ties together and folds events, without the
database that keeps them (`test_any_order.py` sends through that one).
"""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.field.batches import Batch, PhoneEvent, read_events
from dispatch.field.deciding import Picture, Told, look
from dispatch.field.events import FieldKind
from dispatch.field.merging import Link, Sync, chain_flags, link_of, moment, time_of
from tests.little_town import ELEVEN

ORDERS: Final = [UUID(int=n) for n in (1, 2, 3)]
KINDS: Final = [kind for kind in FieldKind if kind is not FieldKind.LOADED]
NUMBERS: Final = st.integers(0, 2**62)
NOW_MS: Final = round(ELEVEN.timestamp() * 1000)


@dataclass(frozen=True)
class Delivery:
    """One request on the line: which events, and whether its answer comes back."""

    places: tuple[int, ...]
    answered: bool


@dataclass(frozen=True)
class History:
    """What a phone recorded, and everything that its line did with it."""

    deeds: tuple[tuple[int, FieldKind, bool], ...]  # order, kind, spoilt
    boots: frozenset[int]  # before these the phone was switched off
    line: tuple[Delivery, ...]


def drawn(chance: Random) -> History:
    """Drawn by one number: ten thousand are a matter of a minute, and each is found
    again by its number."""
    deeds = tuple(
        (chance.randrange(3), chance.choice(KINDS), chance.random() < 0.5)
        for _ in range(chance.randint(1, 12))
    )
    places = range(len(deeds))

    def some() -> tuple[int, ...]:
        """Mixed, in part, some twice."""
        return tuple(chance.choices(places, k=chance.randrange(9)))

    line = [Delivery(some(), chance.random() < 0.5) for _ in range(chance.randrange(7))]
    return History(deeds, frozenset(chance.choices(places, k=2)), tuple(line))


def recorded(history: History) -> list[dict[str, Any]]:
    """The events as the phone keeps them, each tied to the one before."""
    events: list[dict[str, Any]] = []
    last, boot = "", 1
    for n, (order, kind, spoilt) in enumerate(history.deeds):
        boot += n in history.boots
        event = {
            "id": str(UUID(bytes=hashlib.sha256(f"{n}".encode()).digest()[:16])),
            "boot_id": f"b{boot:08}",
            "seq": n + 1,
            "wall_ms": NOW_MS + 60_000 * n,
            "mono_ms": 60_000 * n,
            "prev_hash": last,
            "order_id": str(ORDERS[order]),
            "kind": kind.value,
            "detail": {"reason": "spilled" if spoilt else "stairs"},
        }
        last = link_of(event)
        events.append(event)
    return events


@dataclass
class Server:
    """What is kept, by the ids that the phone made; a second one changes nothing."""

    kept: dict[UUID, PhoneEvent] = field(default_factory=dict)
    doubts: int = 0

    def take(self, events: list[dict[str, Any]], minute: int) -> list[str]:
        now_ms = NOW_MS + 60_000 * (60 + minute)
        batch = Batch(device_id="p", client_now_ms=now_ms, events=events)
        sync = Sync(received_at=moment(now_ms), client_now_ms=now_ms)
        for event in read_events(batch):
            assert isinstance(event, PhoneEvent)
            if event.id in self.kept:
                continue
            self.kept[event.id] = event
            timed = time_of(event, sync, earliest=ELEVEN - timedelta(hours=1))
            assert timed.corrected_at == moment(event.wall_ms)
            self.doubts += bool(timed.flags)
        return [str(event["id"]) for event in events]

    def state(self) -> tuple[list[UUID], dict[UUID, set[str]], list[Picture]]:
        """The order of all, what does not hang together, and each order's fate."""
        events = sorted(self.kept.values(), key=lambda e: (e.boot_id, e.seq))
        links = (Link(e.id, e.boot_id, e.seq, e.hash, e.prev_hash) for e in events)
        told = [_told(e) for e in self.kept.values()]
        fates = [look([t for t, of in told if of == order]) for order in ORDERS]
        return [e.id for e in events], chain_flags(links), fates


def _told(event: PhoneEvent) -> tuple[Told, UUID | None]:
    place = ("p", event.boot_id, event.seq, str(event.id))
    told = Told(event.id, "p", place, event.kind, ELEVEN, event.detail)
    return told, event.order_id


def one_state(history: History) -> None:
    events = recorded(history)
    plain, real = Server(), Server()
    plain.take(events, 0)
    unanswered = {str(event["id"]) for event in events}
    for minute, sent in enumerate(history.line):
        answers = real.take([events[n] for n in sent.places], minute)
        if sent.answered:
            unanswered -= set(answers)
    # At last the line holds: the phone sends what nobody has answered for, in order.
    real.take([event for event in events if event["id"] in unanswered], 9)
    assert real.state() == plain.state()
    assert len(real.kept) == len(events)
    assert real.doubts == 0
    order, flags, _ = real.state()
    assert [str(each) for each in order] == [event["id"] for event in events]
    assert not flags
    assert all(a["seq"] < b["seq"] for a, b in pairwise(events))


@given(NUMBERS)
@settings(max_examples=200)
@pytest.mark.proves("F44")
def test_a_bad_line_changes_nothing_of_what_happened(number: int) -> None:
    one_state(drawn(Random(number)))


@pytest.mark.long
@pytest.mark.timeout(900)
@given(NUMBERS)
@settings(max_examples=10_000)
def test_ten_thousand_bad_lines_change_nothing_of_what_happened(number: int) -> None:
    one_state(drawn(Random(number)))
