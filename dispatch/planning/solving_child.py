"""The solver's own process: a problem on standard input, a plan on standard output.

It knows no database, no names and no secrets. It ends with its parent, when its
memory or its processor time is used up, or when its parent loses patience.
"""

import argparse
import ctypes
import json
import os
import resource
import signal
import sys
from typing import Final

FAILED: Final = 1
BAD_PROBLEM: Final = 2
ENGINE_MISSING: Final = 3
NOT_HONOURED: Final = 4
_PR_SET_PDEATHSIG: Final = 1
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
    _tie_to(told.parent)
    _limit(told.seconds * told.threads, told.memory_mb)
    return _solve(told.seconds, told.threads, told.seed)


def _tie_to(parent: int) -> None:
    """Killed with the parent; at once if it is gone already."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(FAILED)


def _limit(cpu_seconds: float, memory_mb: int) -> None:
    cpu = int(cpu_seconds) + _SPARE_CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * _MEGABYTE,) * 2)
    os.nice(10)


def _solve(seconds: float, threads: int, seed: int) -> int:
    try:
        import routing  # only now, inside the limits
    except ImportError as missing:
        return _complain(ENGINE_MISSING, missing)
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
