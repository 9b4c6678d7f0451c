"""A snow day: every lunch of a made-up district goes to the door, by the usual staff.

    python3 benchmarks/snow.py --seconds 60 --threads 2 --seed 7

The demo's district is made in a folder of its own, and its lunches of that day are
ordered, each as a delivery, whether it would have been eaten at the counter, fetched
or carried. Streets help each other: the district is one wave. Dispatch makes the
problem of it; weather mode makes ways slower, rounds shorter, and keeps the older
volunteers at home. The plan is judged by the check, and by who was left out for whom.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import Engine, update  # noqa: E402 - the checkout comes first
from sqlmodel import select  # noqa: E402

from benchmarks.one_cell import peak_mb  # noqa: E402
from benchmarks.results import commit, machine  # noqa: E402
from dispatch.catalogue.sittings import Serving  # noqa: E402
from dispatch.clock import set_clock, town_moment  # noqa: E402
from dispatch.demo.chance import Chance  # noqa: E402
from dispatch.demo.district import District  # noqa: E402
from dispatch.demo.home import Made, make_home, mark_begun  # noqa: E402
from dispatch.demo.sizes import SIZES  # noqa: E402
from dispatch.demo.wishes import MealWish, draw_wishes  # noqa: E402
from dispatch.orders.ordering import OrderDraft, place_order  # noqa: E402
from dispatch.orders.orders import Channel  # noqa: E402
from dispatch.people.elders import Household  # noqa: E402
from dispatch.people.helpers import Helper, HelperKind  # noqa: E402
from dispatch.planning.problem import WaveProblem, problem_for  # noqa: E402
from dispatch.planning.waves import Wave  # noqa: E402
from dispatch.settings import settings  # noqa: E402
from dispatch.store.engine import make_engine  # noqa: E402
from dispatch.store.migrate import upgrade  # noqa: E402
from dispatch.store.unit_of_work import (  # noqa: E402
    UnitOfWork,
    in_one_transaction,
    picture,
)
from routing import Effort, LeftOut, Plan, Problem, broken_rules, solve  # noqa: E402
from routing.mishaps import weather  # noqa: E402
from routing.urgent import Urgent  # noqa: E402
from routing.warming import warm  # noqa: E402

OLDER: Final = 0.4  # of the volunteers: nobody keeps how old they are
_MEALS: Final = frozenset({"health_certificate"})
_PLANNED_AT: Final = 9 * 3600 + 1800  # the cut-off: all orders are known
_SERVED_BY: Final = 12 * 3600 + 2700  # the last door


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--size", choices=list(SIZES), default="district")
    words.add_argument("--seed", type=int, default=7)
    words.add_argument("--seconds", type=float, default=60.0)
    words.add_argument("--threads", type=int, default=2)
    words.add_argument("--slower", type=float, default=1.6, help="times: each way")
    words.add_argument("--longest-minutes", type=int, default=120, help="of a round")
    told = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="liuzhu-snow-") as home:
        day = _snowed_in(Path(home), told.size, told.seed)
    problem = weather(
        day.task.problem,
        told.slower,
        longest_work_seconds=60 * told.longest_minutes,
        at_home=day.older_volunteers(),
    )
    warm(["meals", "offers"])
    before = peak_mb()
    effort = Effort(seconds=told.seconds, threads=told.threads, seed=told.seed)
    started, cpu = time.monotonic(), time.process_time()
    plan = solve(problem, effort)
    took, busy = time.monotonic() - started, time.process_time() - cpu
    print(f"Commit {commit()}, seed {told.seed}; {machine()}.")
    print(f"Load {os.getloadavg()[0]:.1f}; decided by {', '.join(plan.decided_by)}.\n")
    spent = [f"{took:.1f}", f"{busy:.1f}", f"{peak_mb()} ({before})"]
    _must_obey(problem, plan)
    _print_whole(problem, plan, spent)
    return _print_tiers(problem, plan)


def _print_whole(problem: Problem, plan: Plan, spent: Sequence[str]) -> None:
    able = sum(
        each.skills >= _MEALS and each.shift[0] < _SERVED_BY
        for each in problem.vehicles
    )
    figures = (
        len(problem.tasks),
        able,
        sum(bool(route.stops) for route in plan.routes),
        len(plan.served),
        len(plan.left_out),
        f"{plan.cost.travel_seconds / 3600:.1f}",
        *spent,
    )
    print("| meals | helpers | rounds | planned | left out ", end="")
    print("| travel h | s | CPU s | MB (before) |")
    print("|---:|" + "---:|" * 8)
    print(f"| {' | '.join(map(str, figures))} |\n")


def _print_tiers(problem: Problem, plan: Plan) -> int:
    """The tiers' lines, and 1 if a lower one was preferred to a higher one."""
    print("| tier | planned | left out | would fit without lower tiers | why ", end="")
    print("| the nearest helper would first break |")
    print("|---:|---:|---:|---:|---|---|")
    everybody = Counter(task.tier for task in problem.tasks)
    fit: Counter[int] = Counter()
    for tier, count in sorted(everybody.items(), reverse=True):
        left = [e for e in plan.left_out if problem.task(e.task).tier == tier]
        why = _told(Counter(_kind(each) for each in left))
        rules = _told(Counter(each.candidates[0].rule for each in left))
        fit[tier] = _would_fit(problem, plan, tier)
        print(f"| {tier} | {count - len(left)} | {len(left)} ", end="")
        print(f"| {fit[tier]} | {why} | {rules} |")
    helped = Counter(
        e.relaxation.kind if e.relaxation else "unknown" for e in plan.left_out
    )
    print(f"\nWhat would help: {_told(helped) or '-'}.")
    return int(any(count for tier, count in fit.items() if tier > min(everybody)))


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{words} {count}" for words, count in counts.most_common())


