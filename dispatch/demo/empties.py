"""Empty boxes come back: from whoever ate here, and from helpers in the evening."""

from collections import Counter as Tally
from datetime import datetime, timedelta
from typing import Final

from dispatch.clock import town_moment
from dispatch.demo.agenda import Agenda
from dispatch.demo.counters import Counter
from dispatch.demo.district import District
from dispatch.demo.doors import Json
from dispatch.demo.menus import seconds_of
from dispatch.demo.wishes import MealWish
from dispatch.orders.orders import Channel

_CLEARED: Final = timedelta(minutes=10)  # after the counter has closed
_EVENING: Final = "19:38"
_MOST: Final = 50


class Empties:
    """One counter's returnable boxes."""

    def __init__(self, counter: Counter, meals: list[MealWish]) -> None:
        self.told: Tally[str] = Tally()
        self._counter = counter
        eaters = (one for one in meals if one.channel is Channel.DINE_IN)
        self._eat_here = {str(one.person.elder.id) for one in eaters}

    def open(self, agenda: Agenda, district: District) -> None:
        """Put it into the agenda; the counter is open already."""
        for row in self._counter.servings.values():
            agenda.put(datetime.fromisoformat(row["eat_by_at"]) + _CLEARED, self.clear)
        evening = town_moment(district.day, seconds_of(_EVENING))
        agenda.put(evening, self.hand_in)

    async def clear(self, _at: datetime) -> None:
        """Who ate at a table leaves the box there."""
        out = await self._counter.door.get("/api/boxes")
        for one in out["elders"]:
            if one["elder_id"] in self._eat_here:
                await self._say("elder", one)

    async def hand_in(self, _at: datetime) -> None:
        """What helpers took back at doors."""
        out = await self._counter.door.get("/api/boxes")
        for one in out["helpers"]:
            await self._say("helper", one)

    async def _say(self, whose: str, one: Json) -> None:
        door = self._counter.door
        who = f"{whose}_id"
        body = {who: one[who], "boxes": min(_MOST, one["boxes"])}
        status, said = await door.post("/api/boxes", body, key=door.key())
        self.told[f"boxes of {whose} {said.get('error', status)}"] += 1
