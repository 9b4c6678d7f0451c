"""From a problem to a plan that has passed the check."""

import time
from dataclasses import replace
from typing import Final

from routing.check import broken_rules
from routing.cost import cost_of
from routing.effort import Effort, Ending
from routing.errors import NotYetHonoured, WrongPlan
from routing.explain import explained
from routing.finishing import routes_of
from routing.instance import Instance
from routing.linked.fixing import is_linked
from routing.linked.halves import telling_who_is_alone
from routing.linked.solving import linked_plan
from routing.plan import Plan
from routing.problem import Problem
from routing.search.chains import reserved_seconds, search
from routing.search.displacing import let_higher_tiers_in
from routing.search.engine import VERSION, must_be_honoured
from routing.search.fleet import Fleet
from routing.starting import tours_from
from routing.station import (
    must_fit_a_station,
    ortools_version,
    station_plan,
    taken_over,
)
from routing.windows_only import pyvrp_version, windows_only_plan

_SEARCH_SHARE: Final = 0.6  # of the seconds, when OR-Tools has the rest
_LEAST_SECONDS: Final = 0.05  # less is no time for OR-Tools at all
_GRACE_SECONDS: Final = 0.3  # for explaining, when construction took all the time
_LETTING_IN: Final = 0.5  # of what is reserved; explaining has the rest
_CITY: Final = 4_000  # tasks; more are planned in parts
_FINISHING_SECONDS: Final = 0.00012  # of each task
_NO_FAULT_OF_A_PLAN: Final = frozenset({"must_serve"})


def solve(
    problem: Problem, effort: Effort | None = None, start: Plan | None = None
) -> Plan:
    """Plan a problem, from nothing or from an earlier plan.

    Tasks that cannot be done are left out with the reason; that is an answer,
    not an error. An effort by the clock ends about then: part of the time is
    reserved when reasons must be found. With the engine "auto", problems of a
    station's size also go to OR-Tools, and the better plan wins.

    Args:
        start: rounds to begin from, as far as they still hold, links between them
            included; our searches alone take them.

    Raises:
        NotYetHonoured: the engine does not honour a field that the problem uses.
        EngineMissing: OR-Tools is not installed and the engine is not "search", or
            PyVRP is not installed and the engine is "pyvrp".
        WrongPlan: the plan found breaks a rule; it is never handed out.
    """
    effort = effort or Effort()
    if len(problem.tasks) > _CITY and effort.engine in {"auto", "search"}:
        from routing.city import solve_city  # it solves its parts with `solve_whole`

        _engines_asked(effort)
        return solve_city(problem, effort, start)
    return solve_whole(problem, effort, start)


def solve_whole(problem: Problem, effort: Effort, start: Plan | None = None) -> Plan:
    """The same, however many tasks there are, in one search. Raises as `solve`."""
    started = time.monotonic()
    decided_by = _engines_asked(effort)
    if is_linked(problem) and effort.engine in {"auto", "search"}:
        return _linked(problem, effort, started, start)
    must_be_honoured(problem)
    ending = Ending.of(effort, started).sooner(finishing_seconds(problem))
    inst = Instance(problem)
    if effort.engine == "ortools":
        fleet = _by_ortools(inst, effort)
    elif effort.engine == "pyvrp":
        rounds = windows_only_plan(problem, effort, ending)
        tours = [[2 * number for number in tasks] for tasks in rounds]
        fleet = taken_over(inst, tours, effort.vehicles)
    else:
        fleet, decided_by = _by_search(inst, effort, ending, decided_by, start)
        reserved = reserved_seconds(effort, len(fleet.absent))
        let_higher_tiers_in(inst, fleet, ending.sooner(reserved * (1 - _LETTING_IN)))
    plan = Plan(
        problem=problem.name,
        routes=routes_of(inst, [tour.nodes for tour in fleet.tours]),
        left_out=explained(inst, fleet, ending.not_before(_GRACE_SECONDS)),
    )
    must_obey(problem, plan)
    return Plan(
        problem=plan.problem,
        routes=plan.routes,
        left_out=plan.left_out,
        cost=cost_of(problem, plan),
        seconds_used=round(time.monotonic() - started, 3),
        decided_by=tuple(decided_by),
    )


def finishing_seconds(problem: Problem) -> float:
    """What the judge and the cost of a whole plan take of the time."""
    return _FINISHING_SECONDS * len(problem.tasks)


def _linked(
    problem: Problem, effort: Effort, started: float, start: Plan | None
) -> Plan:
    """Visits that hang together are planned first, the others around them."""

    def around(alone: Problem, rest: Effort, begin: Plan | None) -> Plan:
        # Rounds to begin from are taken by our search alone.
        return solve(alone, replace(rest, engine="search") if begin else rest, begin)

    plan = telling_who_is_alone(problem, linked_plan(problem, effort, around, start))
    must_obey(problem, plan)
    return replace(
        plan,
        cost=cost_of(problem, plan),
        seconds_used=round(time.monotonic() - started, 3),
    )


def _engines_asked(effort: Effort) -> list[str]:
    """Names of the engines beside our search, with versions."""
    if effort.engine == "search":
        return []
    return [pyvrp_version() if effort.engine == "pyvrp" else ortools_version()]


def _by_ortools(inst: Instance, effort: Effort) -> Fleet:
    """OR-Tools alone, from its own first solution."""
    tours = station_plan(
        inst, seconds=effort.seconds, start=None, most_used=effort.vehicles
    )
    nobody: list[list[int]] = [[] for _ in inst.cars]
    return taken_over(inst, tours or nobody, effort.vehicles)


def _by_search(
    inst: Instance,
    effort: Effort,
    ending: Ending,
    others: list[str],
    start: Plan | None,
) -> tuple[Fleet, list[str]]:
    """Our search; then, where the problem is small enough, OR-Tools from there.

    Returns:
        The better plan, and who had a say; the winner stands last.
    """
    small = bool(others) and _fits_a_station(inst)
    share = _SEARCH_SHARE if small else 1.0
    begin = None if start is None else tours_from(inst, start)
    fleet = search(inst, effort, ending=ending, share=share, start=begin)
    seconds = ending.sooner(reserved_seconds(effort, len(fleet.absent))).seconds_left
    if not small or (seconds is not None and seconds < _LEAST_SECONDS):
        return fleet, [VERSION]
    try:
        tours = station_plan(
            inst,
            seconds=seconds,
            start=[tour.nodes for tour in fleet.tours],
            most_used=effort.vehicles,
        )
    except NotYetHonoured:  # penalties that outgrow its numbers
        return fleet, [VERSION]
    if tours is None:
        return fleet, [*others, VERSION]
    other = taken_over(inst, tours, effort.vehicles)
    if other.score < fleet.score:
        return other, [VERSION, *others]
    return fleet, [*others, VERSION]


def _fits_a_station(inst: Instance) -> bool:
    try:
        must_fit_a_station(inst)
    except NotYetHonoured:
        return False
    return bool(inst.open_tasks)


def must_obey(problem: Problem, plan: Plan) -> None:
    """Raises: WrongPlan. What must be served and cannot be is told in `left_out`."""
    faults = [
        fault
        for fault in broken_rules(problem, plan)
        if fault.rule not in _NO_FAULT_OF_A_PLAN
    ]
    if faults:
        raise WrongPlan(f"the plan found breaks rules: {faults[:5]}")
