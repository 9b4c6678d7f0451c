"""Keeping standing plans: what changes is shown first, then done as it was shown."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlmodel import col, select

from dispatch.access.scope import get_scoped
from dispatch.catalogue.sittings import Serving
from dispatch.clock import town_day
from dispatch.errors import BadInput, Conflict, NotFound
from dispatch.orders.cancelling import cancel_order
from dispatch.orders.orders import Channel, get_order
from dispatch.orders.plan_changes import (
    DayChange,
    PlanChange,
    PlanRow,
    show_plan,
    work_out,
)
from dispatch.orders.standing_plans import (
    Outcome,
    StandingDay,
    StandingPlan,
    find_day,
    list_plans,
    plan_for,
)
from dispatch.orders.standing_run import make_day
from dispatch.people.elders import Elder
from dispatch.people.family import FamilyDeed, need_opt_in
from dispatch.store.idempotency import takes_effect
from dispatch.store.unit_of_work import UnitOfWork

PLAN_CHANGED = "plan_changed"


class PlanMovedOn(Conflict):
    """常订安排或订单刚刚有变化，没有保存。请重新查看后再确认。"""

    code = "plan_moved_on"


class EmptyPlan(BadInput):
    """请选择星期几和送餐方式；日期要先后有序，不能早于今天。没有保存。"""

    code = "empty_plan"


@dataclass(frozen=True)
class PlanDraft:
    """A meal on some weekdays (0 is Monday) from a day on; `dish` is a grid key.

    Plans that it stands `instead_of` end the day before it begins.
    """

    elder_id: UUID
    weekdays: frozenset[int]
    serving: Serving
    channel: Channel
    from_on: date
    until_on: date | None = None
    dish: str | None = None
    instead_of: frozenset[UUID] = frozenset()


def preview_plan(uow: UnitOfWork, draft: PlanDraft) -> PlanChange:
    """What this plan would replace, before it does. Raises: NotFound, EmptyPlan."""
    elder = get_scoped(uow, Elder, draft.elder_id)
    return _worked_out(uow, elder, draft, _drafted(uow, draft))


def keep_plan(
    uow: UnitOfWork, draft: PlanDraft, seen: str, *, key: str | None = None
) -> PlanChange:
    """Do what the preview showed: plans, and the orders of the coming days.

    The same key again does nothing more.

    Returns:
        the change with the orders that were made.

    Raises:
        PlanMovedOn: it would do something else by now; nothing was done.
        NotFound, EmptyPlan, NotOptedIn
    """
    elder = get_scoped(uow, Elder, draft.elder_id, lock=True)
    if uow.actor.role == "family":
        need_opt_in(uow.session, elder.id, uow.actor.contact_id, FamilyDeed.ORDER)
    content = asdict(draft) | {
        "weekdays": sorted(draft.weekdays),
        "instead_of": sorted(draft.instead_of),
        "seen": seen,
    }
    if not takes_effect(uow, key, "plan", content):
        return _as_it_came_out(uow, elder, draft)
    new = _drafted(uow, draft)
    change = _must_be(_worked_out(uow, elder, draft, new), seen)
    uow.session.add_all(new)
    _end(uow, change, "replaced")
    uow.session.flush()
    _apply(uow, elder, change)
    return _as_it_came_out(uow, elder, draft, change)


def preview_end(
    uow: UnitOfWork, plan_ids: Collection[UUID], last_on: date | None = None
) -> PlanChange:
    """What ending an elder's plans would do, at once or after a last day.

    Raises:
        NotFound: one is unknown, ended, not within reach, or of somebody else.
    """
    elder, plans = _of_reach(uow, plan_ids)
    return work_out(uow, elder, [], ended=plans, last_on=last_on)


def end_plans(
    uow: UnitOfWork, plan_ids: Collection[UUID], seen: str, last_on: date | None = None
) -> PlanChange:
    """End plans as the preview showed. Raises: NotFound, PlanMovedOn."""
    elder, plans = _of_reach(uow, plan_ids)
    get_scoped(uow, Elder, elder.id, lock=True)
    change = work_out(uow, elder, [], ended=plans, last_on=last_on)
    _must_be(change, seen)
    _end(uow, change, "ended")
    uow.session.flush()
    _apply(uow, elder, change)
    return change


def show_plans(uow: UnitOfWork, elder_id: UUID) -> list[PlanRow]:
    """An elder's plans, by weekday. Raises: NotFound."""
    elder = get_scoped(uow, Elder, elder_id)
    rows = [show_plan(plan) for plan in list_plans(uow.session, elder.id)]
    return sorted(rows, key=lambda row: (row.weekday, row.serving, row.from_on))


