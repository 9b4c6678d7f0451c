"""What is doubted waits: the meal is eaten, its subsidy is not granted, a person
decides, and another one hears the appeal."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import pytest
from sqlmodel import Session, select

from dispatch.access.accounts import Role
from dispatch.people.elders import Elder
from dispatch.people.pauses import Pause, PauseReason
from dispatch.store.unit_of_work import Actor, UnitOfWork, in_one_transaction
from dispatch.subsidy.anomalies.anomaly import (
    Anomaly,
    AnomalyState,
    is_held,
    open_holds,
)
from dispatch.subsidy.anomalies.concluding import (
    AnotherOfficerNeeded,
    NotYetHeard,
    Verdict,
    appeal,
    conclude,
    decide_appeal,
    reply,
)
from dispatch.subsidy.anomalies.nights import look_over_nights, screen_night
from dispatch.subsidy.anomalies.queue import list_anomalies, list_own
from dispatch.subsidy.checking import broken_fens
from tests.little_town import ELEVEN, NOON, STREET, TODAY, LittleTown
from tests.subsidy.ledger_town import (
    do,
    entitled,
    hand_over,
    live_grants,
    order_lunch,
    pay_all,
    rows,
)

T = TypeVar("T")
DUE = "2026-11"


def as_(town: LittleTown, actor: Actor, deed: Callable[[UnitOfWork], T]) -> T:
    return in_one_transaction(town.engine, deed, actor=actor)


def eaten(town: LittleTown) -> UUID:
    """An entitled elder's lunch, paid and eaten."""
    order = order_lunch(town, entitled(town))
    pay_all(town, order)
    town.at(ELEVEN)
    hand_over(town, order)
    return order.id


def died_before(town: LittleTown) -> None:
    """It becomes known that the one elder of this town died yesterday."""

    def tell(uow: UnitOfWork) -> None:
        elder = uow.session.exec(select(Elder)).one()
        elder.died_on = TODAY - timedelta(days=1)
        uow.session.add(elder)

    do(town, tell)


def in_hospital(town: LittleTown) -> None:
    """It becomes known that they have been in hospital for three days."""

    def tell(uow: UnitOfWork) -> None:
        elder = uow.session.exec(select(Elder)).one()
        from_on = TODAY - timedelta(days=3)
        reason = PauseReason.HOSPITAL
        uow.session.add(
            Pause(elder_id=elder.id, reason=reason, from_on=from_on, made_at=uow.now)
        )

    do(town, tell)


@pytest.mark.proves("F90")
def test_a_night_finds_what_was_told_late_and_holds_the_money(town: LittleTown) -> None:
    order_id = eaten(town)
    assert live_grants(town) == {(order_id, "meal-basic"): 500}
    died_before(town)
    town.at(NOON + timedelta(hours=15))
    assert look_over_nights(town.engine) == 0  # the oldest day first: nothing there
    while look_over_nights(town.engine) == 0:
        pass
    (found,) = rows(town, Anomaly)
    assert (found.rule.value, found.order_id, found.holds) == ("AN01", order_id, True)
    assert live_grants(town) == {}
    with Session(town.engine) as session:
        assert is_held(session, order_id)
        assert [one.id for one in open_holds(session, DUE)] == [found.id]
        assert broken_fens(session) == []
    again = do(town, screen_night, TODAY)
    assert again == []
    street = town.add_account("street", Role.STREET, street_code=STREET)
    clear = (found.id, Verdict.CLEARED, "登记有误")
    with pytest.raises(NotYetHeard):
        as_(town, street, lambda uow: conclude(uow, *clear))


def test_a_doubted_line_is_heard_decided_and_appealed(town: LittleTown) -> None:
    order_id = eaten(town)
    in_hospital(town)
    (found,) = do(town, screen_night, TODAY)
    street = town.add_account("street", Role.STREET, street_code=STREET)
    other = town.add_account("district", Role.DISTRICT)
    confirm = (found.id, Verdict.CONFIRMED, "住院记录无误")
    with pytest.raises(NotYetHeard):
        as_(town, street, lambda uow: conclude(uow, *confirm))
    as_(town, town.staff, lambda uow: reply(uow, found.id, "那天请假回家吃饭"))
    (seen,) = as_(town, street, list_anomalies).anomalies
    beyond = as_(town, street, lambda uow: list_anomalies(uow, offset=1))
    assert (beyond.total, beyond.anomalies) == (1, [])
    assert (seen.replied, seen.held_fen, seen.may_confirm) == (
        "那天请假回家吃饭",
        500,
        True,
    )
    assert seen.a is not None
    assert seen.a.origin == "counter"
    as_(town, street, lambda uow: conclude(uow, *confirm))
    with Session(town.engine) as session:
        assert is_held(session, order_id)
        assert open_holds(session, DUE) == []
    as_(town, town.staff, lambda uow: appeal(uow, found.id, "附医院请假条"))
    clear = (found.id, Verdict.CLEARED, "请假条属实")
    with pytest.raises(AnotherOfficerNeeded):
        as_(town, street, lambda uow: decide_appeal(uow, *clear))
    as_(town, other, lambda uow: decide_appeal(uow, *clear))
    assert live_grants(town) == {(order_id, "meal-basic"): 500}
    (mine,) = as_(town, town.staff, list_own).anomalies
    assert (mine.state, mine.final) == (AnomalyState.CLEARED.value, "请假条属实")
    with Session(town.engine) as session:
        assert broken_fens(session) == []
