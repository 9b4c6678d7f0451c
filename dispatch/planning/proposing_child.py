"""Thinks of a changed plan in a process of its own, as `solving_child` of a new one.

A problem and the plan in force on standard input; on standard output the plan proposed,
what it gains, what its changes cost, and what a plan without limits would save more.
"""

import argparse
import json
import sys
from typing import Any

from dispatch.planning.solving_child import ENGINE_MISSING, FAILED, limit_this_process


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--parent", type=int, required=True)
    words.add_argument("--seconds", type=float, required=True)
    words.add_argument("--threads", type=int, default=1)
    words.add_argument("--memory-mb", type=int, required=True)
    told = words.parse_args()
    limit_this_process(told.seconds * told.threads, told.memory_mb)
    try:
        import routing  # only now, inside the limits
        from routing.tying import end_with
    except ImportError as missing:
        sys.stderr.write(f"{missing}\n")
        return ENGINE_MISSING
    end_with(told.parent)
    asked = json.load(sys.stdin)
    effort = routing.Effort(seconds=told.seconds, threads=told.threads)
    try:
        answer = _propose(asked, effort)
    except routing.EngineMissing as missing:
        sys.stderr.write(f"{missing}\n")
        return ENGINE_MISSING
    except (routing.BadProblem, routing.NotYetHonoured, routing.WrongPlan) as bad:
        sys.stderr.write(f"{bad}\n")
        return FAILED
    json.dump(answer, sys.stdout)
    return 0


def _propose(asked: dict[str, Any], effort: Any) -> dict[str, Any]:
    import routing
    from routing.changing import proposal

    problem = routing.problem_from(asked["problem"])
    before = routing.plan_from(asked["before"])
    found = proposal(problem, before, effort)
    return {
        "plan": routing.plan_to(found.plan),
        "decided_by": found.plan.decided_by,
        "gain_seconds": found.gain_seconds,
        "price_seconds": found.price_seconds,
        "regret_seconds": found.regret_seconds,
    }


if __name__ == "__main__":
    sys.exit(main())
