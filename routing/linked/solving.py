"""Plans for problems whose visits hang together across helpers.

A handful of stops is searched whole, all times together. At a station's size that is
the first plan; then the starts of the linked visits are made fast, and the engine for
waves, which is quicker, plans everything around them. In a larger wave, or where there
are breaks, the linked visits alone are planned first.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from routing.cost import cost_of
from routing.effort import NEVER as NO_END
from routing.effort import Effort, Ending
from routing.explain import FITS, RULE_WORDS, explained, without_help
from routing.instance import Instance
from routing.linked.adding import with_breaks, with_more
from routing.linked.beginning import rounds_from, still_held
from routing.linked.fixing import (
    Fixed,
    fixed_starts,
    fresh_nodes,
    linked_tasks,
    starts_of,
    stop_of,
)
from routing.linked.problem_web import Woven, woven
from routing.linked.searching import Cooling, found
from routing.linked.web import Rounds, stops_of, tours_of
from routing.plan import Candidate, LeftOut, Plan, Route
from routing.problem import Problem
from routing.search.fleet import Fleet

VERSION: Final = "linked search 1"
MOST_STOPS: Final = 400  # that are searched whole
MOST_ALONE: Final = 30  # that need no other engine
_ALONE_SHARE: Final = 0.9  # of the time; reasons have the rest
_FIRST_SHARE: Final = 0.4
_LINKED_SHARE: Final = 0.2
_MORE_SHARE: Final = 0.1  # of the rest, for the linked visits that have no start yet
_ADDING_SHARE: Final = 0.25  # of that, for putting in what breaks have driven out
_FIRST_STEPS: Final = 2_000
_STILL: Final = f"{RULE_WORDS['search_ended']}（search_ended）"
_COOLING: Final = Cooling(first=0.005, last=0.0002, most=0.4, blink=0.01, rests=2)
Solver = Callable[[Problem, Effort, Plan | None], Plan]


def linked_plan(
    problem: Problem, effort: Effort, solve: Solver, start: Plan | None = None
) -> Plan:
    """Plan a problem that `is_linked`; routes and left out, without the cost.

    Args:
        solve: plans a problem without links, from an earlier plan if it is given
            one.
        start: rounds to begin from, as far as they still hold.

    Raises:
        What `solve` raises.
    """
    started = time.monotonic()
    inst = Instance(problem)
    kept = None if start is None else still_held(problem, start, effort.vehicles)
    stops = sum(len(inst.nodes_of(k)) for k in inst.open_tasks)
    if stops > MOST_STOPS or any(vehicle.breaks for vehicle in problem.vehicles):
        if kept is not None and starts_of(problem, kept):
            kept = _with_the_rest(problem, effort, kept)
            fixed = fixed_starts(problem, starts_of(problem, kept))
        else:
            fixed = fixed_by_search(problem, effort)
        rest = _rest(effort, started)
        if rest.seconds is not None and fixed.dropped:
            rest = replace(rest, seconds=rest.seconds * (1 - _MORE_SHARE))
        begin = None if kept is None else fixed.forward(kept)
        plan = fixed.back(solve(fixed.problem, rest, begin))
        if effort.vehicles is None:  # it counts no vehicles
            plan = with_more(problem, plan, Ending.of(effort, started))
        plan = _with_linked_reasons(problem, plan)
        return replace(plan, decided_by=(VERSION, *plan.decided_by))
    alone = stops <= MOST_ALONE
    share = _ALONE_SHARE if alone else _FIRST_SHARE
    ending = Ending.of(effort, started).sooner((effort.seconds or 0.0) * (1 - share))
    first = together(inst, effort, ending, kept)
    if not alone:
        fixed = fixed_starts(problem, starts_of(problem, first))
        rest = _rest(effort, started)
        second = fixed.back(solve(fixed.problem, rest, fixed.forward(first)))
        second = _with_linked_reasons(problem, second)
        if _worth(problem, second) <= _worth(problem, first):
            return replace(second, decided_by=(VERSION, *second.decided_by))
    return explained_plan(problem, first, Ending.of(effort, started))


def _rest(effort: Effort, started: float) -> Effort:
    if effort.seconds is None:
        return effort
    spent = time.monotonic() - started
    return replace(effort, seconds=max(0.0, effort.seconds - spent))


def _worth(problem: Problem, plan: Plan) -> tuple[list[int], int]:
    """Tasks left out by rank, the dearest first; then what the plan costs."""
    gone = [problem.task(each.task) for each in plan.left_out]
    tiers = sorted({task.tier for task in problem.tasks}, reverse=True)
    must = sum(task.penalty is None for task in gone)
    counts = [
        sum(task.penalty is not None and task.tier == tier for task in gone)
        for tier in tiers
    ]
    return [must, *counts], cost_of(problem, plan).total


def _with_the_rest(problem: Problem, effort: Effort, kept: Plan) -> Plan:
    """Linked visits that the rounds do not have yet, where they fit beside the others.

    The others are sought anew around them, but not moved for their sake.
    """
    if effort.vehicles is not None:  # it counts no vehicles
        return kept
    if effort.seconds is not None:
        effort = replace(effort, seconds=effort.seconds * _LINKED_SHARE)
    return with_more(problem, kept, Ending.of(effort, time.monotonic()))


def together(
    inst: Instance,
    effort: Effort,
    ending: Ending = NO_END,
    begin: Plan | None = None,
) -> Plan:
    """Search everything at once, from rounds that obey every rule if they are given."""
    loom = woven(inst, effort.vehicles)
    rounds = None if begin is None else _begun_with(inst, loom, begin)
    best = found(loom.web, effort, _COOLING, ending, rounds)
    served = {loom.spots[n].k for tour in tours_of(loom.web, best) for n in tour}
    return Plan(
        problem=inst.problem.name,
        routes=_routes(inst, loom, best),
        left_out=tuple(LeftOut(inst.task(k).id) for k in loom.tasks if k not in served),
        decided_by=(VERSION,),
    )


def fixed_by_search(problem: Problem, effort: Effort) -> Fixed:
    """Plan the linked visits alone, and make their starts fast."""
    started = time.monotonic()
    linked = linked_tasks(problem)
    begun = {s.task for each in problem.begun.values() for s in each.stops}
    tasks = tuple(t for t in problem.tasks if t.id in linked | begun)
    names = {task.id for task in tasks}
    part = problem.replaced(
        tasks=tasks,
        never=tuple(each for each in problem.never if each[1] in names),
        prefer=tuple(each for each in problem.prefer if each.task in names),
    )
    if effort.seconds is None:
        less = replace(effort, iterations=_FIRST_STEPS)
    else:
        less = replace(effort, seconds=effort.seconds * _LINKED_SHARE)
    ending = Ending.of(less, started)
    adding = (less.seconds or 0.0) * _ADDING_SHARE
    plan = together(Instance(part), less, ending.sooner(adding))
    if any(vehicle.breaks for vehicle in problem.vehicles):
        plan = with_breaks(part, plan)
        if effort.vehicles is None:
            plan = with_more(part, plan, ending)
    return fixed_starts(problem, starts_of(problem, plan))


def _begun_with(inst: Instance, loom: Woven, plan: Plan) -> Rounds:
    tours: list[list[int]] = [[] for _ in inst.cars]
    for route in plan.routes:
        v = inst.problem.vehicle_numbers[route.vehicle]
        tours[v] = fresh_nodes(inst.problem, route)
    return rounds_from(loom.web, [spot.node for spot in loom.spots], tours)


def _routes(inst: Instance, loom: Woven, best: Rounds) -> tuple[Route, ...]:
    routes = []
    first = stops_of(loom.web)
    for car, tour in zip(inst.cars, tours_of(loom.web, best), strict=True):
        if not tour and not car.moved:
            continue
        vehicle = inst.problem.vehicles[car.number]
        begun = inst.problem.begun.get(vehicle.id)
        times = [round(float(best.at[n])) for n in tour]
        fresh = tuple(
            stop_of(inst, loom.spots[n].node, at)
            for n, at in zip(tour, times, strict=True)
        )
        leaves, ends = car.ready, car.ready
        if tour:
            place = inst.place[loom.spots[tour[0]].node]
            leg = car.hops[car.origin][place] if place != car.origin else 0
            leaves = car.ready if car.moved else times[0] - leg
            ends = round(float(best.at[first + len(inst.cars) + car.number]))
        old = begun.stops if begun is not None else ()
        routes.append(Route(vehicle.id, (*old, *fresh), leaves, ends))
    return tuple(routes)


def explained_plan(problem: Problem, plan: Plan, ending: Ending = NO_END) -> Plan:
    """The plan with reasons for what is left out, its linked starts being kept."""
    if not plan.left_out:
        return plan
    fixed = fixed_starts(problem, starts_of(problem, plan))
    alone = _with_the_dropped(fixed)
    inst = Instance(alone)
    fleet = Fleet(inst)
    for route in fixed.forward(plan).routes:
        if nodes := fresh_nodes(alone, route):
            fleet.adopt(problem.vehicle_numbers[route.vehicle], nodes)
    reasons = {each.task: each for each in explained(inst, fleet, ending)}
    left_out = tuple(fixed.named(reasons[each.task]) for each in plan.left_out)
    return _with_linked_reasons(problem, replace(plan, left_out=left_out))


def _with_linked_reasons(problem: Problem, plan: Plan) -> Plan:
    linked = linked_tasks(problem)
    return replace(
        plan,
        left_out=tuple(
            _linked_reason(problem, each) if each.task in linked else each
            for each in plan.left_out
        ),
    )


def _with_the_dropped(fixed: Fixed) -> Problem:
    """The fixed problem with the linked tasks that have no start, as if for one."""
    more = (fixed.original.task(name) for name in fixed.dropped)
    tasks = (*fixed.problem.tasks, *(replace(task, people=1) for task in more))
    gone = set(fixed.dropped)
    never = tuple(each for each in fixed.original.never if each[1] in gone)
    return fixed.problem.replaced(tasks=tasks, never=fixed.problem.never + never)


def _linked_reason(problem: Problem, reason: LeftOut) -> LeftOut:
    """Who could come alone breaks the tie that the task has to others.

    What was tried for one helper and one moment only goes: offers, and who would
    have to give way.
    """
    rule = "people" if problem.task(reason.task).people == 2 else "sequence"
    words = {"people": "两个人凑不到同一时刻", "sequence": "与相连的任务对不上时间"}
    free = [each for each in reason.candidates if each.rule == "search_ended"]
    reason = without_help(reason)
    if not free:
        return reason
    alone = reason.why.replace(f"{FITS}：", "").replace(_STILL, "单独能去")
    return replace(
        reason,
        why=f"{words[rule]}（{rule}）：{alone}",
        candidates=tuple(
            Candidate(each.vehicle, rule) if each in free else each
            for each in reason.candidates
        ),
    )
