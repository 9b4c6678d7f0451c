"""Clerks who take calls over a bad line, and write down every word they were told.

Before a request its key is noted, after it what came of it: done, refused, or
unknown, when no answer came however often it was sent again. An unknown one may be
kept or not, but never half.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import httpx

from dispatch.chaos.town import Wish
from dispatch.demo.doors import Door, Street

AT_ONCE: Final = 8
_DONE: Final = (200, 201)


class Callers:
    """Everybody who calls, a few at a time; `told` counts what they heard."""

    def __init__(self, street: Street, answered: Callable[[int], None]) -> None:
        self.told: Counter[str] = Counter()
        self.good: list[tuple[float, float]] = []  # monotonic: asked, and told yes
        self._street = street
        self._doors: dict[str, Door] = {}
        self._answered = answered

    async def call(self, wishes: Sequence[Wish]) -> None:
        """Bring all wishes to the house; ends when each has an answer or none came."""
        waiting = iter(wishes)
        await asyncio.gather(*(self._work(waiting) for _ in range(AT_ONCE)))

    async def _work(self, waiting: Iterator[Wish]) -> None:
        for wish in waiting:
            await self._bring(wish, self._door(wish.login))
            self._answered(self.told["asked"])

    def _door(self, login: str) -> Door:
        if login not in self._doors:
            self._doors[login] = Door(self._street, login)
        return self._doors[login]

    async def _bring(self, wish: Wish, door: Door) -> None:
        self.told["asked"] += 1
        key = door.key()
        times = 2 if wish.sends_twice else 1
        asks = (
            self._post(door, "order", "/api/orders", wish.body, key)
            for _ in range(times)
        )
        orders = [order for order in await asyncio.gather(*asks) if order]
        if not orders:
            return
        path = f"/api/orders/{orders[0]['id']}"
        if wish.pays:
            await self._pay(door, path)
        if wish.calls_off:
            body = {"reason": "老人改主意了"}
            await self._post(door, "cancel", f"{path}/cancel", body, door.key())

    async def _pay(self, door: Door, path: str) -> None:
        try:
            bill = await door.get(f"{path}/bill")
        except httpx.TransportError:
            self.told["bill unknown"] += 1
            return
        body = {"method": "cash", "fen": bill["due_fen"]}
        await self._post(door, "payment", f"{path}/pay", body, door.key())

    async def _post(
        self, door: Door, what: str, path: str, body: dict[str, Any], key: str
    ) -> dict[str, Any] | None:
        """One request and its line in the history; None when it was not done."""
        who, began = door.login, time.monotonic()
        door.notes.note(who=who, invoke=what, key=key)
        try:
            status, said = await door.post(path, body, key=key)
        except httpx.TransportError:
            self.told[f"{what} unknown"] += 1
            door.notes.note(who=who, unknown=what, key=key)
            return None
        if status not in _DONE:
            self.told[f"{what} {said.get('error', status)}"] += 1
            door.notes.note(who=who, refused=said.get("error"), key=key)
            return None
        self.told[f"{what} done"] += 1
        self.good.append((began, time.monotonic()))
        made = said["payment_id"] if what == "payment" else said["id"]
        door.notes.note(who=who, made=what, id=made, key=key)
        return said
