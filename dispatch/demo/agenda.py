"""The agenda: who does what when, played out at the day's pace."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import count

from dispatch.demo.doors import Notes, Trouble
from dispatch.demo.pace import Pace

Deed = Callable[[datetime], Awaitable[None]]


class Agenda:
    """Deeds by their time. A deed gets its own time and may put further ones in."""

    def __init__(self, pace: Pace, notes: Notes) -> None:
        self.pace = pace
        self.now: datetime | None = None
        self._notes = notes
        self._waiting: list[tuple[datetime, int, Deed]] = []
        self._numbers = count()

    def put(self, at: datetime, deed: Deed) -> None:
        """Have it done at that time, or at once if that is over."""
        heapq.heappush(self._waiting, (at, next(self._numbers), deed))

    async def play(
        self, tell: Callable[[datetime], None], *, until: datetime | None = None
    ) -> None:
        """Do everything in its time, until that moment or until nothing is left."""
        while self._waiting:
            first = self._waiting[0][0]
            if until is not None and first > until:
                return
            step = first + self.pace.step
            self.now = await self.pace.reach(min(step, until) if until else step)
            tell(self.now)
            while self._waiting and self._waiting[0][0] <= self.now:
                await asyncio.gather(*(self._do(*due) for due in self._due(self.now)))
            await self.pace.settle()

    def _due(self, now: datetime) -> list[tuple[datetime, Deed]]:
        due = []
        while self._waiting and self._waiting[0][0] <= now:
            at, _, deed = heapq.heappop(self._waiting)
            due.append((at, deed))
        return due

    async def _do(self, at: datetime, deed: Deed) -> None:
        try:
            await deed(at)
        except Trouble as trouble:
            self._notes.trouble(str(trouble))
