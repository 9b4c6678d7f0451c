"""The solver's own process: a problem on standard input, a plan on standard output.

With `--part` the problem is one part of a city, to be planned in one piece within the
seconds after `--asked-at`. It knows no database, no names and no secrets. It ends with
its parent, when its memory or its processor time is used up, or when its parent loses
patience.
"""

import argparse
import json
import os
import resource
import sys
from dataclasses import replace
from typing import Final

from dispatch.bootstrap.imports import kept_for_good

FAILED: Final = 1
BAD_PROBLEM: Final = 2
ENGINE_MISSING: Final = 3
NOT_HONOURED: Final = 4
_MEGABYTE: Final = 2**20
_SPARE_CPU_SECONDS: Final = 10


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--parent", type=int, required=True)
    words.add_argument("--seconds", type=float, required=True)
    words.add_argument("--memory-mb", type=int, required=True)
    words.add_argument("--threads", type=int, default=1)
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--part", action="store_true")
    words.add_argument("--asked-at", type=float, help="of time.monotonic()")
    told = words.parse_args()
    limit_this_process(told.seconds * told.threads, told.memory_mb)
    return _solve(told)


def limit_this_process(cpu_seconds: float, memory_mb: int) -> None:
    cpu = int(cpu_seconds) + _SPARE_CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * _MEGABYTE,) * 2)
    os.nice(10)


def _solve(told: argparse.Namespace) -> int:
    try:
        with kept_for_good():
            import routing  # only now, inside the limits
            from routing.city.part import what_is_left
            from routing.solve import solve_whole
            from routing.tying import end_with
    except ImportError as missing:
        return _complain(ENGINE_MISSING, missing)
    end_with(told.parent)
    try:
        asked = json.load(sys.stdin)
        problem = routing.problem_from(asked["problem"])
        begin = None if asked["start"] is None else routing.plan_from(asked["start"])
        effort = routing.Effort(
            seconds=told.seconds, threads=told.threads, seed=told.seed
        )
        if told.part:
            effort = replace(effort, engine="search")
            plan = solve_whole(problem, what_is_left(effort, told.asked_at), begin)
        else:
            plan = routing.solve(problem, effort, begin)
    except routing.EngineMissing as missing:
        return _complain(ENGINE_MISSING, missing)
    except routing.NotYetHonoured as refusal:
        return _complain(NOT_HONOURED, refusal)
    except routing.BadProblem as bad:
        return _complain(BAD_PROBLEM, bad)
    answer = {"plan": routing.plan_to(plan), "decided_by": plan.decided_by}
    json.dump(answer, sys.stdout)
    return 0


def _complain(code: int, why: Exception) -> int:
    sys.stderr.write(f"{why}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
