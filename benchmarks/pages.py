"""Open pages that listen to the feed, as light as can be beside what they measure."""

import asyncio
import json
import random
import time
from typing import Any, Final

PROTOCOL: Final = "liuzhu.v2"
_LIVE_SECONDS: Final = 30.0
_TEXT, _PING, _PONG = 1, 9, 10  # kinds of frames, RFC 6455


class Page(asyncio.Protocol):
    """A socket that notes when each piece of the feed reached it, and answers pings.

    What the pieces say is read afterwards: two thousand readers share the two cores
    with whom they measure, and two thousand browsers would not.
    """

    def __init__(self) -> None:
        self.frames: list[tuple[float, bytes]] = []
        self._unread = b""
        self._line: asyncio.Transport | None = None
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def take_over(self, link: Any) -> None:
        """Read on where the handshake and the hello have ended."""
        self._link, self._line = link, link.transport  # or it closes as it is let go
        self._line.set_protocol(self)

    def abort(self) -> None:
        """The line is cut."""
        assert self._line is not None
        self._line.abort()

    def data_received(self, data: bytes) -> None:
        """Whole frames of one server: never masked, never in parts."""
        at, here = time.monotonic(), 0
        data = self._unread + data if self._unread else data
        while len(data) >= here + 4:
            kind, length = data[here] & 15, data[here + 1]
            begins = here + 2
            if length == 126:
                length, begins = int.from_bytes(data[here + 2 : here + 4]), here + 4
            elif length == 127:
                length, begins = int.from_bytes(data[here + 2 : here + 10]), here + 10
            if len(data) < begins + length:
                break
            here = begins + length
            if kind == _TEXT:
                self.frames.append((at, data[begins:here]))
            elif kind == _PING and self._line is not None:
                head = bytes([0x80 | _PONG, 0x80 | length]) + bytes(4)  # a mask of 0
                self._line.write(head + data[begins:here])
        self._unread = data[here:]

    def connection_lost(self, _why: Exception | None) -> None:
        """Closed by the server, or cut."""
        if not self.ended.done():
            self.ended.set_result(None)


class Pages:
    """Open sockets, and when each heard of which event."""

    def __init__(self, port: int, database: Any, tokens: list[str]) -> None:
        self.port, self.database, self.tokens = port, database, tokens
        self.open: set[Page] = set()

    async def connect(self, token: str) -> None:
        """Open one socket, hear its hello, and read it for ever."""
        from websockets.asyncio.client import connect

        ticket = await asyncio.to_thread(self._ticket, token)
        address = f"ws://127.0.0.1:{self.port}/api/feed"
        link = await connect(
            address,
            origin=f"http://127.0.0.1:{self.port}",  # type: ignore[arg-type]
            subprotocols=[PROTOCOL, f"t.{ticket}"],  # type: ignore[list-item]
            additional_headers={"Cookie": f"liuzhu_session={token}"},
            compression=None,
            open_timeout=_LIVE_SECONDS,
            ping_interval=None,
        )
        hello = json.loads(await link.recv())
        here = {"epoch": hello["epoch"], "seq": hello["head"]}
        await link.send(json.dumps({"t": "resume", **here}))
        page = Page()
        page.take_over(link)
        self.open.add(page)
        page.ended.add_done_callback(lambda _: self.open.discard(page))

    def _ticket(self, token: str) -> str:
        from dispatch.access.tickets import give_ticket

        return str(self.database.change(lambda uow: give_ticket(uow, token)))

    def heard(self) -> list[tuple[str, float]]:
        """Each event that came since it was asked last, and when."""
        told = []
        for page in tuple(self.open):
            frames, page.frames = page.frames, []
            for at, frame in frames:
                lines = (one for one in frame.split(b"\n") if b'"t":"event"' in one)
                told += [(json.loads(one)["wave_id"], at) for one in lines]
        return told

    async def all(self, most: int, spread: float = 0.0) -> list[float]:
        """Everybody comes, within so many seconds by chance; how long each took."""
        gate = asyncio.Semaphore(most)
        chance = random.Random(7)

        async def one(token: str) -> float:
            await asyncio.sleep(chance.random() * spread)
            began = time.monotonic()
            async with gate:
                await self.connect(token)
            return time.monotonic() - began

        return await asyncio.gather(*(one(token) for token in self.tokens))

    async def drop(self) -> None:
        """The lines are cut, all at once."""
        pages = tuple(self.open)
        for page in pages:
            page.abort()
        await asyncio.gather(*(page.ended for page in pages))
