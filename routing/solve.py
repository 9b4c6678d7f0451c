"""From a problem to a plan that has passed the check."""

import time

from routing.check import broken_rules
from routing.cost import cost_of
from routing.effort import Effort
from routing.errors import WrongPlan
from routing.finishing import routes_of
from routing.instance import Instance
from routing.plan import LeftOut, Plan
from routing.problem import Problem
from routing.search.engine import VERSION, must_be_honoured, search

_DEFAULT_EFFORT = Effort()
_NO_FAULT_OF_A_PLAN = {"must_serve"}


def solve(problem: Problem, effort: Effort = _DEFAULT_EFFORT) -> Plan:
    """Plan a problem.

    Tasks that cannot be done are left out with the reason; that is an answer,
    not an error.

    Raises:
        NotYetHonoured: no engine honours a field that this problem uses.
        EngineMissing: the engine asked for is not installed.
        WrongPlan: the plan found breaks a rule; never hand such a plan out.
    """
    started = time.monotonic()
    must_be_honoured(problem)
    inst = Instance(problem)
    fleet = search(inst, effort)
    plan = Plan(
        problem=problem.name,
        routes=routes_of(inst, [tour.nodes for tour in fleet.tours]),
        left_out=tuple(LeftOut(inst.task(k).id) for k in sorted(fleet.absent)),
        decided_by=(VERSION,),
    )
    _must_obey(problem, plan)
    return Plan(
        problem=plan.problem,
        routes=plan.routes,
        left_out=plan.left_out,
        cost=cost_of(problem, plan),
        seconds_used=round(time.monotonic() - started, 3),
        decided_by=plan.decided_by,
    )


def _must_obey(problem: Problem, plan: Plan) -> None:
    """What must be served and cannot be is told in `left_out`, not raised."""
    faults = [
        fault
        for fault in broken_rules(problem, plan)
        if fault.rule not in _NO_FAULT_OF_A_PLAN
    ]
    if faults:
        raise WrongPlan(f"the plan found breaks rules: {faults[:5]}")
