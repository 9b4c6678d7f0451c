"""A grant needs payment and evidence, comes once, and goes back once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlmodel import Session

from dispatch.catalogue.sittings import Serving
from dispatch.counter.serving import Collector, Handing, Identity, serve
from dispatch.field.evidence import Evidence, EvidenceFrom, list_evidence
from dispatch.orders.orders import Channel, Order, OrderState, get_order, move_order
from dispatch.people.elders import Elder
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.checking import broken_fens
from dispatch.subsidy.granting import reverse, settle
from dispatch.subsidy.grants import Grant, Promise
from dispatch.subsidy.ledger import Entry, EntryKind, EntryState, Posting
from tests.little_town import ELEVEN, OTHER_STREET, STREET, LittleTown
from tests.subsidy.ledger_town import (
    bill,
    do,
    entitled,
    give_back,
    hand_over,
    live_grants,
    order_lunch,
    order_second_lunch,
    pay_all,
    rows,
)
from tests.subsidy.made_up import demo_policy


def _settle_again(town: LittleTown, order: Order) -> Entry | None:
    def run(uow: UnitOfWork) -> Entry | None:
        return settle(uow, uow.session.get_one(Order, order.id))

    return do(town, run)


def test_a_lunch_is_granted_when_it_is_paid_and_handed_over(town: LittleTown) -> None:
    order = order_lunch(town, entitled(town))
    pay_all(town, order)
    assert live_grants(town) == {}
    town.at(ELEVEN)
    hand_over(town, order)
    assert live_grants(town) == {(order.id, "meal-basic"): 500}
    (entry,) = rows(town, Entry)
    assert (entry.state, entry.period) == (EntryState.POSTED, "2026-11")
    assert entry.category == "DB"
    assert sorted(p.fen for p in rows(town, Posting)) == [-1500, 500, 1000]


def test_a_lunch_is_granted_when_it_is_handed_over_and_then_paid(
    town: LittleTown,
) -> None:
    order = order_lunch(town, entitled(town))
    town.at(ELEVEN)
    hand_over(town, order)
    assert rows(town, Entry) == []
    pay_all(town, order)
    (grant,) = rows(town, Grant)
    assert (grant.fen, grant.grade, grant.rule_version) == (500, "A", "2026-01")
    assert (grant.category, grant.window_key) == ("BASIC", "2026-11-20")


def test_settling_again_changes_nothing(town: LittleTown) -> None:
    order = order_lunch(town, entitled(town))
    town.at(ELEVEN)
    pay_all(town, order)
    hand_over(town, order)
    assert _settle_again(town, order) is None
    assert len(rows(town, Entry)) == 1


def test_a_meal_without_any_grant_is_on_the_books_too(town: LittleTown) -> None:
    order = order_lunch(town, town.add_elder(born_on=ELEVEN.date().replace(year=1971)))
    town.at(ELEVEN)
    pay_all(town, order)
    hand_over(town, order)
    (entry,) = rows(town, Entry)
    assert (entry.category, live_grants(town)) == ("ANY", {})
    assert sorted(p.fen for p in rows(town, Posting)) == [-1500, 1500]


def test_a_refund_takes_everything_back_and_the_window_is_free_again(
    town: LittleTown,
) -> None:
    elder = entitled(town)
    order = order_lunch(town, elder)
    again = order_second_lunch(town, elder)
    town.at(ELEVEN)
    pay_all(town, order)
    hand_over(town, order)
    give_back(town, order)
    assert live_grants(town) == {}
    assert sum(p.fen for p in rows(town, Posting)) == 0
    pay_all(town, again)
    hand_over(town, again)
    assert live_grants(town) == {(again.id, "meal-basic"): 500}


def test_an_order_may_be_paid_again_after_a_refund(town: LittleTown) -> None:
    order = order_lunch(town, entitled(town))
    town.at(ELEVEN)
    pay_all(town, order)
    hand_over(town, order)
    give_back(town, order)
    pay_all(town, order)
    assert live_grants(town) == {(order.id, "meal-basic"): 500}
    kinds = sorted(entry.kind for entry in rows(town, Entry))
    assert kinds == [EntryKind.REVERSAL, EntryKind.SERVICE, EntryKind.SERVICE]
    assert len({entry.business_key for entry in rows(town, Entry)}) == 3


@pytest.mark.proves("F87")
def test_reversing_twice_makes_one_reversal(town: LittleTown) -> None:
    order = order_lunch(town, entitled(town))
    town.at(ELEVEN)
    pay_all(town, order)
    hand_over(town, order)

    def run(uow: UnitOfWork) -> Entry | None:
        return reverse(uow, uow.session.get_one(Order, order.id), "重复收款")

    assert do(town, run) is not None
    assert do(town, run) is None
    assert len(rows(town, Entry)) == 2


def test_two_paid_meals_of_a_day_are_promised_one_subsidy(town: LittleTown) -> None:
    elder = entitled(town)
    lunch = order_lunch(town, elder)
    second = order_second_lunch(town, elder)
    pay_all(town, lunch)
    assert bill(town, second).self_fen == 1500
    pay_all(town, second)
    town.at(ELEVEN)
    hand_over(town, second)
    assert live_grants(town) == {}
    hand_over(town, lunch)
    assert live_grants(town) == {(lunch.id, "meal-basic"): 500}
    assert rows(town, Promise) == []


def test_two_meals_of_one_elder_at_once_get_one_subsidy(town: LittleTown) -> None:
    elder = entitled(town)
    orders = [order_lunch(town, elder)]
    orders += [order_second_lunch(town, elder) for _ in range(3)]
    town.at(ELEVEN)
    for order in orders:
        hand_over(town, order)

    def pay_one(order: Order) -> None:
        try:
            pay_all(town, order)
        except Exception as error:  # noqa: BLE001 - told below by its name
            told.append(type(error).__name__)

    told: list[str] = []
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(pay_one, orders))
    assert set(told) <= {"WrongAmount"}
    for order in orders:
        if not _is_paid(town, order):
            pay_all(town, order)
    assert list(live_grants(town).values()) == [500]
    assert len(rows(town, Entry)) == 4


def _is_paid(town: LittleTown, order: Order) -> bool:
    with Session(town.engine) as session:
        return session.get_one(Order, order.id).is_paid


@pytest.mark.proves("F82")
def test_the_books_carry_the_home_street_beside_the_points(town: LittleTown) -> None:
    order = order_lunch(town, entitled(town, home_street=OTHER_STREET))
    town.at(ELEVEN)
    pay_all(town, order)
    hand_over(town, order)
    (entry,) = rows(town, Entry)
    assert (entry.street_code, entry.home_street) == (STREET, OTHER_STREET)


def test_a_meal_after_death_is_booked_without_grants(town: LittleTown) -> None:
    order = order_lunch(town, entitled(town))
    town.at(ELEVEN)
    pay_all(town, order)

    def die(uow: UnitOfWork) -> None:
        elder = uow.session.get_one(Elder, order.elder_id)
        elder.died_on = order.serve_on - timedelta(days=1)
        uow.session.add(elder)

    do(town, die)
    hand_over(town, order)
    (entry,) = rows(town, Entry)
    assert (entry.anomaly, live_grants(town)) == ("AN01", {})
    assert sorted(p.fen for p in rows(town, Posting)) == [-1500, 500, 1000]


@pytest.mark.parametrize("serving", list(Serving))
def test_only_lunch_and_dinner_are_basic_meals(serving: Serving) -> None:
    (rule,) = [r for r in demo_policy().subsidy if r.id == "meal-basic"]
    assert (serving.value.upper() in rule.meals) == (serving is not Serving.BREAKFAST)


def test_better_evidence_found_later_settles_anew(town: LittleTown) -> None:
    order = order_lunch(town, entitled(town))
    pay_all(town, order)

    def prove(uow: UnitOfWork, grade: str, origin: EvidenceFrom) -> None:
        held = get_order(uow.session, order.id, lock=True)
        for old in list_evidence(uow.session, order.id):
            old.counts = False
        proof = Evidence(order_id=order.id, origin=origin, grade=grade, at=uow.now)
        uow.session.add(proof)
        if held.state is OrderState.DONE:
            held.grade = grade
        else:
            move_order(uow, held, OrderState.DONE, grade=grade)
        settle(uow, held)

    do(town, prove, "E", EvidenceFrom.COORDINATOR)
    (entry,) = rows(town, Entry)
    assert (entry.grade, live_grants(town)) == ("E", {})
    assert sorted(p.fen for p in rows(town, Posting)) == [-1500, 500, 1000]

    do(town, prove, "A", EvidenceFrom.PHONE)
    assert live_grants(town) == {(order.id, "meal-basic"): 500}
    assert len(rows(town, Entry)) == 3
    with Session(town.engine) as session:
        assert broken_fens(session) == []


def test_a_meal_fetched_by_a_stranger_earns_no_meal_subsidy(town: LittleTown) -> None:
    to_fetch = {"service": "MEAL_PICKUP", "channel": Channel.PICKUP}
    order = order_lunch(town, entitled(town, born_on=date(1964, 1, 1)), **to_fetch)
    pay_all(town, order)
    town.at(ELEVEN)
    do(town, serve, order.id, Handing(Identity.CARD, Collector.OTHER))
    assert live_grants(town) == {(order.id, "meal-age"): 200}
