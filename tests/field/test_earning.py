"""From the door to the ledger: a proof earns what its grade is paid."""

from datetime import timedelta

from dispatch.orders.cancelling import cancel_order
from dispatch.orders.orders import OrderState
from dispatch.subsidy.grants import Grant
from tests.field.phone import Phone
from tests.field.test_helpers_day import on_paper
from tests.field.walk import HALF_PAST, make_walk
from tests.little_town import NOON, LittleTown
from tests.subsidy.ledger_town import do, entitled, live_grants, pay_all, rows


def test_a_paid_meal_earns_its_grants_when_it_is_handed_over(town: LittleTown) -> None:
    walk = make_walk(town, entitled(town))
    pay_all(town, walk.order())
    assert not live_grants(town)
    phone = Phone(walk)
    phone.hand(HALF_PAST)
    phone.sync(HALF_PAST)
    assert (walk.order().state, walk.order().grade) == (OrderState.DONE, "A")
    assert live_grants(town)
    before = live_grants(town)
    phone.sync(HALF_PAST)
    assert live_grants(town) == before


def test_a_box_past_its_clock_earns_no_grant(town: LittleTown) -> None:
    walk = make_walk(town, entitled(town))
    pay_all(town, walk.order())
    phone = Phone(walk)
    phone.hand(NOON + timedelta(minutes=91))
    phone.sync(NOON + timedelta(minutes=91))
    assert walk.order().grade == "E"
    assert not live_grants(town)


def test_a_better_proof_that_comes_late_is_granted_then(town: LittleTown) -> None:
    walk = make_walk(town, entitled(town))
    pay_all(town, walk.order())
    town.at(NOON)
    on_paper(walk, town.staff)
    assert walk.order().grade == "D"
    assert not live_grants(town)
    phone = Phone(walk)
    phone.hand(HALF_PAST)
    phone.sync(NOON)
    assert walk.order().grade == "A"
    assert live_grants(town)


def test_a_cancelled_order_that_was_delivered_earns_nothing(town: LittleTown) -> None:
    walk = make_walk(town, entitled(town))
    pay_all(town, walk.order())
    phone = Phone(walk)
    phone.hand(HALF_PAST)
    do(town, cancel_order, walk.orders[0], "家人来电取消")
    phone.sync(NOON)
    assert not rows(town, Grant)
