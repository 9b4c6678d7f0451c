"""Thinking of a draft: what was asked is put into the plan in force, and nothing else
moves; only what concerns everybody, or does not fit like that, is thought of anew.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from dispatch.planning import proposing_child
from dispatch.planning.child import limits_of
from dispatch.planning.directions import LONGER, Direction, DirectionKind
from dispatch.planning.problem import WaveProblem
from dispatch.planning.repairing import smaller
from dispatch.planning.solving import (
    SolverFailed,
    answer_of,
    ask_process,
    cores,
    must_have_engines,
    must_obey,
    search_seconds,
)
from dispatch.settings import settings
from routing import (
    BadProblem,
    Effort,
    Plan,
    Problem,
    cost_of,
    plan_from,
    plan_to,
    problem_to,
    solve,
)

CHILD: Final = (sys.executable, "-m", proposing_child.__name__)
DECIDED_BY: Final = "coordinator"
_MOST_SECONDS: Final = 12.0  # somebody looks on
_PATIENCE_SECONDS: Final = 5.0
_NO_STEPS: Final = Effort(iterations=0, engine="search")
_FOR_EVERYBODY: Final = frozenset({DirectionKind.WEATHER, DirectionKind.KITCHEN_LATE})


@dataclass(frozen=True)
class Sketch:
    """What a draft comes to, and what the changes gain and cost, if that was weighed.

    `base` is the plan in force, timed by the same problem.
    """

    task: WaveProblem
    directions: tuple[Direction, ...]
    base: Plan
    plan: Plan
    weighed: dict[str, int]


def sketch(task: WaveProblem, present: Plan, directions: Sequence[Direction]) -> Sketch:
    """Think of it; blocks for seconds where everybody's round is asked about.

    Raises:
        SolverFailed: no plan that obeys the rules came of it.
        EngineMissing
    """
    must_have_engines()
    wanted = _wanted(task, directions)
    if not directions or any(each.kind in _FOR_EVERYBODY for each in directions):
        return _anew(task, present, directions)
    base = _timed(task.problem, present, wanted)
    plan, loosened, known = _put_in(task, base, wanted, directions)
    if plan is None and any(each.kind is DirectionKind.PIN for each in directions):
        return _anew(task, base, directions)
    plan = plan or solve(task.problem, _NO_STEPS, start=base)
    plan = replace(
        plan,
        problem=loosened.problem.name,
        cost=cost_of(loosened.problem, plan),
        decided_by=(DECIDED_BY,),
    )
    must_obey(loosened.problem, plan)
    return Sketch(loosened, tuple(known), base, plan, {})


def _wanted(task: WaveProblem, directions: Sequence[Direction]) -> set[str]:
    """The orders for which it is all done; what is kept off is not among them."""
    return {
        str(each.order_id)
        for each in directions
        if each.order_id and str(each.order_id) in task.problem.task_numbers
    }


def _timed(problem: Problem, present: Plan, wanted: set[str]) -> Plan:
    """The plan in force as it is now, without what is to be put in."""
    return solve(smaller(problem, wanted), _NO_STEPS, start=present)


def _put_in(
    task: WaveProblem,
    base: Plan,
    wanted: set[str],
    directions: Sequence[Direction],
) -> tuple[Plan | None, WaveProblem, Sequence[Direction]]:
    """The base with the wanted orders in it, where they cost least.

    Nothing else is put in: what was loosened, was loosened for them. Where anybody
    may work longer, whoever takes the order is the one who does.

    Returns:
        None when one of them fits nowhere.
    """
    everybody = _loosened(task.problem, directions, task.problem.vehicle_numbers)
    others = {each.id for each in task.problem.tasks} - base.served - wanted
    found = solve(smaller(everybody, others), _NO_STEPS, start=base)
    if not wanted <= found.served or base.served - found.served:
        return None, task, directions
    taker = {s.task: route.vehicle for route in found.routes for s in route.stops}
    known = [_whose(task, each, taker.get(str(each.order_id))) for each in directions]
    vehicles = {v for name, v in taker.items() if name in wanted}
    problem = _loosened(task.problem, directions, vehicles)
    left_out = tuple(each for each in base.left_out if each.task not in wanted)
    plan = replace(found, left_out=left_out)
    return plan, replace(task, problem=problem), known


def _whose(task: WaveProblem, each: Direction, vehicle: str | None) -> Direction:
    if each.kind not in LONGER or each.helper_id is not None or vehicle is None:
        return each
    return replace(each, helper_id=task.carriers[vehicle].helper_id)


def _loosened(
    problem: Problem, directions: Sequence[Direction], vehicles: Any
) -> Problem:
    """The problem in which some may work longer, as far as nobody was named."""
    open_ = [e for e in directions if e.kind in LONGER and e.helper_id is None]
    later = sum(e.value or 0 for e in open_ if e.kind is DirectionKind.SHIFT)
    more = sum(e.value or 0 for e in open_ if e.kind is DirectionKind.MAX_WORK)
    if not open_:
        return problem
    return problem.replaced(
        vehicles=tuple(
            replace(
                each,
                shift=(each.shift[0], each.shift[1] + later),
                max_work_seconds=each.max_work_seconds and each.max_work_seconds + more,
            )
            if each.id in vehicles
            else each
            for each in problem.vehicles
        )
    )


def _anew(task: WaveProblem, present: Plan, directions: Sequence[Direction]) -> Sketch:
    """A proposal: what changes has a price, and each helper a limit of changes."""
    problem = task.problem
    base = solve(problem, _NO_STEPS, start=present)
    asked = {"problem": problem_to(problem), "before": plan_to(base)}
    answer = _ask(json.dumps(asked), min(_MOST_SECONDS, 2 * search_seconds(problem)))
    try:
        plan = plan_from(answer["plan"])
        by = (*answer["decided_by"], DECIDED_BY)
        weighed = {
            name: int(answer[name])
            for name in ("gain_seconds", "price_seconds", "regret_seconds")
        }
    except (ValueError, KeyError, TypeError, AttributeError, BadProblem) as nonsense:
        raise SolverFailed(f"the answer is no proposal: {nonsense}"[:200]) from nonsense
    plan = replace(plan, cost=cost_of(problem, plan), decided_by=by)
    must_obey(problem, plan)
    return Sketch(task, tuple(directions), base, plan, weighed)


def _ask(asked: str, seconds: float) -> dict[str, Any]:
    """Raises: SolverFailed, EngineMissing."""
    limits = limits_of(seconds, settings().solver_memory_mb, threads=cores())
    patience = seconds + _PATIENCE_SECONDS
    return answer_of(ask_process([*CHILD, *limits], asked, patience))
