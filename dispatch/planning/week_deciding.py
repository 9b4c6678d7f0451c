"""Deciding of proposed visits: taken (ordered now), moved, dropped; by a person.

What is decided stands: whoever plans the week anew keeps it, and thinks again if it was
decided meanwhile.
"""

from datetime import date
from uuid import UUID

from dispatch.duties.ordering_due import order_ahead
from dispatch.duties.week_plans import Choice, WeekPlan, WeekVisit
from dispatch.errors import Conflict
from dispatch.log.events import record
from dispatch.people.elders import Elder
from dispatch.planning.week_choices import read_visit, show_choices
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork


class AlreadyChosen(Conflict):
    """这次探访已经处理过，没有保存。请刷新后再看。"""

    code = "already_chosen"


class NotThatDay(Conflict):
    """这一天去不了：没有排班、请假，或老人暂停服务。没有保存。"""

    code = "not_that_day"


def take_visit(uow: UnitOfWork, visit_id: UUID, *, key: str | None) -> UUID:
    """Order a proposed visit now, for its day; its person is kept in mind for it.

    Returns:
        the order.

    Raises:
        NotFound, WeekChanged, AlreadyChosen
        NothingToOrder: it cannot be ordered; nothing was kept.
        KeyMissing, KeyReused
    """
    if made := claim(uow, key, "week_take", visit_id):
        return made
    visit, elder, plan = read_visit(uow, visit_id, lock=True)
    if visit.state in (Choice.TAKEN, Choice.DROPPED):
        raise AlreadyChosen
    order_id = order_ahead(uow, elder, visit.duty, visit.visit_on)
    _decide(uow, plan, visit, elder, Choice.TAKEN)
    keep_result(uow, key or "", order_id)
    return order_id


def drop_visit(uow: UnitOfWork, visit_id: UUID, words: str) -> None:
    """Leave a proposed visit out. The duty stays owed, and presses when it is near.

    Raises:
        NotFound, WeekChanged, AlreadyChosen
    """
    visit, elder, plan = read_visit(uow, visit_id, lock=True)
    if visit.state in (Choice.TAKEN, Choice.DROPPED):
        raise AlreadyChosen
    visit.words = words.strip()
    _decide(uow, plan, visit, elder, Choice.DROPPED)


def move_visit(uow: UnitOfWork, visit_id: UUID, on: date, helper_id: UUID) -> None:
    """Put a visit on another day, or with another person; a dropped one comes back.

    A day that is full or past the duty's last is allowed: the person has seen that.

    Raises:
        NotFound, WeekChanged, AlreadyChosen
        NotThatDay: they are not there, may not come, or the elder is away.
    """
    visit, elder, plan = read_visit(uow, visit_id, lock=True)
    if visit.state is Choice.TAKEN:
        raise AlreadyChosen
    possible = {
        (person.helper_id, day.on)
        for person in show_choices(uow, visit_id).people
        for day in person.days
        if day.possible
    }
    if (helper_id, on) not in possible:
        raise NotThatDay
    if visit.backup_id == helper_id:
        visit.backup_id = visit.helper_id
    visit.visit_on, visit.helper_id, visit.words = on, helper_id, ""
    _decide(uow, plan, visit, elder, Choice.MOVED)


def _decide(
    uow: UnitOfWork, plan: WeekPlan, visit: WeekVisit, elder: Elder, choice: Choice
) -> None:
    """Write it down; the plan's version tells whoever is planning anew."""
    visit.state, visit.decided_at = choice, uow.now
    visit.decided_by = uow.actor.account_id
    plan.version += 1
    uow.session.add(visit)
    uow.session.add(plan)
    uow.session.flush()
    said = {"choice": choice.value, "duty": visit.duty, "version": plan.version}
    said["on"] = visit.visit_on.isoformat()
    record(
        uow,
        "week.decided",
        "elder",
        elder.id,
        facts=said,
        station_id=plan.station_id,
        street_code=plan.street_code,
    )
