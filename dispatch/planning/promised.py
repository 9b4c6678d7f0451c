"""Promised visits: who was proposed for a duty's day should rather be the one."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from dispatch.duties.due_orders import DutyOrder
from dispatch.duties.week_plans import WeekPlan, WeekVisit
from dispatch.planning.crew import Duty
from dispatch.planning.errands import Errand
from dispatch.planning.rules import SAME_HELPER_SECONDS
from routing import Preference


def promised(
    session: Session, crew: Iterable[Duty], errands: Sequence[Errand]
) -> list[Preference]:
    """The persons of the planned week for the visits of this day."""
    orders = {errand.order.id: errand.order for errand in errands}
    query = (
        select(
            col(DutyOrder.order_id), col(WeekVisit.helper_id), col(WeekVisit.visit_on)
        )
        .join(
            WeekVisit,
            (col(WeekVisit.elder_id) == col(DutyOrder.elder_id))
            & (col(WeekVisit.duty) == col(DutyOrder.duty)),
        )
        .join(WeekPlan, col(WeekPlan.id) == WeekVisit.week_plan_id)
        .where(col(DutyOrder.order_id).in_(list(orders)), WeekPlan.in_force)
    )
    helper_of = {
        order_id: helper_id
        for order_id, helper_id, on in session.exec(query)
        if order_id is not None and orders[order_id].serve_on == on
    }
    return [
        Preference(duty.id, str(order_id), SAME_HELPER_SECONDS)
        for duty in crew
        for order_id, helper_id in sorted(helper_of.items())
        if duty.helper.id == helper_id
    ]
