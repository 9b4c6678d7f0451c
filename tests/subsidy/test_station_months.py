"""A station's own money: counted from what was done, posted as differences, paid."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from dispatch.access.accounts import Role
from dispatch.clock import town_moment
from dispatch.orders.befalling import Event, befall
from dispatch.people.agreements import Agreement
from dispatch.people.life_events import LifeKind
from dispatch.people.places import Station, StationKind
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from dispatch.subsidy.allowance_stops import list_stops
from dispatch.subsidy.budgets import list_budgets
from dispatch.subsidy.ledger import AccountKind, Entry, EntryKind
from dispatch.subsidy.ledger_accounts import LedgerAccount
from dispatch.subsidy.lifecycle import Lifecycle
from dispatch.subsidy.months.blocking import signed_of
from dispatch.subsidy.months.periods import PeriodState, hold_alone
from dispatch.subsidy.months.signing import StepTooEarly
from dispatch.subsidy.months.steps import PeriodStep, Step
from dispatch.subsidy.payouts import list_owed
from dispatch.subsidy.policy_files import DEMO_POLICY, read_policy
from dispatch.subsidy.reimbursing import (
    MonthNotClosed,
    NothingOwed,
    PayoutDraft,
    TooMuch,
    pay_out,
)
from dispatch.subsidy.station_duties import Duty
from dispatch.subsidy.station_months import StationCount, earn
from dispatch.subsidy.station_posting import MonthNotOver, post_station_month
from dispatch.subsidy.station_tallies import StationTally, list_posted
from tests.little_town import ELEVEN, NOON, STREET, LittleTown
from tests.subsidy.closed_month import Officials
from tests.subsidy.ledger_town import (
    do,
    entitled,
    give_back,
    hand_over,
    order_lunch,
    order_second_lunch,
    pay_all,
    rows,
)

MONTH = "2026-11"
OVER = town_moment(date(2026, 12, 1), 9 * 3600)
FINANCE = "district_finance"
SOMEWHERE: dict[str, Any] = {
    "name": "s1驿站",
    "kind": StationKind.STATION,
    "street_code": STREET,
    "kitchen_id": uuid4(),
    "lat": 36.66,
    "lon": 117.02,
    "phone": "01088880000",
    "entered_on": date(2020, 1, 1),
}


def _count(town: LittleTown) -> StationTally | None:
    return do(town, post_station_month, town.station_id, MONTH)


def _posted(town: LittleTown) -> dict[tuple[str, str], int]:
    with Session(town.engine) as session:
        return list_posted(session, town.station_id, MONTH)


def _eat(town: LittleTown, order: Any) -> None:
    pay_all(town, order)
    hand_over(town, order)


def test_a_person_who_eats_twice_a_day_earns_the_station_three_yuan_once(
    town: LittleTown,
) -> None:
    elder = entitled(town)
    first, second = order_lunch(town, elder), order_second_lunch(town, elder)
    stranger = order_lunch(town, town.add_elder(born_on=date(1958, 3, 1)))
    town.at(ELEVEN)
    for order in (first, second, stranger):
        _eat(town, order)
    with pytest.raises(MonthNotOver):
        _count(town)

    town.at(OVER)
    tally = _count(town)

    assert tally is not None
    assert tally.persons_days == {"op-per-diner": 1}
    assert _posted(town) == {(FINANCE, "op-per-diner"): 300}
    assert _count(town) is None  # nothing new was found
    give_back(town, first)
    assert _count(town) is None  # the other meal of that day still counts
    give_back(town, second)
    assert _count(town) is not None
    assert _posted(town) == {(FINANCE, "op-per-diner"): 0}
    kinds = [entry.kind for entry in rows(town, Entry) if entry.elder_id is None]
    assert kinds == [EntryKind.STATION] * 2
    (support,) = [
        one for one in rows(town, LedgerAccount) if one.kind is AccountKind.SUPPORT
    ]
    assert support.station_id == town.station_id


@pytest.mark.parametrize(
    ("rural", "signed", "star", "fen"),
    [(False, 254, 3, 4872000), (True, 60, 0, 1400000), (True, 80, 0, 1440000)],
)
def test_signed_persons_and_stars_earn_what_the_rules_say(
    rural: bool, signed: int, star: int, fen: int
) -> None:
    station = Station(code="s1", rural=rural, **SOMEWHERE)
    enough = Duty(due=10, done=8)
    counted = StationCount(station, MONTH, None, star, signed, enough, enough)
    policy = read_policy(DEMO_POLICY)
    assert earn(policy, counted).total_fen == fen
    little = StationCount(station, MONTH, None, star, signed, Duty(10, 7), enough)
    assert ("base-signed", "require:visit_completion_pct_min") in earn(
        policy, little
    ).refused


def test_a_closed_month_is_paid_once_and_counts_against_the_budget(
    town: LittleTown,
) -> None:
    order = order_lunch(town, entitled(town))
    town.at(ELEVEN)
    _eat(town, order)
    town.at(OVER)
    _count(town)
    office = town.add_account("office", Role.DISTRICT)

    def pay(fen: int, kind: AccountKind = AccountKind.ADVANCE) -> None:
        draft = PayoutDraft(
            MONTH, town.station_id, FINANCE, kind, fen, date(2026, 12, 1), "V1"
        )
        key = f"{kind}{fen}"
        in_one_transaction(
            town.engine, lambda uow: pay_out(uow, draft, key=key), actor=office
        )

    with pytest.raises(MonthNotClosed):
        pay(500)
    do(town, _close)
    with pytest.raises(TooMuch):
        pay(501)
    pay(200)
    pay(200)  # the same key: the same transfer
    pay(300)
    with pytest.raises(NothingOwed):
        pay(100)
    pay(300, AccountKind.DUE)
    with Session(town.engine) as session:
        assert [(one.fen, one.left_fen) for one in list_owed(session, MONTH)] == [
            (500, 0),
            (300, 0),
        ]
        (budget,) = list_budgets(session, 2026)
    assert (budget.granted_fen, budget.paid_fen, budget.left_fen) == (800, 800, -800)
    with pytest.raises(DBAPIError, match="只能追加"), town.engine.begin() as connection:
        connection.execute(text("UPDATE payout SET fen = 1"))


def _close(uow: UnitOfWork) -> None:
    """The month as it stands when everybody has signed."""
    period = hold_alone(uow.session, MONTH)
    period.state, period.closing_at, period.closed_at = (
        PeriodState.CLOSED,
        uow.now,
        uow.now,
    )
    period.closing_by = period.closed_by = uow.actor.account_id
    period.line_count, period.totals, period.head_hash = 1, "{}", "0" * 64
    uow.session.add(period)


def test_who_dies_keeps_the_month_and_gets_nothing_for_the_day_after(
    town: LittleTown,
) -> None:
    elder = entitled(town)
    order = order_lunch(town, elder)
    town.at(ELEVEN)
    pay_all(town, order)
    with Session(town.engine) as session:  # the word comes after the meal
        session.execute(text("UPDATE elder SET died_on = '2026-11-19'"))
        session.commit()
    hand_over(town, order)
    (entry,) = rows(town, Entry)
    assert entry.anomaly == "AN01"
    with Session(town.engine) as session:
        session.execute(text("UPDATE elder SET died_on = NULL"))
        session.commit()
    town.at(NOON)
    event = Event(elder, LifeKind.DIED, date(2026, 11, 19))
    do(town, befall, event, key="died")
    with Session(town.engine) as session:
        (stop,) = list_stops(session, elder)
    assert (stop.stops_on, stop.verify_until_on) == (
        date(2026, 12, 1),
        date(2026, 12, 20),
    )
    told = Lifecycle(family_report_within_days=30)
    assert told.days_late(date(2026, 10, 1), date(2026, 11, 20)) == 20


def test_a_point_with_only_signed_persons_or_a_star_is_waited_for_and_counted(
    town: LittleTown,
) -> None:
    points = {"s2": uuid4(), "s3": uuid4()}
    elder, officials = entitled(town), Officials(town)
    with Session(town.engine) as session:
        for code, station_id in points.items():
            point = town.station(station_id, code, STREET)
            point.star = 3 if code == "s3" else 0
            session.add(point)
        session.flush()
        session.add(
            Agreement(
                elder_id=elder,
                station_id=points["s2"],
                from_on=date(2026, 11, 1),
                made_at=NOON,
            )
        )
        session.commit()

    def waited_for() -> set[UUID]:
        with Session(town.engine) as session:
            return set(signed_of(session, MONTH).unconfirmed())

    def confirm(code: str) -> PeriodStep:
        desk = town.add_account(code, Role.STATION, station_id=points[code])
        return officials.sign(Step.CONFIRM, desk)

    assert waited_for() == set()  # the month is not over
    town.at(OVER)
    assert waited_for() == set(points.values())
    with pytest.raises(StepTooEarly, match="2 个驿站没有确认"):
        officials.sign(Step.REVIEW, officials.street)
    assert (confirm("s2").entries, waited_for()) == (0, {points["s3"]})
    (tally,) = rows(town, StationTally)
    assert (tally.signed_persons, tally.refused["base-signed"][:7]) == (1, "require")
    made = confirm("s3")
    assert (made.entries, made.subsidy_fen, waited_for()) == (1, 300000, set())
    officials.sign(Step.REVIEW, officials.street)