def _kind(left: LeftOut) -> str:
    if any(each.rule == "search_ended" for each in left.candidates):
        return "search ended"
    return "would displace" if "（displaces）" in left.why else "nobody can"


def _must_obey(problem: Problem, plan: Plan) -> None:
    if broken := broken_rules(problem, plan):
        raise SystemExit(f"broken: {broken[:5]}")


def _would_fit(problem: Problem, plan: Plan, tier: int) -> int:
    """How many of a tier are out although lower ones stand where they would fit.

    Of the lowest tier: how many would still fit as it is.
    """
    alone = _of_tier(problem, plan, tier)
    tasks = [problem.task(each.task) for each in plan.left_out]
    return sum(bool(alone.ask(task, 1)) for task in tasks if task.tier == tier)


def _of_tier(problem: Problem, plan: Plan, tier: int) -> Urgent:
    """The same rounds without the tasks of lower tiers."""
    kept = {task.id for task in problem.tasks if task.tier >= tier}
    tasks = tuple(task for task in problem.tasks if task.id in kept)
    routes = tuple(
        replace(route, stops=tuple(stop for stop in route.stops if stop.task in kept))
        for route in plan.routes
    )
    return Urgent(problem.replaced(tasks=tasks), replace(plan, routes=routes))


@dataclass(frozen=True)
class Day:
    """What is to be planned, and who works."""

    task: WaveProblem
    district: District

    def older_volunteers(self) -> list[str]:
        """Vehicles of those who are drawn to be the older ones."""
        chance = Chance(self.district.seed, "older volunteers")
        older = {
            hand.helper.id
            for hand in self.district.crew
            if hand.helper.kind is HelperKind.VOLUNTEER and chance.happens(OLDER)
        }
        return [v for v, who in self.task.carriers.items() if who.helper_id in older]


def _snowed_in(home: Path, size: str, seed: int) -> Day:
    """The district and its lunch, in a database of its own."""
    os.environ["DISPATCH_STAGE"] = "demo"
    os.environ["DISPATCH_HOME"] = str(home)
    settings.cache_clear()
    mark_begun(home, size, seed)
    upgrade(settings().database)
    engine = make_engine(settings().database)
    try:
        district = make_home(engine, home, Made(size, seed), roads=None)
        _order_all(engine, district)
        with picture(engine) as seen:
            wave = seen.session.exec(select(Wave)).one()
            return Day(problem_for(seen.session, wave), district)
    finally:
        engine.dispose()


def _order_all(engine: Engine, district: District) -> None:
    """Every lunch, in the order of the day; then it is the moment of planning."""
    wishes = [
        wish
        for of_station in draw_wishes(district).values()
        for wish in of_station.meals
        if wish.serving is Serving.LUNCH
    ]
    wishes.sort(key=lambda wish: (wish.at, wish.person.elder.number))

    def order(uow: UnitOfWork) -> None:
        area = {"street_code": district.places.streets[0].code}
        uow.session.exec(update(Household).values(area))
        uow.session.exec(update(Helper).values(area))
        for wish in wishes:
            uow.now = town_moment(district.day, wish.at)
            place_order(
                uow, _to_the_door(district, wish), key=str(wish.person.elder.id)
            )
        set_clock(uow.session, town_moment(district.day, _PLANNED_AT), speed=0)

    in_one_transaction(engine, order)


def _to_the_door(district: District, wish: MealWish) -> OrderDraft:
    return OrderDraft(
        elder_id=wish.person.elder.id,
        service="MEAL_DELIVERY",
        channel=Channel.DELIVERY,
        serve_on=district.day,
        serving=wish.serving,
        source=wish.source,
    )


if __name__ == "__main__":
    sys.exit(main())
