"""Three months before the demo's day: one closed and paid, one shown to the public,
one open with doubts.

What people did about them is done by the product's own deeds, with the clock where it
stood then: nights that screen, replies, conclusions, signatures, transfers.
"""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from dispatch.clock import town_moment
from dispatch.demo.past.desks import OFFICE_HOURS, Desks, Then, after, desks_of
from dispatch.demo.past.doubts import hear_some
from dispatch.demo.past.filling import fill_months
from dispatch.demo.past.lies_at_counters import card_at_two_points
from dispatch.demo.past.lies_at_doors import (
    in_and_out,
    nothing_to_show,
    old_picture,
    phone_was_elsewhere,
    ticked_off_together,
    two_places_at_once,
)
from dispatch.demo.past.lies_of_people import ate_in_hospital
from dispatch.demo.past.settling import month_days
from dispatch.quality.drawing_calls import draw_calls
from dispatch.store.engine import reading
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.anomalies.nights import screen_night
from dispatch.subsidy.budgeting import BudgetDraft, set_budget
from dispatch.subsidy.budgets import list_budgets
from dispatch.subsidy.months.closing import close_month
from dispatch.subsidy.months.signing import sign_step
from dispatch.subsidy.months.steps import Step
from dispatch.subsidy.payouts import list_owed
from dispatch.subsidy.reimbursing import PayoutDraft, pay_out

ORDERS: Final = {"small": 3_000, "district": 9_000, "city": 9_000}  # of a month
# Lies that leave the day's people as they are: nobody dies, nobody moves.
_PLANTED: Final = (
    *(ate_in_hospital, ticked_off_together, two_places_at_once, phone_was_elsewhere),
    *(old_picture, in_and_out, nothing_to_show, card_at_two_points),
)
_NIGHT: Final = 2 * 3600 + 600  # seconds after midnight
_CALLED_BACK: Final = 1  # of the last days somebody is still to be called back
_TRIAL: Final = 2.4  # times what the months granted: the budget of a trial
_YUAN_1000: Final = 100_000
_LEFT_UNPAID: Final = 1  # of the transfers


def give_past(engine: Engine, orders: int, seed: int, day: date) -> list[str]:
    """Fill the months before a day, and do with each what had been done by then.

    Lies are told in the last month alone, and its nights are screened; the others are
    honest. The caller sets the clock afterwards.

    Args:
        orders: how many each month has, about.

    Returns:
        the months, the oldest first.
    """
    months = [_before(day, n) for n in (3, 2, 1)]
    closed, shown, opened = months
    then = Then(engine)
    then.do(after(opened, 1), lambda _: None)
    fill_months(engine, months, orders, seed, lies=_PLANTED, stories=True)
    with Session(reading(engine)) as session:
        desks = desks_of(session)
    begun = town_moment(month_days(closed)[0], OFFICE_HOURS)
    then.do(begun, _give_budget, desks.office)
    for on in month_days(opened):
        then.do(_night_after(on), partial(screen_night, day=on))
    _sign_all(then, desks, closed)
    _pay(then, desks, closed)
    _show(then, desks, shown, day)
    hear_some(then, desks, opened)
    for on in month_days(opened)[-_CALLED_BACK:]:
        then.do(_night_after(on), partial(draw_calls, day=on))
    return months


def _before(day: date, months: int) -> str:
    n = day.year * 12 + day.month - 1 - months
    return f"{n // 12:04d}-{n % 12 + 1:02d}"


def _night_after(on: date) -> datetime:
    return town_moment(on + timedelta(days=1), _NIGHT)


def _give_budget(uow: UnitOfWork) -> None:
    """A trial until the end of the year, in whole thousands of yuan."""
    for budget in list_budgets(uow.session, uow.now.year):
        fen = (round(budget.granted_fen * _TRIAL) // _YUAN_1000 + 1) * _YUAN_1000
        draft = BudgetDraft(budget.payer, budget.year, fen, "清民发〔2026〕18号")
        set_budget(uow, draft, key=f"past-budget-{budget.payer}")


def _confirm_and_review(then: Then, desks: Desks, month: str, days: int) -> None:
    """Each station so many days after the month, each street two days later."""
    for n, station in enumerate(desks.stations):
        at = after(month, days) + timedelta(minutes=17 * n)
        then.do(at, partial(sign_step, period=month, step=Step.CONFIRM), station)
    for street in desks.streets:
        at = after(month, days + 2)
        then.do(at, partial(sign_step, period=month, step=Step.REVIEW), street)


def _sign_all(then: Then, desks: Desks, month: str) -> None:
    """From the stations to the close, within three weeks of the month."""
    _confirm_and_review(then, desks, month, 3)
    for days, step, actor in (
        (7, Step.PUBLISH, desks.office),
        (16, Step.APPROVE, desks.office),
        (17, Step.PAY, desks.second),
    ):
        then.do(after(month, days), partial(sign_step, period=month, step=step), actor)
    then.do(after(month, 17), partial(close_month, period=month), desks.office)


def _pay(then: Then, desks: Desks, month: str) -> None:
    """The transfers of a closed month; the last is left for whoever looks on."""
    at = after(month, 21)
    owed = then.do(at, lambda uow: list_owed(uow.session, month))
    waiting = [one for one in owed if one.left_fen > 0]
    for n, one in enumerate(waiting[:-_LEFT_UNPAID], start=1):
        draft = PayoutDraft(
            month, one.station_id, one.payer, one.kind, one.left_fen,
            at.date(), f"PZ-{month.replace('-', '')}-{n:03d}",
        )  # fmt: skip
        paying = partial(pay_out, draft=draft, key=f"past-payout-{month}-{n}")
        then.do(at + timedelta(minutes=n), paying, desks.second)


def _show(then: Then, desks: Desks, month: str, day: date) -> None:
    """Shown to the public four days before the day: its notice runs on it."""
    on = day - timedelta(days=4)
    last = month_days(month)[-1]
    _confirm_and_review(then, desks, month, (on - last).days - 10)
    publishing = partial(sign_step, period=month, step=Step.PUBLISH)
    then.do(town_moment(on, OFFICE_HOURS), publishing, desks.office)
