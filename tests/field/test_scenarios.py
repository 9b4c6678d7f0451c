"""What goes wrong in the street, one scenario each: nothing is lost, all is seen."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from dispatch.clock import set_clock
from dispatch.field.events import FieldEvent, Unread, Verdict
from dispatch.field.helper_day import StopPerson
from dispatch.field.rounds import rounds_of
from dispatch.orders.cancelling import cancel_order
from dispatch.orders.orders import OrderState
from dispatch.planning.plans import StopState
from dispatch.reports.figures import figure
from dispatch.safety.cases import CaseKind
from dispatch.store.unit_of_work import in_one_transaction
from tests.field.phone import Phone
from tests.field.walk import (
    AT_DOOR,
    HALF_PAST,
    Walk,
    make_second_plan,
    make_walk,
    story,
)
from tests.little_town import NOON, TODAY, LittleTown

MINUTE = timedelta(minutes=1)


@pytest.mark.proves("F47")
def test_a_clock_in_the_future_never_freezes_what_is_last(town: LittleTown) -> None:
    walk = make_walk(town, town.add_elder(), town.add_elder("李大爷", sex="M"))
    mad = Phone(walk, device_id="mad")
    mad.hand(HALF_PAST, pos=AT_DOOR)
    mad.events[0]["wall_ms"] += 86_400_000
    [answer] = mad.sync(HALF_PAST + MINUTE)

    assert (answer.result, answer.trust) == ("accepted", "suspect")
    assert walk.elder().last_seen_at == HALF_PAST + MINUTE
    assert walk.order().grade == "B"


@pytest.mark.proves("F48")
def test_a_back_dated_handover_is_kept_and_not_on_time(town: LittleTown) -> None:
    walk = make_walk(town, town.add_elder(), town.add_elder())
    late = NOON + 50 * MINUTE  # twenty minutes after the window
    phone = Phone(walk)
    let_run(town, HALF_PAST)
    phone.at_stop("arrived", HALF_PAST, 0)
    [live] = walk.post(phone.batch(HALF_PAST))
    assert live.trust == "online"

    phone.hand(late, 0)
    phone.events[-1]["wall_ms"] -= 40 * 60_000
    let_run(town, late + 5 * MINUTE)
    _, told = walk.post(phone.batch(late + 5 * MINUTE))

    assert (told.result, told.trust, told.grade) == ("accepted", "back_filled", "B")
    assert walk.flags(told.id) == {"clock_moved"}
    kept = walk.kept(told.id)
    assert kept.raw_at == late - 40 * MINUTE
    assert abs(kept.corrected_at - late) < MINUTE
    with Session(town.engine) as session:
        shares = {n: figure(session, f"cover.on_time/{n}", "2026-11") for n in (1, 2)}
    assert (shares[1].part, shares[1].whole, shares[1].left_out) == (0, 1, 0)
    assert (shares[2].part, shares[2].whole, shares[2].left_out) == (0, 0, 1)


def let_run(town: LittleTown, at: datetime) -> None:
    """Put the clock at a moment and let it run: monotonic clocks count then."""
    with Session(town.engine) as session:
        set_clock(session, at, speed=1)
        session.commit()


@pytest.mark.proves("F49")
def test_a_stop_given_to_somebody_else_and_delivered_by_the_first(
    town: LittleTown,
) -> None:
    walk = make_walk(town, town.add_elder())
    other = make_second_plan(town, walk)
    first, second = Phone(walk), Phone(other, device_id="phone-2")
    first.hand(HALF_PAST)
    [answer] = first.sync(HALF_PAST + 10 * MINUTE)
    assert (answer.result, answer.grade) == ("accepted", "A")
    assert walk.flags(answer.id) == {"replanned"}
    assert walk.order().state is OrderState.DONE
    assert shown_to(town, other).by_other

    second.hand(HALF_PAST + 20 * MINUTE)
    [twice] = second.sync(HALF_PAST + 20 * MINUTE)
    assert twice.result == "accepted"
    assert other.flags(twice.id) == {"second_delivery"}
    assert [p.counts for p in walk.proofs()] == [True, False]
    assert "order.second_delivery" in story(town, walk.orders[0])


def shown_to(town: LittleTown, walk: Walk) -> StopPerson:
    """The person behind the door as this helper's phone shows them."""
    day = in_one_transaction(
        town.engine,
        lambda uow: rounds_of(uow, walk.helper_id, TODAY),
        actor=walk.actor,
    )
    return day.rounds[0].stops[-1].persons[0]


