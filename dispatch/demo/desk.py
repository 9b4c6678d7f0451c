"""The coordinator at the big screen: follows the feed, answers what it says."""

import asyncio
import json
from collections import Counter as Tally
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from dispatch.demo.agenda import Agenda
from dispatch.demo.chance import Chance
from dispatch.demo.district import District
from dispatch.demo.doors import Door, Json, Trouble

_TAKES_AFTER: Final = timedelta(seconds=40)
_ANSWERS_AFTER: Final = timedelta(minutes=2)
_LEAVES_TO_VISITORS_SECONDS: Final = 90.0  # of the wall: who looks on may answer first
_BETWEEN_RUNGS: Final = timedelta(minutes=4)
_LOCATES_AFTER: Final = timedelta(minutes=12)
_REACHED: Final = {"phone_elder": 0.35, "contacts": 0.6, "neighbour": 0.8}
_OUTCOMES: Final = {"seen_well": 70.0, "away": 22.0, "hospital": 8.0}
_PATIENCE_SECONDS: Final = 20.0


class Desk:
    """One coordinator with one socket. `picture` is what the feed has told so far."""

    def __init__(
        self,
        agenda: Agenda,
        door: Door,
        district: District,
        carried_by_us: Callable[[str], bool],
    ) -> None:
        self.door = door
        self.told: Tally[str] = Tally()
        self.picture: dict[str, str] = {}
        self.gaps: list[str] = []
        self.resets = 0
        self.seq = 0
        self.waves_planned = 0
        self._epoch = ""
        self._agenda = agenda
        self._carried_by_us = carried_by_us
        self._day = district.day
        self._chance = Chance(district.seed, "desk")
        self._doors = _doors_by_order(district)
        self._seen_cases: set[str] = set()
        self._reading: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Read the board once, then follow the feed from there."""
        await self._read_board()
        self.listen()

    def listen(self) -> None:
        """Follow the feed from the number heard last, also after a `close`."""
        self._reading = asyncio.create_task(self._follow())

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read_board(self) -> Json:
        board = await self._read(self._day)
        self._epoch, self.seq = board["feed"]["epoch"], board["feed"]["seq"]
        self.picture = {row["id"]: row["state"] for row in board["orders"]}
        return board

    async def _read(self, on: date) -> Json:
        board: Json = await self.door.get("/api/board", on=on)
        return board

    async def _follow(self) -> None:
        """Stay connected; each new socket resumes where the last one ended."""
        while True:
            try:
                async with await self._connect() as socket:
                    await self._listen(socket)
            except (WebSocketException, OSError, httpx.TransportError, Trouble):
                # Also a handshake or a ticket that a dying house refused.
                self.told["reconnected"] += 1
                await asyncio.sleep(0.5)

    async def _connect(self) -> ClientConnection:
        status, told = await self.door.post("/api/feed/ticket", {})
        if status != 200:
            raise Trouble(f"{self.door.login} gets no ticket: {status} {told}")
        address = self.door.address.replace("http", "ws", 1)
        return await connect(
            f"{address}/api/feed",
            subprotocols=["liuzhu.v2", f"t.{told['ticket']}"],  # type: ignore[list-item]
            origin=self.door.address,  # type: ignore[arg-type]
            additional_headers={"Cookie": self.door.cookies},
            max_size=2**22,
        )

    async def _listen(self, socket: ClientConnection) -> None:
        async for frame in socket:
            for line in str(frame).split("\n"):
                await self._take(socket, json.loads(line))

    async def _take(self, socket: ClientConnection, said: Json) -> None:
        self.told[f"feed {said['t']}"] += 1
        if said["t"] == "hello":
            await self._resume(socket)
        elif said["t"] == "reset":
            self.resets += 1
            await self._read_board()
            await self._resume(socket)  # until then the house says nothing more
        elif said["t"] == "event":
            self._hear(said)

    async def _resume(self, socket: ClientConnection) -> None:
        place = {"t": "resume", "epoch": self._epoch, "seq": self.seq}
        await socket.send(json.dumps(place))

    def _hear(self, said: Json) -> None:
        """Apply one event; a number heard before, or one left out, is a gap."""
        if said["seq"] <= self.seq:
            self.gaps.append(f"{said['seq']} came again after {self.seq}")
            return
        self.seq = said["seq"]
        if said["kind"].startswith("order.") and said.get("state"):
            self.picture[said["order_id"]] = said["state"]
        if said["kind"] == "wave.planned":
            self.waves_planned += 1
        now = self._agenda.now
        if now is None:
            return
        if said["kind"] == "order.placed" and said.get("state") == "blocked":
            self._agenda.put(
                now + _LOCATES_AFTER, partial(self.locate, said["order_id"])
            )
        case_id = said.get("case_id")
        if case_id and case_id not in self._seen_cases:
            self._seen_cases.add(case_id)
            after = self._answers_after(str(said.get("order_id")))
            if after == _ANSWERS_AFTER:
                self._agenda.put(now + _TAKES_AFTER, partial(self.take, case_id))
            self._agenda.put(now + after, partial(self.climb, case_id))

    def _answers_after(self, order_id: str) -> timedelta:
        """A case of somebody who looks on is theirs for a while."""
        if self._carried_by_us(order_id):
            return _ANSWERS_AFTER
        theirs = timedelta(
            seconds=_LEAVES_TO_VISITORS_SECONDS * self._agenda.pace.speed
        )
        return max(_ANSWERS_AFTER, theirs)

    async def locate(self, order_id: str, _at: datetime) -> None:
        """Ask the station where the door is, and put it on the map."""
        order = await self.door.get(f"/api/orders/{order_id}")
        lat, lon = self._doors[order["elder_id"]]
        body = {"lat": lat, "lon": lon, "datum": "wgs84"}
        status, said = await self.door.post(f"/api/orders/{order_id}/locate", body)
        self.told[f"located {_word(said, status)}"] += 1

    async def take(self, case_id: str, _at: datetime) -> None:
        """Say whose it is, before anybody else is asked."""
        file = await self.door.get(f"/api/cases/{case_id}")
        if file["case"]["outcome"] is not None or file["case"]["taken_at"]:
            return
        body = {"rung": file["case"]["rung"], "outcome": "acknowledged", "words": ""}
        status, said = await self.door.post(f"/api/cases/{case_id}/steps", body)
        self.told[f"case taken {_word(said, status)}"] += 1

    async def climb(self, case_id: str, at: datetime) -> None:
        """The standing rung of a ladder; whoever is reached ends it with an outcome."""
        file = await self.door.get(f"/api/cases/{case_id}")
        standing = [row for row in file["ladder"] if row["done_at"] is None]
        if file["case"]["outcome"] is not None or not standing:
            return
        name = standing[0]["code"]
        reached = self._chance.happens(_REACHED.get(name, 1.0))
        body: Json = {
            "rung": standing[0]["rung"],
            "outcome": "reached" if reached else "no_reply",
            "words": "接通，情况已问清" if reached else "无人接听",
        }
        status, said = await self.door.post(f"/api/cases/{case_id}/steps", body)
        self.told[f"rung {name} {_word(said, status)}"] += 1
        if not reached:
            self._agenda.put(at + _BETWEEN_RUNGS, partial(self.climb, case_id))
            return
        outcome = self._chance.choices(list(_OUTCOMES), list(_OUTCOMES.values()))[0]
        body = {"outcome": outcome, "words": "已核实"}
        status, said = await self.door.post(f"/api/cases/{case_id}/close", body)
        self.told[f"case {outcome} {_word(said, status)}"] += 1

    async def tidy(self, _at: datetime) -> None:
        """In the evening: what nobody could do today is called off, with a reason."""
        board = await self._read(self._day)
        for row in board["orders"]:
            if row["state"] in ("waiting", "unassigned", "blocked", "held"):
                path = f"/api/orders/{row['id']}/cancel"
                status, said = await self.door.post(
                    path, {"reason": "今日未能上门，改约"}
                )
                self.told[f"called off {_word(said, status)}"] += 1

    async def compare(self) -> list[str]:
        """What the followed picture and a fresh board disagree about.

        The feed is given a moment to bring what the board's number promises.
        """
        board = await self._read(self._day)
        for _ in range(round(_PATIENCE_SECONDS / 0.1)):
            if self.seq >= board["feed"]["seq"]:
                break
            await asyncio.sleep(0.1)
        wrong = list(self.gaps)
        if self._reading is not None and self._reading.done():
            wrong.append(f"listens no longer: {self._reading.exception()!r}")
        if self.seq < board["feed"]["seq"]:
            wrong.append(f"heard up to {self.seq} of {board['feed']['seq']}")
        for row in board["orders"]:
            heard = self.picture.get(row["id"])
            if heard != row["state"]:
                wrong.append(f"order {row['number']}: {heard}, board {row['state']}")
        return wrong


def _doors_by_order(district: District) -> dict[str, tuple[float, float]]:
    """Where the elders who are on no map really live, as their stations know."""
    places = {home.household.id: home.place for home in district.homes}
    return {str(p.elder.id): places[p.elder.household_id] for p in district.people}


def _word(said: Json, status: int) -> str:
    return str(said.get("error", status))
