"""Months that have been stand on the books like those that were lived."""

from datetime import date

import pytest
from sqlmodel import Session, select

from dispatch.access.accounts import Role
from dispatch.demo.past.filling import fill_months
from dispatch.demo.past.months import give_past
from dispatch.promises import PROMISES
from dispatch.promises.checking import Look, Premises
from dispatch.subsidy.checking import broken_fens
from dispatch.subsidy.grants import Grant
from dispatch.subsidy.ledger import Entry
from dispatch.subsidy.months.periods import list_periods
from tests.little_town import STREET, LittleTown


def broken_in(session: Session) -> list[str]:
    """What any promise finds wrong."""
    look = Look()
    for _, _, check in PROMISES:
        check(Premises(session), look)
    return look.broken


def test_a_made_up_month_stands_on_the_books(town: LittleTown) -> None:
    for _ in range(4):
        town.add_elder(usual_channel="dine_in")
    truth = fill_months(town.engine, ["2026-09"], 80, seed=7, stories=True)
    with Session(town.engine) as session:
        entries = session.exec(select(Entry.period, Entry.state)).all()
        grants = session.exec(select(Grant.subsidy)).all()
        assert broken_fens(session) == []
        assert broken_in(session) == []
    assert truth.orders >= len(entries) > 40
    assert {("2026-09", "posted")} == {(p, str(s)) for p, s in entries}
    assert "meal-age" in grants


@pytest.mark.long
def test_three_months_are_before_the_day(town: LittleTown) -> None:
    for channel in ("dine_in", "delivery", "pickup"):
        town.add_elder(usual_channel=channel)
    town.add_helper()
    town.add_account("street", Role.STREET, street_code=STREET)
    for login in ("office", "office2"):
        town.add_account(login, Role.DISTRICT)
    give_past(town.engine, 60, 7, date(2026, 11, 20))
    with Session(town.engine) as session:
        states = [(one.month, one.state.value) for one in list_periods(session)]
    assert states == [
        ("2026-10", "open"),
        ("2026-09", "closing"),
        ("2026-08", "closed"),
    ]
