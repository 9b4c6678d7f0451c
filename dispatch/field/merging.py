"""The core of merging: the order, the time and the chain of a phone's events.

Pure values, no database. Order is (device, boot, seq), never a clock. A time is
believed as far as the phone's clocks allow and never lies before the plan or after
its receipt. Nothing here drops an event: what is wrong with it becomes a flag.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final, Protocol
from uuid import UUID

from dispatch.field.events import Trust

ONLINE_WITHIN: Final = timedelta(seconds=60)
TOLERANCE: Final = timedelta(minutes=2)  # clocks are never quite equal
HONEST: Final = frozenset({Trust.ONLINE, Trust.CORRECTED})


class Stamped(Protocol):
    """The part of an event that its time comes from."""

    @property
    def boot_id(self) -> str: ...
    @property
    def wall_ms(self) -> int: ...
    @property
    def mono_ms(self) -> int: ...


@dataclass(frozen=True)
class Sync:
    """One receipt: what the server's clock and the phone's clocks said at once.

    `boot_id` and `client_mono_ms` are None for phones that do not send them. `speed`
    is product seconds per real second: 1 outside of the demo, 0 when time stands.
    """

    received_at: datetime
    client_now_ms: int
    boot_id: str | None = None
    client_mono_ms: int | None = None
    speed: float = 1.0

    @property
    def offset(self) -> timedelta:
        """What to add to the phone's wall clock as it is now."""
        return self.received_at - moment(self.client_now_ms)


@dataclass(frozen=True)
class Timed:
    """When an event was said to happen, when we hold it happened, and how sure."""

    raw_at: datetime
    corrected_at: datetime
    trust: Trust
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Anchor:
    """An event that was received as it happened: both its times are certain."""

    mono_ms: int
    at: datetime


def moment(milliseconds: int) -> datetime:
    """Milliseconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def time_of(
    event: Stamped,
    sync: Sync,
    *,
    earliest: datetime | None = None,
    boot_offset: timedelta | None = None,
    anchor: Anchor | None = None,
) -> Timed:
    """The honest time of an event.

    A browser's monotonic clock may pause while the phone sleeps but never runs fast:
    what it shows to have passed has passed at least. So a time that is later than
    the sync allows was stamped by a clock that ran ahead, and one that is earlier
    than the last event seen live allows was back-dated.

    Args:
        earliest: the plan's publication; nothing of its round happened before.
        boot_offset: the offset known from live events of the event's own boot, for
            events of a boot that is over.
        anchor: the last event before this one that was received as it happened.
    """
    raw_at = moment(event.wall_ms)
    if sync.boot_id is not None and sync.boot_id != event.boot_id:
        at = raw_at + (sync.offset if boot_offset is None else boot_offset)
        trust = Trust.SUSPECT if boot_offset is None else Trust.CORRECTED
        return _within(Timed(raw_at, at, trust), earliest, sync.received_at)
    at = raw_at + sync.offset
    latest, soonest = _latest(event, sync), _soonest(event, sync, anchor)
    doubt = TOLERANCE * max(1.0, sync.speed)
    if latest is not None and at > latest + doubt:
        timed = Timed(raw_at, latest, Trust.SUSPECT, ("clock_moved",))
    elif soonest is not None and at < soonest - doubt:
        timed = Timed(raw_at, soonest, Trust.BACK_FILLED, ("clock_moved",))
    else:
        live = abs(sync.offset) <= ONLINE_WITHIN
        live = live and sync.received_at - at <= ONLINE_WITHIN
        timed = Timed(raw_at, at, Trust.ONLINE if live else Trust.CORRECTED)
    return _within(timed, earliest, sync.received_at)


def _latest(event: Stamped, sync: Sync) -> datetime | None:
    """So long ago it was at least, by the clock that nobody can set."""
    if sync.boot_id is None or sync.client_mono_ms is None or sync.speed <= 0:
        return None
    ago_ms = max(0, sync.client_mono_ms - event.mono_ms)
    return sync.received_at - timedelta(milliseconds=ago_ms * sync.speed)


def _soonest(event: Stamped, sync: Sync, anchor: Anchor | None) -> datetime | None:
    """So long after the anchor it was at least."""
    if anchor is None or anchor.mono_ms > event.mono_ms:
        return None
    passed_ms = (event.mono_ms - anchor.mono_ms) * sync.speed
    return min(anchor.at + timedelta(milliseconds=passed_ms), sync.received_at)


def _within(timed: Timed, earliest: datetime | None, received: datetime) -> Timed:
    at = min(max(timed.corrected_at, earliest or timed.corrected_at), received)
    if abs(at - timed.corrected_at) <= TOLERANCE:
        return Timed(timed.raw_at, at, timed.trust, timed.flags)
    worse = timed.trust if timed.trust not in HONEST else Trust.SUSPECT
    return Timed(timed.raw_at, at, worse, (*timed.flags, "clamped"))


@dataclass(frozen=True)
class Link:
    """An event's place in its phone's chain."""

    id: UUID
    boot_id: str
    seq: int
    hash: str
    prev_hash: str


def link_of(event: Mapping[str, object]) -> str:
    """The hash of an event as it travels; the next one carries it as `prev_hash`.

    SHA-256 in hex over the event's JSON with sorted keys and no spaces, numbers as
    JavaScript writes them, so that a phone and a server find the same.
    """
    return hashlib.sha256(_canonical(event).encode()).hexdigest()


def chain_flags(links: Iterable[Link]) -> dict[UUID, set[str]]:
    """What is wrong with a phone's chain, in whatever order its links arrived.

    Only neighbours that are both known are compared: a gap may be on its way.
    """
    found: dict[UUID, set[str]] = defaultdict(set)
    by_place: dict[tuple[str, int], list[Link]] = defaultdict(list)
    for link in links:
        by_place[link.boot_id, link.seq].append(link)
    for (boot_id, seq), here in by_place.items():
        before = {link.hash for link in by_place.get((boot_id, seq - 1), [])}
        for link in here:
            if len(here) > 1:
                found[link.id].add("seq_reused")
            if before and link.prev_hash not in before:
                found[link.id].add("chain_broken" if link.prev_hash else "no_chain")
    return dict(found)


def _canonical(value: object) -> str:
    if isinstance(value, Mapping):
        pairs = sorted((str(key), each) for key, each in value.items())
        inner = (f"{_text(key)}:{_canonical(each)}" for key, each in pairs)
        return "{" + ",".join(inner) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_canonical, value)) + "]"
    if isinstance(value, float):
        return _number(value)
    return _text(value)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _number(value: float) -> str:
    """A number as JavaScript's JSON.stringify writes it."""
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    shortest = repr(value)
    if "e" not in shortest:
        return shortest
    digits, exponent = shortest.split("e")
    power = int(exponent)
    if -6 <= power < 0:
        return format(Decimal(shortest), "f")
    return f"{digits}e{'+' if power > 0 else '-'}{abs(power)}"
