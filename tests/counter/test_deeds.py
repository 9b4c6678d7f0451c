"""What the counter's page wrote down is done once, refused in time, or a difference."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, col, select

from dispatch.clock import set_clock
from dispatch.counter.closing_cash import close_cash, count_cash, show_cash
from dispatch.counter.payments import Payment
from dispatch.counter.till_deeds import TillDeed
from dispatch.field.evidence import Evidence
from dispatch.orders.cancelling import cancel_order
from dispatch.orders.orders import Order, OrderState, get_order
from dispatch.orders.sitting_close import close_sitting, cook
from dispatch.subsidy.grants import Grant
from dispatch.subsidy.ledger import AccountKind, LedgerAccount, Posting
from tests.counter.test_cash_days import do, lunch_here, second
from tests.counter.till_page import TillPage
from tests.little_town import ELEVEN, NOON, TODAY, LittleTown


@pytest.fixture
def till(town: LittleTown) -> TillPage:
    """The station's page; time runs by its own clocks."""
    return TillPage(town, town.staff)


def cooked(town: LittleTown) -> None:
    town.at(ELEVEN)
    do(town, lambda uow: cook(uow, town.sitting_id))
    with Session(town.engine) as session:  # seconds pass between deed and receipt
        set_clock(session, ELEVEN, speed=1)
        session.commit()


def later(town: LittleTown, minutes: int) -> None:
    with Session(town.engine) as session:
        set_clock(session, ELEVEN + timedelta(minutes=minutes), speed=1)
        session.commit()


def kept(town: LittleTown) -> list[TillDeed]:
    with Session(town.engine) as session:
        query = select(TillDeed).order_by(col(TillDeed.seq))
        return list(session.exec(query))


def test_a_meal_and_its_money_are_booked_once_however_often_they_are_sent(
    town: LittleTown, till: TillPage
) -> None:
    order = lunch_here(town)
    cooked(town)
    deed = till.note("serve", ELEVEN, order_id=order.id, method="cash", fen=1000)
    answers = [till.send(deed, happened=again)[0] for again in (False, True, True)]

    assert {answer.result for answer in answers} == {"applied"}
    assert {answer.payment_id for answer in answers} == {answers[0].payment_id}
    with Session(town.engine) as session:
        assert get_order(session, order.id).state is OrderState.DONE
        assert [paid.fen for paid in session.exec(select(Payment))] == [1000]
        assert [grant.fen for grant in session.exec(select(Grant))] == [500]


def test_what_is_asked_in_time_may_be_refused_and_then_nothing_happened(
    town: LittleTown, till: TillPage
) -> None:
    order = lunch_here(town)
    cooked(town)
    wrong = till.note("serve", ELEVEN, order_id=order.id, method="cash", fen=900)
    [answer] = till.send(wrong)

    assert (answer.result, answer.code) == ("refused", "wrong_amount")
    assert kept(town) == []
    with Session(town.engine) as session:
        assert get_order(session, order.id).state is OrderState.WAITING


def test_a_meal_told_ten_minutes_late_has_its_own_time(
    town: LittleTown, till: TillPage
) -> None:
    order = lunch_here(town)
    cooked(town)
    deed = till.note("serve", ELEVEN, order_id=order.id, method="cash", fen=1000)
    later(town, 10)
    assert till.send(deed, happened=True)[0].result == "applied"

    with Session(town.engine) as session:
        [proof], [paid] = session.exec(select(Evidence)), session.exec(select(Payment))
        assert abs(proof.at - ELEVEN) < timedelta(seconds=30)
        assert abs(paid.at - ELEVEN) < timedelta(seconds=30)


def test_a_late_meal_of_a_closed_serving_is_no_no_show(
    town: LittleTown, till: TillPage
) -> None:
    order = lunch_here(town)
    cooked(town)
    deed = till.note("serve", ELEVEN, order_id=order.id, method="cash", fen=1000)
    do(town, lambda uow: close_sitting(uow, town.sitting_id))
    later(town, 10)

    assert till.send(deed, happened=True)[0].result == "applied"
    with Session(town.engine) as session:
        assert get_order(session, order.id).state is OrderState.DONE


