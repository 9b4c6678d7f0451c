"""A drawer is counted by one, looked at by another, and then never changes."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from dispatch.access.accounts import Role
from dispatch.counter.closing_cash import (
    CashIsClosed,
    CashMovedOn,
    CashNotCounted,
    DifferenceUnnamed,
    Named,
    SamePerson,
    close_cash,
    count_cash,
    show_cash,
)
from dispatch.counter.paying import pay, refund
from dispatch.counter.payments import Payment, PayMethod
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import Channel, Order
from dispatch.store.unit_of_work import Actor, UnitOfWork, in_one_transaction
from tests.little_town import ELEVEN, TODAY, LittleTown

T = TypeVar("T")
TOMORROW = TODAY + timedelta(days=1)


def do(
    town: LittleTown, deed: Callable[[UnitOfWork], T], who: Actor | None = None
) -> T:
    return in_one_transaction(town.engine, deed, actor=who or town.staff)


def lunch_here(town: LittleTown) -> Order:
    """Lunch for 15.00 of somebody of 82, who pays 10.00."""
    elder_id = town.add_elder(hukou_in_district=False)
    draft = town.lunch(elder_id, service="MEAL_DINEIN", channel=Channel.DINE_IN)
    return do(town, lambda uow: place_order(uow, draft, key=uuid4().hex))


def take(town: LittleTown, order: Order, method: PayMethod = PayMethod.CASH) -> Payment:
    return do(town, lambda uow: pay(uow, order.id, method, 1000, key=uuid4().hex))


def second(town: LittleTown) -> Actor:
    return town.add_account("back", Role.STATION, station_id=town.station_id)


def test_two_people_close_a_drawer_and_later_money_goes_to_the_next_day(
    town: LittleTown,
) -> None:
    first, late, by_card = lunch_here(town), lunch_here(town), lunch_here(town)
    town.at(ELEVEN)
    paid = take(town, first)
    take(town, by_card, PayMethod.CARD)
    with pytest.raises(CashNotCounted):
        do(town, lambda uow: close_cash(uow, TODAY), second(town))

    do(town, lambda uow: count_cash(uow, TODAY, 5000, 6000, []))
    with pytest.raises(SamePerson):
        do(town, lambda uow: close_cash(uow, TODAY))
    do(town, lambda uow: close_cash(uow, TODAY), second(town))

    with pytest.raises(CashIsClosed):
        do(town, lambda uow: count_cash(uow, TODAY, 5000, 6000, []))
    assert take(town, late).cash_on == TOMORROW
    back = do(town, lambda uow: refund(uow, paid.id, "饭菜有误", key="r"))
    assert back.cash_on == TOMORROW
    closed = do(town, lambda uow: show_cash(uow, TODAY))
    assert (closed.state, closed.expected_fen, closed.off_fen) == ("closed", 6000, 0)
    assert (closed.card_fen, closed.seconded_by) == (1000, "back")
    assert do(town, lambda uow: show_cash(uow, TOMORROW)).booked_fen == 0


def test_what_is_off_is_named_to_the_fen_and_by_whom(town: LittleTown) -> None:
    order = lunch_here(town)
    town.at(ELEVEN)
    take(town, order)
    with pytest.raises(DifferenceUnnamed):
        do(town, lambda uow: count_cash(uow, TODAY, 0, 700, []))
    short = [Named(-500, "前台小李", "找零多找"), Named(200, "王奶奶", "零钱没拿")]
    do(town, lambda uow: count_cash(uow, TODAY, 0, 700, short))

    sheet = do(town, lambda uow: show_cash(uow, TODAY))
    assert [(one.fen, one.who) for one in sheet.differences] == [
        (200, "王奶奶"),
        (-500, "前台小李"),
    ]
    with Session(town.engine) as session:
        rows = session.connection().execute(text("SELECT * FROM cash_difference"))
        assert "小李" not in str(rows.all())


def test_who_looks_second_sees_money_that_came_after_the_count(
    town: LittleTown,
) -> None:
    order = lunch_here(town)
    town.at(ELEVEN)
    do(town, lambda uow: count_cash(uow, TODAY, 0, 0, []))
    take(town, order)
    with pytest.raises(CashMovedOn):
        do(town, lambda uow: close_cash(uow, TODAY), second(town))
    do(town, lambda uow: count_cash(uow, TODAY, 0, 1000, []))
    do(town, lambda uow: close_cash(uow, TODAY), second(town))


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE cash_day SET counted_fen = 1",
        "DELETE FROM cash_day",
        "UPDATE cash_difference SET why = 'x'",
        "DELETE FROM cash_difference",
        "UPDATE payment SET cash_on = '2026-11-19'",
    ],
)
def test_nobody_who_speaks_sql_changes_a_closed_day(town: LittleTown, act: str) -> None:
    order = lunch_here(town)
    town.at(ELEVEN)
    take(town, order)
    off = [Named(-1000, "小李", "没收到")]
    do(town, lambda uow: count_cash(uow, TODAY, 0, 0, off))
    do(town, lambda uow: close_cash(uow, TODAY), second(town))

    with pytest.raises(DatabaseError), town.engine.begin() as connection:
        connection.execute(text(act))
