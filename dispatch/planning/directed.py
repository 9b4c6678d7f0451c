"""A problem as coordinators have directed it: theirs are hard rules of the plan."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from dispatch.clock import town_seconds
from dispatch.people.helpers import HelperKind
from dispatch.people.on_duty import OnDuty
from dispatch.planning.directions import Direction, DirectionKind
from dispatch.planning.errands import Errand
from routing import Halt, Problem, Task
from routing.mishaps import kitchen_late, weather

KEPT_OFF: Final = "kept_off"  # why a coordinator's order is on no round
_OLD_VOLUNTEER_YEARS: Final = 65


def kept_off(directions: Iterable[Direction]) -> frozenset[UUID]:
    """The orders that no plan takes."""
    return frozenset(
        each.order_id
        for each in directions
        if each.kind is DirectionKind.KEEP_OFF and each.order_id
    )


def longer_duty(
    on_duty: Sequence[OnDuty], directions: Sequence[Direction]
) -> list[OnDuty]:
    """The duties of a day, some with a later end or more work than was laid out."""
    last = {on.helper.id: on.id for on in on_duty}
    return [
        _longer(on, directions) if last[on.helper.id] == on.id else on for on in on_duty
    ]


def _longer(on: OnDuty, directions: Iterable[Direction]) -> OnDuty:
    own = [each for each in directions if each.helper_id == on.helper.id]
    later = sum(e.value or 0 for e in own if e.kind is DirectionKind.SHIFT)
    more = sum(e.value or 0 for e in own if e.kind is DirectionKind.MAX_WORK)
    return replace(
        on,
        ends_at=on.ends_at + timedelta(seconds=later),
        work_seconds=on.work_seconds + more,
    )


def directed(
    problem: Problem,
    directions: Sequence[Direction],
    crew: Iterable[tuple[str, OnDuty]],
    errands: Sequence[Errand],
) -> Problem:
    """The problem with what was said of single orders, kitchens and the weather.

    Args:
        crew: vehicles by their id. Where somebody named for an order is not among
            them, and so cannot come, the order is anybody's.
    """
    known = list(crew)
    problem = _pinned(problem, directions, known)
    problem = _later_doors(problem, directions, errands)
    problem = _late_kitchens(problem, directions)
    for each in directions:
        if each.kind is DirectionKind.WEATHER and each.value:
            old = [vehicle for vehicle, on in known if _stays_at_home(on)]
            problem = weather(problem, each.value / 100, at_home=old)
    return problem


def _stays_at_home(on: OnDuty) -> bool:
    """Older volunteers do not go out in bad weather."""
    born = on.helper.born_on
    if on.helper.kind is not HelperKind.VOLUNTEER or born is None:
        return False
    return (on.starts_at.date() - born).days >= _OLD_VOLUNTEER_YEARS * 365.25


def _pinned(
    problem: Problem,
    directions: Iterable[Direction],
    crew: Sequence[tuple[str, OnDuty]],
) -> Problem:
    helpers = {on.helper.id for _, on in crew}
    never = set(problem.never)
    for each in directions:
        if each.kind is DirectionKind.PIN and each.named <= helpers:
            task = str(each.order_id)
            if task in problem.task_numbers:
                never |= {
                    (vehicle, task)
                    for vehicle, on in crew
                    if on.helper.id not in each.named
                }
    return problem.replaced(never=tuple(sorted(never)))


def _later_doors(
    problem: Problem, directions: Iterable[Direction], errands: Sequence[Errand]
) -> Problem:
    later = {
        str(each.order_id): each.value or 0
        for each in directions
        if each.kind is DirectionKind.WINDOW
    }
    if not later:
        return problem
    latest = {
        str(e.order.id): town_seconds(e.eat_by_at, e.order.serve_on)
        for e in errands
        if e.eat_by_at is not None
    }
    tasks = tuple(
        _later(task, later[task.id], latest.get(task.id)) if task.id in later else task
        for task in problem.tasks
    )
    return problem.replaced(tasks=tasks)


def _later(task: Task, seconds: int, latest: int | None) -> Task:
    """Its windows close so much later, but never when a box is not eaten any more."""

    def opened(halt: Halt | None) -> Halt | None:
        if halt is None:
            return None
        closes = ((o, c + seconds) for o, c in halt.windows)
        return replace(
            halt,
            windows=tuple(
                (o, c if latest is None else min(c, latest)) for o, c in closes
            ),
        )

    return replace(
        task,
        pickup=opened(task.pickup),
        dropoff=opened(task.dropoff),
        visit=opened(task.visit),
    )


def _late_kitchens(problem: Problem, directions: Iterable[Direction]) -> Problem:
    """Counted from when the boxes should have been ready, whatever time it is."""
    now = problem.now
    for each in directions:
        place = f"kitchen {each.kitchen_id}"
        if each.kind is DirectionKind.KITCHEN_LATE and place in problem.place_numbers:
            minutes = -(-(each.value or 0) // 60)
            problem = kitchen_late(problem.replaced(now=None), place, minutes)
    return problem.replaced(now=now)
