"""One part's own process: asked on standard input, answered on standard output."""

import json
import sys
import time
from dataclasses import replace
from typing import Final

from routing.effort import Effort
from routing.files import plan_from, plan_to
from routing.problem_files import problem_from
from routing.solve import solve_whole
from routing.warming import warm

LEAST_SECONDS: Final = 0.5  # of search, for a part that is begun late


def make_ready() -> None:
    """Once, before the first part."""
    warm(("meals",))


def main() -> None:
    asked = json.load(sys.stdin)
    problem, start = problem_from(asked["problem"]), asked["start"]
    effort = Effort(**asked["effort"], engine="search")
    effort = what_is_left(effort, asked["asked_at"])
    plan = solve_whole(problem, effort, None if start is None else plan_from(start))
    json.dump(plan_to(plan, whole=True), sys.stdout)


def what_is_left(effort: Effort, asked_at: float) -> Effort:
    """To come this far has taken its time, and many parts are solved in turn.

    Args:
        asked_at: of `time.monotonic()` on this machine.
    """
    if effort.seconds is None:
        return effort
    left = effort.seconds - (time.monotonic() - asked_at)
    return replace(effort, seconds=max(LEAST_SECONDS, left))


if __name__ == "__main__":
    main()
