"""The nightly run: orders from standing plans, each made once however often it runs.

One meal of one elder is one transaction. Its row in `standing_day` is written first:
a run that died is simply run again, and two at once do not double anything.
"""

from datetime import date, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, or_, select

from dispatch.catalogue.sittings import MenuItem, Serving, list_menu
from dispatch.clock import town_day, town_seconds
from dispatch.errors import Refusal
from dispatch.orders.diet import suits
from dispatch.orders.dishes import sitting_for
from dispatch.orders.ordering import OrderDraft, make_order
from dispatch.orders.orders import Channel
from dispatch.orders.origins import Source
from dispatch.orders.refusals import AlreadyOrdered, ElderDied, NotServed, PastCutOff
from dispatch.orders.standing_plans import (
    Outcome,
    StandingDay,
    StandingPlan,
    StandingRun,
    find_day,
    list_plans,
    plan_for,
)
from dispatch.people.elders import Elder, get_elder
from dispatch.store.alone import do_alone
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, picture

AHEAD_DAYS: Final = 7
FAILED: Final = "failed"  # why a meal is missing that no refusal speaks of
_BEGINS_SECONDS: Final = 30 * 60  # after local midnight
_AT_ONCE: Final = 25  # meals of one look: the alarms must not wait for the kitchen
_OVER: Final = (AlreadyOrdered, ElderDied, PastCutOff)
SERVICE_OF: Final = {
    Channel.DELIVERY: "MEAL_DELIVERY",
    Channel.PICKUP: "MEAL_PICKUP",
    Channel.PROXY: "MEAL_PICKUP",
    Channel.DINE_IN: "MEAL_DINEIN",
}
Meal = tuple[UUID, date, Serving]


def run_standing(engine: Engine, at_once: int = _AT_ONCE) -> int:
    """Do the next part of tonight's run, if there is one left.

    Returns:
        how many meals were looked at; 0 when the night's work is done.
    """
    with picture(engine) as seen:
        today = town_day(seen.now)
        if town_seconds(seen.now, today) < _BEGINS_SECONDS:
            return 0
        run = seen.session.get(StandingRun, today)
        if run is not None and run.done_at is not None:
            return 0
    run = in_one_transaction(engine, begin_run)
    with picture(engine) as seen:
        due = list_due(seen.session, run, at_once)
    for meal in due:
        _make_alone(engine, meal)
    if not due:
        in_one_transaction(engine, end_run)
    return len(due)


def _make_alone(engine: Engine, meal: Meal) -> None:
    """One meal; a failure of ours with it keeps nobody behind it waiting.

    Raises: as `do_alone`.
    """
    _, on, serving = meal
    made = partial(make_due, meal=meal)
    about = {"day": on.isoformat(), "serving": serving.value}
    if not do_alone(engine, made, "standing.failed", **about):
        in_one_transaction(engine, partial(note_failed, meal=meal))


def note_failed(uow: UnitOfWork, meal: Meal) -> None:
    """This meal was tried in vain tonight: the run goes past it, and is due again the
    night after."""
    elder_id, on, serving = meal
    plan = plan_for(list_plans(uow.session, elder_id), on, serving)
    if plan is None:
        return
    day = _claimed(uow, plan, on)
    if day.outcome is Outcome.MISSED:
        day.plan_id, day.tried_at, day.why = plan.id, uow.now, FAILED
        uow.session.add(day)


def begin_run(uow: UnitOfWork) -> StandingRun:
    """Tonight's run, begun by whoever comes first."""
    today = town_day(uow.now)
    try:
        with uow.session.begin_nested():
            uow.session.add(StandingRun(run_on=today, began_at=uow.now))
            uow.session.flush()
    except IntegrityError:
        pass  # somebody began it
    return uow.session.get_one(StandingRun, today)


def end_run(uow: UnitOfWork) -> None:
    """Nothing is left to do tonight."""
    run = uow.session.get_one(StandingRun, town_day(uow.now))
    run.done_at = run.done_at or uow.now
    uow.session.add(run)


def ask_for_run(uow: UnitOfWork) -> None:
    """Look through the plans once more tonight: somebody is back, or a menu is out."""
    run = uow.session.get(StandingRun, town_day(uow.now))
    if run is not None:
        run.began_at, run.done_at = uow.now, None
        uow.session.add(run)


