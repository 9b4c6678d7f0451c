"""Gives rounds to people in a process of its own, as `solving_child` finds them.

A plan and the past of its helpers on standard input; on standard output the plan in
better hands, or none when it stays as it is.
"""

import argparse
import json
import sys
import time
from typing import Any, Final

from dispatch.planning.solving_child import ENGINE_MISSING, FAILED, limit_this_process

_DECIDING: Final = 0.6  # of what is left then; judging and telling want the rest
_LEAST_SECONDS: Final = 0.2


def main() -> int:
    began = time.monotonic()
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--parent", type=int, required=True)
    words.add_argument("--seconds", type=float, required=True)
    words.add_argument("--memory-mb", type=int, required=True)
    told = words.parse_args()
    limit_this_process(told.seconds, told.memory_mb)
    try:
        import routing  # only now, inside the limits
        from routing.tying import end_with
    except ImportError as missing:
        sys.stderr.write(f"{missing}\n")
        return ENGINE_MISSING
    end_with(told.parent)
    asked = json.load(sys.stdin)
    left = max(_LEAST_SECONDS, told.seconds - (time.monotonic() - began))
    try:
        answer = _give(asked, left * _DECIDING)
    except routing.EngineMissing as missing:
        sys.stderr.write(f"{missing}\n")
        return ENGINE_MISSING
    except routing.BadProblem as bad:
        sys.stderr.write(f"{bad}\n")
        return FAILED
    json.dump(answer, sys.stdout)
    return 0


def _give(asked: dict[str, Any], seconds: float) -> dict[str, Any]:
    import routing
    from routing.choosing import Patience
    from routing.people import Past, PastOf, give_rounds

    past = Past(
        of=tuple(PastOf(**each) for each in asked["of"]),
        served={(vehicle, task): n for vehicle, task, n in asked["served"]},
    )
    problem = routing.problem_from(asked["problem"])
    plan = routing.plan_from(asked["plan"])
    given = give_rounds(problem, plan, past, patience=Patience(seconds=seconds))
    return {
        "plan": routing.plan_to(given.plan) if given.changes else None,
        "decided_by": given.plan.decided_by,
    }


if __name__ == "__main__":
    sys.exit(main())
