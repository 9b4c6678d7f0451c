"""A plan anew while it is under way: what changes has a price, and people a limit.

Three plans are made: the *least* one holds what still holds and puts in what has to
go somewhere; the *new* one is sought at the price of its changes and within the limit
per person; the *free* one knows neither, and tells what the stability costs. Prices
after the reference that `docs/explanation/routing.md` names.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from routing.check import broken_rules
from routing.cost import cost_of
from routing.effort import Effort
from routing.errors import WrongPlan
from routing.keeping import changes_per_person, crews_of, within_limits
from routing.plan import Plan
from routing.problem import Preference, Problem, Stop
from routing.shifting import Shifted, shifts_between
from routing.solve import solve

MOVED_SECONDS: Final = 300  # an order that comes with somebody else
SHIFTED_SECONDS: Final = 60  # a door that is reached more than ten minutes off
TOUCHED_SECONDS: Final = 120  # a person whose round is another one
CHANGES_PER_PERSON: Final = 2


class Moved(NamedTuple):
    """An order that comes with somebody else; None: nobody.

    Where two people come, one for each who is another.
    """

    task: str
    was: str
    now: str | None


@dataclass(frozen=True)
class Disruption:
    """How one plan differs from another for those who live by it.

    Attributes:
        moved: orders whose helper is another.
        shifted: doors reached more than ten minutes earlier or later.
        touched: helpers who have other stops than before, or in another order.
    """

    moved: tuple[Moved, ...] = ()
    shifted: tuple[Shifted, ...] = ()
    touched: tuple[str, ...] = ()

    @property
    def price_seconds(self) -> int:
        """What the changes are reckoned at, in seconds of travel."""
        return (
            MOVED_SECONDS * len(self.moved)
            + SHIFTED_SECONDS * len(self.shifted)
            + TOUCHED_SECONDS * len(self.touched)
        )


@dataclass(frozen=True)
class Proposal:
    """What could be changed, what that brings, and what it asks of people.

    Attributes:
        plan: the plan proposed; `least` itself when nothing better is worth it.
        least: the plan that changes as little as it can.
        disruption: of `plan` against the plan that was in force.
        forced: of `least`; these changes cannot be spared.
        free: the plan of a search that may change everything.
        changes: per helper, orders given or taken that could have stayed.
    """

    problem: Problem
    plan: Plan
    least: Plan
    free: Plan
    disruption: Disruption
    forced: Disruption
    changes: dict[str, int]

    @property
    def gain_seconds(self) -> int:
        """Cost saved against the least plan; penalties of what is left out count."""
        return self.least.cost.total - self.plan.cost.total

    @property
    def price_seconds(self) -> int:
        """Of the changes beyond those that cannot be spared."""
        return self.disruption.price_seconds - self.forced.price_seconds

    @property
    def regret_seconds(self) -> int:
        """What the free plan would save more; below 0 it found nothing better."""
        return self.plan.cost.total - self.free.cost.total

    @property
    def more_left_out(self) -> int:
        """Tasks that the plan leaves out and the free one does not."""
        return len(self.plan.left_out) - len(self.free.left_out)


def proposal(
    problem: Problem,
    before: Plan,
    effort: Effort | None = None,
    change_budget: int = CHANGES_PER_PERSON,
) -> Proposal:
    """A new plan for what remains, against the plan in force.

    `problem` says what has begun and is fixed (see `routing.freezing.running`) and
    what has changed (see `routing.mishaps`). At most `change_budget` orders that
    could stay are given to or taken from one helper. Half of the effort goes into
    the proposal, half into the free plan.

    Raises:
        NotYetHonoured, EngineMissing: as `solve`.
        WrongPlan: a plan breaks a rule; it is never handed out.
    """
    half = _half(replace(effort or Effort(), engine="search"))
    least = solve(problem, _no_steps(half), start=before)
    wished = problem.replaced(prefer=(*problem.prefer, *_staying(least)))
    found = solve(wished, half, start=least)
    limited = within_limits(problem, least, found, change_budget)
    limited = replace(limited, cost=cost_of(problem, limited))
    free = solve(problem, half, start=least)
    chosen = min(least, limited, key=lambda plan: _worth(problem, before, plan))
    _must_obey(problem, chosen)
    return Proposal(
        problem=problem,
        plan=chosen,
        least=least,
        free=free,
        disruption=disruption(problem, before, chosen),
        forced=disruption(problem, before, least),
        changes=changes_per_person(crews_of(least), crews_of(chosen)),
    )


def disruption(problem: Problem, before: Plan, after: Plan) -> Disruption:
    """Whom a plan reaches otherwise than the one before, in the problem's terms."""
    was, now = crews_of(before), crews_of(after)
    known = problem.task_numbers
    stops = {route.vehicle: _order(route.stops) for route in after.routes}
    old = {route.vehicle: _order(route.stops) for route in before.routes}
    return Disruption(
        moved=tuple(
            each
            for task, crew in was.items()
            if task in known
            for each in _moved(task, crew, now.get(task, frozenset()))
        ),
        shifted=tuple(s for s in shifts_between(before, after) if s.is_noticed),
        touched=tuple(
            each.id
            for each in problem.vehicles
            if stops.get(each.id, []) != old.get(each.id, [])
        ),
    )


def _moved(task: str, was: frozenset[str], now: frozenset[str]) -> Iterator[Moved]:
    come = sorted(now - was)
    for number, home in enumerate(sorted(was - now)):
        yield Moved(task, home, come[number] if number < len(come) else None)


def _order(stops: tuple[Stop, ...]) -> list[tuple[str | None, str | None]]:
    return [(stop.task, stop.kind) for stop in stops]


def _staying(least: Plan) -> tuple[Preference, ...]:
    """To stay with its helper is worth to the search what a move costs."""
    return tuple(
        Preference(vehicle, task, MOVED_SECONDS)
        for task, crew in crews_of(least).items()
        for vehicle in sorted(crew)
    )


def _half(effort: Effort) -> Effort:
    if effort.iterations is not None:
        return replace(effort, iterations=effort.iterations // 2)
    return replace(effort, seconds=(effort.seconds or 0.0) / 2)


def _no_steps(effort: Effort) -> Effort:
    return replace(effort, seconds=None, iterations=0)


def _worth(problem: Problem, before: Plan, plan: Plan) -> tuple[int | float, ...]:
    """What is left out by tier, the highest first; then cost and disruption."""
    left = [problem.task(each.task) for each in plan.left_out]
    tiers = sorted({task.tier for task in problem.tasks}, reverse=True)
    must = sum(task.penalty is None for task in left)
    by_tier = [
        sum(t.tier == tier and t.penalty is not None for t in left) for tier in tiers
    ]
    price = disruption(problem, before, plan).price_seconds
    return (must, *by_tier, plan.cost.total + price)


def _must_obey(problem: Problem, plan: Plan) -> None:
    faults = [f for f in broken_rules(problem, plan) if f.rule != "must_serve"]
    if faults:
        raise WrongPlan(f"the plan proposed breaks rules: {faults[:5]}")
