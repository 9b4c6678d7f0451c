"""Paying: the elder's own part, once; given back, once; grants follow both ways."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from dispatch.counter.paying import (
    AlreadyPaid,
    AlreadyRefunded,
    NothingToPay,
    WrongAmount,
    bill_of,
    pay,
    refund,
)
from dispatch.counter.payments import Payment, PayMethod, list_payments
from dispatch.counter.serving import Handing, Identity, serve
from dispatch.errors import NotFound
from dispatch.orders.cancelling import cancel_order
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import Channel, Order
from dispatch.store.unit_of_work import Actor, UnitOfWork, in_one_transaction
from dispatch.subsidy.grants import Grant
from tests.little_town import ELEVEN, LittleTown

T = TypeVar("T")
CASH = PayMethod.CASH


def _do(
    town: LittleTown, deed: Callable[[UnitOfWork], T], who: Actor | None = None
) -> T:
    return in_one_transaction(town.engine, deed, actor=who or town.staff)


def _dine_in(town: LittleTown) -> Order:
    """Lunch for 15.00 of somebody of 82: the age subsidy is 5.00."""
    draft = town.lunch(
        town.add_elder(hukou_in_district=False),
        service="MEAL_DINEIN",
        channel=Channel.DINE_IN,
    )
    return _do(town, lambda uow: place_order(uow, draft, key=uuid4().hex))


def _pay(town: LittleTown, order: Order, fen: int = 1000, key: str = "") -> Payment:
    key = key or uuid4().hex
    return _do(town, lambda uow: pay(uow, order.id, CASH, fen, key=key))


def _live_grants(town: LittleTown, order: Order) -> list[int]:
    with Session(town.engine) as session:
        grants = session.exec(select(Grant).where(Grant.order_id == order.id))
        return [grant.fen for grant in grants if grant.reversed_by is None]


def test_the_bill_says_who_pays_what(town: LittleTown) -> None:
    order = _dine_in(town)
    _, bill = _do(town, lambda uow: bill_of(uow, order.id))
    assert (bill.price_fen, bill.subsidy_fen, bill.self_fen) == (1500, 500, 1000)


def test_a_grant_needs_the_payment_and_the_evidence(town: LittleTown) -> None:
    order = _dine_in(town)
    town.at(ELEVEN)
    _pay(town, order)
    assert _live_grants(town, order) == []

    _do(town, lambda uow: serve(uow, order.id, Handing(Identity.CARD)))
    assert _live_grants(town, order) == [500]


def test_the_order_of_paying_and_eating_does_not_matter(town: LittleTown) -> None:
    order = _dine_in(town)
    town.at(ELEVEN)
    _do(town, lambda uow: serve(uow, order.id, Handing(Identity.CARD)))
    assert _live_grants(town, order) == []

    _pay(town, order)
    assert _live_grants(town, order) == [500]


@pytest.mark.parametrize("fen", [0, 999, 1001, 1500])
def test_another_amount_than_the_bill_is_refused(town: LittleTown, fen: int) -> None:
    order = _dine_in(town)
    with pytest.raises(WrongAmount):
        _pay(town, order, fen)
    with Session(town.engine) as session:
        assert list_payments(session, order.id) == []


def test_ten_taps_on_pay_take_the_money_once(town: LittleTown) -> None:
    order = _dine_in(town)
    with ThreadPoolExecutor(8) as pool:
        taken = {
            p.id for p in pool.map(lambda _: _pay(town, order, key="k"), range(10))
        }
    assert len(taken) == 1
    with pytest.raises(AlreadyPaid):
        _pay(town, order)


@pytest.mark.proves("F87")
def test_money_goes_back_once_and_takes_the_grant_with_it(town: LittleTown) -> None:
    order = _dine_in(town)
    town.at(ELEVEN)
    _do(town, lambda uow: serve(uow, order.id, Handing(Identity.CARD)))
    paid = _pay(town, order)

    back = _do(town, lambda uow: refund(uow, paid.id, "饭菜有误", key="r1"))
    assert (back.fen, _live_grants(town, order)) == (-1000, [])
    with pytest.raises(AlreadyRefunded):
        _do(town, lambda uow: refund(uow, paid.id, "饭菜有误", key="r2"))


def test_a_cancelled_order_gives_its_money_back_and_takes_no_more(
    town: LittleTown,
) -> None:
    order = _dine_in(town)
    _pay(town, order)
    _do(town, lambda uow: cancel_order(uow, order.id, "family"))

    with Session(town.engine) as session:
        assert sum(p.fen for p in list_payments(session, order.id)) == 0
    with pytest.raises(NothingToPay):
        _pay(town, order)


def test_another_station_cannot_pay_or_refund(town: LittleTown) -> None:
    order = _dine_in(town)
    paid = _pay(town, order)
    stranger = Actor("station", station_id=uuid4())
    with pytest.raises(NotFound):
        _do(town, lambda uow: bill_of(uow, order.id), stranger)
    with pytest.raises(NotFound):
        _do(town, lambda uow: refund(uow, paid.id, "x", key="r"), stranger)
