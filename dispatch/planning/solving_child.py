"""The solver's own process: a problem on standard input, a plan on standard output.

It knows no database, no names and no secrets. It ends with its parent, when its
memory or its processor time is used up, or when its parent loses patience.
"""

import argparse
import json
import os
import resource
import sys
from typing import Final

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
    told = words.parse_args()
    _limit(told.seconds * told.threads, told.memory_mb)
    return _solve(told.parent, told.seconds, told.threads, told.seed)


def _limit(cpu_seconds: float, memory_mb: int) -> None:
    cpu = int(cpu_seconds) + _SPARE_CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * _MEGABYTE,) * 2)
    os.nice(10)


def _solve(parent: int, seconds: float, threads: int, seed: int) -> int:
    try:
        import routing  # only now, inside the limits
        from routing.tying import end_with
    except ImportError as missing:
        return _complain(ENGINE_MISSING, missing)
    end_with(parent)
    try:
        problem = routing.problem_from(json.load(sys.stdin))
        effort = routing.Effort(seconds=seconds, threads=threads, seed=seed)
        plan = routing.solve(problem, effort)
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
