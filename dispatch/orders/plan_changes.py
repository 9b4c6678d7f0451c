"""What a change of standing plans does to the coming meals, worked out beforehand."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import col, select

from dispatch.catalogue.sittings import Serving, SoldOut, get_sitting
from dispatch.clock import town_day
from dispatch.orders.foreseeing import Foreseen, foresee
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.orders.standing_plans import (
    Outcome,
    StandingDay,
    StandingPlan,
    find_day,
    list_plans,
    plan_for,
)
from dispatch.orders.standing_run import AHEAD_DAYS
from dispatch.people.elders import Elder
from dispatch.store.unit_of_work import UnitOfWork

_OPEN = frozenset(
    {
        OrderState.HELD,
        OrderState.BLOCKED,
        OrderState.WAITING,
        OrderState.UNASSIGNED,
        OrderState.PLANNED,
    }
)


@dataclass(frozen=True, kw_only=True)
class PlanRow:
    """A plan as people see it."""

    id: UUID
    weekday: int
    serving: str
    dish: str | None
    channel: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, kw_only=True)
class DayChange:
    """What happens to one meal: `was` goes, `becomes` comes; or why it stays.

    `meal` is the dish that comes, by its name; `unmade` the code of what keeps it from
    being made now: a menu that is not out yet, a pause. The nightly run tries again.
    """

    on: date
    serving: str
    was: str | None
    becomes: str | None
    order_id: UUID | None
    stays: str | None = None
    meal: str | None = None
    unmade: str | None = None


@dataclass(frozen=True, kw_only=True)
class PlanChange:
    """What keeping or ending plans would do; `seen` stands for exactly this.

    A plan of `ends` that has days left is there with its new last day.
    """

    ends: list[PlanRow]
    gives_way: list[PlanRow]
    days: list[DayChange]
    seen: str


def work_out(
    uow: UnitOfWork,
    elder: Elder,
    new: Sequence[StandingPlan],
    *,
    ended: Sequence[StandingPlan] = (),
    last_on: date | None = None,
) -> PlanChange:
    """What comes of these new plans, or of ending some; nothing is done yet.

    Args:
        ended: plans that end, at once or after their last day.
    """
    standing = list_plans(uow.session, elder.id)
    today = town_day(uow.now)
    touched = [(old, by) for by in new for old in standing if _meet(old, by)]
    ends = {old.id: old for old, by in touched if _covers(by, old)}
    left = []
    for old in ended:
        rest = _left_of(old, last_on, today)
        if old.id in ends or (rest is not None and rest.until_on == old.until_on):
            continue
        ends[old.id] = rest or old
        left += [rest] if rest else []
    gives_way = {old.id: old for old, _ in touched if old.id not in ends}.values()
    after = [plan for plan in (*standing, *new) if plan.id not in ends] + left
    meals = {(plan.weekday, plan.serving) for plan in (*new, *ends.values())}
    ahead = (today + timedelta(days=n) for n in range(AHEAD_DAYS + 1))
    days = [
        change
        for on in ahead
        for serving in Serving
        if (on.weekday(), serving) in meals
        and (change := _day(uow, elder, on, serving, plan_for(after, on, serving)))
    ]
    told = {
        "ends": [show_plan(plan) for plan in ends.values()],
        "gives_way": [show_plan(plan) for plan in gives_way],
        "days": days,
    }
    return PlanChange(**told, seen=_digest(told))  # type: ignore[arg-type]


def _left_of(
    plan: StandingPlan, last_on: date | None, today: date
) -> StandingPlan | None:
    """The plan with its new last day, if it has a day left: a copy of no session."""
    if last_on is None or last_on < max(plan.from_on, today):
        return None
    until = min(last_on, plan.until_on or last_on)
    return StandingPlan(**plan.model_dump() | {"until_on": until})


def _day(
    uow: UnitOfWork,
    elder: Elder,
    on: date,
    serving: Serving,
    plan: StandingPlan | None,
) -> DayChange | None:
    """What becomes of one meal when this plan counts; None: nothing."""
    day = find_day(uow.session, elder.id, on, serving)
    order = _order_there(uow, elder, on, serving, day)
    becomes = _words(plan.dish, plan.channel) if plan else None
    if order is None:
        decided = day is not None and day.outcome is not Outcome.MISSED
        stays = "called_off" if decided else None
        if plan is None:
            return None
        comes = _coming(uow, elder, plan, on, stays)
        return DayChange(
            on=on, serving=serving.value, was=None, becomes=becomes, order_id=None,
            stays=stays, meal=comes.meal, unmade=comes.unmade,
        )  # fmt: skip
    ours = day is not None and day.order_id == order.id
    was = _words(_dish_of(uow, order, day), order.channel)
    if ours and was == becomes:
        return None
    if not ours and becomes is None:
        return None
    stays = _why_it_stays(uow, order, ours=ours)
    comes = _coming(uow, elder, plan, on, stays)
    unmade = None if comes.unmade == SoldOut.code else comes.unmade  # theirs is freed
    return DayChange(
        on=on, serving=serving.value, was=was, becomes=becomes, order_id=order.id,
        stays=stays, meal=comes.meal, unmade=unmade,
    )  # fmt: skip


def _coming(
    uow: UnitOfWork,
    elder: Elder,
    plan: StandingPlan | None,
    on: date,
    stays: str | None,
) -> Foreseen:
    """What comes, and what stands against it; nothing where all stays as it is."""
    if plan is None or stays is not None:
        return Foreseen(None, None)
    return foresee(uow, elder, plan, on)


def _why_it_stays(uow: UnitOfWork, order: Order, *, ours: bool) -> str | None:
    if not ours:
        return "already_ordered"
    if order.state not in _OPEN or order.sitting_id is None:
        return "under_way"
    sitting = get_sitting(uow.session, order.sitting_id)
    late = sitting.cooked is not None or uow.now > sitting.cut_off_at
    return "past_cut_off" if late else None


def _order_there(
    uow: UnitOfWork, elder: Elder, on: date, serving: Serving, day: StandingDay | None
) -> Order | None:
    """The live meal of this serving; the plan's own before any other."""
    query = (
        select(Order)
        .where(Order.elder_id == elder.id, Order.serve_on == on)
        .where(Order.serving == serving, col(Order.is_meal))
        .where(Order.state != OrderState.CANCELLED)
        .order_by(col(Order.again), col(Order.placed_at), col(Order.id))
    )
    found = uow.session.exec(query).all()
    own = [one for one in found if day is not None and one.id == day.order_id]
    return next(iter((*own, *found)), None)


