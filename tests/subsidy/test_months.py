"""Months: what is late goes to the open one; what is closed never changes."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from threading import Thread
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel, select

from dispatch.access.accounts import Account
from dispatch.errors import Refusal
from dispatch.log.book_chain import Book
from dispatch.log.book_checking import verify_books
from dispatch.orders.orders import OrderState, get_order, move_order
from dispatch.settings import settings
from dispatch.store.migrations.month_guards import (
    LINE_STAYS,
    MONTH_SHUT,
    MONTH_STAYS,
    STEP_STAYS,
)
from dispatch.store.tables import METADATA
from dispatch.store.unit_of_work import UnitOfWork, unit_of_work
from dispatch.subsidy.ledger import Entry
from dispatch.subsidy.months.blocking import blockers
from dispatch.subsidy.months.closing import Head, head_of
from dispatch.subsidy.months.commands import close_month
from dispatch.subsidy.months.periods import (
    Period,
    PeriodFor,
    PeriodState,
    hold_alone,
    period_for,
    state_of,
)
from dispatch.subsidy.months.signing import SamePerson, StepTooEarly
from dispatch.subsidy.months.steps import Step
from dispatch.subsidy.months.verifying import verify_months, verify_period
from tests.bending import check_each_is_named
from tests.field.phone import Phone
from tests.field.walk import HALF_PAST, make_walk
from tests.little_town import LittleTown
from tests.subsidy.closed_month import AFTER, MONTH, Officials, close_drawers, eat_lunch
from tests.subsidy.kept_books import write_books
from tests.subsidy.ledger_town import do, entitled, pay_all


@pytest.mark.proves("F86")
def test_a_late_fact_goes_to_the_first_open_month(town: LittleTown) -> None:
    with unit_of_work(town.engine) as uow:
        for month in ("2025-12", "2026-01"):
            held = hold_alone(uow.session, month)
            held.state = PeriodState.CLOSING
            held.closing_at, held.closing_by = uow.now, town.staff.account_id
        uow.session.flush()
        late = period_for(uow.session, date(2025, 12, 31))
        in_time = period_for(uow.session, date(2026, 2, 1))
    assert late == PeriodFor("2026-02", adjusts_period="2025-12")
    assert in_time == PeriodFor("2026-02", adjusts_period=None)


@pytest.mark.proves("F84", "F85")
def test_a_month_closes_once_and_then_stays(
    town: LittleTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    eat_lunch(town)
    phone, other = _silent_phones(town)
    officials = Officials(town)
    with pytest.raises(StepTooEarly, match="没有过完"):
        officials.sign(Step.CONFIRM, town.staff)
    town.at(AFTER)
    with pytest.raises(StepTooEarly, match="现金日"):
        officials.sign(Step.CONFIRM, town.staff)
    close_drawers(town)
    with pytest.raises(StepTooEarly, match="1 个驿站没有确认"):
        officials.sign(Step.REVIEW, officials.street)
    officials.sign(Step.CONFIRM, town.staff)
    officials.sign(Step.REVIEW, officials.street)
    _at_once(phone, lambda: officials.sign(Step.PUBLISH, officials.district))
    with Session(town.engine) as session:
        shown = state_of(session, MONTH) is PeriodState.CLOSING
    if not shown:  # the delivery was first: other figures than those signed
        officials.sign(Step.CONFIRM, town.staff)
        officials.sign(Step.REVIEW, officials.street)
        officials.sign(Step.PUBLISH, officials.district)
    with pytest.raises(StepTooEarly, match="公示到"):
        officials.sign(Step.APPROVE, officials.district)
    town.at(AFTER + timedelta(days=8))
    officials.sign(Step.APPROVE, officials.district)
    with pytest.raises(SamePerson):
        officials.sign(Step.PAY, officials.district)
    with Session(town.engine) as session:
        assert [one.kind for one in blockers(session, MONTH)] == ["not_paid"]
    assert _by_command(officials, monkeypatch) == (1, ["not_paid"])
    officials.sign(Step.PAY, officials.finance)

    heads, refused = _at_once(*[officials.close] * 4, other, *[officials.close] * 4)

    assert len(heads) == 1
    assert refused == ["month_is_closed"] * 7
    assert _by_command(officials, monkeypatch) == (1, "month_is_closed")
    with Session(town.engine) as session:
        late = session.exec(select(Entry).where(Entry.channel == "delivery")).all()
        months = sorted((one.period, one.adjusts_period) for one in late)
    first = ("2026-12", MONTH) if shown else (MONTH, None)
    assert months == [first, ("2026-12", MONTH)]
    # 5.00 for each lunch; the station's 3.00 for each
    assert heads[0].totals["subsidy_fen"] == (800 if shown else 1600)
    with Session(town.engine) as session:
        assert head_of(session.get_one(Period, MONTH)) == heads[0]
        assert verify_period(session, MONTH).broken == []
        booked = period_for(session, date(2026, 11, 20))
    assert booked == PeriodFor("2026-12", adjusts_period=MONTH)
    for statement, words in FORBIDDEN:
        with pytest.raises(DBAPIError, match=words), town.engine.begin() as connection:
            connection.execute(text(statement))
    with Session(town.engine) as session:
        kept = session.exec(select(Entry).where(Entry.period == MONTH)).all()[0]
        own = {"id", "state", "business_key"}
        session.add(Entry(**kept.model_dump(exclude=own), business_key="late"))
        with pytest.raises(DBAPIError, match=MONTH_SHUT):
            session.flush()


FORBIDDEN = [
    ("UPDATE period SET begun = 2", MONTH_STAYS),
    ("DELETE FROM period_step", STEP_STAYS),
    ("UPDATE period_step SET title = 'x'", STEP_STAYS),
    ("DELETE FROM period_line", LINE_STAYS),
]


def _at_once(*deeds: Callable[[], object]) -> tuple[list[Head], list[str]]:
    """The heads of those who closed, and why the others could not."""
    heads: list[Head] = []
    refused: list[str] = []

    def run(deed: Callable[[], object]) -> None:
        try:
            done = deed()
        except Refusal as refusal:
            refused.append(refusal.code)
        else:
            heads.extend([done] if isinstance(done, Head) else [])

    threads = [Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return heads, refused


def _silent_phones(town: LittleTown) -> list[Callable[[], object]]:
    """Two meals that were handed over, said to have failed; their phones come later."""
    said: list[Callable[[], object]] = []
    walk = make_walk(town, entitled(town), entitled(town))
    for n, order_id in enumerate(walk.orders):
        phone = Phone(walk, device_id=f"phone-{n}", boot_id=f"b{n:04}")
        phone.hand(HALF_PAST, n)
        pay_all(town, walk.order(n))
        do(town, _fail, order_id)
        now = AFTER + timedelta(days=8 * n)
        said.append(partial(walk.post, phone.batch(now)))
    return said


def _fail(uow: UnitOfWork, order_id: UUID) -> None:
    order = get_order(uow.session, order_id, lock=True)
    move_order(uow, order, OrderState.FAILED, reason="refused")


def _by_command(
    officials: Officials, monkeypatch: pytest.MonkeyPatch
) -> tuple[int, list[str] | str]:
    """What `close-month` says: its exit code, and what is open or wrong."""
    engine = officials.town.engine
    with Session(engine) as session:
        login = session.get_one(Account, officials.district.account_id).login
    url = engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DISPATCH_DATABASE_URL", url)
    settings.cache_clear()
    told = CliRunner().invoke(close_month, [MONTH, "--as", login])
    monkeypatch.delenv("DISPATCH_DATABASE_URL")
    settings.cache_clear()
    said = json.loads(told.stdout)
    return told.exit_code, said.get("error") or [one["kind"] for one in said["open"]]


SEALED = {
    "ledger_entry": "entry",
    "ledger_posting": "posting",
    "ledger_account": "account",
    "subsidy_grant": "grant",
    "rule_version": "rule",
    "period": "period",
    "period_step": "period_step",
    "period_line": "period_line",
}
BOOKS = {book.value: book.value for book in Book} | {"book_seal": "book_seal"}


# Tables of these rooms that no chain covers, and what says that they are right.
ELSEWHERE = {
    "allowance_stop": "what befell an elder, and its events",
    "anomaly": "its events, and the entry that it holds",
    "coupon_number": "the postings of its order's entry",
    "external_part": "the postings of its order's entry",
    "guardian_came": "its events",
    "month_grant": "made anew from the ledger by `verify`",
    "month_sum": "made anew from the ledger by `verify`",
    "night_screen": "nothing: the night would be looked through again",
    "payer": "read beside the rule versions by `verify`",
    "rule_draft": "guards; what was published of it is a rule version",
    "rule_publication": "guards; its words are a rule version's",
    "rule_trial": "nothing: an answer that is thrown away",
    "subsidy_promise": "no money: the grant takes its place",
    "time_kin": "its events",
    "time_team": "the accounts that it has",
    "time_team_member": "the moves by which it was used",
}


def test_every_table_of_the_money_is_sealed_or_said_to_be_held_otherwise() -> None:
    rooms = ("dispatch.subsidy.", "dispatch.timebank.", "dispatch.reports.month_sums")
    tables = {
        one.class_.__tablename__
        for one in SQLModel._sa_registry.mappers
        if one.class_.__module__.startswith(rooms)
    }
    sealed = {*SEALED, *BOOKS} - {"book_seal"}
    assert tables == sealed | ELSEWHERE.keys()
    assert not sealed & ELSEWHERE.keys()


@pytest.mark.long
def test_any_changed_column_of_a_closed_month_is_named(closed: LittleTown) -> None:
    every = [
        (table, column.name)
        for table in SEALED
        for column in METADATA.tables[table].columns
    ]
    every.remove(("subsidy_grant", "reversed_by"))  # its reversal says so
    check_each_is_named(closed.engine, SEALED, every, _broken_months)
    write_books(closed)
    beside = [(t, column.name) for t in BOOKS for column in METADATA.tables[t].columns]
    check_each_is_named(closed.engine, BOOKS, beside, _broken_books)
    assert (len(every), len(beside)) == (97, 88)


@pytest.mark.proves("F89")
def test_a_changed_column_of_a_closed_month_is_named(closed: LittleTown) -> None:
    some = [
        ("ledger_entry", "period"),
        ("ledger_posting", "fen"),
        ("subsidy_grant", "evidence_id"),
        ("rule_version", "words"),
        ("period", "state"),
        ("period_step", "signed_at"),
        ("period_line", "hash"),
    ]
    check_each_is_named(closed.engine, SEALED, some, _broken_months)
    write_books(closed)
    beside = [
        ("payout", "voucher"),
        ("station_tally", "earned"),
        ("budget_line", "fen"),
        ("correction", "decision"),
        ("time_move", "minutes"),
        ("time_account", "helper_id"),
        ("told_before", "told"),
        ("book_seal", "row_id"),
        ("book_seal", "digest"),
        ("book_seal", "hash"),
    ]
    check_each_is_named(closed.engine, BOOKS, beside, _broken_books)


def _broken_books(session: Session) -> list[str]:
    return verify_books(session)[1]


def _broken_months(session: Session) -> list[str]:
    return verify_months(session).broken
