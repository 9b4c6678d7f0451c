"""A solver of parts that gives no answer at a border: it is killed there, or waits.

    python -m tests.dying_borders killed|late [TASK]

With the words of `dispatch.planning.solving_child` it stands in for that one, and is
killed. A border is told by the rounds that it has to begin from; with TASK, it gives
no answer only where that task lies.
"""

import io
import json
import os
import signal
import sys
from typing import Any

from dispatch.planning import solving_child
from routing.city import part


def make_ready() -> None:
    part.make_ready()


def main() -> int:
    asked = sys.stdin.read()
    as_a_part = "--part" in sys.argv
    tasks = set() if as_a_part else {*sys.argv[2:]}
    if _is_border(json.loads(asked), tasks):
        if "late" in sys.argv:
            signal.pause()
        os.kill(os.getpid(), signal.SIGKILL)
    sys.stdin = io.StringIO(asked)
    if as_a_part:
        return solving_child.main()
    part.main()
    return 0


def _is_border(asked: dict[str, Any], tasks: set[str]) -> bool:
    there = {task["id"] for task in asked["problem"]["tasks"]}
    return asked["start"] is not None and tasks <= there
