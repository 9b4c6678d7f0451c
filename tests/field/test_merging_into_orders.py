"""Scenarios of the street: what the phone says and what becomes of the order."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session

from dispatch.orders.orders import OrderState
from dispatch.planning.plans import RoundState, StopState
from dispatch.reports.figures import figure
from tests.field.phone import Phone
from tests.field.walk import HALF_PAST, make_walk
from tests.little_town import LittleTown

MINUTE = timedelta(minutes=1)


def test_a_meal_goes_from_kitchen_to_hand(town: LittleTown) -> None:
    walk = make_walk(town, town.add_elder())
    phone = Phone(walk)
    phone.say("loaded", HALF_PAST - 20 * MINUTE)
    phone.say("picked_up", HALF_PAST - 19 * MINUTE, stop_id=walk.pickup_id)
    phone.say("departed", HALF_PAST - 18 * MINUTE)
    phone.sync(HALF_PAST - 18 * MINUTE)
    assert walk.order().state is OrderState.UNDER_WAY
    assert walk.round().state is RoundState.UNDER_WAY

    phone.at_stop("arrived", HALF_PAST)
    phone.sync(HALF_PAST)
    assert walk.stop().state is StopState.ARRIVED

    phone.hand(HALF_PAST + MINUTE)
    answers = phone.sync(HALF_PAST + MINUTE)

    assert [a.result for a in answers] == ["duplicate"] * 4 + ["accepted"]
    assert answers[-1].grade == "A"
    assert (walk.order().state, walk.order().grade) == (OrderState.DONE, "A")
    assert walk.stop().state is StopState.DONE
    assert walk.elder().last_seen_at == HALF_PAST + MINUTE
    assert walk.elder().last_visit_at is None


@pytest.mark.proves("F41")
def test_twelve_events_offline_with_a_clock_three_hours_ahead(town: LittleTown) -> None:
    walk = make_walk(town, *(town.add_elder(name) for name in ("王一", "李二", "张三")))
    phone = Phone(walk, ahead=timedelta(hours=3))
    phone.say("loaded", HALF_PAST - 5 * MINUTE)
    phone.say("picked_up", HALF_PAST - 4 * MINUTE, stop_id=walk.pickup_id)
    phone.say("departed", HALF_PAST - 3 * MINUTE)
    for n in range(3):
        phone.at_stop("arrived", HALF_PAST + 3 * n * MINUTE, n)
        phone.hand(HALF_PAST + (3 * n + 1) * MINUTE, n)
    phone.say("ended", HALF_PAST + 10 * MINUTE)
    now = HALF_PAST + 15 * MINUTE
    answers = walk.post(phone.batch(now, phone.events[::-1]), at=now)

    assert {a.result for a in answers} == {"accepted"}
    assert {a.trust for a in answers} == {"corrected"}
    for n in range(3):
        assert (walk.order(n).state, walk.order(n).grade) == (OrderState.DONE, "A")
    kept = walk.kept(phone.events[4]["id"])
    assert kept.corrected_at == HALF_PAST + MINUTE
    assert kept.raw_at == HALF_PAST + MINUTE + timedelta(hours=3)
    assert not walk.flags(phone.events[4]["id"])
    assert walk.round().state is RoundState.ENDED
    with Session(town.engine) as session:
        share = figure(session, "cover.on_time/2", "2026-11")
    assert (share.part, share.whole, share.left_out) == (3, 3, 0)


@pytest.mark.proves("F42")
def test_the_same_batch_three_times_has_one_effect(town: LittleTown) -> None:
    walk = make_walk(town, town.add_elder())
    phone = Phone(walk)
    phone.hand(HALF_PAST)
    first, second, third = (phone.sync(HALF_PAST) for _ in range(3))

    assert [first[0].result, second[0].result, third[0].result] == [
        "accepted",
        "duplicate",
        "duplicate",
    ]
    assert second[0].grade == "A"
    assert len(walk.proofs()) == 1


def test_one_bad_event_fails_no_other(town: LittleTown) -> None:
    walk = make_walk(town, town.add_elder())
    phone = Phone(walk)
    good = phone.hand(HALF_PAST)
    strange = [
        {"id": "not-an-id", "kind": "handed_over"},
        good | {"id": str(uuid4()), "seq": "many"},
        good | {"id": str(uuid4()), "kind": "teleported"},
        good | {"id": str(uuid4()), "pos": {"lat": 1e400, "lon": 0}},
        {},
    ]
    batch = phone.batch(HALF_PAST, [*strange, good])
    answers = walk.post(batch, at=HALF_PAST)

    assert [a.result for a in answers[:-1]] == ["quarantined"] * 5
    assert {a.reason for a in answers[:-1]} == {"malformed"}
    assert answers[-1].result == "accepted"
    again = walk.post(batch, at=HALF_PAST)
    assert {a.result for a in again} == {"duplicate"}
