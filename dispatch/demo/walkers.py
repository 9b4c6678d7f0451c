"""Couriers, volunteers and caregivers: they walk their rounds with their phones."""

from collections import Counter as Tally
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from dispatch.demo.agenda import Agenda
from dispatch.demo.chance import Chance
from dispatch.demo.crew import Hand
from dispatch.demo.district import District
from dispatch.demo.doors import Door, Json
from dispatch.demo.pace import Running
from dispatch.demo.paths import place_along
from dispatch.demo.phones import Phone

_LOOKS_EVERY: Final = timedelta(minutes=30)
_HELPS: Final = timedelta(minutes=30)
_LEAVES_EARLY: Final = timedelta(minutes=2)
_SHEET_BACK: Final = timedelta(minutes=30)  # until it is typed in
_BOX_SECONDS: Final = 15
_PERSON_SECONDS: Final = 40
_NO_ANSWER: Final = 0.006
_REFUSES: Final = 0.002
_VISIT_EXTRA_SECONDS: Final = (20, 400)


class Walker:
    """One helper with one phone. Two bad clocks and a dead spot are part of it."""

    def __init__(
        self,
        agenda: Agenda,
        doors: tuple[Door, Door, Door],
        district: District,
        hand: Hand,
    ) -> None:
        door, self.clerk, self.desk = doors  # own, their station's, the coordinator's
        self.door = door
        self.hand = hand
        self.told: Tally[str] = Tally()
        self.doors = 0
        self.nobody_at = 0  # at which of the day's doors surely nobody opens
        self.rests = False  # somebody else walks their rounds
        self._agenda = agenda
        self._day = district.day
        self._chance = Chance(district.seed, f"walker {door.login}")
        self.carried: set[str] = set()  # every order ever seen on an own round
        self.walks: set[str] = set()  # every order of a round that was begun here
        self._taken: set[str] = set()
        self._going: list[Json] = []
        self._busy_until = district.begins_at
        self._late: dict[str, timedelta] = {}  # by round: they were called away
        live = isinstance(agenda.pace, Running)
        shown_every = max(1, len(district.crew) // 20) if live else 6
        self._every = timedelta(minutes=shown_every)
        self.phone = Phone(
            door,
            Chance(district.seed, f"phone {door.login}"),
            district.begins_at,
            speed=agenda.pace.speed,
            skew=self._skew(),
            gaps=self._gaps(),
        )

    def _skew(self) -> timedelta:
        wrong = self._chance.happens(0.15)
        return timedelta(seconds=self._chance.randint(-900, 900) if wrong else 0)

    def _gaps(self) -> list[tuple[datetime, datetime]]:
        """Cellars, lifts, far lanes: minutes without a signal."""
        if not self._chance.happens(0.3):
            return []
        gaps = []
        for shift in self.hand.shifts:
            whole = round((shift.ends_at - shift.starts_at).total_seconds())
            begin = shift.starts_at + timedelta(seconds=self._chance.randrange(whole))
            lasts = timedelta(minutes=self._chance.randint(8, 35))
            gaps.append((begin, begin + lasts))
        return gaps

    async def begin(self) -> None:
        """Look for a round now and then while on shift; send what a gap held back."""
        for shift in self.hand.shifts:
            at = shift.starts_at
            while at < shift.ends_at:
                self._agenda.put(at, self.look)
                at += _LOOKS_EVERY
        for _, end in self.phone.gaps:
            self._agenda.put(end, self.send)

    async def look(self, at: datetime) -> None:
        """Read the own round; begin what leaves soon, as it stands then."""
        if self.rests or not self.phone.has_signal(at):
            return
        told = await self.door.get("/api/round", on=self._day)
        for round_ in told["rounds"]:
            self.carried |= _orders(round_)
            if round_["state"] != "ready" or round_["id"] in self._taken:
                continue
            leaves = max(_moment(round_["leaves_at"]) - _LEAVES_EARLY, self._busy_until)
            if leaves <= at:
                await self.start(round_, at)
            elif leaves < at + _LOOKS_EVERY:
                self._agenda.put(leaves, self.look)

    async def start(self, round_: Json, at: datetime) -> None:
        """Take the round as it is now; everything else follows by its times."""
        self._taken.add(round_["id"])
        self._going.append(round_)
        self.walks |= _orders(round_)
        self._busy_until = _moment(round_["ends_at"])
        self.told["rounds"] += 1
        if self.hand.helper.paper:
            self._agenda.put(
                self._busy_until + _SHEET_BACK, partial(self.hand_in, round_)
            )
            return
        self.phone.store(
            at, "loaded", **_seen(round_), detail={"boxes": round_["boxes"]}
        )
        leaves = max(at, _moment(round_["leaves_at"]))
        self.phone.store(leaves, "departed", **_seen(round_))
        await self.phone.send(at)
        for stop in round_["stops"]:
            self._agenda.put(_moment(stop["at"]), partial(self.stop_at, round_, stop))
        last = _moment(round_["ends_at"]) + timedelta(seconds=90)
        self._agenda.put(last, partial(self.end, round_))
        if self.hand.helper.shows_position:
            on_the_way = leaves
            while on_the_way < last:
                self._agenda.put(on_the_way, partial(self.show_place, round_))
                on_the_way += self._every

    def is_called_away(self, at: datetime, call: Json) -> None:
        """To urgent help: what lies before them waits until they are back."""
        if call["back_at"] is None:
            free = _moment(call["expected_at"]) + _HELPS
            self._busy_until = max(self._busy_until, free)
            return
        for round_ in self._going:
            ahead = [_moment(stop["at"]) for stop in round_["stops"]]
            first = min((one for one in ahead if one >= at), default=None)
            if first is not None:
                late = _moment(call["back_at"]) - first
                self._late[round_["id"]] = max(late, timedelta(0))

    def _not_yet(
        self, round_: Json, planned: datetime, at: datetime
    ) -> datetime | None:
        """When it is done instead, where they were called away meanwhile."""
        due = planned + self._late.get(round_["id"], timedelta(0))
        return due if due > at else None

    async def stop_at(self, round_: Json, stop: Json, at: datetime) -> None:
        """At the kitchen, at a door, or inside for a visit."""
        if due := self._not_yet(round_, _moment(stop["at"]), at):
            self._agenda.put(due, partial(self.stop_at, round_, stop))
            return
        about = {**_seen(round_), "stop_id": stop["id"], "pos": self._fix(stop)}
        self.phone.store(at, "arrived", **about)
        if stop["kind"] == "pickup":
            boxes = max(1, len(stop["persons"]))
            taken = at + timedelta(seconds=_BOX_SECONDS * boxes)
            self._agenda.put(taken, partial(self._take, about))
        elif stop["kind"] == "door":
            for number, person in enumerate(stop["persons"], start=1):
                when = at + timedelta(seconds=_PERSON_SECONDS * number)
                self._agenda.put(when, partial(self._at_door, about, person))
        else:
            self._visit(at, about, stop)
        await self.send(self._agenda.now or at)

    async def _take(self, about: Json, at: datetime) -> None:
        self.phone.store(at, "picked_up", **about)
        await self.send(self._agenda.now or at)

    async def _at_door(self, about: Json, person: Json, at: datetime) -> None:
        self._hand_over(at, {**about, "order_id": person["order_id"]}, person)
        await self.send(self._agenda.now or at)

    def _hand_over(self, at: datetime, about: Json, person: Json) -> None:
        """Most take it themselves; a few do not open, and one never does."""
        self.doors += 1
        chance = self._chance.random()
        if self.doors == self.nobody_at or chance < _NO_ANSWER:
            self.told["no answer"] += 1
            self.phone.store(at, "no_answer", **about)
        elif chance < _NO_ANSWER + _REFUSES:
            self.phone.store(at, "refused", **about, detail={"reason": "not_wanted"})
        elif person["contactless_agreed"] and self._chance.happens(0.4):
            self.phone.store(at, "contactless", **about, detail={"sign": "heard"})
        else:
            self.phone.store(at, "handed_over", **about, detail=self._to_whom(person))

    def _to_whom(self, person: Json) -> Json:
        """And the empty boxes of earlier meals, which the elder has ready."""
        to = self._chance.choices(("self", "family", "neighbour"), (80, 16, 4))[0]
        if to != "self":
            return {"to": to, "name": "家人"}
        boxes = person.get("boxes_back") or 0
        return {"to": to, "boxes_back": boxes} if boxes else {"to": to}

    def _visit(self, at: datetime, about: Json, stop: Json) -> None:
        person = stop["persons"][0]
        about = {**about, "order_id": person["order_id"]}
        self.phone.store(at, "visit_begun", **about)
        minutes = person.get("minutes") or 20
        extra = self._chance.randint(*_VISIT_EXTRA_SECONDS)
        lasts = timedelta(minutes=minutes, seconds=extra)
        self._agenda.put(at + lasts, partial(self._leave_visit, about))

    async def _leave_visit(self, about: Json, at: datetime) -> None:
        words = ("good", "good", "good", "fair", "poor")
        asked = ("health", "mind", "safety", "hygiene", "home")
        form: Json = {question: self._chance.choice(words) for question in asked}
        form["words"] = "情况稳定"
        self.phone.store(at, "visit_ended", **about, detail={"form": form})
        await self.send(self._agenda.now or at)

    async def end(self, round_: Json, at: datetime) -> None:
        if due := self._not_yet(round_, _moment(round_["ends_at"]), at):
            self._agenda.put(due, partial(self.end, round_))
            return
        self.phone.store(at, "ended", **_seen(round_))
        await self.send(self._agenda.now or at)

    async def show_place(self, round_: Json, at: datetime) -> None:
        if not self.phone.has_signal(at) or not round_["path"]:
            return
        lat, lon = place_along(round_, at)
        body = {"lat": lat, "lon": lon, "accuracy_m": 15.0, "datum": "wgs84"}
        body["at_ms"] = self.phone.wall_ms(at)
        status, _ = await self.door.post("/api/field/position", body)
        self.told[f"position {status}"] += 1

    async def send(self, at: datetime) -> None:
        await self.phone.send(at)

    async def hand_in(self, round_: Json, _at: datetime) -> None:
        """The sheet of a round without a signal comes back; the station types it in."""
        for stop in round_["stops"]:
            if stop["kind"] == "pickup":
                continue
            for person in stop["persons"]:
                body = {
                    "at": self._written(stop).isoformat(),
                    "taken_by": "self" if self._chance.happens(0.9) else "family",
                    "helper_id": str(self.hand.helper.id),
                    "sheet": f"{self._day:%m%d}-{stop['seq']:02d}",
                }
                path = f"/api/orders/{person['order_id']}/paper"
                status, said = await self.clerk.post(path, body, expected=(404,))
                if status == 404:  # an elder of another station: the street does it
                    status, said = await self.desk.post(path, body)
                self.told[f"paper {said.get('error', status)}"] += 1

    def _written(self, stop: Json) -> datetime:
        """What the watch said at the door, in minutes; not what the plan said."""
        late = timedelta(minutes=self._chance.randint(-3, 6))
        return (_moment(stop["at"]) + late).replace(second=0, microsecond=0)

    def _fix(self, stop: Json) -> Json:
        return {
            "lat": round(stop["lat"] + self._chance.gauss(0, 0.00008), 6),
            "lon": round(stop["lon"] + self._chance.gauss(0, 0.00008), 6),
            "accuracy_m": float(self._chance.randint(5, 35)),
            "datum": "wgs84",
        }


def _seen(round_: Json) -> dict[str, Any]:
    return {"round_id": round_["id"], "plan_version_seen": round_["plan_version"]}


def _orders(round_: Json) -> set[str]:
    return {p["order_id"] for stop in round_["stops"] for p in stop["persons"]}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
