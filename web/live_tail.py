"""The feed's end as this process sees it: one reader, many followers."""

import logging
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import anyio
import anyio.lowlevel
from anyio import to_thread
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from dispatch.access.following import (
    FeedEvent,
    News,
    Seen,
    list_positions,
    look_for_news,
    may_hear,
    may_see_on_map,
    replay,
)
from dispatch.store.database import Database
from dispatch.store.unit_of_work import Actor
from web.wire import to_json

log = logging.getLogger("liuzhu.web")

POLL_SECONDS: Final = 0.1
LAG_SECONDS: Final = 0.5  # how long everybody waits for who is behind
POSITION_SECONDS: Final = 1.0
RIGHTS_SECONDS: Final = 2.0
KEPT_EVENTS: Final = 2_000
QUEUE_MESSAGES: Final = 256
AT_ONCE: Final = 16  # messages, sent under one time limit
SLOW, NO_RIGHT, RESTARTED = 4008, 4401, 1012
RESET: Final = to_json({"t": "reset"})


@dataclass(eq=False)
class Follower:
    """One open socket: what it may hear, and the queue of what it has yet to hear."""

    session_hash: str
    actor: Actor
    heard: int = 0  # the last event offered to it
    after: int | None = None  # follows the feed from here; None until it asks
    close_code: int | None = None
    stop: anyio.CancelScope = field(default_factory=anyio.CancelScope)

    def __post_init__(self) -> None:
        streams = anyio.create_memory_object_stream[str](QUEUE_MESSAGES)
        self.put: MemoryObjectSendStream[str] = streams[0]
        self.queue: MemoryObjectReceiveStream[str] = streams[1]

    @property
    def is_behind(self) -> bool:
        """Half the queue is full."""
        return self.put.statistics().current_buffer_used > QUEUE_MESSAGES // 2

    def offer(self, text: str, *, may_lose: bool = False) -> None:
        """Queue a message now; who does not keep up is let go, and comes back."""
        if may_lose and self.is_behind:
            return
        try:
            self.put.send_nowait(text)
        except anyio.WouldBlock:
            self.end(SLOW)

    def waiting(self) -> Iterator[str]:
        """What else it has yet to hear, a handful at the most: one clock for all."""
        for _ in range(AT_ONCE):
            try:
                yield self.queue.receive_nowait()
            except (anyio.WouldBlock, anyio.EndOfStream, anyio.ClosedResourceError):
                return

    def end(self, code: int | None) -> None:
        """Stop the conversation; the socket is closed with this code."""
        if self.close_code is None:
            self.close_code = code
        self.stop.cancel()


