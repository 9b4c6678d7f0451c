"""Ten taps at once: one delivery, on both engines."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import Session, func, select

from dispatch.field.events import FieldEvent
from dispatch.field.sync import Answer
from dispatch.log.events import list_story
from dispatch.orders.orders import OrderState
from tests.field.phone import Phone
from tests.field.walk import HALF_PAST, make_second_plan, make_walk
from tests.little_town import LittleTown


def test_one_event_sent_ten_times_at_once_is_one_delivery(town: LittleTown) -> None:
    walk = make_walk(town, town.add_elder())
    phone = Phone(walk)
    phone.hand(HALF_PAST)
    town.at(HALF_PAST)
    batch = phone.batch(HALF_PAST)

    def tap(_: int) -> list[Answer]:
        return walk.post(batch)

    with ThreadPoolExecutor(max_workers=10) as taps:
        answers = [answer for [answer] in taps.map(tap, range(10))]

    results = sorted(answer.result for answer in answers)
    assert results == ["accepted", *["duplicate"] * 9]
    assert len(walk.proofs()) == 1
    with Session(town.engine) as session:
        assert session.exec(select(func.count()).select_from(FieldEvent)).one() == 1


@pytest.mark.proves("F43")
def test_ten_taps_with_their_own_ids_count_once(town: LittleTown) -> None:
    walk = make_walk(town, town.add_elder())
    phone = Phone(walk)
    for tap in range(10):
        phone.hand(HALF_PAST + timedelta(milliseconds=tap))
    town.at(HALF_PAST + timedelta(seconds=5))

    def send(n: int) -> list[Answer]:
        return walk.post(phone.batch(HALF_PAST, [phone.events[n]]))

    with ThreadPoolExecutor(max_workers=10) as taps:
        answers = [answer for [answer] in taps.map(send, range(10))]

    assert {answer.result for answer in answers} == {"accepted"}
    assert walk.order().state is OrderState.DONE
    assert [proof.counts for proof in walk.proofs()] == [True] + [False] * 9
    with Session(town.engine) as session:
        story = [event.kind for event in list_story(session, walk.orders[0])]
    assert story.count("order.done") == 1


@pytest.mark.proves("F43")
def test_two_helpers_at_one_door_at_once_deliver_once(town: LittleTown) -> None:
    walk = make_walk(town, town.add_elder())
    other = make_second_plan(town, walk)
    phones = [Phone(walk), Phone(other, device_id="phone-2")]
    for phone in phones:
        phone.hand(HALF_PAST)
    town.at(HALF_PAST)

    def send(phone: Phone) -> list[Answer]:
        return phone.walk.post(phone.batch(HALF_PAST))

    with ThreadPoolExecutor(max_workers=2) as both:
        answers = [answer for [answer] in both.map(send, phones)]

    assert {answer.result for answer in answers} == {"accepted"}
    assert [proof.counts for proof in walk.proofs()] == [True, False]
