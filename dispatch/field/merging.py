"""The core of merging: the order, the time and the chain of a phone's events.

Pure values, no database. Order is (device, boot, seq), never a clock. A time is
believed as far as the phone's clocks allow and never lies before the plan or after
its receipt. Nothing here drops an event: what is wrong with it becomes a flag.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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


def moment(milliseconds: int) -> datetime:
    """Milliseconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def time_of(
    event: Stamped,
    sync: Sync,
    *,
    earliest: datetime | None = None,
    boot_offset: timedelta | None = None,
) -> Timed:
    """The honest time of an event.

    Args:
        earliest: the plan's publication; nothing of its round happened before.
        boot_offset: the offset known from live events of the event's own boot, for
            events of a boot that is over.
    """
    raw_at = moment(event.wall_ms)
    if sync.boot_id is not None and sync.boot_id != event.boot_id:
        at = raw_at + (sync.offset if boot_offset is None else boot_offset)
        trust = Trust.SUSPECT if boot_offset is None else Trust.CORRECTED
        return _within(Timed(raw_at, at, trust), earliest, sync.received_at)
    claimed = raw_at + sync.offset
    ran = _by_monotonic(event, sync)
    if ran is not None and abs(claimed - ran) > TOLERANCE * max(1.0, sync.speed):
        trust = Trust.BACK_FILLED if claimed < ran else Trust.CORRECTED
        moved = Timed(raw_at, ran, trust, ("clock_moved",))
        return _within(moved, earliest, sync.received_at)
    live = abs(sync.offset) <= ONLINE_WITHIN
    live = live and sync.received_at - claimed <= ONLINE_WITHIN
    trust = Trust.ONLINE if live else Trust.CORRECTED
    return _within(Timed(raw_at, claimed, trust), earliest, sync.received_at)


def _by_monotonic(event: Stamped, sync: Sync) -> datetime | None:
    """The event's time by the clock that nobody can set; None when it is not known."""
    if sync.boot_id is None or sync.client_mono_ms is None or sync.speed <= 0:
        return None
    ago_ms = sync.client_mono_ms - event.mono_ms
    if ago_ms < 0:
        return None
    return sync.received_at - timedelta(milliseconds=ago_ms * sync.speed)


def _within(timed: Timed, earliest: datetime | None, received: datetime) -> Timed:
    at = min(max(timed.corrected_at, earliest or timed.corrected_at), received)
    if abs(at - timed.corrected_at) <= TOLERANCE:
        return Timed(timed.raw_at, at, timed.trust, timed.flags)
    worse = timed.trust if timed.trust not in HONEST else Trust.SUSPECT
    return Timed(timed.raw_at, at, worse, (*timed.flags, "clamped"))


class Chained(Protocol):
    """The part of an event that the chain is made of."""

    @property
    def id(self) -> UUID: ...
    @property
    def device_id(self) -> str: ...
    @property
    def boot_id(self) -> str: ...
    @property
    def seq(self) -> int: ...
    @property
    def wall_ms(self) -> int: ...
    @property
    def mono_ms(self) -> int: ...
    @property
    def prev_hash(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def stop_id(self) -> UUID | None: ...
    @property
    def order_id(self) -> UUID | None: ...
    @property
    def photo_sha256(self) -> Sequence[str]: ...


def link_of(event: Chained) -> str:
    """The hash that the next event of this phone carries as `prev_hash`."""
    parts = (
        event.id,
        event.device_id,
        event.boot_id,
        event.seq,
        event.wall_ms,
        event.mono_ms,
        event.prev_hash,
        event.kind,
        event.stop_id or "",
        event.order_id or "",
        ",".join(event.photo_sha256),
    )
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def chain_flags(events: Iterable[Chained]) -> dict[UUID, set[str]]:
    """What is wrong with the chains of these events, however they arrived.

    Only neighbours that are both known are compared: a gap may be on its way.
    """
    found: dict[UUID, set[str]] = defaultdict(set)
    by_place: dict[tuple[str, str, int], list[Chained]] = defaultdict(list)
    for event in events:
        by_place[event.device_id, event.boot_id, event.seq].append(event)
    for (device_id, boot_id, seq), here in by_place.items():
        before = by_place.get((device_id, boot_id, seq - 1), [])
        links = {link_of(event) for event in before}
        for event in here:
            if len(here) > 1:
                found[event.id].add("seq_reused")
            if links and event.prev_hash not in links:
                found[event.id].add("chain_broken")
    return dict(found)
