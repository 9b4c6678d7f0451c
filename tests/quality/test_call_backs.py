"""The elder is asked; what contradicts the proof opens the order again."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from dispatch.access.accounts import Role
from dispatch.orders.orders import (
    DISPUTED,
    NOT_RECEIVED,
    OrderCannotMove,
    OrderState,
    get_order,
)
from dispatch.quality.auditing import (
    DrawDraft,
    check_draw,
    draw_sample,
    fix_frame,
    is_right,
)
from dispatch.quality.call_backs import Answer, CallBack, CallWhy
from dispatch.quality.calling_back import list_calls, note_answer
from dispatch.quality.complaining import (
    ComplaintDraft,
    answer,
    close,
    note_complaint,
)
from dispatch.quality.complaint_book import list_complaints
from dispatch.quality.complaints import ComplaintFrom, ComplaintOutcome
from dispatch.quality.drawing_calls import draw_calls
from dispatch.quality.draws import AuditDraw, DrawOf
from dispatch.quality.indicators import list_indicators
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from dispatch.subsidy.anomalies.anomaly import Anomaly
from dispatch.subsidy.anomalies.concluding import Verdict, conclude
from dispatch.subsidy.checking import broken_fens
from tests.little_town import NOON, STREET, TODAY, LittleTown
from tests.subsidy.ledger_town import do, hand_over, live_grants, rows
from tests.subsidy.test_anomalies import as_, eaten


def test_a_meal_that_nobody_received_is_open_again(town: LittleTown) -> None:
    order_id = eaten(town)
    assert do(town, draw_calls, TODAY) == 1
    assert do(town, draw_calls, TODAY) == 0
    street = town.add_account("street", Role.STREET, street_code=STREET)
    (call,) = as_(town, street, list_calls).calls
    assert call.why == CallWhy.FIRST.value
    said = (call.id, Answer.NOT_RECEIVED, 1, "那天我在女儿家")
    as_(town, street, lambda uow: note_answer(uow, *said))
    assert live_grants(town) == {}
    (found,) = rows(town, Anomaly)
    with Session(town.engine) as session:
        order = get_order(session, order_id)
        assert (order.state, order.reason) == (OrderState.FAILED, DISPUTED)
    with pytest.raises(OrderCannotMove):  # a person decides, no counter
        hand_over(town, order)
    town.at(NOON + timedelta(days=4))
    verdict = (found.id, Verdict.CONFIRMED, "驿站承认未送")
    as_(town, street, lambda uow: conclude(uow, *verdict))
    with Session(town.engine) as session:
        assert get_order(session, order_id).reason == NOT_RECEIVED
        assert broken_fens(session) == []


def test_what_is_cleared_is_done_and_granted_again(town: LittleTown) -> None:
    order_id = eaten(town)
    do(town, draw_calls, TODAY)
    street = town.add_account("street", Role.STREET, street_code=STREET)
    (call,) = rows(town, CallBack)
    as_(town, street, lambda uow: note_answer(uow, call.id, Answer.NOT_RECEIVED))
    (found,) = rows(town, Anomaly)
    verdict = (found.id, Verdict.CLEARED, "家人代收，老人忘了")
    as_(town, street, lambda uow: conclude(uow, *verdict))
    with Session(town.engine) as session:
        assert get_order(session, order_id).state is OrderState.DONE
        assert broken_fens(session) == []
    assert live_grants(town) == {(order_id, "meal-basic"): 500}


def test_a_ticket_is_linked_answered_and_counts_when_it_is_upheld(
    town: LittleTown,
) -> None:
    order_id = eaten(town)
    street = town.add_account("street", Role.STREET, street_code=STREET)
    with Session(town.engine) as session:
        number = get_order(session, order_id).number
    draft = ComplaintDraft(
        ComplaintFrom.HOTLINE, "GD-1", TODAY, "饭是凉的", order_number=number
    )
    kept = as_(town, street, lambda uow: note_complaint(uow, draft))
    assert [one.why for one in rows(town, CallBack)] == [CallWhy.COMPLAINT]
    (row,) = as_(town, town.staff, list_complaints).complaints
    assert (row.words, row.order_number, row.late) == ("饭是凉的", number, False)
    ready = row.draft or ""
    as_(town, town.staff, lambda uow: answer(uow, kept.id, ready))
    as_(town, street, lambda uow: close(uow, kept.id, ComplaintOutcome.UPHELD))
    days = (TODAY, TODAY)
    (figures,) = as_(town, street, lambda uow: list_indicators(uow, "station", *days))
    assert (figures.done, figures.complaints, figures.upheld) == (1, 1, 1)
    assert (figures.open, figures.confirmed) == (1, 0)
    assert live_grants(town) == {(order_id, "meal-basic"): 500}


def test_a_random_audit_is_fixed_first_and_can_be_drawn_again(
    town: LittleTown,
) -> None:
    eaten(town)
    district = town.add_account("district", Role.DISTRICT)
    draft = DrawDraft("十一月抽查", DrawOf.ORDERS, 5, ("甲", "乙", "丙"), "2026-11")

    def both(uow: UnitOfWork) -> AuditDraw:
        fixed = fix_frame(uow, draft)
        drawn = draw_sample(uow, fixed.id, "03-11-17-22-28-30-08")
        check = check_draw(uow, drawn.id)
        assert check.right
        assert check.inspectors == ["丙", "乙", "甲"]
        return drawn

    drawn = in_one_transaction(town.engine, both, actor=district)
    assert drawn.sample is not None
    assert [len(one) for one in drawn.sample] == [3]
    assert is_right(drawn)
    item, first, second = drawn.sample[0]
    drawn.sample = [[item, second, first]]
    assert not is_right(drawn)
