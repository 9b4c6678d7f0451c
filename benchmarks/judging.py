"""What our independent check says of a plan, as fields of a result."""

from collections import Counter
from typing import Any, Final

from routing import BrokenRule, Plan, Source

_NO_FAULT: Final = {"must_serve"}  # told by `left_out`


def judged(source: Source, plan: Plan) -> dict[str, Any]:
    """Rides over the limit are counted apart: most engines know no such limit."""
    broken = source.broken_rules(plan)
    rides = [rule.by or 0 for rule in broken if rule.rule == "ride"]
    return {
        "cost": source.cost_line(plan),
        "tasks": len(source.problem.tasks),
        "left_out": len(plan.left_out),
        "left_out_by_tier": _by_tier(source, plan),
        "routes": sum(bool(route.stops) for route in plan.routes),
        "rides_over": len(rides),
        "worst_ride_over_seconds": max(rides, default=0),
        "broken": _counted(broken),
    }


def _counted(broken: list[BrokenRule]) -> dict[str, int]:
    told = (rule.rule for rule in broken if rule.rule not in {"ride", *_NO_FAULT})
    return dict(sorted(Counter(told).items()))


def _by_tier(source: Source, plan: Plan) -> dict[str, int]:
    tiers = Counter(source.problem.task(each.task).tier for each in plan.left_out)
    return {str(tier): count for tier, count in sorted(tiers.items(), reverse=True)}
