"""What is told after a signature: the line is reckoned anew, and signed again."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from dispatch.orders.befalling import Event, befall
from dispatch.orders.returning import undo_event
from dispatch.people.changing import FactChange, change_facts
from dispatch.people.elder_facts import FactKind
from dispatch.people.elders import Elder
from dispatch.people.life_events import LifeKind
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from dispatch.subsidy.checking import broken_fens
from dispatch.subsidy.ledger import Entry, EntryKind
from dispatch.subsidy.months.blocking import blockers
from dispatch.subsidy.months.showing import show_month
from dispatch.subsidy.months.signing import StepTooEarly
from dispatch.subsidy.months.steps import Step
from tests.little_town import LittleTown
from tests.subsidy.closed_month import AFTER, MONTH, Officials, close_drawers, eat_lunch
from tests.subsidy.ledger_town import do, live_grants, rows


def _suspend(uow: UnitOfWork, until_on: date | None = None) -> None:
    """Suspended since before the meal, which somebody says only in December."""
    elder = uow.session.exec(select(Elder)).one()
    value = {"entitlement_suspended": True}
    since = FactChange(FactKind.SUSPENDED, value, date(2026, 11, 1), until_on)
    change_facts(uow, elder, [since], reason="十一月起失联，补登记")


def _shown(town: LittleTown, officials: Officials) -> tuple[bool, int | None, int]:
    """Of the only station: does its signature stand, for what, how much was told."""
    sheet = in_one_transaction(
        town.engine, lambda uow: show_month(uow, MONTH), actor=officials.street
    )
    (one,) = sheet.stations
    return one.confirmed, one.signed_fen, one.told_later


def test_a_fact_told_after_the_signature_is_signed_for_again(town: LittleTown) -> None:
    eat_lunch(town)
    close_drawers(town)
    town.at(AFTER)
    officials = Officials(town)
    officials.sign(Step.CONFIRM, town.staff)
    # As who has begun before the signature and is through only after it.
    town.at(AFTER - timedelta(minutes=5))
    do(town, _suspend)
    town.at(AFTER + timedelta(hours=1))

    with pytest.raises(StepTooEarly, match="1 个驿站确认后有变动"):
        officials.sign(Step.REVIEW, officials.street)
    with Session(town.engine) as session:
        assert "changed_since" in [one.kind for one in blockers(session, MONTH)]
    assert _shown(town, officials) == (False, 800, 1)
    assert sum(live_grants(town).values()) == 500

    town.at(AFTER + timedelta(hours=2))
    again = officials.sign(Step.CONFIRM, town.staff)
    assert again.subsidy_fen < 800
    assert live_grants(town) == {}
    kinds = [one.kind for one in rows(town, Entry)]
    assert kinds.count(EntryKind.REVERSAL) == 1
    officials.sign(Step.REVIEW, officials.street)
    with Session(town.engine) as session:
        assert broken_fens(session) == []
        assert "changed_since" not in [one.kind for one in blockers(session, MONTH)]

    town.at(AFTER + timedelta(hours=3))
    do(town, _suspend, date(2026, 11, 10))  # it was over before the meal
    assert _shown(town, officials) == (False, again.subsidy_fen, 1)
    town.at(AFTER + timedelta(hours=4))
    officials.sign(Step.CONFIRM, town.staff)
    assert sum(live_grants(town).values()) == 500

    (elder,) = rows(town, Elder)
    left = Event(elder.id, LifeKind.MOVED_OUT, date(2026, 10, 15))
    gone = do(town, befall, left, key="left")  # and is due nothing in November
    assert _shown(town, officials) == (False, 800, 1)
    officials.sign(Step.CONFIRM, town.staff)
    assert live_grants(town) == {}
    do(town, undo_event, gone.id, "登记错了人")
    assert _shown(town, officials)[::2] == (False, 1)
    officials.sign(Step.CONFIRM, town.staff)
    assert sum(live_grants(town).values()) == 500
    assert _shown(town, officials) == (True, None, 0)
