"""One order more into a large lunch that is under way: how long each answer takes.

    python3 benchmarks/urgent.py --instance lunch-l-1 --plan-seconds 20 --asks 500

A plan is made without some of the orders; at a moment of the lunch what has begun is
frozen, and each of those orders is asked for again and again, as if it had just come
in: for the best round alone, and for the five cheapest with all side effects. Then
half of them are put in for good, which the check judges, and some are mended nearby.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402 - the checkout comes first

from benchmarks.instances import load  # noqa: E402
from benchmarks.results import commit, machine  # noqa: E402
from routing import Effort, Problem, Task, broken_rules, solve  # noqa: E402
from routing.freezing import running  # noqa: E402
from routing.mending import repaired  # noqa: E402
from routing.urgent import Urgent  # noqa: E402

NEW: Final = 60  # orders that nobody knew of
OFFERS: Final = 5


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--instance", default="lunch-l-1")
    words.add_argument("--instances", type=Path, default=_told_folder())
    words.add_argument("--plan-seconds", type=float, default=20.0)
    words.add_argument("--at", type=int, default=11 * 3600, help="second of the day")
    words.add_argument("--asks", type=int, default=500)
    words.add_argument("--seed", type=int, default=0)
    told = words.parse_args()
    problem = load(told.instances, told.instance).problem
    print(f"Commit {commit()}, seed {told.seed}; {machine()}.\n")
    print("| what | median ms | p95 ms | of the processor: median | p95 |")
    print("|---|---:|---:|---:|---:|")
    chance = random.Random(told.seed)
    new = chance.sample(problem.tasks, min(NEW, len(problem.tasks) // 4))
    effort = Effort(seconds=told.plan_seconds, seed=told.seed, engine="search")
    _measure(problem, new, effort, told.at, told.asks)
    return 0


def _told_folder() -> Path:
    told = os.environ.get("DISPATCH_INSTANCES")
    return Path(told) if told else ROOT.parent / "shared"


def _measure(
    problem: Problem, new: Sequence[Task], effort: Effort, at: int, asks: int
) -> None:
    names = {task.id for task in new}
    known = problem.replaced(tasks=tuple(t for t in problem.tasks if t.id not in names))
    plan = solve(known, effort)
    now = running(known, plan, at)
    built: list[Urgent] = []
    _line("building what is asked", 1, lambda _: built.append(Urgent(now, plan)))
    urgent = built[0]
    urgent.ask(new[0])
    _line("best round", asks, lambda n: urgent.ask(new[n % len(new)], 1))
    _line("five offers", asks, lambda n: urgent.ask(new[n % len(new)], OFFERS))
    taken = [task for task in new[: len(new) // 2] if urgent.ask(task, 1)]
    _line("asked and accepted", len(taken), lambda n: _take(urgent, taken[n]))
    _must_obey(urgent.problem, urgent)
    rest = [task for task in new[len(new) // 2 :] if urgent.ask(task, 1)][:5]
    _line("mended nearby, 0.5 s", len(rest), lambda n: _mend(urgent, rest[n]))


def _take(urgent: Urgent, task: Task) -> None:
    if found := urgent.ask(task, 1):
        urgent.accept(found[0])


def _mend(urgent: Urgent, task: Task) -> None:
    repaired(urgent.problem, urgent.plan, [task], seconds=0.5)


def _must_obey(problem: Problem, urgent: Urgent) -> None:
    if faults := broken_rules(problem, urgent.plan):
        raise SystemExit(f"broken: {faults[:5]}")


def _line(words: str, count: int, deed: Callable[[int], object]) -> None:
    walls, busy = [], []
    for number in range(count):
        wall, cpu = time.perf_counter(), time.thread_time()
        deed(number)
        busy.append(time.thread_time() - cpu)
        walls.append(time.perf_counter() - wall)
    shown = [
        f"{1000 * float(np.percentile(times, share)):,.2f}"
        for times in (walls, busy)
        for share in (50, 95)
    ]
    print(f"| {words} | {' | '.join(shown)} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
