"""What is doubted, or freed, once its month is shut: only proposed, and once."""

from datetime import date
from uuid import UUID

import pytest
from sqlmodel import Session, select

from dispatch.orders.orders import Order, get_order
from dispatch.people.changing import FactChange, change_facts
from dispatch.people.elder_facts import FactKind
from dispatch.people.elders import Elder
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.anomalies.anomaly import Anomaly, AnomalyState, FoundBy
from dispatch.subsidy.anomalies.finding import BY_PEOPLE, AnomalyRule, Finding
from dispatch.subsidy.anomalies.screening import keep
from dispatch.subsidy.checking import broken_fens
from dispatch.subsidy.granting import settle
from dispatch.subsidy.months.corrections import Correction, CorrectionKind
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
