"""Visits by two that have begun: who is there, and who of them carries which half."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from routing.plan import LeftOut, Plan
from routing.problem import Begun, Problem

HALF: Final = "两人中只有一人能到（people）。"


def telling_who_is_alone(problem: Problem, plan: Plan) -> Plan:
    """The plan; a visit by two that one has begun and nobody joins is left out, too."""
    come = Counter(stop.task for route in plan.routes for stop in route.stops)
    alone = {t for t, crew in begun_by(problem).items() if len(crew) == 1}
    told = {each.task: each for each in plan.left_out}
    told |= {t: LeftOut(t, HALF) for t in alone if come[t] == 1 and t not in told}
    order = problem.task_numbers
    every = sorted(told.values(), key=lambda each: order[each.task])
    return replace(plan, left_out=tuple(every))


def begun_by(problem: Problem) -> dict[str, list[str]]:
    """Who has begun each visit by two; for every other task that has begun, nobody."""
    found: dict[str, list[str]] = {}
    for vehicle, begun in problem.begun.items():
        for stop in begun.stops:
            if stop.task is not None:
                crew = found.setdefault(stop.task, [])
                crew += [vehicle] if problem.task(stop.task).people == 2 else []
    return found


def with_halves(
    begun: Mapping[str, Begun],
    crews: Mapping[str, Sequence[str]],
    halves: Mapping[str, str],
) -> dict[str, Begun]:
    """What has begun; of a visit that both have begun, the later one has the half."""
    half = {first: second for second, first in halves.items()}
    found = {}
    for vehicle, each in begun.items():
        mine = {name for name, crew in crews.items() if list(crew[1:]) == [vehicle]}
        stops = (
            replace(stop, task=half[stop.task]) if stop.task in mine else stop
            for stop in each.stops
        )
        found[vehicle] = replace(each, stops=tuple(stops))
    return found
