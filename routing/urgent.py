"""One order more while rounds are under way: where it fits best, and what that does.

Nothing that has begun is touched, no plan is changed; a person sees the cheapest
offers with their side effects, and takes one.
"""

from collections.abc import Set
from dataclasses import dataclass, replace
from typing import Final

from routing.errors import BadProblem, WrongPlan
from routing.plan import Cost, Plan, Route
from routing.problem import Problem, Stop, Task
from routing.shifting import Shifted
from routing.underway import UnderWay, Way

MOST_OFFERS: Final = 5


@dataclass(frozen=True)
class Offer:
    """One helper could do the task, and this is what it would mean.

    Attributes:
        added_seconds: travel more than now.
        worth_seconds: preferences that this keeps; they are taken off the price.
        times: beginnings of all stops of the longer round that have not begun.
        shifted: whose door is reached at another time, by how much.
        window_left_seconds: the least time from a beginning to the end of its
            window; None without any stop.
        ride_left_seconds: by how much the tightest ride could be longer; None when
            nothing on the round has a limit.
    """

    task: Task
    vehicle: str
    added_seconds: int
    worth_seconds: int
    leaves_at: int
    ends_at: int
    times: tuple[int, ...]
    behind: tuple[int, int]
    before: Route | None
    begun: tuple[Stop, ...]
    shifted: tuple[Shifted, ...]
    window_left_seconds: int
    ride_left_seconds: int | None

    @property
    def price_seconds(self) -> int:
        """Travel added, less the preferences kept."""
        return self.added_seconds - self.worth_seconds

    @property
    def begins_at(self) -> tuple[int, ...]:
        """Beginnings of the task's own stops: pickup and dropoff, or the visit."""
        first, last = self.behind
        if self.task.visit is not None:
            return (self.times[first],)
        return self.times[first], self.times[last + 1]

    @property
    def later(self) -> tuple[Shifted, ...]:
        """Tasks of others that are reached later."""
        return tuple(each for each in self.shifted if each.seconds > 0)

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The whole round with the task in it, what has begun first."""
        first, last = self.behind
        done = len(self.begun)
        names = [(s.task, s.kind) for s in (self.before.stops if self.before else ())]
        names = names[done:]
        own = [(self.task.id, kind) for kind, _ in self.task.halts]
        fresh = [*names[:first], own[0], *names[first:last], *own[1:], *names[last:]]
        timed = zip(self.times, fresh, strict=True)
        return *self.begun, *(Stop(at, task, kind) for at, (task, kind) in timed)


class Urgent:
    """Asked again and again about one plan, without working it out anew.

    Building it takes about as long as numbering the problem; an ask then takes a
    fraction of a millisecond. `problem` and `plan` are those of the moment: they
    follow what `accept` was told. One thread at a time: an ask writes the task into
    the arrays of the plan.
    """

    def __init__(self, problem: Problem, plan: Plan) -> None:
        """Raises: BadProblem, when the plan does not repeat what has begun."""
        self.problem, self.plan = problem, plan
        self._under_way = UnderWay(problem, plan)

    def ask(self, task: Task, most: int = MOST_OFFERS) -> tuple[Offer, ...]:
        """The best places of the cheapest rounds, the cheapest first, exact.

        Args:
            task: new, or one that the plan leaves out. Its places must be known.
            most: how many rounds to name; each is named once.

        Raises:
            BadProblem: an unknown place, a task of this name is being done, it
                needs two people, or it is bound to another task.
        """
        must_be_free(self.problem, task, self._under_way.busy)
        found = self._under_way.ways(task, most)
        return tuple(self._offer(task, way) for way in found)

    def accept(self, offer: Offer) -> Plan:
        """Take an offer; the next ask knows of it. Raises: WrongPlan."""
        self.plan = accepted(self.problem, self.plan, offer)
        self.problem = with_task(self.problem, offer.task)
        route = next(r for r in self.plan.routes if r.vehicle == offer.vehicle)
        if not self._under_way.put(offer.task, route):
            self._under_way = UnderWay(self.problem, self.plan)
        return self.plan

    def _offer(self, task: Task, way: Way) -> Offer:
        vehicle = self.problem.vehicles[way.car].id
        begun = self.problem.begun.get(vehicle)
        return Offer(
            task=task,
            vehicle=vehicle,
            added_seconds=way.price_seconds + way.worth_seconds,
            worth_seconds=way.worth_seconds,
            leaves_at=way.leaves_at,
            ends_at=way.ends_at,
            times=tuple(way.times.tolist()),
            behind=way.behind,
            before=self._under_way.routes[way.car],
            begun=begun.stops if begun is not None else (),
            shifted=self._under_way.shifted(way),
            window_left_seconds=way.window_left_seconds,
            ride_left_seconds=way.ride_left_seconds,
        )


def offers(
    problem: Problem, plan: Plan, task: Task, most: int = MOST_OFFERS
) -> tuple[Offer, ...]:
    """Who could take one task more, the least added travel first; see `Urgent.ask`."""
    return Urgent(problem, plan).ask(task, most)


def accepted(problem: Problem, plan: Plan, offer: Offer) -> Plan:
    """The plan with the task in it: an answer to `with_task(problem, offer.task)`.

    Raises:
        WrongPlan: that round is another one by now.
    """
    before = next((r for r in plan.routes if r.vehicle == offer.vehicle), None)
    if before != offer.before or offer.task.id in plan.served:
        raise WrongPlan(f"the round of {offer.vehicle!r} has changed since the offer")
    route = Route(offer.vehicle, offer.stops, offer.leaves_at, offer.ends_at)
    others = [each for each in plan.routes if each.vehicle != offer.vehicle]
    order = problem.vehicle_numbers
    left_out = tuple(each for each in plan.left_out if each.task != offer.task.id)
    spared = (offer.task.penalty or 0) if len(left_out) < len(plan.left_out) else 0
    cost = plan.cost
    return replace(
        plan,
        routes=tuple(sorted([*others, route], key=lambda r: order[r.vehicle])),
        left_out=left_out,
        cost=Cost(
            travel_seconds=cost.travel_seconds + offer.added_seconds,
            penalties=cost.penalties - spared,
            preferences=cost.preferences + offer.worth_seconds,
        ),
    )


def must_be_free(problem: Problem, task: Task, busy: Set[str]) -> None:
    """One person can take it at once, without looking at anybody else.

    Args:
        busy: tasks that somebody does already.

    Raises:
        BadProblem: it is busy, needs two people, or is bound to another task.
    """
    if task.people > 1:
        raise BadProblem("people", "two people at one start are no quick insertion")
    if task.id in busy:
        raise BadProblem("task", f"somebody does {task.id!r} already")
    if any(task.id in (line.first, line.then) for line in problem.sequence):
        raise BadProblem("task", f"{task.id!r} is bound to another task")


def with_task(problem: Problem, task: Task) -> Problem:
    """The problem that knows the task, in the place of one of the same name.

    Raises:
        BadProblem: a place of it is not known.
    """
    number = problem.task_numbers.get(task.id)
    if number is None:
        return problem.replaced(tasks=(*problem.tasks, task))
    if problem.tasks[number] == task:
        return problem
    others = problem.tasks[:number], problem.tasks[number + 1 :]
    return problem.replaced(tasks=(*others[0], task, *others[1]))