def list_due(session: Session, run: StandingRun, limit: int) -> list[Meal]:
    """Meals of the coming days that a plan speaks of and that nobody has decided."""
    due: list[Meal] = []
    for ahead in range(AHEAD_DAYS + 1):
        on = run.run_on + timedelta(days=ahead)
        decided = (
            select(StandingDay.elder_id)
            .where(StandingDay.elder_id == StandingPlan.elder_id)
            .where(StandingDay.serving == StandingPlan.serving)
            .where(StandingDay.serve_on == on)
            .where(
                or_(
                    StandingDay.outcome != Outcome.MISSED,
                    col(StandingDay.tried_at) >= run.began_at,
                )
            )
            .exists()
        )
        rows = session.exec(
            select(StandingPlan.elder_id, StandingPlan.serving)
            .join(Elder, col(Elder.id) == StandingPlan.elder_id)
            .where(col(Elder.died_on).is_(None), StandingPlan.weekday == on.weekday())
            .where(col(StandingPlan.ended_at).is_(None), StandingPlan.from_on <= on)
            .where(
                or_(
                    col(StandingPlan.until_on).is_(None),
                    col(StandingPlan.until_on) >= on,
                )
            )
            .where(~decided)
            .distinct()
            .order_by(col(StandingPlan.elder_id), col(StandingPlan.serving))
            .limit(limit - len(due))
        )
        due += [(elder_id, on, Serving(serving)) for elder_id, serving in rows]
        if len(due) >= limit:
            break
    return due


def make_due(uow: UnitOfWork, meal: Meal) -> StandingDay | None:
    """Make what the plan that counts says of this meal, unless it is decided."""
    elder_id, on, serving = meal
    plan = plan_for(list_plans(uow.session, elder_id), on, serving)
    return make_day(uow, plan, on) if plan else None


def make_day(uow: UnitOfWork, plan: StandingPlan, on: date) -> StandingDay:
    """One plan's order for one day, made at most once; a refusal is kept with it."""
    day = _claimed(uow, plan, on)
    if day.outcome is not Outcome.MISSED:
        return day
    day.plan_id, day.tried_at = plan.id, uow.now
    try:
        with uow.session.begin_nested():
            order = make_order(uow, draft_of(uow.session, plan, on))
    except Refusal as no:
        settled = isinstance(no, _OVER)
        day.outcome = Outcome.SETTLED if settled else Outcome.MISSED
        day.why = no.code
    else:
        day.outcome, day.order_id, day.why = Outcome.MADE, order.id, None
    uow.session.add(day)
    uow.session.flush()
    return day


def draft_of(session: Session, plan: StandingPlan, on: date) -> OrderDraft:
    """What a plan orders on a day.

    Raises:
        NotServed: the kitchen has no such meal, or no menu yet.
    """
    return OrderDraft(
        elder_id=plan.elder_id,
        service=SERVICE_OF[plan.channel],
        channel=plan.channel,
        serve_on=on,
        serving=plan.serving,
        menu_item_id=_dish(session, plan, on),
        source=Source.STANDING.value,
        plan_id=plan.id,
    )


def _dish(session: Session, plan: StandingPlan, on: date) -> UUID | None:
    """The plan's dish, if it is served and suits that day; else whatever suits."""
    elder = get_elder(session, plan.elder_id)
    sitting = sitting_for(session, elder, on, plan.serving)
    menu: list[MenuItem] = list_menu(session, sitting.id)
    if not menu:
        raise NotServed
    named = (one.id for one in menu if one.code == plan.dish and suits(elder, one))
    return next(named, None)


def _claimed(uow: UnitOfWork, plan: StandingPlan, on: date) -> StandingDay:
    """This meal's row, found or made now."""
    if found := find_day(uow.session, plan.elder_id, on, plan.serving):
        return found
    day = StandingDay(
        elder_id=plan.elder_id,
        serve_on=on,
        serving=plan.serving,
        plan_id=plan.id,
        outcome=Outcome.MISSED,
        why="not_tried",
        tried_at=uow.now,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(day)
            uow.session.flush()
    except IntegrityError:  # another run was quicker
        theirs = find_day(uow.session, plan.elder_id, on, plan.serving)
        if theirs is None:
            raise
        return theirs
    return day
