"""An afternoon call: somebody has fallen at home, and whoever can be there first goes.

The counter takes the call in three fields, the coordinator asks the first of the list,
and that helper's round is later by as long as they are away.
"""

from collections import Counter as Tally
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from dispatch.clock import town_moment
from dispatch.demo.agenda import Agenda
from dispatch.demo.counters import Counter
from dispatch.demo.desk import Desk
from dispatch.demo.district import District
from dispatch.demo.doors import Json
from dispatch.demo.menus import seconds_of
from dispatch.demo.walkers import Walker

_FALLS: Final = "14:20"
_SERVICE: Final = "URGENT_RESPONSE"
_MOST_ASKED: Final = 5  # each has a minute to answer, and a clock may run fast


class Fall:
    """One call, from the phone at the counter to its outcome."""

    def __init__(
        self, agenda: Agenda, counter: Counter, desk: Desk, walkers: list[Walker]
    ) -> None:
        self.told: Tally[str] = Tally()
        self._agenda = agenda
        self._counter = counter
        self._desk = desk
        self._walkers = {str(walker.hand.helper.id): walker for walker in walkers}

    def open(self, district: District, elder_id: UUID) -> None:
        at = town_moment(district.day, seconds_of(_FALLS))
        self._agenda.put(at, partial(self.call, elder_id))

    async def call(self, elder_id: UUID, at: datetime) -> None:
        """Who, what, and where if not at home; then somebody is asked."""
        body = {
            "service": _SERVICE,
            "elder_id": str(elder_id),
            "what": "在卫生间滑倒，坐不起来，意识清楚",
        }
        door = self._counter.door
        status, said = await door.post("/api/help-calls", body, key=door.key())
        self.told[f"help called {said.get('error', status)}"] += 1
        if status in (200, 201):
            await self.ask(said["call"]["id"], at)

    async def ask(self, call_id: str, at: datetime) -> None:
        """The list from the top; whoever answers in time goes."""
        way = f"/api/help-calls/{call_id}"
        found = await self._desk.door.get(f"{way}/responders")
        for one in [each for each in found if each["able"]][:_MOST_ASKED]:
            asked = {"helper_id": one["helper_id"]}
            await self._desk.door.post(f"{way}/ask", asked)
            call = await self._answer(self._walkers.get(one["helper_id"]))
            if call is not None:
                walker = self._walkers[one["helper_id"]]
                walker.is_called_away(at, call)
                arrives = datetime.fromisoformat(call["expected_at"])
                self._agenda.put(arrives, partial(self.arrive, walker, call))
                return
        body = {"outcome": "handed_on", "words": "无人可派，已转 120"}
        status, said = await self._desk.door.post(f"{way}/close", body)
        self.told[f"help handed on {said.get('error', status)}"] += 1

    async def _answer(self, walker: Walker | None) -> Json | None:
        """The helper's phone: yes, if the question still stands."""
        if walker is None or walker.rests:
            return None
        for ask in (await walker.door.get("/api/my-help"))["asks"]:
            way = f"/api/my-help/asks/{ask['id']}/accept"
            status, said = await walker.door.post(way, {})
            self.told[f"help accepted {said.get('error', status)}"] += 1
            if status == 200:
                await self._step(walker, said["call"], step="on_way")
                call: Json = said["call"]
                return call
        return None

    async def arrive(self, walker: Walker, call: Json, at: datetime) -> None:
        await self._step(walker, call, step="on_scene")
        stays = datetime.fromisoformat(call["back_at"] or call["expected_at"]) - at
        ends = at + max(timedelta(minutes=15), stays / 2)
        self._agenda.put(ends, partial(self.close, walker, call))

    async def close(self, walker: Walker, call: Json, _at: datetime) -> None:
        said = {"outcome": "helped", "words": "扶起，无外伤，家属已到"}
        await self._step(walker, call, step="closed", **said)

    async def _step(self, walker: Walker, call: Json, **body: str) -> None:
        way = f"/api/my-help/{call['id']}/step"
        status, said = await walker.door.post(way, body)
        self.told[f"help {body['step']} {said.get('error', status)}"] += 1
