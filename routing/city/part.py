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
from routing.tying import end_with

_LEAST_SECONDS: Final = 0.5


def main() -> None:
    end_with(int(sys.argv[1]))
    asked = json.load(sys.stdin)
    problem, start = problem_from(asked["problem"]), asked["start"]
    effort = Effort(**asked["effort"], engine="search")
    if effort.seconds is not None:  # to come this far has taken its time
        since = time.monotonic() - asked["asked_at"]
        effort = replace(effort, seconds=max(_LEAST_SECONDS, effort.seconds - since))
    plan = solve_whole(problem, effort, None if start is None else plan_from(start))
    json.dump(plan_to(plan), sys.stdout)


if __name__ == "__main__":
    main()