def test_a_replanned_helper_moves_no_order_by_wishes(town: LittleTown) -> None:
    walk = make_walk(town, town.add_elder())
    make_second_plan(town, walk)
    phone = Phone(walk)
    phone.say("picked_up", HALF_PAST, stop_id=walk.pickup_id)
    phone.at_stop("cannot", HALF_PAST, detail={"reason": "no time"})
    assert [a.result for a in phone.sync(HALF_PAST)] == ["accepted", "accepted"]
    assert walk.order().state is OrderState.PLANNED


def test_authority_ends_two_hours_after_the_plan_was_replaced(
    town: LittleTown,
) -> None:
    walk = make_walk(town, town.add_elder())
    make_second_plan(town, walk)
    phone = Phone(walk)
    phone.hand(HALF_PAST + 115 * MINUTE)
    [late] = phone.sync(HALF_PAST + 115 * MINUTE)

    assert (late.result, late.reason) == ("quarantined", "plan_too_old")
    assert walk.order().state is OrderState.PLANNED
    assert walk.kept(late.id).verdict is Verdict.QUARANTINED
    assert "field.quarantined" in story(town, walk.helper_id)


def test_a_foreign_helpers_stop_is_quarantined(town: LittleTown) -> None:
    walk, other = make_walk(town, town.add_elder()), make_walk(town, town.add_elder())
    phone = Phone(other)
    phone.hand(HALF_PAST)
    phone.events[0] |= {
        "stop_id": str(walk.stops[0]),
        "order_id": str(walk.orders[0]),
    }
    [answer] = phone.sync(HALF_PAST)

    assert (answer.result, answer.reason) == ("quarantined", "not_your_stop")
    assert walk.order().state is OrderState.PLANNED
    assert not walk.proofs()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"stop_id": str(uuid4())}, "unknown_stop"),
        ({"stop_id": None}, "unknown_stop"),
        ({"order_id": str(uuid4())}, "order_not_at_stop"),
        ({"order_id": None}, "order_missing"),
        ({"kind": "ended", "round_id": str(uuid4()), "stop_id": None}, "unknown_round"),
        ({"kind": "picked_up"}, "not_a_kitchen"),
    ],
)
def test_what_names_nothing_is_quarantined_and_kept(
    town: LittleTown, change: dict[str, Any], reason: str
) -> None:
    walk = make_walk(town, town.add_elder())
    phone = Phone(walk)
    phone.hand(HALF_PAST)
    phone.events[0] |= change
    [answer] = phone.sync(HALF_PAST)

    assert (answer.result, answer.reason) == ("quarantined", reason)
    assert walk.kept(answer.id).why == reason
    assert walk.order().state is OrderState.PLANNED


@pytest.mark.proves("F50")
def test_an_order_cancelled_meanwhile_keeps_its_delivery_for_review(
    town: LittleTown,
) -> None:
    walk = make_walk(town, town.add_elder())
    phone = Phone(walk)
    phone.hand(HALF_PAST)

    def call_off(uow: Any) -> Any:
        return cancel_order(uow, walk.orders[0], "家人来电取消")

    in_one_transaction(town.engine, call_off, actor=town.staff)
    [answer] = phone.sync(HALF_PAST + 5 * MINUTE)

    assert (answer.result, answer.grade) == ("accepted", "A")
    assert walk.order().state is OrderState.CANCELLED
    assert [proof.counts for proof in walk.proofs()] == [False]
    assert walk.flags(answer.id) == {"delivered_after_cancel"}
    assert "order.delivered_after_cancel" in story(town, walk.orders[0])
    assert walk.elder().last_seen_at == HALF_PAST


