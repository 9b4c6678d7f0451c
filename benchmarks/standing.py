"""Standing rounds: what a week keeps of the one before, and what that costs.

    python3 benchmarks/standing.py --seconds 20 --threads 2 --seeds 3

A district of a thousand lunches is made up; a week later 8 of 100 elders and 10 of 100
helpers are others. The week is planned freely, and from last week's rounds at several
prices of stability; then CP-SAT gives the rounds to people. Each plan is judged by the
check before its line is printed.
"""

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from routing import (  # noqa: E402 - the checkout comes first
    Effort,
    Halt,
    Place,
    Plan,
    Problem,
    Speed,
    Task,
    Vehicle,
    broken_rules,
    solve,
)
from routing.choosing import Patience  # noqa: E402
from routing.people import Past, give_rounds  # noqa: E402
from routing.people.draft import Worth  # noqa: E402
from routing.people.telling import faces_of  # noqa: E402
from routing.settling import settled  # noqa: E402
from routing.standing import (  # noqa: E402
    Same,
    preferences_for,
    stability_of,
    start_from,
)

ELDERS, HELPERS, KITCHENS = 1_000, 100, 28
ELDERS_CHANGED, HELPERS_CHANGED = 0.08, 0.10
PRICES: Final = (40, 100, 200)  # seconds of travel for a familiar face
MOST_EXTRA: Final = 1.03  # of the travel of a free plan
LUNCHES_A_WEEK: Final = 5
_HOT_SECONDS: Final = 50 * 60
_EBIKE: Final = Speed(15 / 3.6, detour=1.35)


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--seconds", type=float, default=20.0)
    words.add_argument("--steps", type=int, help="instead of seconds; repeatable")
    words.add_argument("--threads", type=int, default=1)
    words.add_argument("--seeds", type=int, default=1)
    words.add_argument("--prices", type=int, nargs="+", default=PRICES)
    words.add_argument("--elders", type=int, default=ELDERS)
    words.add_argument("--helpers", type=int, default=HELPERS)
    told = words.parse_args()
    print("| seed | plan | left out | extra travel | helper and place kept ", end="")
    print("| of those with the same helper | familiar | of all |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|")
    for seed in range(told.seeds):
        effort = Effort(
            seconds=None if told.steps else told.seconds,
            iterations=told.steps,
            threads=told.threads,
            seed=seed,
            engine="search",
        )
        for line in _lines(
            Town(random.Random(seed), told.elders, told.helpers), effort, told.prices
        ):
            print(line, flush=True)
    return 0


def _lines(town: "Town", effort: Effort, prices: Sequence[int]) -> Iterator[str]:
    before = town.lunch("last week")
    last = _judged(before, solve(before, effort))
    town.change()
    now = town.lunch("this week")
    same = Same.by_name(before, now)
    past = Past(served=_served(last, same))
    measure = Measure(now, last, same, past, effort.seed)
    free = _judged(now, solve(now, effort))
    yield measure.line("free", free, free)
    given = give_rounds(now, free, past, patience=Patience(seconds=20, work=3))
    yield measure.line("free, given by CP-SAT", _judged(now, given.plan), free)
    start = start_from(now, last, same)
    yield measure.line("last week's rounds, as they are", _judged(now, start), free)
    filled = solve(now, Effort(iterations=0, engine="search"), start=start)
    yield measure.line(
        "last week's rounds, new ones put in", _judged(now, filled), free
    )
    for price in prices:
        wished = now.replaced(prefer=preferences_for(start, price))
        plan = _judged(now, solve(wished, effort, start=start))
        yield measure.line(f"standing, {price} s", plan, free)
        allowed = round(MOST_EXTRA * _travel(free)) - _travel(plan)
        if allowed > 0:
            plan = settled(now, plan, last, same, extra_seconds=allowed)
            yield measure.line(
                f"standing, {price} s, settled", _judged(now, plan), free
            )
        left = max(0.0, MOST_EXTRA * _travel(free) / _travel(plan) - 1)
        given = give_rounds(
            now,
            plan,
            past,
            worth=Worth(extra_travel=min(0.03, left)),
            patience=Patience(seconds=20, work=3),
        )
        named = f"standing, {price} s, given by CP-SAT"
        yield measure.line(named, _judged(now, given.plan), free)


