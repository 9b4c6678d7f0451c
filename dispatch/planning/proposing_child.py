"""Thinks of a changed plan: a problem and the plan in force; the plan proposed comes
back, what it gains, what its changes cost, and what one without limits would save more.
"""

import sys
from argparse import Namespace

from dispatch.planning.child import Answer, answer_once


def make_ready() -> None:
    """Once, before the first draft."""
    from dispatch.planning.solving_child import make_ready

    make_ready()


def main() -> int:
    return answer_once(__doc__, _propose)


def _propose(asked: Answer, told: Namespace) -> Answer:
    import routing
    from routing.changing import proposal

    problem = routing.problem_from(asked["problem"])
    before = routing.plan_from(asked["before"])
    effort = routing.Effort(seconds=told.seconds, threads=told.threads)
    found = proposal(problem, before, effort)
    return {
        "plan": routing.plan_to(found.plan, whole=True),
        "decided_by": found.plan.decided_by,
        "gain_seconds": found.gain_seconds,
        "price_seconds": found.price_seconds,
        "regret_seconds": found.regret_seconds,
    }


if __name__ == "__main__":
    sys.exit(main())