def test_two_pages_that_served_the_same_meal_offline_leave_one_difference(
    town: LittleTown, till: TillPage
) -> None:
    order = lunch_here(town)
    cooked(town)
    other = TillPage(town, second(town))
    about = {"order_id": order.id, "method": "cash", "fen": 1000}
    mine, theirs = (one.note("serve", ELEVEN, **about) for one in (till, other))
    later(town, 10)
    till.send(mine, happened=True)
    [answer] = other.send(theirs, happened=True)

    assert (answer.result, answer.code) == ("different", "already_served")
    sheet = do(town, lambda uow: show_cash(uow, TODAY))
    assert sheet.booked_fen == 1000
    assert [(one.fen, one.who) for one in sheet.unbooked] == [(1000, "王小英")]
    do(town, lambda uow: count_cash(uow, TODAY, 0, 2000, []))
    do(town, lambda uow: close_cash(uow, TODAY), other.who)


def test_a_subsidy_used_elsewhere_stands_on_the_ledger_as_a_difference(
    town: LittleTown, till: TillPage
) -> None:
    order = lunch_here(town)
    cooked(town)
    deed = till.note("serve", ELEVEN, order_id=order.id, method="cash", fen=800)
    later(town, 10)
    [answer] = till.send(deed, happened=True)

    assert (answer.result, answer.code) == ("different", "price_differs")
    with Session(town.engine) as session:
        off = session.exec(
            select(Posting.fen)
            .join(LedgerAccount, col(LedgerAccount.code) == col(Posting.account))
            .where(LedgerAccount.kind == AccountKind.DIFFERENCE)
        ).all()
        assert off == [200]
        assert [paid.fen for paid in session.exec(select(Payment))] == [800]


def test_a_meal_that_was_called_off_meanwhile_is_kept_with_its_money(
    town: LittleTown, till: TillPage
) -> None:
    order = lunch_here(town)
    cooked(town)
    deed = till.note("serve", ELEVEN, order_id=order.id, method="cash", fen=1000)
    do(town, lambda uow: cancel_order(uow, order.id, "changed_mind"))
    later(town, 10)
    [answer] = till.send(deed, happened=True)

    assert (answer.result, answer.code) == ("different", "order_cannot_move")
    [row] = kept(town)
    assert (row.applied, row.order_id, row.fen) == (False, order.id, 1000)


def test_a_walk_in_with_an_order_elsewhere_is_no_second_order(
    town: LittleTown, till: TillPage
) -> None:
    cooked(town)
    elder_id = town.add_elder("赵国强", hukou_in_district=False)
    about = {"elder_id": elder_id, "sitting_id": town.sitting_id, "identity": "card"}
    first = till.note("walk_in", ELEVEN, **about, method="cash", fen=1000)
    again = till.note("walk_in", NOON, **about, method="cash", fen=1000)
    assert till.send(first)[0].result == "applied"
    later(town, 70)
    [answer] = till.send(again, happened=True)

    assert (answer.result, answer.code) == ("different", "already_ordered")
    with Session(town.engine) as session:
        assert len(session.exec(select(Order)).all()) == 1


def test_one_bad_deed_does_not_hold_up_the_others(
    town: LittleTown, till: TillPage
) -> None:
    order = lunch_here(town)
    cooked(town)
    good = till.note("serve", ELEVEN, order_id=order.id)
    broken = {"id": "?", "kind": "dance"}
    foreign = till.note("serve", ELEVEN, order_id=uuid4())
    answers = till.send(broken, foreign, good)

    assert [one.code for one in answers] == ["malformed", "not_found", None]
    reused = till.note("serve", ELEVEN, order_id=uuid4()) | {"id": good["id"]}
    assert till.send(reused)[0].code == "id_taken"