def _dish_of(uow: UnitOfWork, order: Order, day: StandingDay | None) -> str | None:
    """The key that its plan asked for; of an order by hand, that of its dish."""
    if day is not None and day.order_id == order.id:
        return uow.session.get_one(StandingPlan, day.plan_id).dish
    return None


def _meet(one: StandingPlan, other: StandingPlan) -> bool:
    """Both speak of some day of the same weekday and serving."""
    if (one.weekday, one.serving) != (other.weekday, other.serving):
        return False
    last = date.max
    starts = max(one.from_on, other.from_on)
    return starts <= min(one.until_on or last, other.until_on or last)


def _covers(new: StandingPlan, old: StandingPlan) -> bool:
    """The new plan speaks of every day, from today on, of which the old one does."""
    last = date.max
    return new.from_on <= max(old.from_on, town_day(new.made_at)) and (
        (new.until_on or last) >= (old.until_on or last)
    )


def show_plan(plan: StandingPlan) -> PlanRow:
    """One plan as people see it."""
    return PlanRow(
        id=plan.id,
        weekday=plan.weekday,
        serving=plan.serving.value,
        dish=plan.dish,
        channel=plan.channel.value,
        from_on=plan.from_on,
        until_on=plan.until_on,
    )


def _words(dish: str | None, channel: Channel) -> str:
    return f"{dish or '•'} {channel.value}"


def _digest(told: dict[str, list[object]]) -> str:
    """The same change gives the same word; a new plan's id is not part of it."""
    plain = {name: [asdict(one) for one in rows] for name, rows in told.items()}  # type: ignore[call-overload]
    text = json.dumps(plain, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]
