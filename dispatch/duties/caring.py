"""Caring: the minutes of a home-care bed are agreed, changed, ended; by a person."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.duties.care_plans import CarePlan, list_care_plans
from dispatch.errors import BadInput, Conflict, NotFound
from dispatch.log.events import record
from dispatch.orders.refusals import ElderDied
from dispatch.people.elders import Elder
from dispatch.store.unit_of_work import UnitOfWork

_BACK: Final = timedelta(days=31)
_AHEAD: Final = timedelta(days=92)
_DAY: Final = timedelta(days=1)


class BadCareDays(BadInput):
    """照护计划的日期不合理：最早可补录一个月，结束不能早于开始。没有保存。"""

    code = "bad_care_days"


class LaterCarePlan(Conflict):
    """这一天之后已经有一份照护计划，请先结束那一份。没有保存。"""

    code = "later_care_plan"


@dataclass(frozen=True)
class CareDraft:
    """What was agreed with an elder; `until_on` None until somebody ends it."""

    minutes_a_month: int
    from_on: date
    until_on: date | None = None
    words: str = ""


def agree_minutes(uow: UnitOfWork, elder_id: UUID, draft: CareDraft) -> CarePlan:
    """Agree the minutes a month from a day on; the plan before ends the day before.

    A plan that began on that very day is put right.

    Raises:
        NotFound: no such elder within reach.
        ElderDied, BadCareDays, LaterCarePlan: nothing was kept.
    """
    elder = get_scoped(uow, Elder, elder_id, lock=True)
    if elder.died_on is not None:
        raise ElderDied
    _check_days(uow, draft.from_on, draft.until_on)
    plan = _make_room(uow, elder.id, draft)
    plan.minutes_a_month, plan.until_on = draft.minutes_a_month, draft.until_on
    plan.words, plan.made_at, plan.made_by = (
        draft.words.strip(),
        uow.now,
        uow.actor.account_id,
    )
    uow.session.add(plan)
    uow.session.flush()
    _tell(uow, elder, "elder.care_agreed", plan)
    return plan


def end_care(uow: UnitOfWork, elder_id: UUID, last_on: date) -> None:
    """End the plan that holds after a day; one that had not begun by then never was.

    Raises:
        NotFound: no such elder within reach, or no plan of theirs holds then.
        BadCareDays: nothing was kept.
    """
    elder = get_scoped(uow, Elder, elder_id, lock=True)
    _check_days(uow, last_on, None)
    plans = list_care_plans(uow.session, [elder.id]).get(elder.id, [])
    holding = [plan for plan in plans if (plan.until_on or date.max) > last_on]
    if not holding:
        raise NotFound("没有需要结束的照护计划。")
    for plan in holding:
        if plan.from_on > last_on:
            uow.session.delete(plan)
        else:
            plan.until_on = last_on
            uow.session.add(plan)
    uow.session.flush()
    _tell(uow, elder, "elder.care_ended", holding[0], until_on=last_on)


def _make_room(uow: UnitOfWork, elder_id: UUID, draft: CareDraft) -> CarePlan:
    """The row to write into, with nothing else on its days."""
    plans = list_care_plans(uow.session, [elder_id]).get(elder_id, [])
    if any(other.from_on > draft.from_on for other in plans):
        raise LaterCarePlan
    for other in plans:
        if other.from_on == draft.from_on:
            return other
        if (other.until_on or date.max) >= draft.from_on:
            other.until_on = draft.from_on - _DAY
            uow.session.add(other)
    uow.session.flush()  # the open one is closed before the next is opened
    return CarePlan(elder_id=elder_id, minutes_a_month=1, from_on=draft.from_on)


def _check_days(uow: UnitOfWork, first_on: date, last_on: date | None) -> None:
    today = town_day(uow.now)
    if not today - _BACK <= first_on <= today + _AHEAD:
        raise BadCareDays
    if last_on is not None and last_on < first_on:
        raise BadCareDays


def _tell(
    uow: UnitOfWork,
    elder: Elder,
    kind: str,
    plan: CarePlan,
    *,
    until_on: date | None = None,
) -> None:
    last_on = until_on or plan.until_on
    said = {
        "minutes_a_month": plan.minutes_a_month,
        "from_on": plan.from_on.isoformat(),
        "until_on": last_on.isoformat() if last_on else None,
    }
    record(
        uow,
        kind,
        "elder",
        elder.id,
        facts=said,
        station_id=elder.station_id,
        street_code=elder.street_code,
    )
