"""A month of looking after a made-up district: who is seen, which visits are met.

    python3 benchmarks/looking_after.py --seed 7

The elders, their meals and their duties are those of the demo's district, November
2026 day by day; the staff is two or three carers a station and nine volunteers, three
in ten of them active. Each Monday the visits that fall due are planned by `plan_week`,
station by station; beside it the same staff works through its list of names, one after
the other, as on paper. Meals at the counter and at the door move *last seen* alike in
both. What is credited is counted by `standings`; no encounter may be credited twice.
"""

import argparse
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.month import (  # noqa: E402 - the checkout comes first
    DAYS,
    FIRST,
    VISIT_MINUTES,
    Cared,
    cared_for,
    meet,
    week_problem,
)
from dispatch.demo.district import District, draw_district  # noqa: E402
from dispatch.demo.sizes import SIZES  # noqa: E402
from dispatch.demo.streets import door_points, streets_for  # noqa: E402
from dispatch.duties.encounters import Way, last_seen  # noqa: E402
from dispatch.duties.rules import DEMO_DUTIES, read_duties  # noqa: E402
from dispatch.duties.standing import State, standings  # noqa: E402
from routing.choosing import Patience  # noqa: E402
from routing.week import Visitor, plan_week  # noqa: E402

VISITS_SHARE: Final = 240  # minutes of a carer's day that are for visits
VOLUNTEER_MINUTES: Final = 60  # of an active volunteer, on two days of the week
CALLS: Final = 6  # a station and weekday
AT_HOME, LONG_ENOUGH, ILL = 0.95, 0.96, 0.03
COMES: Final = (0.94, 0.94, 0.94, 0.94, 0.94, 0.66, 0.52)  # Monday to Sunday
_EVERY_WEEK: Final = 'categories = ["TK", "DB"]\nliving = ["alone"]'