def _travel(plan: Plan) -> int:
    return plan.cost.travel_seconds


@dataclass(frozen=True)
class Measure:
    """What a plan of this week is held against."""

    now: Problem
    last: Plan
    same: Same
    past: Past
    seed: int

    def line(self, name: str, plan: Plan, free: Plan) -> str:
        kept = stability_of(self.last, plan, self.same)
        known = {task for _, task in self.past.served}
        faces = faces_of(plan, self.past)
        old = len(known & plan.served)
        extra = _travel(plan) / _travel(free) - 1
        return (
            f"| {self.seed} | {name} | {len(plan.left_out)} | {extra:+.1%} "
            f"| {kept.share:.1%} | {kept.share_of_keepable:.1%} "
            f"| {faces.known / max(1, old):.1%} | {faces.share:.1%} |"
        )


def _served(last: Plan, same: Same) -> dict[tuple[str, str], int]:
    """Whoever came last week, and still works here, is known."""
    return {
        (same.vehicles[route.vehicle], same.tasks[task]): LUNCHES_A_WEEK
        for route in last.routes
        for task in {stop.task or "" for stop in route.stops}
        if route.vehicle in same.vehicles and task in same.tasks
    }


def _judged(problem: Problem, plan: Plan) -> Plan:
    if broken := broken_rules(problem, plan):
        raise SystemExit(f"a plan breaks rules: {broken[:3]}")
    return plan


class Town:
    """A made-up district, about ten kilometres wide, whose people change."""

    def __init__(self, chance: random.Random, elders: int, helpers: int) -> None:
        self._chance = chance
        self._made = 0
        self._quarters = [self._spot(0.05) for _ in range(max(1, elders // 40))]
        self._kitchens = [self._near(0.01) for _ in range(KITCHENS)]
        self._elders = {self._name("e"): self._near(0.006) for _ in range(elders)}
        self._helpers = {self._name("h"): self._near(0.01) for _ in range(helpers)}

    def _name(self, kind: str) -> str:
        self._made += 1
        return f"{kind}{self._made}"

    def _spot(self, wide: float) -> tuple[float, float]:
        return 36.6 + self._chance.gauss(0, wide), 117.0 + self._chance.gauss(0, wide)

    def _near(self, wide: float) -> tuple[float, float]:
        lat, lon = self._chance.choice(self._quarters)
        return lat + self._chance.gauss(0, wide), lon + self._chance.gauss(0, wide)

    def change(self) -> None:
        """A week passes: some leave, and as many others come."""
        for people, kind, share, wide in (
            (self._elders, "e", ELDERS_CHANGED, 0.006),
            (self._helpers, "h", HELPERS_CHANGED, 0.01),
        ):
            count = round(share * len(people))
            for name in self._chance.sample(sorted(people), count):
                del people[name]
                people[self._name(kind)] = self._near(wide)

    def lunch(self, name: str) -> Problem:
        kitchens = {f"k{n}": spot for n, spot in enumerate(self._kitchens)}
        places = {**kitchens, **self._elders, **self._helpers}
        return Problem(
            name=name,
            places=tuple(
                Place(place, lat, lon, 0 if place[0] == "k" else 60)
                for place, (lat, lon) in places.items()
            ),
            travel={"ebike": _EBIKE},
            vehicles=tuple(_helper(each) for each in self._helpers),
            tasks=tuple(
                _lunch(elder, _nearest(spot, kitchens))
                for elder, spot in self._elders.items()
            ),
        )


def _nearest(
    spot: tuple[float, float], kitchens: dict[str, tuple[float, float]]
) -> str:
    def far(name: str) -> float:
        lat, lon = kitchens[name]
        return (lat - spot[0]) ** 2 + (0.8 * (lon - spot[1])) ** 2

    return min(kitchens, key=far)


def _helper(name: str) -> Vehicle:
    return Vehicle(
        name, "ebike", start=name, end=name, capacity=(18,), shift=(37_800, 46_800)
    )


def _lunch(elder: str, kitchen: str) -> Task:
    return Task(
        elder,
        pickup=Halt(kitchen, ((37_800, 44_400),), 15),
        dropoff=Halt(elder, ((39_600, 45_000),), 110),
        load=(1,),
        max_ride_seconds=_HOT_SECONDS,
        penalty=40_000,
    )


if __name__ == "__main__":
    sys.exit(main())