class Tail:
    """Reads the feed in a thread, a few times a second, for all sockets at once."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.epoch: UUID | None = None
        self.at = 0
        self.now: datetime | None = None
        self.began = anyio.Event()
        self._kept: deque[FeedEvent] = deque(maxlen=KEPT_EVENTS)
        self._followers: set[Follower] = set()
        self._places: dict[UUID, Seen] = {}
        self._asked: set[str] = set()
        self._turn = 0

    @contextmanager
    def followed_by(self, follower: Follower) -> Iterator[None]:
        """Tell this follower what comes, until the block ends."""
        self._followers.add(follower)
        try:
            yield
        finally:
            self._followers.discard(follower)
            follower.put.close()
            follower.queue.close()

    async def run(self) -> None:
        """Follow the feed for ever; a database that is away is waited for."""
        limiter = anyio.CapacityLimiter(1)
        while True:
            try:
                news = await to_thread.run_sync(self._look, limiter=limiter)
                self._tell(news)
                if self.at < news.head:
                    await self._let_read()
                    continue
                if self._turn % round(POSITION_SECONDS / POLL_SECONDS) == 0:
                    seen = await to_thread.run_sync(self._look_round, limiter=limiter)
                    self._show(seen)
            except Exception as error:  # noqa: BLE001 - the feed goes on
                log.warning("the feed waits: %s", type(error).__name__)
                await anyio.sleep(1)
            self._turn += 1
            await anyio.sleep(POLL_SECONDS)

    async def catch_up(self, follower: Follower, epoch: UUID, seq: int) -> None:
        """Send everything after a number and follow from there, or say reset."""
        follower.after, follower.heard = None, seq
        while epoch == self.epoch:
            if self._keeps(seq):
                events, until = [e for e in self._kept if e.seq > seq], self.at
            else:
                found = await self._replay(follower.actor, epoch, seq)
                if found is None:
                    break
                events, until = found
            for event in events:
                if may_hear(follower.actor, event):
                    await follower.put.send(message_of(event))
                    follower.heard = event.seq
            seq = until
            if seq >= self.at:
                follower.after = seq
                return
        await follower.put.send(RESET)

    def _keeps(self, seq: int) -> bool:
        if seq >= self.at:
            return seq == self.at
        return bool(self._kept) and self._kept[0].seq <= seq + 1

    async def _replay(
        self, actor: Actor, epoch: UUID, seq: int
    ) -> tuple[list[FeedEvent], int] | None:
        found = await to_thread.run_sync(
            lambda: self.database.read(lambda uow: replay(uow, epoch, seq), actor)
        )
        return None if found is None else (list(found.events), found.until)

    async def _let_read(self) -> None:
        """More is to be told: let the queues empty, for a moment at the longest."""
        with anyio.move_on_after(LAG_SECONDS):
            await anyio.lowlevel.checkpoint()
            while any(one.is_behind for one in self._followers):  # noqa: ASYNC110
                await anyio.sleep(0.01)

    def _look(self) -> News:
        every = max(1, round(RIGHTS_SECONDS / POLL_SECONDS))
        self._asked = {one.session_hash for one in tuple(self._followers)}
        after = self.at if self.epoch else None
        return self.database.read(
            lambda uow: look_for_news(
                uow, after, self._asked, check=self._turn % every == 0
            )
        )

    def _tell(self, news: News) -> None:
        if self.epoch not in {None, news.epoch} or news.head < self.at:
            self._begin_anew()
        events = news.events if self.epoch else ()
        self.epoch, self.now = news.epoch, news.now
        if news.standing is not None:
            self._check_rights(news.standing)
        self.at = events[-1].seq if events else news.head
        self._kept.extend(events)
        self.began.set()
        for event in events:
            text = message_of(event)
            for one in tuple(self._followers):
                if one.after is not None and event.seq > one.after:
                    one.after = event.seq
                    if may_hear(one.actor, event):
                        one.heard = event.seq
                        one.offer(text)

    def _check_rights(self, standing: dict[str, Actor]) -> None:
        for one in tuple(self._followers):
            asked = one.session_hash in self._asked
            if asked and standing.get(one.session_hash) != one.actor:
                one.end(NO_RIGHT)
                self._followers.discard(one)

    def _begin_anew(self) -> None:
        """Another epoch: the database was restored, every page starts again."""
        for one in tuple(self._followers):
            one.end(RESTARTED)
        self._followers.clear()
        self._kept.clear()
        self.epoch = None

    def _look_round(self) -> Sequence[Seen]:
        since = max((one.at for one in self._places.values()), default=None)
        return self.database.read(lambda uow: list_positions(uow, since))

    def _show(self, seen: Iterable[Seen]) -> None:
        for place in seen:
            if self._places.get(place.helper_id) == place:
                continue
            self._places[place.helper_id] = place
            text = position_message(place)
            for one in tuple(self._followers):
                if may_see_on_map(one.actor, place.street_code):
                    one.offer(text, may_lose=True)


def message_of(event: FeedEvent) -> str:
    """The wire's form of an event."""
    return to_json(
        {
            "t": "event",
            "seq": event.seq,
            "kind": event.kind,
            "order_id": event.order_id,
            "wave_id": event.wave_id,
            "helper_id": event.helper_id,
            "case_id": event.case_id,
            "station_id": event.station_id,
            "at": event.at,
            "state": event.state,
        }
    )


def position_message(place: Seen) -> str:
    """The wire's form of where a helper is."""
    where = {"helper_id": place.helper_id, "lat": place.lat, "lon": place.lon}
    return to_json({"t": "at", **where, "at": place.at})
