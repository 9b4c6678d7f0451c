"""What is doubted, or freed, once its month is shut: only proposed, and once."""

from datetime import date, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select
from structlog.testing import capture_logs

from dispatch.orders.orders import Order, get_order
from dispatch.people.changing import FactChange, change_facts
from dispatch.people.elder_facts import ElderFact, FactKind
from dispatch.people.elders import Elder
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from dispatch.subsidy.anomalies.anomaly import (
    Anomaly,
    AnomalyState,
    FoundBy,
    NightScreen,
)
from dispatch.subsidy.anomalies.finding import BY_PEOPLE, AnomalyRule, Finding
from dispatch.subsidy.anomalies.nights import look_over_nights
from dispatch.subsidy.anomalies.screening import keep
from dispatch.subsidy.checking import broken_fens
from dispatch.subsidy.granting import settle
from dispatch.subsidy.ledger import Entry
from dispatch.subsidy.months.correcting import (
    CorrectionDraft,
    Proofs,
    decide_correction,
    propose_correction,
)
from dispatch.subsidy.months.corrections import Correction, CorrectionKind
from dispatch.subsidy.months.late_facts import NothingToCorrect
from dispatch.subsidy.months.told_after import list_told_after, propose_told
from tests.engines import ON_ONE_ENGINE
from tests.little_town import LittleTown
from tests.subsidy.closed_month import AFTER, Officials
from tests.subsidy.ledger_town import do, rows

NIGHT = AFTER.date()


def _doubt(uow: UnitOfWork) -> None:
    """Somebody says otherwise of the one meal; the order stays done."""
    order = get_order(uow.session, uow.session.exec(select(Order.id)).one(), lock=True)
    found = Finding(
        rule=AnomalyRule.CALL_BACK,
        about="a call",
        station_id=order.station_id,
        street_code=order.street_code,
        service_on=order.serve_on,
        reason="not_so",
        measured={},
        order_id=order.id,
        elder_id=order.elder_id,
        helper_id=None,
    )
    keep(uow, [found], BY_PEOPLE, FoundBy.CALL_BACK)
    settle(uow, order)


def _clear(uow: UnitOfWork) -> None:
    (doubt,) = uow.session.exec(select(Anomaly)).all()
    doubt.state, doubt.holds = AnomalyState.CLEARED, False
    doubt.concluded_at, doubt.concluded_by = uow.now, uow.actor.account_id
    uow.session.add(doubt)
    uow.session.flush()
    order = get_order(uow.session, uow.session.exec(select(Order.id)).one(), lock=True)
    settle(uow, order)


def tell(town: LittleTown, *, institution: bool = False) -> None:
    """Something is told of the elder, and the night reckons anew."""

    def say(uow: UnitOfWork) -> None:
        elder = uow.session.exec(select(Elder)).one()
        value = {"resides_in_institution": institution}
        since = FactChange(FactKind.INSTITUTION, value, date(2026, 11, 1))
        change_facts(uow, elder, [since], reason="补登记")

    do(town, say)
    reckon(town)


def reckon(town: LittleTown) -> None:
    with Session(town.engine) as session:
        told: dict[UUID, date] = {}
        for day in (NIGHT, date(2026, 12, 10)):
            told |= list_told_after(session, day)
    assert told
    for elder_id, first_on in told.items():
        do(town, propose_told, elder_id, first_on, NIGHT)


@ON_ONE_ENGINE
@pytest.mark.parametrize("accepted", [True, False])
def test_denied_money_is_not_proposed_again_until_it_is_cleared(
    closed: LittleTown, *, accepted: bool
) -> None:
    do(closed, _doubt)
    (proposed,) = rows(closed, Correction)
    assert (proposed.kind, proposed.fen) == (CorrectionKind.DEDUCT, 500)
    if accepted:
        Officials(closed).decide(proposed.id)
    tell(closed)
    (still,) = rows(closed, Correction)
    assert (still.id, still.kind, still.fen) == (proposed.id, "deduct", 500)
    assert not still.why.startswith("已无差额")
    do(closed, _clear)
    if accepted:
        (again,) = (one for one in rows(closed, Correction) if one.state == "open")
        assert (again.kind, again.fen) == (CorrectionKind.BACK_PAY, 500)
    else:
        (even,) = rows(closed, Correction)
        assert even.why.startswith("已无差额")
    with Session(closed.engine) as session:
        assert broken_fens(session) == []


@ON_ONE_ENGINE
def test_what_one_proposal_gives_the_others_do_not_give_again(
    closed: LittleTown,
) -> None:
    (entry,) = (one for one in rows(closed, Entry) if one.kind == "service")
    drafts = [
        CorrectionDraft(
            entry.id,
            "meal-basic",
            CorrectionKind.DEDUCT,
            fen,
            Proofs(paper="核查单"),
            "核查后更正",
        )
        for fen in (200, 300)
    ]
    less, more = (
        do(closed, propose_correction, draft, key=uuid4().hex).id for draft in drafts
    )
    tell(closed, institution=True)
    (own,) = (one for one in rows(closed, Correction) if one.proposed_by is None)
    assert own.fen == 500
    officials = Officials(closed)
    officials.decide(less)
    left = {one.id: one.fen for one in rows(closed, Correction) if one.id != less}
    assert left == {more: 100, own.id: 300}
    officials.decide(own.id)
    with pytest.raises(NothingToCorrect):
        officials.decide(more)
    taken = [one for one in rows(closed, Correction) if one.state == "accepted"]
    assert sum(one.signed_fen for one in taken) == -500


@ON_ONE_ENGINE
def test_what_was_rejected_does_not_come_back_on_the_same_ground(
    closed: LittleTown,
) -> None:
    tell(closed, institution=True)
    (own,) = rows(closed, Correction)
    later = own.elder_id, date(2026, 11, 21), NIGHT  # what came before is only counted
    assert do(closed, propose_told, *later) == 0
    reject = partial(decide_correction, correction_id=own.id, accept=False, words="否")
    in_one_transaction(closed.engine, reject, actor=Officials(closed).district)
    reckon(closed)
    assert [one.state for one in rows(closed, Correction)] == ["rejected"]
    do(closed, _doubt)  # another ground for the same money
    (asked,) = (one for one in rows(closed, Correction) if one.state == "open")
    assert (asked.kind, asked.fen) == (CorrectionKind.DEDUCT, 500)


@ON_ONE_ENGINE
def test_the_night_is_over_although_one_elder_cannot_be_asked_about(
    closed: LittleTown,
) -> None:
    closed.at(AFTER + timedelta(days=8))

    def bend(uow: UnitOfWork) -> None:
        elder = uow.session.exec(select(Elder)).one()
        value = {"resides_in_institution": True}
        since = FactChange(FactKind.INSTITUTION, value, date(2026, 11, 1))
        change_facts(uow, elder, [since], reason="补登记")
        uow.session.flush()
        for fact in uow.session.exec(select(ElderFact)).all():
            fact.value = dict.fromkeys(fact.value, "bent")

    do(closed, bend)
    closed.at(AFTER + timedelta(days=9))
    with capture_logs() as logged:
        for _ in range(7):
            look_over_nights(closed.engine)
    assert date(2026, 12, 10) in {one.day for one in rows(closed, NightScreen)}
    (told,) = (one for one in logged if one["event"] == "night.not_reckoned")
    assert told["elder"] == str(rows(closed, Elder)[0].id)
