"""CP-SAT gives the rounds that the search found to the people who should go them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from routing.check import broken_rules
from routing.choosing import CHILD, Patience, choose, cp_sat_version
from routing.cost import cost_of
from routing.people.draft import Draft, Pair, Worth
from routing.people.driving import Driving
from routing.people.past import Past
from routing.people.rules import RULES
from routing.people.telling import (
    Change,
    Faces,
    changes_of,
    faces_of,
    gini,
    unmended_of,
    worked_by,
)
from routing.plan import LeftOut, Plan
from routing.problem import Problem


@dataclass(frozen=True)
class Given:
    """A plan whose rounds are in the right hands, and what changed.

    Attributes:
        unmended: helpers whose round breaks a rule of people (hours, offers, rest),
            because nobody could take it; and the rule.
        trouble: why this is not CP-SAT's last word, if it is not.
    """

    plan: Plan
    changes: tuple[Change, ...]
    unmended: tuple[tuple[str, str], ...]
    faces_before: Faces
    faces_after: Faces
    gini_before: float
    gini_after: float
    proven: bool
    trouble: str | None = None


def give_rounds(
    problem: Problem,
    plan: Plan,
    past: Past,
    *,
    worth: Worth | None = None,
    patience: Patience | None = None,
    child: Sequence[str] = CHILD,
) -> Given:
    """Give the rounds of a plan to helpers, whole and in their order.

    The plan given back breaks no rule that the plan before did not break, and
    travels no more than `worth.extra_travel` beyond it. What is left out stays so;
    its candidates whose round has changed are no longer told. When the solver is
    killed, the best plan so far comes back, at worst the plan as it was.

    Raises:
        BadProblem: the past names what the problem does not have.
        EngineMissing: OR-Tools is not installed.
    """
    past.must_fit(problem)
    by = cp_sat_version()
    draft = Draft(
        Driving(problem, replace(plan, cost=cost_of(problem, plan))),
        past,
        worth or Worth(),
    )
    for rule in RULES:
        rule(draft)
    [chosen] = choose([draft.choices()], patience or Patience(), child=child)
    pairs = [draft.open_pairs[number] for number in chosen.numbers]
    found, trouble = _plan_of(draft, pairs), chosen.trouble
    if faults := _new_faults(problem, plan, found):
        found, pairs, trouble = plan, sorted(draft.own), f"broken: {faults[0]}"
    return Given(
        plan=replace(found, decided_by=(*plan.decided_by, by)),
        changes=changes_of(draft, pairs),
        unmended=unmended_of(draft, pairs),
        faces_before=faces_of(plan, past),
        faces_after=faces_of(found, past),
        gini_before=gini(worked_by(plan, past)),
        gini_after=gini(worked_by(found, past)),
        proven=chosen.proven and trouble is None,
        trouble=trouble,
    )


def _plan_of(draft: Draft, pairs: Sequence[Pair]) -> Plan:
    driving = draft.driving
    routes = {r.vehicle: r for r in driving.plan.routes}
    for was in driving.rounds:
        del routes[was.vehicle]
    moved = set()
    for number, helper in pairs:
        route = driving.route(number, helper)
        routes[route.vehicle] = route
        if helper != driving.own[number]:
            moved |= {route.vehicle, driving.rounds[number].vehicle}
    order = [v.id for v in driving.problem.vehicles if v.id in routes]
    found = replace(
        driving.plan,
        routes=tuple(routes[name] for name in order),
        left_out=tuple(_still_true(each, moved) for each in driving.plan.left_out),
    )
    return replace(found, cost=cost_of(driving.problem, found))


def _still_true(left_out: LeftOut, moved: set[str]) -> LeftOut:
    kept = tuple(c for c in left_out.candidates if c.vehicle not in moved)
    return replace(left_out, candidates=kept)


def _new_faults(problem: Problem, was: Plan, now: Plan) -> list[str]:
    """Rules that the new plan breaks and the one before did not."""
    known = {fault.rule for fault in broken_rules(problem, was)}
    return [f.rule for f in broken_rules(problem, now) if f.rule not in known]
