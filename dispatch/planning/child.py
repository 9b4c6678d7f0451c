"""What each process that plans does: keep to its limits, and answer or complain.

It reads one question as JSON on standard input and says its answer on standard output.
It knows no database, no names and no secrets. It is forked where what it needs is
loaded already (`routing.apart`), and ends with whoever asked.
"""

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any, Final

FAILED: Final = 1
BAD_PROBLEM: Final = 2
ENGINE_MISSING: Final = 3
NOT_HONOURED: Final = 4
_MEGABYTE: Final = 2**20
_SPARE_CPU_SECONDS: Final = 10

Answer = dict[str, Any]


def limits_of(
    seconds: float, memory_mb: int, *, threads: int = 1, seed: int = 0
) -> list[str]:
    """The words that tell a process its limits; its time begins now."""
    return [
        f"--asked-at={time.monotonic()}",
        f"--seconds={seconds}",
        f"--threads={threads}",
        f"--seed={seed}",
        f"--memory-mb={memory_mb}",
    ]


def answer_once(
    doc: str | None, thinking: Callable[[Answer, argparse.Namespace], Answer]
) -> int:
    """Answer the question on standard input; returns the code of this process."""
    told = _told(doc)
    limit_this_process(told.seconds * told.threads, told.memory_mb)
    try:
        import routing  # only now, inside the limits
    except ImportError as missing:
        return _complain(ENGINE_MISSING, missing)
    try:
        answer = thinking(json.load(sys.stdin), told)
    except routing.EngineMissing as missing:
        return _complain(ENGINE_MISSING, missing)
    except routing.NotYetHonoured as refusal:
        return _complain(NOT_HONOURED, refusal)
    except routing.BadProblem as bad:
        return _complain(BAD_PROBLEM, bad)
    except routing.WrongPlan as wrong:
        return _complain(FAILED, wrong)
    json.dump(answer, sys.stdout)
    return 0


def limit_this_process(cpu_seconds: float, memory_mb: int) -> None:
    cpu = int(cpu_seconds) + _SPARE_CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * _MEGABYTE,) * 2)
    os.nice(10)


def _told(doc: str | None) -> argparse.Namespace:
    words = argparse.ArgumentParser(description=doc)
    words.add_argument("--asked-at", type=float, required=True)
    words.add_argument("--seconds", type=float, required=True)
    words.add_argument("--memory-mb", type=int, required=True)
    words.add_argument("--threads", type=int, default=1)
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--part", action="store_true")
    return words.parse_args()


def _complain(code: int, why: Exception) -> int:
    sys.stderr.write(f"{why}\n")
    return code
