"""A follower: one open socket, and what it has yet to hear."""

from dataclasses import dataclass, field
from typing import Final

import anyio

from dispatch.access.following import ears_of
from dispatch.store.unit_of_work import Actor

QUEUE_CHARACTERS: Final = 131_072
SLOW: Final = 4008


@dataclass(eq=False)
class Follower:
    """One open socket: what it may hear, and the queue of what it has yet to hear."""

    session_hash: str
    actor: Actor
    heard: int = 0  # the last event offered to it
    after: int | None = None  # follows the feed from here; None until it asks
    close_code: int | None = None
    sending_since: float | None = None  # a frame is on its way
    beats_at: float = 0.0  # when it next hears what it should have heard
    stop: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    _waiting: list[str] = field(default_factory=list)
    _characters: int = 0
    _news: anyio.Event = field(default_factory=anyio.Event)
    _room: anyio.Event | None = None  # only while somebody waits for it

    def __post_init__(self) -> None:
        self.ears = ears_of(self.actor)

    @property
    def is_behind(self) -> bool:
        """Half the queue is full."""
        return self._characters > QUEUE_CHARACTERS // 2

    def offer(self, text: str, *, may_lose: bool = False) -> None:
        """Queue lines now; who does not keep up is let go, and comes back."""
        full = self._characters + len(text) > QUEUE_CHARACTERS
        if may_lose and (full or self.is_behind):
            return
        if full:
            self.end(SLOW)
            return
        self._waiting.append(text)
        self._characters += len(text)
        self._news.set()

    async def give(self, text: str) -> None:
        """Queue lines as soon as there is room."""
        while self.is_behind:
            self._room = self._room or anyio.Event()
            await self._room.wait()
        self.offer(text)

    async def take(self) -> str:
        """The next frame: all that waits, as soon as something does."""
        while not self._waiting:
            self._news = anyio.Event()
            await self._news.wait()
        frame = "\n".join(self._waiting)
        self._waiting.clear()
        self._characters = 0
        if self._room is not None:
            self._room.set()
            self._room = None
        return frame

    def end(self, code: int | None) -> None:
        """Stop the conversation; the socket is closed with this code."""
        if self.close_code is None:
            self.close_code = code
        self.stop.cancel()