def _worked_out(
    uow: UnitOfWork, elder: Elder, draft: PlanDraft, new: list[StandingPlan]
) -> PlanChange:
    replaced = [
        one for one in list_plans(uow.session, elder.id) if one.id in draft.instead_of
    ]
    if len(replaced) != len(draft.instead_of):
        raise PlanMovedOn
    before = draft.from_on - timedelta(days=1)
    return work_out(uow, elder, new, ended=replaced, last_on=before)


def _drafted(uow: UnitOfWork, draft: PlanDraft) -> list[StandingPlan]:
    backwards = draft.until_on is not None and draft.until_on < draft.from_on
    days = draft.weekdays and draft.weekdays <= frozenset(range(7))
    if backwards or not days or draft.channel is Channel.VISIT:
        raise EmptyPlan
    if draft.until_on is not None and draft.until_on < town_day(uow.now):
        raise EmptyPlan
    made = select(StandingPlan.number).where(StandingPlan.elder_id == draft.elder_id)
    last = uow.session.exec(made.order_by(col(StandingPlan.number).desc())).first()
    return [
        StandingPlan(
            id=uuid4(),
            elder_id=draft.elder_id,
            weekday=weekday,
            serving=draft.serving,
            dish=draft.dish,
            channel=draft.channel,
            from_on=draft.from_on,
            until_on=draft.until_on,
            account_id=uow.actor.account_id,
            made_at=uow.now,
            number=(last or 0) + at,
        )
        for at, weekday in enumerate(sorted(draft.weekdays), start=1)
    ]


def _apply(uow: UnitOfWork, elder: Elder, change: PlanChange) -> None:
    plans = list_plans(uow.session, elder.id)
    for one in change.days:
        if one.stays is not None:
            continue
        serving = Serving(one.serving)
        day = find_day(uow.session, elder.id, one.on, serving)
        if one.order_id is not None and day is not None:
            get_order(uow.session, one.order_id, lock=True)
            cancel_order(uow, one.order_id, PLAN_CHANGED)
            day.outcome, day.order_id = Outcome.MISSED, None
            day.why, day.tried_at = PLAN_CHANGED, uow.now
            uow.session.add(day)
            uow.session.flush()
        if plan := plan_for(plans, one.on, serving):
            make_day(uow, plan, one.on)


def _end(uow: UnitOfWork, change: PlanChange, why: str) -> None:
    for row in change.ends:
        plan = uow.session.get_one(StandingPlan, row.id)
        if row.until_on != plan.until_on:
            plan.until_on = row.until_on
        else:
            plan.ended_at, plan.ended_why = uow.now, why
        uow.session.add(plan)


def _as_it_came_out(
    uow: UnitOfWork, elder: Elder, draft: PlanDraft, change: PlanChange | None = None
) -> PlanChange:
    """The change, with the order that stands for each of its meals now."""
    query = (
        select(StandingDay)
        .where(StandingDay.elder_id == elder.id, StandingDay.serving == draft.serving)
        .where(StandingDay.serve_on >= town_day(uow.now))
        .order_by(col(StandingDay.serve_on))
    )
    rows = {row.serve_on: row for row in uow.session.exec(query)}
    if change is None:
        days = [
            DayChange(
                on=on,
                serving=draft.serving.value,
                was=None,
                becomes=None,
                order_id=row.order_id,
                stays=row.why,
            )
            for on, row in rows.items()
            if on.weekday() in draft.weekdays
        ]
        return PlanChange(ends=[], gives_way=[], days=days, seen="")
    days = [
        replace(one, order_id=rows[one.on].order_id or one.order_id)
        if one.on in rows
        else one
        for one in change.days
    ]
    return replace(change, days=days)


def _of_reach(
    uow: UnitOfWork, plan_ids: Collection[UUID]
) -> tuple[Elder, list[StandingPlan]]:
    plans = [uow.session.get(StandingPlan, one) for one in sorted(set(plan_ids))]
    found = [one for one in plans if one is not None and one.ended_at is None]
    if not found or len(found) < len(plans) or len({p.elder_id for p in found}) > 1:
        raise NotFound("没有找到这条常订安排。")
    return get_scoped(uow, Elder, found[0].elder_id), found


def _must_be(change: PlanChange, seen: str) -> PlanChange:
    if change.seen != seen:
        raise PlanMovedOn
    return change
