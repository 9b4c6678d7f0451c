"""One part's own process: asked on standard input, answered on standard output."""

import ctypes
import json
import os
import signal
import sys
from typing import Final

from routing.effort import Effort
from routing.files import plan_from, plan_to
from routing.problem_files import problem_from
from routing.solve import solve_whole

_PR_SET_PDEATHSIG: Final = 1


def main() -> None:
    _tie_to(int(sys.argv[1]))
    asked = json.load(sys.stdin)
    start = asked["start"]
    plan = solve_whole(
        problem_from(asked["problem"]),
        Effort(**asked["effort"], engine="search"),
        None if start is None else plan_from(start),
    )
    json.dump(plan_to(plan), sys.stdout)


def _tie_to(parent: int) -> None:
    """Killed with the parent; at once if it is gone already."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    main()
