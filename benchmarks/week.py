"""A week of visits: how long it takes, what it keeps, and a repair.

    python3 benchmarks/week.py --stations 40 --visits 135 --processes 2

A made-up district: each station has five visitors, two weeks to plan in, and visits
that are due within five to eight days. The week is counted anew here, without the
planner's code, before its line is printed.
"""

import argparse
import random
import resource
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from routing.choosing import Patience  # noqa: E402 - the checkout comes first
from routing.week import (  # noqa: E402
    DueVisit,
    Passing,
    Visitor,
    Week,
    WeekProblem,
    plan_week,
    repaired,
)
from routing.week.repairing import moved_visits  # noqa: E402

DAYS: Final = 14
VISITORS: Final = 5
MINUTES: Final = 240  # a day's share of work that is for visits
ROUND_STOPS: Final = 25  # of meal rounds, per station and day
_WOMAN_ASKED: Final = frozenset({"visitor", "female"})


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--stations", type=int, default=40)
    words.add_argument("--visits", type=int, default=135, help="per station")
    words.add_argument("--work", type=float, default=0.25, help="per station")
    words.add_argument("--seconds", type=float, default=100.0)
    words.add_argument("--processes", type=int, default=2)
    words.add_argument("--seeds", type=int, default=1)
    told = words.parse_args()
    print("| seed | visits | placed | explained | responsible | backup named ", end="")
    print("| visitor-days | ways | cut short | s | CPU s | repair s | moved |")
    print("|---:|" + "---:|" * 12)
    for seed in range(told.seeds):
        problem = district(random.Random(seed), told.stations, told.visits)
        patience = Patience(told.seconds, told.work, seed, told.processes, tight=False)
        print(_line(seed, problem, patience), flush=True)
    return 0


def _line(seed: int, problem: WeekProblem, patience: Patience) -> str:
    started, cpu = time.monotonic(), _cpu_seconds()
    week = plan_week(problem, patience)
    took, burnt = time.monotonic() - started, _cpu_seconds() - cpu
    _must_hold(problem, week)
    placed = len(week.placed)
    own = sum(problem.visit_of[p.visit].responsible == p.visitor for p in week.placed)
    named = sum(each.backup is not None for each in week.placed)
    trips = len({(p.visitor, p.day) for p in week.placed})
    ill = Counter(each.visitor for each in week.placed).most_common(1)[0][0]
    started = time.monotonic()
    after = repaired(problem, week, {ill: [2, 3, 4]}, from_day=2, patience=patience)
    mended = time.monotonic() - started
    _must_hold(problem, after)
    missed = sum(p.visitor == ill and 2 <= p.day <= 4 for p in week.placed)
    return (
        f"| {seed} | {len(problem.visits)} | {placed} | {len(week.not_placed)} "
        f"| {own / placed:.1%} | {named / placed:.1%} | {trips} "
        f"| {_own_ways(problem, week)} | {len(week.troubles)} | {took:.1f} "
        f"| {burnt:.1f} | {mended:.1f} "
        f"| {len(moved_visits(week, after))} for {missed} |"
    )


def _own_ways(problem: WeekProblem, week: Week) -> int:
    """Quarters that somebody visits on a day, which is a way for each."""
    spots = {
        (p.visitor, p.day, round(v.lat / 0.003), round(v.lon / 0.003))
        for p in week.placed
        if (v := problem.visit_of[p.visit])
    }
    return len(spots)


def _cpu_seconds() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(each.ru_utime + each.ru_stime for each in (own, others))


def _must_hold(problem: WeekProblem, week: Week) -> None:
    used: Counter[tuple[str, int]] = Counter()
    for each in week.placed:
        due, who = problem.visit_of[each.visit], problem.visitor_of[each.visitor]
        assert due.first_day <= each.day <= due.last_day
        assert due.needs <= who.skills
        used[each.visitor, each.day] += due.minutes
    assert all(m <= problem.visitor_of[v].minutes[d] for (v, d), m in used.items())
    assert len(week.placed) + len(week.not_placed) == len(problem.visits)


def district(chance: random.Random, stations: int, visits: int) -> WeekProblem:
    """Stations in rows of eight, about three kilometres apart."""
    spots = {
        f"s{n}": (39.9 + 0.03 * (n // 8), 116.1 + 0.04 * (n % 8))
        for n in range(stations)
    }
    due: list[DueVisit] = []
    visitors: list[Visitor] = []
    passings: list[Passing] = []
    served: dict[tuple[str, str], int] = {}
    for station, spot in spots.items():
        team = [_visitor(chance, station, n) for n in range(VISITORS)]
        names = [each.id for each in team]
        homes = [_near(chance, spot, 0.007) for _ in range(30)]
        mine = [_due(chance, station, n, homes, names) for n in range(visits)]
        for each in mine:
            for name in (each.responsible, each.backup):
                served[name or "", each.id] = chance.randint(1, 4)
        passings += [
            Passing(day, *chance.choice(homes), chance.choice(names))
            for day in range(DAYS)
            for _ in range(ROUND_STOPS)
        ]
        due += mine
        visitors += team
    return WeekProblem(
        DAYS, spots, tuple(due), tuple(visitors), tuple(passings), served
    )


def _visitor(chance: random.Random, station: str, number: int) -> Visitor:
    skills = {"visitor", "female"} if chance.random() < 0.7 else {"visitor"}
    minutes = tuple(MINUTES if day % 7 < 5 else 0 for day in range(DAYS))
    return Visitor(f"{station} h{number}", (station,), minutes, frozenset(skills))


def _due(
    chance: random.Random,
    station: str,
    number: int,
    homes: list[tuple[float, float]],
    names: list[str],
) -> DueVisit:
    lat, lon = _near(chance, chance.choice(homes), 0.0004)
    first = max(0, chance.randint(-3, 6))
    responsible, backup = chance.sample(names, 2)
    return DueVisit(
        f"{station} e{number}",
        station,
        lat,
        lon,
        first,
        min(DAYS - 1, first + chance.choice((4, 6, 7))),
        responsible=responsible,
        backup=backup,
        needs=_WOMAN_ASKED if chance.random() < 0.05 else frozenset({"visitor"}),
        tier=int(chance.random() < 0.1),
    )


def _near(
    chance: random.Random, spot: tuple[float, float], wide: float
) -> tuple[float, float]:
    return spot[0] + chance.gauss(0, wide), spot[1] + chance.gauss(0, wide)


if __name__ == "__main__":
    sys.exit(main())
