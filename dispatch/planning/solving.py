"""Thinking of a plan: in a process of its own, within limits, and never unchecked.

When the solver fails, the quick plan stands in and says so. When an engine is not
installed, nothing stands in: that is a broken installation, and planning fails.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from typing import Any, Final

from dispatch.planning import solving_child
from dispatch.planning.child import ENGINE_MISSING, limits_of
from dispatch.settings import settings
from dispatch.store.fail_points import fail_point
from routing import (
    BadProblem,
    Effort,
    EngineMissing,
    Plan,
    Problem,
    WrongPlan,
    broken_rules,
    plan_from,
    plan_to,
    problem_to,
    solve,
)
from routing.apart import Ended, ask_apart
from routing.city import PartSolver, solve_city

PATIENCE_SECONDS: Final = 5.0
CHILD: Final = (sys.executable, "-m", solving_child.__name__)
NEEDED_ENGINE: Final = "ortools"
_SEARCHING: Final = 0.8  # of the time; explaining and judging want the rest
_FIRST_SECONDS: Final = 0.3
_TASK_SECONDS: Final = 0.1  # so that little waves need not wait for the whole limit
_CONSTRUCT: Final = Effort(iterations=0, engine="search")
_A_CITY: Final = 4 / 3  # of what one search does well; less is not worth a border
_FAULTLESS: Final = frozenset({"must_serve"})


class SolverFailed(Exception):
    """The solver gave no plan, or one that breaks a rule; the message says how."""


@dataclass(frozen=True)
class Thought:
    """A plan that obeys every rule; `trouble` says why it is only the quick one.

    `parts` counts, of a plan made in parts, what each host solved. `beyond` names who
    has a round that breaks a rule of people (hours, offers, rest), because nobody could
    take it, and the rule.
    """

    plan: Plan
    trouble: str | None = None
    parts: Mapping[str, int] = field(default_factory=dict)
    beyond: tuple[tuple[str, str], ...] = ()


def think(
    problem: Problem,
    *,
    quick: str | None = None,
    child: Sequence[str] = CHILD,
    sharing: PartSolver | None = None,
) -> Thought:
    """A plan for a problem, whatever happens to the solver.

    Args:
        quick: why there is no time for the solver, if there is none.
        child: the solver's command line.
        sharing: solves the parts of a city with others; if not given, the child
            plans a city alone.

    Raises:
        EngineMissing: an engine is not installed; nothing stands in for it.
    """
    must_have_engines()
    if not problem.tasks or not problem.vehicles:
        return Thought(solve(problem, _CONSTRUCT))
    if quick is not None:
        return Thought(quick_plan(problem), quick)
    try:
        if sharing is not None and is_city(problem):
            plan = _solve_shared(problem, sharing)
        else:
            plan = solve_apart(problem, child=child)
        must_obey(problem, plan)
    except SolverFailed as failure:
        return Thought(quick_plan(problem), str(failure))
    return Thought(plan)


def is_city(problem: Problem) -> bool:
    """Whether it is planned in parts."""
    return len(problem.tasks) > settings().part_tasks * _A_CITY


def _solve_shared(problem: Problem, sharing: PartSolver) -> Plan:
    """Cut and sewn in this process, which needs no search of its own for that."""
    effort = Effort(seconds=search_seconds(problem))
    try:
        return solve_city(
            problem, effort, solver=sharing, part_tasks=settings().part_tasks
        )
    except (BadProblem, WrongPlan) as failure:
        raise SolverFailed(str(failure)[:200]) from failure


def must_have_engines() -> None:
    """Raises: EngineMissing."""
    if find_spec(NEEDED_ENGINE) is None:
        raise EngineMissing(f"{NEEDED_ENGINE} is not installed; no plan can be made")


def quick_plan(problem: Problem) -> Plan:
    """Construction only: in this process, in a moment."""
    plan = solve(problem, _CONSTRUCT)
    return replace(plan, decided_by=tuple(f"quick {by}" for by in plan.decided_by))


def must_obey(problem: Problem, plan: Plan) -> None:
    """Raises: SolverFailed, naming the first rule that is broken."""
    try:
        faults = [f for f in broken_rules(problem, plan) if f.rule not in _FAULTLESS]
    except BadProblem as nonsense:
        raise SolverFailed(f"illegal plan: {nonsense}") from nonsense
    if any(route.leaves_at is None or route.ends_at is None for route in plan.routes):
        raise SolverFailed("illegal plan: a route without times")
    if faults:
        raise SolverFailed(f"illegal plan: {len(faults)} rules, {faults[0].rule} first")


def solve_apart(problem: Problem, *, child: Sequence[str] = CHILD) -> Plan:
    """Solve in a child process, killed five seconds after its time.

    Raises:
        SolverFailed: killed, crashed, out of memory, too late, or no plan.
        EngineMissing
    """
    effort = Effort(seconds=search_seconds(problem), threads=cores())
    return ask_child([*child], asked_for(problem), effort)


def cores() -> int:
    """How many threads or children the operator lets one plan have."""
    return settings().solver_threads or os.cpu_count() or 1


def asked_for(problem: Problem, start: Plan | None = None) -> str:
    """What a child reads: a problem, and rounds to begin from."""
    begin = None if start is None else plan_to(start)
    return json.dumps({"problem": problem_to(problem), "start": begin})


def ask_child(child: Sequence[str], asked: str, effort: Effort) -> Plan:
    """The plan that a child process finds by the clock. Raises as `solve_apart`."""
    chosen = settings()
    limits = limits_of(
        effort.seconds or chosen.solve_seconds,
        chosen.solver_memory_mb,
        threads=effort.threads,
        seed=effort.seed,
    )
    patience = chosen.solve_seconds + PATIENCE_SECONDS
    return _plan_of(ask_process([*child, *limits], asked, patience))


def ask_process(command: Sequence[str], asked: str, patience_seconds: float) -> Ended:
    """A process with bare surroundings, killed when patience ends.

    Raises: SolverFailed: it did not end in time, or could not begin.
    """
    try:
        fail_point("solver.asked")
        ended = ask_apart(command, asked, patience_seconds)
    except TimeoutError as late:
        raise SolverFailed("the solver did not end in time") from late
    except OSError as trouble:
        raise SolverFailed(f"no process for the solver: {trouble}"[:200]) from trouble
    fail_point("solver.answered")
    return ended


def search_seconds(problem: Problem) -> float:
    """How long to search: by the number of tasks, within the operator's limit."""
    enough = _FIRST_SECONDS + _TASK_SECONDS * len(problem.tasks)
    return min(enough, settings().solve_seconds * _SEARCHING)


def answer_of(ended: Ended) -> dict[str, Any]:
    """What a child of ours said.

    Raises: SolverFailed, EngineMissing.
    """
    complaint = ended.complaint.strip().splitlines()[-1:] or ["no words"]
    if ended.code == ENGINE_MISSING:
        raise EngineMissing(complaint[0])
    if ended.code:
        raise SolverFailed(f"the solver ended with {ended.code}: {complaint[0]}"[:200])
    try:
        answer: dict[str, Any] = json.loads(ended.said)
    except ValueError as nonsense:
        raise SolverFailed(f"the solver's answer is no plan: {nonsense}") from nonsense
    return answer


def _plan_of(ended: Ended) -> Plan:
    answer = answer_of(ended)
    try:
        plan = plan_from(answer["plan"])
        return replace(plan, decided_by=tuple(answer["decided_by"]))
    except (ValueError, KeyError, TypeError, AttributeError) as nonsense:
        raise SolverFailed(f"the solver's answer is no plan: {nonsense}") from nonsense
