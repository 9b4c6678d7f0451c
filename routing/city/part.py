"""One part's own process: asked on standard input, answered on standard output."""

import json
import sys

from routing.effort import Effort
from routing.files import plan_from, plan_to
from routing.problem_files import problem_from
from routing.solve import solve_whole
from routing.tying import end_with


def main() -> None:
    end_with(int(sys.argv[1]))
    asked = json.load(sys.stdin)
    start = asked["start"]
    plan = solve_whole(
        problem_from(asked["problem"]),
        Effort(**asked["effort"], engine="search"),
        None if start is None else plan_from(start),
    )
    json.dump(plan_to(plan), sys.stdout)


if __name__ == "__main__":
    main()
