"""The evening at each counter: the drawer is counted, and somebody else agrees."""

from collections import Counter as Tally
from datetime import datetime
from functools import partial
from typing import Final

from dispatch.clock import town_moment
from dispatch.demo.agenda import Agenda
from dispatch.demo.chance import Chance
from dispatch.demo.counters import Counter
from dispatch.demo.district import District
from dispatch.demo.doors import Door, Json
from dispatch.demo.menus import seconds_of

_COUNTED: Final = "19:40"
_SECONDED: Final = "19:46"
_FLOAT_FEN: Final = 20_000
_IS_OFF: Final = 0.15
_OFF_FEN: Final = (-500, -200, 100)


class Drawer:
    """One counter's cash: its own people count it, the coordinator looks, too."""

    def __init__(self, counter: Counter, second: Door, district: District) -> None:
        self.told: Tally[str] = Tally()
        self._counter, self._second = counter, second
        self._day = district.day
        code = counter.point.station.code
        self._chance = Chance(district.seed, f"drawer {code}")

    def open(self, agenda: Agenda) -> None:
        """Put the evening into the agenda."""
        at = partial(town_moment, self._day)
        agenda.put(at(seconds_of(_COUNTED)), self.count)
        agenda.put(at(seconds_of(_SECONDED)), self.second)

    async def count(self, _at: datetime) -> None:
        """To the fen; now and then the change was wrong, which is named."""
        sheet: Json = await self._counter.door.get("/api/counter/cash")
        is_off = self._chance.happens(_IS_OFF)
        off = self._chance.choice(_OFF_FEN) if is_off else 0
        named = [{"fen": off, "who": "柜台", "why": "找零有误"}] if off else []
        unbooked = sum(one["fen"] for one in sheet["unbooked"])
        body = {
            "on": self._day.isoformat(),
            "float_fen": _FLOAT_FEN,
            "counted_fen": _FLOAT_FEN + sheet["booked_fen"] + unbooked + off,
            "differences": named,
        }
        status, said = await self._counter.door.post("/api/counter/cash/count", body)
        self.told[f"cash counted {said.get('error', status)}"] += 1

    async def second(self, _at: datetime) -> None:
        body = {
            "on": self._day.isoformat(),
            "station_id": str(self._counter.point.station.id),
        }
        status, said = await self._second.post("/api/counter/cash/close", body)
        self.told[f"cash closed {said.get('error', status)}"] += 1
