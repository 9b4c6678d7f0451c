"""The feed's end as this process sees it: one reader, many followers.

A frame holds what a page has yet to hear, one message a line: what comes together is
put together once for all who may hear the same, and each socket is woken once.
"""

import logging
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final
from uuid import UUID

import anyio
import anyio.lowlevel
from anyio import to_thread

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
from web.follower import SLOW, Follower
from web.wire import to_json

log = logging.getLogger("liuzhu.web")

POLL_SECONDS: Final = 0.05
HEARTBEAT_SECONDS: Final = 15.0
LAG_SECONDS: Final = 0.5  # how long everybody waits for who is behind
STUCK_LOOK_SECONDS: Final = 0.5
POSITION_SECONDS: Final = 1.0
RIGHTS_SECONDS: Final = 2.0
KEPT_EVENTS: Final = 2_000
SEND_SECONDS: Final = 5.0
NO_RIGHT, RESTARTED = 4401, 1012
RESET: Final = to_json({"t": "reset"})


class Tail:
    """Reads the feed in a thread, a few times a second, for all sockets at once."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.epoch: UUID | None = None
        self.at = 0
        self.now: datetime | None = None
        self._kept: deque[FeedEvent] = deque(maxlen=KEPT_EVENTS)
        self._followers: set[Follower] = set()
        self._places: dict[UUID, Seen] = {}
        self._asked: set[str] = set()
        self._turn = 0

    @contextmanager
    def followed_by(self, follower: Follower) -> Iterator[None]:
        """Tell this follower what comes, until the block ends."""
        self._followers.add(follower)
        if self.epoch is not None:
            self._greet(follower)
        try:
            yield
        finally:
            self._followers.discard(follower)

    async def run(self) -> None:
        """Follow the feed for ever; a database that is away is waited for."""
        async with anyio.create_task_group() as together:
            together.start_soon(self._look_after_all)
            await self._follow()

    async def _look_after_all(self) -> None:
        """One clock for all sockets: who takes no frame for so long is let go; the
        others hear now and then which number they should have heard."""
        while True:
            await anyio.sleep(STUCK_LOOK_SECONDS)
            now = anyio.current_time()
            for one in tuple(self._followers):
                if one.sending_since is not None:
                    if one.sending_since < now - SEND_SECONDS:
                        one.end(SLOW)
                elif 0 < one.beats_at <= now:
                    one.beats_at = now + HEARTBEAT_SECONDS
                    beat = {"t": "head", "head": one.heard, "now": self.now}
                    one.offer(to_json(beat))

    def _greet(self, follower: Follower) -> None:
        follower.heard = self.at
        follower.beats_at = anyio.current_time() + HEARTBEAT_SECONDS
        hello = {"epoch": self.epoch, "head": self.at, "now": self.now}
        follower.offer(to_json({"t": "hello", **hello}))

    async def _follow(self) -> None:
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
                    await follower.give(message_of(event))
                    follower.heard = event.seq
            seq = until
            if seq >= self.at:
                follower.after = seq
                return
        await follower.give(RESET)

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
        begins = self.epoch is None
        events = () if begins else news.events
        self.epoch, self.now = news.epoch, news.now
        if news.standing is not None:
            self._check_rights(news.standing)
        self.at = events[-1].seq if events else news.head
        self._kept.extend(events)
        if begins:
            for one in tuple(self._followers):
                self._greet(one)
        if events:
            self._tell_all([(event, message_of(event)) for event in events])

    def _tell_all(self, news: Sequence[tuple[FeedEvent, str]]) -> None:
        """Each follower's lines, put together once for all with the same ears."""
        last = news[-1][0].seq
        told: dict[tuple[int, object], tuple[int, str]] = {}
        for one in tuple(self._followers):
            if one.after is None or one.after >= last:
                continue
            key = one.after, one.ears
            if key not in told:
                told[key] = _lines_for(one.actor, one.after, news)
            one.after = last
            heard, lines = told[key]
            if lines:
                one.heard = heard
                one.offer(lines)

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
        news = [one for one in seen if self._places.get(one.helper_id) != one]
        self._places.update({one.helper_id: one for one in news})
        by_street: dict[str, list[str]] = {}
        for place in news:
            by_street.setdefault(place.street_code, []).append(position_message(place))
        for street_code, messages in by_street.items():
            lines = "\n".join(messages)
            for one in tuple(self._followers):
                if may_see_on_map(one.actor, street_code):
                    one.offer(lines, may_lose=True)


def _lines_for(
    actor: Actor, after: int, news: Iterable[tuple[FeedEvent, str]]
) -> tuple[int, str]:
    """The last number that somebody hears, and what they hear after another."""
    heard = [
        (event.seq, text)
        for event, text in news
        if event.seq > after and may_hear(actor, event)
    ]
    return (heard[-1][0], "\n".join(text for _, text in heard)) if heard else (0, "")


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