@pytest.mark.proves("F51", "F52")
def test_no_answer_opens_a_case_and_the_order_waits_for_a_person(
    town: LittleTown,
) -> None:
    walk = make_walk(town, town.add_elder())
    phone = Phone(walk)
    phone.at_stop("arrived", HALF_PAST)
    phone.at_stop("no_answer", HALF_PAST + MINUTE)
    phone.sync(HALF_PAST + 38 * MINUTE)

    [case] = walk.cases()
    assert case.kind is CaseKind.NO_ANSWER
    assert case.happened_at == HALF_PAST + MINUTE
    assert case.opened_at == HALF_PAST + 38 * MINUTE
    assert walk.order().state is OrderState.UNDER_WAY
    assert walk.stop().state is StopState.ARRIVED
    phone.sync(HALF_PAST + 40 * MINUTE)
    assert len(walk.cases()) == 1


def test_a_door_that_opens_after_all_ends_the_order_and_not_the_case(
    town: LittleTown,
) -> None:
    walk = make_walk(town, town.add_elder())
    phone = Phone(walk)
    phone.at_stop("no_answer", HALF_PAST)
    phone.hand(HALF_PAST + 4 * MINUTE)
    phone.sync(HALF_PAST + 5 * MINUTE)

    assert walk.order().state is OrderState.DONE
    assert [case.closed_at for case in walk.cases()] == [None]


def test_a_closed_door_is_an_alarm_even_from_somebody_elses_round(
    town: LittleTown,
) -> None:
    walk, other = make_walk(town, town.add_elder()), make_walk(town, town.add_elder())
    phone = Phone(other)
    phone.at_stop("no_answer", HALF_PAST)
    phone.events[0] |= {"stop_id": str(walk.stops[0]), "order_id": str(walk.orders[0])}
    [answer] = phone.sync(HALF_PAST)

    assert answer.result == "quarantined"
    assert len(walk.cases()) == 1


def test_one_stop_with_two_persons_needs_two_handovers(town: LittleTown) -> None:
    walk = make_walk(
        town, town.add_elder(), town.add_elder("李大爷", sex="M"), one_stop=True
    )
    phone = Phone(walk)
    here = {"stop_id": walk.stops[0]}
    phone.hand(HALF_PAST, 0, **here)
    phone.sync(HALF_PAST)
    assert walk.order(0).state is OrderState.DONE
    assert walk.order(1).state is OrderState.PLANNED
    assert walk.stop().state is StopState.ARRIVED

    phone.at_stop("refused", HALF_PAST, 1, detail={"reason": "不想吃"}, **here)
    phone.sync(HALF_PAST + MINUTE)
    assert (walk.order(1).state, walk.order(1).reason) == (OrderState.FAILED, "refused")
    assert walk.stop().state is StopState.DONE


def test_a_broken_chain_is_flagged_and_never_dropped(town: LittleTown) -> None:
    walk = make_walk(town, town.add_elder(), town.add_elder())
    phone = Phone(walk)
    phone.hand(HALF_PAST, 0)
    phone.last = "f" * 64
    phone.hand(HALF_PAST, 1)
    answers = phone.sync(HALF_PAST)
    assert [a.result for a in answers] == ["accepted", "accepted"]
    assert walk.flags(answers[1].id) == {"chain_broken"}


def test_two_phones_with_one_id_lose_neither_event(town: LittleTown) -> None:
    walk, other = make_walk(town, town.add_elder()), make_walk(town, town.add_elder())
    first, second = Phone(walk), Phone(other, device_id="phone-2")
    first.hand(HALF_PAST)
    second.hand(HALF_PAST)
    second.events[0]["id"] = first.events[0]["id"]
    first.sync(HALF_PAST)
    [clash] = second.sync(HALF_PAST)

    assert (clash.result, clash.reason) == ("quarantined", "id_taken")
    with Session(town.engine) as session:
        assert len(session.exec(select(FieldEvent)).all()) == 1
        assert [scrap.why for scrap in session.exec(select(Unread))] == ["id_taken"]
