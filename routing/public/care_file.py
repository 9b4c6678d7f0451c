"""Home care as a source: solved with linked visits, judged in its own unit."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from routing.check_routes import BrokenRule
from routing.effort import Effort
from routing.errors import BadProblem, WrongPlan
from routing.fields import HORIZON
from routing.linked.care import Care, Planned, Rounds, broken_care, care_cost
from routing.linked.care_search import VERSION, care_rounds
from routing.plan import LeftOut, Plan, Route
from routing.problem import Halt, Place, Problem, Sequence, Stop, Task, Vehicle
from routing.public.source import MODE
from routing.travel import Matrix

SCALE: Final = 1000
_CONVENTION: Final = "(distance + lateness + largest lateness) / 3 (Mankowska 2014)"


@dataclass(frozen=True)
class CareFile:
    """Plans hold thousandths of the file's unit; costs are in the unit itself."""

    care: Care

    @cached_property
    def problem(self) -> Problem:
        """The names, legs and links; lateness has no field in our own format."""
        return _problem(self.care)

    def solve(self, effort: Effort) -> Plan:
        """Raises: WrongPlan, for a plan that the judge refuses."""
        rounds, seconds = care_rounds(self.care, effort)
        visits = self.care.visits
        routes = [
            Route(
                str(who + 1),
                tuple(
                    Stop(round(stop.at * SCALE), visits[stop.visit].id, "visit")
                    for stop in stops
                ),
            )
            for who, stops in rounds.items()
            if stops
        ]
        served = {stop.visit for stops in rounds.values() for stop in stops}
        plan = Plan(
            problem=self.care.name,
            routes=tuple(routes),
            left_out=tuple(
                LeftOut(visit.id, "没有人能做（skill）。")
                for number, visit in enumerate(visits)
                if number not in served
            ),
            seconds_used=round(seconds, 3),
            decided_by=(VERSION,),
        )
        faults = [each for each in self.broken_rules(plan) if each.rule != "must_serve"]
        if faults:
            raise WrongPlan(f"the plan found breaks rules: {faults[:5]}")
        return plan

    def broken_rules(self, plan: Plan) -> list[BrokenRule]:
        """Raises: BadProblem, when the plan names what the file does not have."""
        found = broken_care(self.care, self._rounds(plan))
        left_out = {each.task for each in plan.left_out}
        return [
            each._replace(rule="must_serve")
            if each.rule == "served_once" and each.task in left_out
            else each
            for each in found
        ]

    def cost_line(self, plan: Plan) -> dict[str, Any]:
        """In the unit of the file, to two decimals."""
        cost = care_cost(self.care, self._rounds(plan))
        return {
            "total": round(cost.total, 2),
            "distance": round(cost.distance, 2),
            "lateness": round(cost.lateness, 2),
            "largest_lateness": round(cost.latest, 2),
            "convention": _CONVENTION,
        }

    def _rounds(self, plan: Plan) -> Rounds:
        numbers = {visit.id: n for n, visit in enumerate(self.care.visits)}
        rounds: dict[int, list[Planned]] = {}
        for index, route in enumerate(plan.routes):
            known = self.problem.vehicle_numbers
            if route.vehicle not in known or known[route.vehicle] in rounds:
                raise BadProblem(f"routes[{index}].vehicle", f"{route.vehicle!r}")
            stops = rounds.setdefault(known[route.vehicle], [])
            for place, stop in enumerate(route.stops):
                if stop.task not in numbers:
                    where = f"routes[{index}].stops[{place}].task"
                    raise BadProblem(where, f"there is no {stop.task!r}")
                stops.append(Planned(numbers[stop.task], stop.at / SCALE))
        return rounds


def _problem(care: Care) -> Problem:
    places = [Place(str(n)) for n in range(len(care.legs))]
    end = places[-1].id
    return Problem(
        name=care.name,
        places=tuple(places),
        travel={MODE: Matrix(np.rint(care.legs * SCALE).astype(np.int32))},
        vehicles=tuple(
            Vehicle(
                str(who + 1),
                MODE,
                start="0",
                end=end,
                skills=frozenset(f"service {service + 1}" for service in able),
            )
            for who, able in enumerate(care.staff)
        ),
        tasks=tuple(
            Task(
                visit.id,
                visit=Halt(
                    str(visit.patient),
                    ((round(visit.opens * SCALE), HORIZON),),
                    round(visit.duration * SCALE),
                ),
                needs=frozenset({f"service {visit.service + 1}"}),
            )
            for visit in care.visits
        ),
        sequence=tuple(
            Sequence(
                care.visits[pair.first].id,
                care.visits[pair.then].id,
                min_gap=round(pair.least * SCALE),
                max_gap=round(pair.most * SCALE),
                measured_from="start",
            )
            for pair in care.together
        ),
    )
