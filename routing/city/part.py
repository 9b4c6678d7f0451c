"""One part's own process: asked on standard input, answered on standard output."""

import json
import sys

from routing.effort import Effort
from routing.files import plan_from, plan_to
from routing.problem_files import problem_from
from routing.solve import solve


def main() -> None:
    asked = json.load(sys.stdin)
    start = asked["start"]
    plan = solve(
        problem_from(asked["problem"]),
        Effort(**asked["effort"], engine="search"),
        None if start is None else plan_from(start),
    )
    json.dump(plan_to(plan), sys.stdout)


if __name__ == "__main__":
    main()
