"""The player of the tour: it lets the day's people live up to where the story goes on.

What the story itself does is done in the panes, in the real pages; what cannot be done
there happens here: time goes by, an order that nobody can serve, a family's link, and
the kill.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Final

from sqlalchemy import Engine

from dispatch.access.demo_tour import (
    AGAIN,
    SCENES,
    Counted,
    Seat,
    TourBoard,
    begin,
    end,
    wished,
)
from dispatch.bootstrap.progress import say
from dispatch.clock import town_moment
from dispatch.demo.casting import (
    OFFLINE_STOPS,
    Leg,
    cast_bather,
    cast_caller,
    cast_leg,
    doors_of,
    is_kin,
)
from dispatch.demo.counters import Counter
from dispatch.demo.day import Day
from dispatch.demo.district import District
from dispatch.demo.doors import Json, Trouble
from dispatch.demo.killing import count_everything, kill_all
from dispatch.demo.menus import seconds_of
from dispatch.demo.pace import Stepped, Stuck
from dispatch.people.helpers import HelperKind
from dispatch.running import web_address
from dispatch.settings import Settings
from dispatch.supervisor import NotReady

_MORNING: Final = "09:12"
_PLANNED: Final = "09:34"
_NOBODY_WORKS: Final = ("12:10", "13:20")  # the caregivers' break
_STEP: Final = timedelta(minutes=5)  # of the others' day: the tour's viewer waits
_LOOK_SECONDS: Final = 0.15
_MOST_PLANS: Final = 3


class Tour:
    """One telling of the story over one new day."""

    def __init__(self, engine: Engine, chosen: Settings, district: District) -> None:
        self._engine, self._chosen, self._district = engine, chosen, district
        self._pace = Stepped(engine)
        self._pace.step = _STEP
        address = web_address(chosen)
        self._day = Day(district, self._pace, address=address, home=chosen.home)
        self._board = TourBoard()
        self._leg: Leg | None = None

    async def run(self) -> None:
        """Play what is wished for, until somebody wants it all again."""
        scenes: dict[str, Callable[[], Awaitable[None]]] = {
            "morning": self._morning,
            "plan": self._plan,
            "leave": self._leave,
            "kill": self._kill,
        }
        begin()
        try:
            await self._guarded("open", self._day.open)
            while (wanted := wished()) != AGAIN:
                for name in SCENES[: SCENES.index(wanted) + 1]:
                    # After one that broke, the next would only hide why.
                    if name not in self._board.played and not self._board.broken:
                        await self._play(name, scenes[name])
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            end()
            await self._day.close()

    async def _play(self, name: str, scene: Callable[[], Awaitable[None]]) -> None:
        say(f"tour: {name} …")
        self._show(doing=name)
        await self._guarded(name, scene)
        self._show(doing="", played=[*self._board.played, name])

    async def _guarded(self, name: str, deed: Callable[[], Awaitable[None]]) -> None:
        """What goes wrong is told by the page, which can still ask for a new day."""
        try:
            await deed()
        except (Trouble, Stuck, NotReady) as trouble:
            say(f"tour: {name}: {trouble}")
            self._show(broken=str(trouble))

    def _show(self, **changed: Any) -> None:
        self._board = replace(self._board, **changed)
        self._board.write()

    def _tell(self, **facts: object) -> None:
        self._show(facts={**self._board.facts, **facts})

    def _sit(self, *seats: Seat) -> None:
        taken = {one.pane: one for one in (*self._board.seats, *seats)}
        self._show(seats=list(taken.values()))

    async def _until(self, at: datetime) -> None:
        """Let the others live to that moment; then the clock runs as a clock does."""
        self._pace.stand()
        await self._day.play(say, until=at)
        await self._pace.reach(at)
        await self._pace.settle()
        self._pace.run_on(speed=1)

    def _at(self, clock: str) -> datetime:
        return town_moment(self._district.day, seconds_of(clock))

    async def _morning(self) -> None:
        """Until shortly before lunch closes; somebody is about to call."""
        await self._until(self._at(_MORNING))
        for counter in self._day.counters:
            caller = cast_caller(self._district, counter)
            if caller is not None:
                break
        else:
            raise Trouble("nobody has a diet that speaks against one lunch only")
        self._tell(
            caller=caller.person.name,
            lunch=f"{self._district.day}/lunch",
            clash=caller.clash,
            fits=caller.fits,
            brought=caller.person.elder.usual_channel == "delivery",
        )
        self._sit(
            Seat("station", counter.door.login, ""),
            Seat("coordinator", "coordinator", ""),
            Seat("office", "office", ""),
        )

    async def _plan(self) -> None:
        """Lunch closes, rounds are made, and one wish cannot be met."""
        asked = await self._ask_the_impossible()
        await self._until(self._at(_PLANNED))
        await self._think_longer()
        leg = await self._longest_leg()
        home = await self._family_of(leg)
        self._leg = leg
        rows = await self._board_rows()
        self._tell(
            asked=rows[asked]["elder_label"],
            asked_state=rows[asked]["state"],
            closed_label=rows[leg.closed_order]["elder_label"],
        )
        self._sit(Seat("courier", leg.login, ""), Seat("family", "", home))

    async def _ask_the_impossible(self) -> str:
        """A wash in bed, while whoever could do it has their lunch break."""
        for counter in self._day.counters:
            person = cast_bather(self._district, counter)
            if person is None:
                continue
            begin, end = (self._at(one).isoformat() for one in _NOBODY_WORKS)
            body = {
                "elder_id": str(person.elder.id),
                "service": "BATH_WIPE",
                "channel": "visit",
                "serve_on": self._district.day.isoformat(),
                "serving": "lunch",
                "menu_item_id": None,
                "source": "phone",
                "collected_by": None,
                "window": {"from_at": begin, "until_at": end},
                "note": None,
                "override": None,
            }
            key = counter.door.key()
            status, order = await counter.door.post("/api/orders", body, key=key)
            if status in (200, 201):
                return str(order["id"])
        raise Trouble("nobody could ask for a wash")

    async def _think_longer(self) -> None:
        """On a busy machine the first plan is one made in haste, which explains no
        "no": then the desk asks for another, as a coordinator would."""
        desk = self._day.desk.door
        for _ in range(_MOST_PLANS):
            board = await desk.get("/api/board", on=self._district.day)
            waves = [one["id"] for one in board["waves"] if one["fallback"]]
            if not waves:
                return
            for wave_id in waves:
                await desk.post(f"/api/waves/{wave_id}/plan", {})
            await self._pace.settle()

    async def _longest_leg(self) -> Leg:
        """The courier with the longest round; from now on the pane walks it."""
        found: list[tuple[int, Leg, Any]] = []
        for walker in self._day.walkers:
            if walker.hand.helper.kind is not HelperKind.COURIER:
                continue
            told = await walker.door.get("/api/round", on=self._district.day)
            for round_ in told["rounds"]:
                leg = cast_leg(walker.door.login, round_)
                if leg is not None and round_["state"] == "ready":
                    found.append((len(round_["stops"]), leg, walker))
        if not found:
            raise Trouble("no round is long enough for the story")
        _, leg, walker = max(found, key=lambda one: one[0])
        walker.rests = True
        return leg

    async def _family_of(self, leg: Leg) -> str:
        """The page of who is near to the elder behind the door that stays closed."""
        order = await self._day.desk.door.get(f"/api/orders/{leg.closed_order}")
        elder = f"/api/elders/{order['elder_id']}"
        counter = self._station_of(order["elder_id"])
        rows = await counter.door.get(f"{elder}/family")
        contacts = [row for row in rows if row["contact_id"]]
        kin = next((row for row in contacts if is_kin(row)), contacts[0])
        about = {"contact_id": kin["contact_id"]}
        deeds = ["order", "pause", "message", "see"]
        agreed = {**about, "deeds": deeds, "told": "at_once", "proof": "当面说明"}
        await counter.door.post(f"{elder}/opt-in", agreed)
        _, link = await counter.door.post(f"{elder}/links", about)
        self._tell(kin=kin["relation"])
        return str(link["path"])

    def _station_of(self, elder_id: str) -> Counter:
        home = next(p for p in self._district.people if str(p.elder.id) == elder_id)
        of = {one.point.station.id: one for one in self._day.counters}
        return of[home.elder.station_id]

    async def _leave(self) -> None:
        """To when that round leaves, its meals are ready and its first door may be."""
        if self._leg is None:
            raise Trouble("nobody has a round")
        round_ = self._leg.round
        doors = doors_of(round_)
        ready = [load["ready_at"] for load in round_["load"] if load["ready_at"]]
        moments = [round_["leaves_at"], doors[0]["from_at"], *ready]
        await self._until(max(map(datetime.fromisoformat, moments)))
        await self._tell_of_boxes(self._leg)

    async def _tell_of_boxes(self, leg: Leg) -> None:
        """Which box belongs to the fourth door and which does not; whose meals are
        handed over first; how many doors lie before the closed one."""
        door = next(w.door for w in self._day.walkers if w.door.login == leg.login)
        told = await door.get("/api/round", on=self._district.day)
        round_ = next(one for one in told["rounds"] if one["id"] == leg.round["id"])
        doors = doors_of(round_)
        orders = [[person["order_id"] for person in one["persons"]] for one in doors]
        first = orders[:OFFLINE_STOPS]
        rows = await self._board_rows()
        served = await self._day.desk.door.get(f"/api/orders/{first[0][0]}")
        self._tell(
            station=self._station_of(served["elder_id"]).point.station.name,
            right=doors[OFFLINE_STOPS]["persons"][0]["code"],
            wrong=doors[-1]["persons"][0]["code"],
            closed=orders.index([leg.closed_order]),
            numbers=[rows[one]["number"] for one in chain(*first)],
        )

    async def _board_rows(self) -> dict[str, Json]:
        desk = self._day.desk.door
        board = await desk.get("/api/board", on=self._district.day)
        return {row["id"]: row for row in board["orders"]}

    async def _kill(self) -> None:
        """Count, kill -9 every process of the house, wait for the new ones, count."""
        self._pace.stand()
        await self._pace.settle()
        before = await asyncio.to_thread(count_everything, self._engine)
        killed = await asyncio.to_thread(kill_all, self._chosen)
        await self._pace.settle()
        after = await asyncio.to_thread(count_everything, self._engine)
        counted = [Counted(what, many, after[what]) for what, many in before.items()]
        self._show(killed=killed, counted=counted)
        self._pace.run_on(speed=1)
