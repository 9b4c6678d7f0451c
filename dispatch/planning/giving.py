"""Giving the rounds that were found to the people who should go them.

CP-SAT weighs faces, hours of four weeks, law and rest, in what is left of the plan's
time. When it changes nothing, fails, or is late, the plan stands as it was found.
"""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import structlog

from dispatch.planning import giving_child
from dispatch.planning.child import limits_of
from dispatch.planning.solving import (
    SolverFailed,
    Thought,
    answer_of,
    ask_process,
    must_obey,
)
from dispatch.settings import settings
from routing import BadProblem, Plan, Problem, plan_from, plan_to, problem_to
from routing.people import Past

Beyond = tuple[tuple[str, str], ...]  # helper on duty, rule
log = structlog.get_logger()
CHILD: Final = (sys.executable, "-m", giving_child.__name__)
MOST_SECONDS: Final = 20.0  # a quiet machine needs two
LEAST_SECONDS: Final = 2.0  # a process starts, and reads what the plan is made of
_SPARE_SECONDS: Final = 0.5  # of the plan's time, for judging and publishing


def give_to_people(
    problem: Problem,
    thought: Thought,
    past: Past,
    *,
    seconds: float,
    child: Sequence[str] = CHILD,
) -> Thought:
    """The same rounds in the hands that should have them; at worst as they were.

    What it took, whatever came of it, is counted with the plan's seconds.

    Args:
        seconds: what is left of the plan's time; the child is killed before.
        child: the command line of the process that decides.
    """
    seconds = min(MOST_SECONDS, seconds - _SPARE_SECONDS)
    if seconds < LEAST_SECONDS or not _is_worth_asking(problem, thought, past):
        return thought
    began, plan, beyond = time.monotonic(), thought.plan, thought.beyond
    try:
        given, beyond = _ask(problem, plan, past, seconds, child)
        if given is not None:
            must_obey(problem, given)
            plan = given
    except SolverFailed as failure:
        log.warning("rounds stay as they were found", why=str(failure))
    took = thought.plan.seconds_used + time.monotonic() - began
    if beyond:
        log.warning("rounds beyond what people may or offered", rounds=beyond)
    plan = replace(plan, seconds_used=round(took, 3))
    return replace(thought, plan=plan, beyond=beyond)


def _is_worth_asking(problem: Problem, thought: Thought, past: Past) -> bool:
    """There is a choice, and something to choose by; a quick plan has no time."""
    worked = any(each.worked_four_weeks_seconds for each in past.of)
    climbs = any(each.most_floors is not None for each in past.of)
    known = [past.served, past.asked, worked, climbs and any(past.floors.values())]
    choice = len(problem.vehicles) > 1 and bool(thought.plan.routes)
    return thought.trouble is None and choice and any(known)


def _ask(
    problem: Problem, plan: Plan, past: Past, seconds: float, child: Sequence[str]
) -> tuple[Plan | None, Beyond]:
    """A better plan, if there is one, and who still does too much.

    Raises: SolverFailed, EngineMissing.
    """
    limits = limits_of(seconds, settings().solver_memory_mb)
    asked = json.dumps(_asked(problem, plan, past))
    return _plan_of(answer_of(ask_process([*child, *limits], asked, seconds)), plan)


def _asked(problem: Problem, plan: Plan, past: Past) -> dict[str, Any]:
    return {
        "problem": problem_to(problem),
        "plan": plan_to(plan, whole=True),
        "of": [vars(each) for each in past.of],
        "served": [[*pair, times] for pair, times in past.served.items()],
        "floors": dict(past.floors),
        "asked": dict(past.asked),
    }


def _plan_of(answer: dict[str, Any], was: Plan) -> tuple[Plan | None, Beyond]:
    try:
        beyond = tuple((str(who), str(rule)) for who, rule in answer.get("beyond", ()))
        if answer["plan"] is None:
            return None, beyond
        plan = plan_from(answer["plan"])
        by = tuple(str(each) for each in answer["decided_by"])
    except (ValueError, KeyError, TypeError, AttributeError, BadProblem) as nonsense:
        raise SolverFailed(f"the answer is no plan: {nonsense}"[:200]) from nonsense
    return replace(plan, decided_by=(*was.decided_by, *by)), beyond
