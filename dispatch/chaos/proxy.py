"""A bad line between callers and the house, drawn from a seed.

Each word from a caller may be passed on, passed on late, lost, swallowed without any
end, or, the most telling of all, heard by the house while its answer is cut off.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import Final, Self

from dispatch.demo.chance import Chance

_CHUNK: Final = 65_536
_LATE_SECONDS: Final = 0.3
_SILENT_SECONDS: Final = 2.0


class Fault(StrEnum):
    """What happens to one word of a caller."""

    LATE = "late"
    LOST = "lost"
    UNANSWERED = "unanswered"
    SILENT = "silent"


class FaultProxy:
    """Listens on loopback, passes everything to the house's port, and does harm.

    Args:
        shares: of a hundred words, how many meet each fault; changed at any time.
    """

    def __init__(
        self, port: int, chance: Chance, shares: Mapping[Fault, float]
    ) -> None:
        self.shares = dict(shares)
        self.done: Counter[Fault] = Counter()
        self._port = port
        self._chance = chance
        self._lines: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        line = asyncio.current_task()
        assert line is not None  # noqa: S101 - a server's callback is a task
        self._lines.add(line)
        with self._closing(writer), suppress(OSError, asyncio.CancelledError):
            upstream = await asyncio.open_connection("127.0.0.1", self._port)
            with self._closing(upstream[1]):
                await self._carry(reader, writer, upstream)
        self._lines.discard(line)

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        back = asyncio.create_task(_pass_on(upstream[0], writer))
        back.add_done_callback(lambda _: writer.transport.abort())
        try:
            while word := await reader.read(_CHUNK):
                fault = self._fault()
                if fault in {Fault.LOST, Fault.SILENT}:
                    await asyncio.sleep(_SILENT_SECONDS * (fault is Fault.SILENT))
                    return
                if fault is Fault.UNANSWERED:
                    await _stop(back)
                if fault is Fault.LATE:
                    await asyncio.sleep(_LATE_SECONDS)
                upstream[1].write(word)
                await upstream[1].drain()
                if fault is Fault.UNANSWERED:
                    await upstream[0].read(_CHUNK)  # the house has done it and said so
                    return
        finally:
            await _stop(back)

    def _fault(self) -> Fault | None:
        at = self._chance.random() * 100
        for fault, share in self.shares.items():
            at -= share
            if at < 0:
                self.done[fault] += 1
                return fault
        return None

    @contextmanager
    def _closing(self, writer: asyncio.StreamWriter) -> Iterator[None]:
        """A line that ends here ends hard, as one does in a lift."""
        try:
            yield
        finally:
            writer.transport.abort()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while word := await reader.read(_CHUNK):
            writer.write(word)
            await writer.drain()


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
