"""The kitchens of the day: batches on the stove, temperatures, samples, seals."""

from collections import Counter as Tally
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from dispatch.demo.agenda import Agenda
from dispatch.demo.chance import Chance
from dispatch.demo.counters import Counter
from dispatch.demo.district import District
from dispatch.demo.doors import Door, Json

_BEGINS_BEFORE: Final = timedelta(minutes=40)
_KNOWS_AFTER: Final = timedelta(minutes=4)  # the cut-off
_DONE_BEFORE: Final = timedelta(minutes=1)
_PROBES_AFTER: Final = (timedelta(minutes=55), timedelta(minutes=105))
_GROWS_COLD: Final = 0.03
_RETURNABLE: Final = 0.5  # of the batches go out in boxes that come back
_SPARE: Final = 0.08


class Cook:
    """Who cooks in one kitchen and writes down what the rules want."""

    def __init__(self, agenda: Agenda, counter: Counter, district: District) -> None:
        self.told: Tally[str] = Tally()
        self._agenda = agenda
        self._counter = counter
        self._day = district.day
        self._chance = Chance(district.seed, f"cook {counter.point.station.code}")

    def open(self) -> None:
        """Put the day's stoves and thermometers into the agenda."""
        for row in self._counter.servings.values():
            ready = datetime.fromisoformat(row["ready_at"])
            cut_off = datetime.fromisoformat(row["cut_off_at"])
            begins = max(cut_off + _KNOWS_AFTER, ready - _BEGINS_BEFORE)
            done = max(begins + timedelta(minutes=5), ready - _DONE_BEFORE)
            self._agenda.put(begins, partial(self.begin, row))
            self._agenda.put(done, partial(self.finish, row))
            for after in _PROBES_AFTER:
                self._agenda.put(ready + after, partial(self.probe, row))
            eat_by = datetime.fromisoformat(row["eat_by_at"])
            self._agenda.put(eat_by, self.taste)

    @property
    def _door(self) -> Door:
        return self._counter.door

    async def begin(self, row: Json, _at: datetime) -> None:
        """One batch of each meal that somebody ordered, and a little more."""
        serving = await self._serving(row)
        for meal in serving["meals"]:
            if meal["open"] < 1:
                continue
            more = max(1, round(meal["open"] * _SPARE))
            body = {
                "menu_item_id": meal["menu_item_id"],
                "portions": meal["open"] + more,
                "returnable": self._chance.happens(_RETURNABLE),
            }
            await self._say("batch", "/api/kitchen/batches", body)

    async def finish(self, row: Json, _at: datetime) -> None:
        """They come out: core temperature, a sample of each dish, seals."""
        serving = await self._serving(row)
        for batch in serving["batches"]:
            body = {
                "celsius": round(self._chance.uniform(72, 92), 1),
                "grams": self._chance.choice((125, 130, 150)),
                "fridge": "留样柜",
                "first_seal": f"{batch['number'][-2:]}-{row['serving'][0].upper()}0001",
            }
            path = f"/api/kitchen/batches/{batch['id']}/cooked"
            await self._say("cooked", path, body)

    async def probe(self, row: Json, _at: datetime) -> None:
        """Is it hot still? What is not is heated again, and that is written down."""
        serving = await self._serving(row)
        for batch in serving["batches"]:
            if batch["cooked_at"] is None or batch["withdrawn_at"] is not None:
                continue
            cold = self._chance.happens(_GROWS_COLD)
            warm = (
                self._chance.uniform(54, 59) if cold else self._chance.uniform(62, 74)
            )
            body: Json = {"batch_id": batch["id"], "celsius": round(warm, 1)}
            if cold:
                body |= {"action": "reheated", "note": "已回锅加热"}
            await self._say("probe", "/api/kitchen/readings", body)
            if cold:
                hot = {"batch_id": batch["id"], "celsius": 75.0}
                await self._say("probe", "/api/kitchen/readings", hot)

    async def taste(self, _at: datetime) -> None:
        """The week's test meal came back with its temperature, if it rode today."""
        day = await self._door.get("/api/kitchen", on=self._day)
        tasting = day["tasting"]
        if tasting is None or tasting["at"] is None or tasting["probed_at"]:
            return
        body = {"celsius": round(self._chance.uniform(58, 68), 1)}
        await self._say("tasting", f"/api/kitchen/tastings/{tasting['id']}", body)

    async def _serving(self, row: Json) -> Json:
        day = await self._door.get("/api/kitchen", on=self._day)
        servings: list[Json] = day["servings"]
        return next(s for s in servings if s["sitting_id"] == row["sitting_id"])

    async def _say(self, what: str, path: str, body: Json) -> None:
        status, said = await self._door.post(path, body, key=self._door.key())
        self.told[f"{what} {said.get('error', status)}"] += 1
