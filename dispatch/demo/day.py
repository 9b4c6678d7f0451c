"""The simulated day, 06:00 to 20:00: everybody comes in by their own door."""

import asyncio
from collections import Counter as Tally
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from dispatch.access.accounts import Role
from dispatch.clock import TOWN, town_moment
from dispatch.demo.agenda import Agenda
from dispatch.demo.cooks import Cook
from dispatch.demo.counters import Counter
from dispatch.demo.curious import look_around, reveal_some
from dispatch.demo.desk import Desk
from dispatch.demo.district import District
from dispatch.demo.doors import Door, Notes, Street
from dispatch.demo.drawers import Drawer
from dispatch.demo.elders import Person
from dispatch.demo.empties import Empties
from dispatch.demo.falls import Fall
from dispatch.demo.late_news import choose, open_news
from dispatch.demo.menus import seconds_of
from dispatch.demo.pace import Pace
from dispatch.demo.walkers import Walker
from dispatch.demo.wishes import VisitWish, draw_wishes
from dispatch.people.helpers import HelperKind

ENDS: Final = "20:00"
_LOOKS_AROUND: Final = "11:40"
_CLOSED_DOOR: Final = 3  # of the first courier: every day has one to look after
Tell = Callable[[str], None]


@dataclass
class Outcome:
    """How the day went, as far as its people could see."""

    told: Tally[str] = field(default_factory=Tally)
    troubles: list[str] = field(default_factory=list)
    feed: list[str] = field(default_factory=list)  # what the followed picture missed
    events_heard: int = 0


class Day:
    """Everybody of a district, and their agenda."""

    def __init__(
        self, district: District, pace: Pace, *, address: str, home: Path
    ) -> None:
        self.district = district
        self.notes = Notes(home)
        self.street = Street(address, self.notes)
        self.agenda = Agenda(pace, self.notes)
        logins = {a.station_id: a.login for a in district.accounts if a.station_id}
        self.counters = [
            Counter(self.agenda, self._door(logins[p.station.id]), district, p)
            for p in district.places.points
        ]
        self.cooks = [Cook(self.agenda, one, district) for one in self.counters]
        clerks = {c.point.station.id: c.door for c in self.counters}
        hands = {hand.helper.id: hand for hand in district.crew}
        self.walkers: list[Walker] = []
        self._evening: list[Tally[str]] = []
        door = self._door("coordinator")
        self.desk = Desk(self.agenda, door, district, self._is_walked)
        for account in district.accounts:
            if account.role is Role.HELPER and account.helper_id:
                hand = hands[account.helper_id]
                clerk = clerks[hand.helper.station_id]
                doors = (self._door(account.login), clerk, self.desk.door)
                self.walkers.append(Walker(self.agenda, doors, district, hand))
        couriers = (w for w in self.walkers if w.hand.helper.kind is HelperKind.COURIER)
        next(couriers).nobody_at = _CLOSED_DOOR

    def _is_walked(self, order_id: str) -> bool:
        """One of the made-up helpers has set out with it."""
        return any(order_id in walker.walks for walker in self.walkers)

    def _door(self, login: str) -> Door:
        return Door(self.street, login)

    async def live(self, tell: Tell) -> Outcome:
        """Play the whole day; gives what its people saw."""
        try:
            await self.open()
            await self.play(tell)
            outcome = Outcome(
                feed=await self.desk.compare(), events_heard=self.desk.seq
            )
        finally:
            await self.close()
        outcome.troubles = self.notes.troubles
        outcome.told = self.told()
        return outcome

    async def play(self, tell: Tell, *, until: datetime | None = None) -> None:
        """Let its people live, to their last deed or to that moment."""
        await self.agenda.play(partial(self._tell, tell), until=until)

    async def close(self) -> None:
        """Everybody goes home."""
        await self.desk.close()
        await self.street.close()

    async def open(self) -> None:
        """Everybody comes in and knows what they are going to do."""
        wishes = draw_wishes(self.district)
        news = choose(wishes)
        await self.desk.open()
        opening = (c.open(wishes[c.point.station.id]) for c in self.counters)
        await asyncio.gather(*opening)
        for cook in self.cooks:
            cook.open()
        for counter in self.counters:
            station_id = counter.point.station.id
            if news is not None and news.station_id == station_id:
                open_news(self.agenda, self.district, counter, news)
            drawer = Drawer(counter, self.desk.door, self.district)
            drawer.open(self.agenda)
            empties = Empties(counter, wishes[station_id].meals)
            empties.open(self.agenda, self.district)
            self._evening += [drawer.told, empties.told]
        gone = None if news is None else news.wish.person
        if fall := self._fall([v for w in wishes.values() for v in w.visits], gone):
            self._evening.append(fall.told)
        for walker in self.walkers:
            await walker.begin()
        self.agenda.put(self._at(_LOOKS_AROUND), self._look_around)
        self.agenda.put(self._at(ENDS), self.desk.tidy)

    def _fall(self, visits: list[VisitWish], gone: Person | None) -> Fall | None:
        """Of those who are visited today somebody falls; not who has died since."""
        person = next((v.person for v in visits if v.person is not gone), None)
        if person is None:
            return None
        at_home = (
            one
            for one in self.counters
            if one.point.station.id == person.elder.station_id
        )
        fall = Fall(self.agenda, next(at_home), self.desk, self.walkers)
        fall.open(self.district, person.elder.id)
        return fall

    async def _look_around(self, _at: datetime) -> None:
        await look_around(self.counters, self.walkers)
        await reveal_some(self.counters[0])

    def _tell(self, tell: Tell, now: datetime) -> None:
        """Once an hour of the product, on what stands."""
        hour = now.astimezone(TOWN).replace(minute=0, second=0, microsecond=0)
        if getattr(self, "_hour", None) == hour:
            return
        self._hour = hour
        placed = sum(len(counter.orders) for counter in self.counters)
        states = Tally(self.desk.picture.values())
        stand = ", ".join(f"{n} {state}" for state, n in sorted(states.items()))
        tell(f"{hour:%H:%M} · {placed} meals ordered · {stand or 'nothing yet'}")

    def told(self) -> Tally[str]:
        """How often each door said what."""
        told: Tally[str] = Tally(self.notes.answers)
        for counter in self.counters:
            told.update(counter.told)
        for cook in self.cooks:
            told.update(cook.told)
        for walker in self.walkers:
            told.update(walker.told)
        told.update(self.desk.told)
        for said in self._evening:
            told.update(said)
        return told

    def _at(self, clock: str) -> datetime:
        return town_moment(self.district.day, seconds_of(clock))


def day_ends(district: District) -> datetime:
    """When the simulated day is over."""
    return town_moment(district.day, seconds_of(ENDS)) + timedelta(minutes=2)
