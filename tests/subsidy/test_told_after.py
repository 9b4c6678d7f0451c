"""What is told once a month is shut changes nothing in it: it is reckoned, proposed."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from dispatch.people.changing import FactChange, change_facts
from dispatch.people.elder_facts import FactKind
from dispatch.people.elders import Elder
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.anomalies.nights import look_over_nights
from dispatch.subsidy.checking import broken_fens
from dispatch.subsidy.months.correcting import MonthStillOpen
from dispatch.subsidy.months.corrections import Correction, CorrectionKind
from dispatch.subsidy.months.late_facts import NothingToCorrect
from dispatch.subsidy.months.steps import Step
from dispatch.subsidy.months.told_after import list_told_after, propose_told
from dispatch.subsidy.months.verifying import verify_months
from tests.little_town import ELEVEN, LittleTown
from tests.subsidy.closed_month import AFTER, Officials, bytes_of, close_drawers
from tests.subsidy.ledger_town import (
    do,
    entitled,
    hand_over,
    live_grants,
    order_lunch,
    order_second_lunch,
    pay_all,
    rows,
)

NOVEMBER = date(2026, 11, 1)
DAY = timedelta(days=1)


def _tell(
    uow: UnitOfWork, kind: FactKind, until_on: date | None = None, **value: Any
) -> None:
    """Something that has been so since November, which somebody says only now."""
    elder = uow.session.exec(select(Elder)).one()
    since = FactChange(kind, value, NOVEMBER, until_on)
    change_facts(uow, elder, [since], reason="补登记")


def _told_anew(town: LittleTown, day: date) -> Correction:
    """The one proposal that there is when the night has looked at this day."""
    with Session(town.engine) as session:
        told = list_told_after(session, day)
    for elder_id, first_on in told.items():
        do(town, propose_told, elder_id, first_on, day)
    (open_one,) = [one for one in rows(town, Correction) if one.state == "open"]
    return open_one


@pytest.mark.proves("F81", "F86")
def test_what_is_told_of_a_shut_month_is_proposed_at_night(town: LittleTown) -> None:
    elder = entitled(town, resides_in_institution=True)
    orders = [order_lunch(town, elder), order_second_lunch(town, elder)]
    town.at(ELEVEN)
    for order in orders:
        pay_all(town, order)
        hand_over(town, order)
    close_drawers(town)
    assert live_grants(town) == {}
    town.at(AFTER)
    officials = Officials(town)
    officials.sign(Step.CONFIRM, town.staff)
    officials.sign(Step.REVIEW, officials.street)
    officials.sign(Step.PUBLISH, officials.district)
    do(town, _tell, FactKind.INSTITUTION, resides_in_institution=False)
    town.at(AFTER + DAY)
    while not rows(town, Correction):  # the oldest of the last days first
        look_over_nights(town.engine)
    (proposed,) = rows(town, Correction)  # of two lunches of a day one is subsidised
    assert (proposed.kind, proposed.fen) == (CorrectionKind.BACK_PAY, 500)
    assert (proposed.proposed_by, proposed.bereaved) == (None, False)
    assert proposed.paper == "老人档案，2026-12-02 登记"
    with pytest.raises(MonthStillOpen):
        officials.decide(proposed.id)

    town.at(AFTER + 8 * DAY)
    officials.sign(Step.APPROVE, officials.district)
    officials.sign(Step.PAY, officials.finance)
    officials.close()
    before, today = bytes_of(town), AFTER.date() + 8 * DAY
    do(town, _tell, FactKind.SUSPENDED, entitlement_suspended=True)
    assert _told_anew(town, today).why.startswith("已无差额")
    with pytest.raises(NothingToCorrect):
        officials.decide(proposed.id)
    over = date(2026, 11, 10)  # it was over before the meal
    do(town, _tell, FactKind.SUSPENDED, over, entitlement_suspended=True)
    again = _told_anew(town, today)
    assert (again.id, again.kind, again.fen) == (proposed.id, "back_pay", 500)
    officials.decide(again.id)
    do(town, _tell, FactKind.INSTITUTION, resides_in_institution=True)
    back = _told_anew(town, today)
    assert (back.kind, back.fen, back.entry_id) == ("deduct", 500, again.entry_id)
    assert bytes_of(town) == before
    with Session(town.engine) as session:
        assert verify_months(session).broken == []
        assert broken_fens(session) == []