@dataclass
class Month:
    """One way of working, with its own chance, through the same month."""

    district: District
    cared: list[Cared]
    chance: random.Random
    by_plan: bool
    kept: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    cut_short: int = 0
    room: Counter[tuple[UUID, int]] = field(default_factory=Counter)
    again: list[Cared] = field(default_factory=list)
    turn: dict[UUID, int] = field(default_factory=dict)

    def play(self, patience: Patience) -> None:
        stations: dict[UUID, list[Cared]] = defaultdict(list)
        for one in self.cared:
            stations[one.person.elder.station_id].append(one)
        for week in range(DAYS // 7):
            monday = FIRST + timedelta(days=7 * week)
            plans = self._plans(stations, monday, replace(patience, seed=week))
            for n in range(7):
                self._day(stations, monday + timedelta(days=n), plans.get(n, []))
            self._count(monday + timedelta(days=6))

    def _day(
        self, stations: dict[UUID, list[Cared]], on: date, plan: Sequence[Cared]
    ) -> None:
        for one in self.cared:
            self._eat(one, on)
        for one in [*plan, *self._second_tries(on)]:
            if not self._visit(one, on) and self.by_plan:
                self.again.append(one)
        if on.weekday() < 5:
            for mine in stations.values():
                self._call(mine, on)

    def _eat(self, one: Cared, on: date) -> None:
        channel = one.person.elder.usual_channel
        if channel is None or self.chance.random() > COMES[on.weekday()]:
            return
        left = one.person.elder.contactless_agreed
        if channel == "proxy" or (channel == "delivery" and left):
            return  # somebody else fetched it, or a bag on the handle: nobody was met
        way = Way.DOOR if channel == "delivery" else Way.COUNTER
        meet(one, on, "MEAL", way, minutes=3)

    def _second_tries(self, on: date) -> list[Cared]:
        """What failed is ordered anew the next night, where somebody has room."""
        tried: list[Cared] = []
        waiting: list[Cared] = []
        for one in self.again:
            key = one.person.elder.station_id, on.weekday()
            if one.stand(on).state is State.DONE:
                continue
            (tried if self.room[key] > 0 else waiting).append(one)
            self.room[key] -= 1
        self.again = waiting
        return tried

    def _visit(self, one: Cared, on: date) -> bool:
        """Whether it was a paid visit."""
        if self.chance.random() > AT_HOME:
            return False
        paid = self.chance.random() < LONG_ENOUGH
        meet(one, on, "VISIT_HOME", Way.HOME, minutes=22 if paid else 12, paid=paid)
        return paid

    def _call(self, mine: list[Cared], on: date) -> None:
        """By plan whoever was not seen the longest; on paper the next names."""
        if self.by_plan:
            chosen = sorted(mine, key=_seen_at)[:CALLS]
        else:
            chosen = self.chance.sample(mine, min(CALLS, len(mine)))
        for one in chosen:
            if self.chance.random() < 0.8:
                meet(one, on, "PHONE_CHECK", Way.PHONE, minutes=5)

    def _plans(
        self, stations: dict[UUID, list[Cared]], monday: date, patience: Patience
    ) -> dict[int, list[Cared]]:
        crew = {each: self._crew(each) for each in stations}
        if not self.by_plan:
            return self._by_list(stations, crew)
        problem = week_problem(self.district, stations, crew, monday)
        week = plan_week(problem, patience)
        self.cut_short += len(week.troubles)
        of = {one.id: one for one in self.cared}
        plans: dict[int, list[Cared]] = defaultdict(list)
        self.room = Counter(
            {
                (station, day): sum(v.minutes[day] // VISIT_MINUTES for v in team)
                for station, team in crew.items()
                for day in range(7)
            }
        )
        self.again = []
        for each in week.placed:
            one = of[each.visit]
            plans[each.day].append(one)
            self.room[one.person.elder.station_id, each.day] -= 1
        return plans

    def _by_list(
        self, stations: dict[UUID, list[Cared]], crew: dict[UUID, list[Visitor]]
    ) -> dict[int, list[Cared]]:
        """From name to name, going on where the day before ended."""
        plans: dict[int, list[Cared]] = defaultdict(list)
        for station, mine in stations.items():
            for day in range(7):
                many = sum(v.minutes[day] // VISIT_MINUTES for v in crew[station])
                at = self.turn.get(station, 0)
                for n in range(min(many, len(mine))):
                    plans[day].append(mine[(at + n) % len(mine)])
                self.turn[station] = at + min(many, len(mine))
        return plans

    def _crew(self, station: UUID) -> list[Visitor]:
        """Two or three carers, and the volunteers who are active this week."""
        chance = random.Random(f"{station}")
        carers = chance.choice((2, 3))
        active = sum(chance.random() < 0.3 for _ in range(9))
        team = []
        for n in range(carers):
            ill = {day for day in range(5) if self.chance.random() < ILL}
            minutes = (0 if d > 4 or d in ill else VISITS_SHARE for d in range(7))
            team.append(Visitor(f"{station} c{n}", (str(station),), tuple(minutes)))
        for n in range(active):
            days = set(chance.sample(range(7), 2))
            minutes = (VOLUNTEER_MINUTES if d in days else 0 for d in range(7))
            team.append(Visitor(f"{station} v{n}", (str(station),), tuple(minutes)))
        return team

    def _count(self, sunday: date) -> None:
        """Elders whose duty of visiting was kept this week, by duty."""
        for one in self.cared:
            stood = one.stand(sunday)
            weekly = stood.duty == "visit-week"
            fine = stood.state is State.DONE if weekly else not stood.missed
            (self.kept if fine else self.missed)[stood.duty] += 1


def _seen_at(one: Cared) -> tuple[date, str]:
    seen = last_seen(one.met)
    return (seen.on if seen else date.min), one.id


def share(days: Iterable[int], percent: int) -> int:
    """The percentile by the nearest rank."""
    ordered = sorted(days)
    return ordered[max(0, -(-percent * len(ordered) // 100) - 1)]


def tell(name: str, month: Month) -> None:
    """The lines of one way of working; raises when something was credited twice."""
    end = FIRST + timedelta(days=DAYS - 1)
    since: dict[str, list[int]] = defaultdict(list)
    for one in month.cared:
        used = Counter(
            e.id for s in standings(one.held, one.met, end) for e in s.credits
        )
        assert not used or max(used.values()) == 1, f"{one.id} is credited twice"
        if seen := last_seen(one.met):
            for group in ("all", seen.way.value):
                since[group].append((end - seen.on).days)
    for group, days in sorted(since.items(), key=lambda each: -len(each[1])):
        print(
            f"| {name} | {group} | {len(days)} | {share(days, 50)} "
            f"| {share(days, 95)} | {max(days)} |"
        )
    for duty in sorted(month.kept | month.missed):
        kept, missed = month.kept[duty], month.missed[duty]
        print(f"> {name} {duty}: {kept} of {kept + missed} met in time "
              f"({kept / (kept + missed):.1%})")  # fmt: skip
    visits = sum(e.paid and e.way is Way.HOME for one in month.cared for e in one.met)
    print(f"> {name}: {visits} paid visits; {month.cut_short} stations cut short")


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--size", choices=list(SIZES), default="district")
    words.add_argument("--seed", type=int, default=7)
    words.add_argument("--work", type=float, default=0.1, help="per station and week")
    told = words.parse_args()
    size = SIZES[told.size]
    points = door_points(streets_for(size, told.seed, None))
    text = DEMO_DUTIES.read_text(encoding="utf-8")
    everybody = text.replace(_EVERY_WEEK, 'categories = ["BASIC"]')
    patience = Patience(seconds=120.0, work=told.work, processes=1, tight=False)
    for rule, file in (
        ("as the demo's file", read_duties(text, "demo")),
        ("every week for all", read_duties(everybody, "weekly")),
    ):
        for by_plan in (True, False):
            began = time.monotonic()
            district = draw_district(size, told.seed, date(2026, 11, 20), points)
            month = Month(
                district,
                cared_for(district, file),
                random.Random(told.seed),
                by_plan,
            )
            month.play(patience)
            tell(f"{rule}, {'planned' if by_plan else 'by list'}", month)
            print(f"> took {time.monotonic() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
