"""Gives rounds to people: a plan and the past of its helpers; the plan in better hands
comes back, or none when it stays as it is.
"""

import sys
import time
from argparse import Namespace
from typing import Final

from dispatch.planning.child import Answer, answer_once

_DECIDING: Final = 0.6  # of what is left then; judging and telling want the rest
_LEAST_SECONDS: Final = 0.2


def make_ready() -> None:
    """Once, before the first plan is given."""
    import routing.people  # noqa: F401 - loaded for those who come


def main() -> int:
    return answer_once(__doc__, _give)


def _give(asked: Answer, told: Namespace) -> Answer:
    import routing
    from routing.choosing import Patience
    from routing.people import Past, PastOf, give_rounds

    left = max(_LEAST_SECONDS, told.seconds - (time.monotonic() - told.asked_at))
    past = Past(
        of=tuple(PastOf(**each) for each in asked["of"]),
        served={(vehicle, task): n for vehicle, task, n in asked["served"]},
        floors=asked["floors"],
        asked=asked["asked"],
    )
    problem = routing.problem_from(asked["problem"])
    plan = routing.plan_from(asked["plan"])
    patience = Patience(seconds=left * _DECIDING)
    given = give_rounds(problem, plan, past, patience=patience)
    return {
        "plan": routing.plan_to(given.plan, whole=True) if given.changes else None,
        "decided_by": given.plan.decided_by,
        "beyond": given.unmended,
    }


if __name__ == "__main__":
    sys.exit(main())
