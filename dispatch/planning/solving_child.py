"""The solver's own process: a problem and rounds to begin from; a plan comes back.

With `--part` the problem is one part of a city, to be planned in one piece within the
seconds after it was asked.
"""

import sys
from argparse import Namespace
from dataclasses import replace

from dispatch.planning.child import Answer, answer_once


def make_ready() -> None:
    """Once, before the first wave: what every plan needs is loaded."""
    from routing.station import ortools_version
    from routing.warming import warm

    ortools_version()
    warm(("meals",))


def main() -> int:
    return answer_once(__doc__, _solve)


def _solve(asked: Answer, told: Namespace) -> Answer:
    import routing
    from routing.city.part import what_is_left
    from routing.solve import solve_whole

    problem = routing.problem_from(asked["problem"])
    begin = None if asked["start"] is None else routing.plan_from(asked["start"])
    effort = routing.Effort(seconds=told.seconds, threads=told.threads, seed=told.seed)
    if told.part:
        effort = what_is_left(replace(effort, engine="search"), told.asked_at)
        plan = solve_whole(problem, effort, begin)
    else:
        plan = routing.solve(problem, effort, begin)
    return {"plan": routing.plan_to(plan, whole=True), "decided_by": plan.decided_by}


if __name__ == "__main__":
    sys.exit(main())
