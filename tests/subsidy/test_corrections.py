"""A closed month is corrected by proposals that a second person decides."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select

from dispatch.clock import town_moment
from dispatch.orders.befalling import Event, befall
from dispatch.orders.orders import DISPUTED, OrderState, get_order, move_order
from dispatch.people.elder_facts import ElderFact, FactKind
from dispatch.people.elders import Elder
from dispatch.people.life_events import LifeEvent, LifeKind
from dispatch.reports.making import make_report
from dispatch.reports.printing import print_report
from dispatch.reports.prints import PrintForm
from dispatch.reports.tables import Table
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.checking import broken_fens
from dispatch.subsidy.granting import withdraw
from dispatch.subsidy.ledger import AccountKind, Entry, list_amounts
from dispatch.subsidy.months.correcting import (
    BackPayTooFar,
    Bereaved,
    CorrectionDraft,
    MoreThanThereIs,
    Proofs,
    propose_correction,
)
from dispatch.subsidy.months.corrections import Correction, CorrectionKind
from dispatch.subsidy.months.verifying import verify_months
from dispatch.subsidy.stop_book import Stopped, list_stopped
from tests.little_town import LittleTown
from tests.subsidy.closed_month import AFTER, MONTH, Officials, bytes_of
from tests.subsidy.ledger_town import do


@pytest.mark.proves("F83")
def test_a_closed_month_is_corrected_in_the_open_one(closed: LittleTown) -> None:
    before, cells, papers = bytes_of(closed), do(closed, _cells), _papers(closed)
    assert _papers(closed) == papers
    with Session(closed.engine) as session:
        kept = session.exec(select(Entry).where(Entry.kind == "service")).one()
    draft = CorrectionDraft(
        entry_id=kept.id,
        subsidy="meal-basic",
        kind=CorrectionKind.RECOVER,
        fen=200,
        proofs=Proofs(paper="街道核查单 2026-12-03"),
        why="当日在家属处用餐",
    )
    proposed = do(closed, propose_correction, draft, key=uuid4().hex)
    officials = Officials(closed)
    with pytest.raises(MoreThanThereIs):
        do(closed, propose_correction, replace(draft, fen=501), key=uuid4().hex)

    booked = officials.decide(proposed.id)

    with Session(closed.engine) as session:
        made = session.get_one(Entry, booked.booked_id)
        amounts = {a.kind: a.fen for a in list_amounts(session, made.id)}
        assert (made.period, made.adjusts_period) == ("2026-12", MONTH)
        assert made.corrects_id == kept.id
        assert amounts == {AccountKind.ADVANCE: -200, AccountKind.CLAIM: 200}
        assert verify_months(session).broken == []
        suspend(session, proposed.elder_id, date(2026, 11, 1), until=date(2027, 1, 5))
        session.get_one(Elder, kept.elder_id).died_on = date(2026, 12, 5)
        session.commit()
    given = replace(draft, kind=CorrectionKind.BACK_PAY, fen=100)
    with pytest.raises(BackPayTooFar):  # back in 2027: from that January on
        do(closed, propose_correction, given, key=uuid4().hex)
    with pytest.raises(Bereaved):
        do(closed, propose_correction, draft, key=uuid4().hex)
    assert bytes_of(closed) == before
    assert (do(closed, _cells), _papers(closed)) == (cells, papers)


def _cells(uow: UnitOfWork) -> tuple[Table, ...]:
    """What is reckoned anew from the books, not what was kept of them."""
    return make_report(uow, "payout", MONTH).tables


def _papers(town: LittleTown) -> list[bytes]:
    def printed(uow: UnitOfWork) -> list[bytes]:
        return [print_report(uow, "payout", MONTH, form) for form in PrintForm]

    return do(town, printed)


@pytest.mark.proves("F86")
def test_what_comes_late_for_a_closed_month_is_only_proposed(
    closed: LittleTown,
) -> None:
    before = bytes_of(closed)
    with Session(closed.engine) as session:
        kept = session.exec(select(Entry).where(Entry.kind == "service")).one()
    for _ in range(2):
        do(closed, _not_received, kept.order_id)

    with Session(closed.engine) as session:
        proposed = session.exec(select(Correction)).one()
        assert (proposed.kind, proposed.fen) == (CorrectionKind.DEDUCT, 500)
        assert (proposed.proposed_by, proposed.paper) == (None, "回访不符")
        assert "reversal" not in {one.kind for one in session.exec(select(Entry))}
        assert broken_fens(session) == []
    booked = Officials(closed).decide(proposed.id)
    with Session(closed.engine) as session:
        amounts = list_amounts(session, booked.booked_id or proposed.id)
        assert {a.kind: a.fen for a in amounts} == {
            AccountKind.ADVANCE: -500,
            AccountKind.DIFFERENCE: 500,
        }
        assert verify_months(session).broken == []
    assert bytes_of(closed) == before
    with Session(closed.engine) as session:  # heard of in the next month
        away = LifeEvent(
            elder_id=proposed.elder_id,
            kind=LifeKind.UNREACHABLE,
            happened_on=date(2026, 11, 18),
            ended_on=kept.service_on,
            source="station",
            made_at=town_moment(date(2027, 1, 2), 0),
        )
        session.add(away)
        session.commit()
        (back,) = do(closed, _stopped_in, date(2027, 1, 1))
        away.ended_on = None
        session.commit()
    died = Event(proposed.elder_id, LifeKind.DIED, date(2026, 11, 19))
    do(closed, befall, died, key=uuid4().hex)
    (stopped,) = do(closed, _stopped_in, date(2026, 12, 1))
    (later,) = do(closed, _stopped_in, date(2027, 1, 1))
    assert (back.too_much_fen, later.too_much_fen, later.handled) == (0, 0, "")
    told = stopped.too_much_fen, stopped.deducted_fen, stopped.recovered_fen
    assert told == (500, 500, 0)
    assert (stopped.stops_from, stopped.handled) == ("2026-12", "扣回")
    assert (stopped.checked_by[:3], stopped.hands) == ("待核实", ["district"])


def _stopped_in(uow: UnitOfWork, first: date) -> list[Stopped]:
    since = town_moment(first, 0)
    return list_stopped(uow.session, uow.actor, since, since + timedelta(days=31))


def suspend(session: Session, elder_id: UUID, from_on: date, until: date) -> None:
    """The entitlement is suspended from one day on, and is back on another."""
    for seq, (on, suspended) in enumerate(((from_on, True), (until, False)), start=1):
        session.add(
            ElderFact(
                elder_id=elder_id,
                seq=seq,
                kind=FactKind.SUSPENDED,
                value={"entitlement_suspended": suspended},
                from_on=on,
                source="长期联系不上",
                recorded_at=AFTER,
            )
        )


def _not_received(uow: UnitOfWork, order_id: UUID) -> None:
    """As a call-back hears it; again it is said of what is open already."""
    order = get_order(uow.session, order_id, lock=True)
    withdraw(uow, order, "回访不符")
    if order.state is OrderState.DONE:
        move_order(uow, order, OrderState.FAILED, reason=DISPUTED)
