"""The month's table: from the ledger, tied four ways, down to every line."""

import random
import re
from dataclasses import astuple
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session

from dispatch.access.accounts import Role
from dispatch.errors import Refusal
from dispatch.log.audit import Audit
from dispatch.orders.orders import Channel, Order
from dispatch.reports.looking_into import look_into
from dispatch.store.unit_of_work import Actor, UnitOfWork, in_one_transaction
from dispatch.subsidy.checking import broken_fens, check_fens, ledger_totals
from dispatch.subsidy.grants import Grant
from dispatch.subsidy.ledger import Entry
from dispatch.subsidy.lines import LineFilter, LinesPage, lines_of
from dispatch.subsidy.usage import Sums, Usage, usage_of
from tests.engines import ON_ONE_ENGINE
from tests.little_town import ELEVEN, OTHER_STREET, LittleTown
from tests.subsidy.ledger_town import (
    entitled,
    give_back,
    hand_over,
    order_lunch,
    order_second_lunch,
    pay_all,
    rows,
)

TO_FETCH = {"service": "MEAL_PICKUP", "channel": Channel.PICKUP}
MONTH = "2026-11"


def _usage(town: LittleTown, actor: Actor | None = None) -> Usage:
    return in_one_transaction(
        town.engine,
        lambda uow: usage_of(uow, MONTH),
        actor=actor or town.add_account("office", Role.DISTRICT),
    )


def _lines(
    town: LittleTown, which: LineFilter = LineFilter(), **page: Any
) -> LinesPage:
    def run(uow: UnitOfWork) -> LinesPage:
        return lines_of(uow, MONTH, which, **page)

    return in_one_transaction(
        town.engine, run, actor=town.add_account("office", Role.DISTRICT)
    )


def _broken(town: LittleTown) -> list[str]:
    with Session(town.engine) as session:
        return broken_fens(session)


@pytest.fixture
def busy(town: LittleTown) -> LittleTown:
    """Three people ate, one twice; a fourth was given the money back."""
    poor, other = entitled(town), entitled(town, relief=None)
    guest = town.add_elder(born_on=date(1980, 1, 1))
    back = entitled(town)
    orders = [
        order_lunch(town, poor),
        order_second_lunch(town, poor),
        order_lunch(town, other, **TO_FETCH),
        order_lunch(town, guest),
        order_lunch(town, back),
    ]
    town.at(ELEVEN)
    for order in orders:
        pay_all(town, order)
        hand_over(town, order)
    give_back(town, orders[-1])
    return town


def test_the_table_counts_meals_persons_and_days_apart(busy: LittleTown) -> None:
    usage = _usage(busy)
    table = {(row.channel, row.category): row.sums for row in usage.rows}
    assert table == {
        ("dine_in", "ANY"): Sums(1, 1, 1, 1500, 0, 0, 1500),
        ("dine_in", "DB"): Sums(2, 1, 1, 3000, 500, 0, 2500),
        ("pickup", "AGE80"): Sums(1, 1, 1, 1500, 500, 0, 1000),
    }
    assert usage.totals == Sums(4, 3, 3, 6000, 1000, 0, 5000)
    assert usage.rules == ("2026-01",)
    assert astuple(usage.ties) == (1000, 1000, 1000, 1000)
    assert usage.ties.ok


def test_who_sees_another_street_sees_nothing_of_this_one(busy: LittleTown) -> None:
    elsewhere = busy.add_account("east", Role.STREET, street_code=OTHER_STREET)
    usage = _usage(busy, elsewhere)
    assert (usage.rows, usage.totals) == ((), Sums())


def test_every_figure_opens_into_its_lines(busy: LittleTown) -> None:
    whole = _lines(busy)
    assert (whole.total, sum(line.fen for line in whole.lines)) == (2, 1000)
    assert (whole.many, whole.next) == (False, None)
    for line in whole.lines:
        assert line.subsidy == "meal-basic"
        assert line.name == "基本养老服务对象就餐补贴"
        assert (line.category, line.window) == ("BASIC", "2026-11-20")
        assert (line.rule_version, line.grade) == ("2026-01", "A")
        assert line.evidence == "counter"
        assert line.elder_label == "王*英"
    first = _lines(busy, limit=1)
    last = _lines(busy, limit=1, after=first.next)
    assert (first.lines + last.lines, last.total) == (whole.lines, 2)
    assert last.next is None
    fetched = _lines(busy, LineFilter(channel="pickup", category="AGE80"))
    assert (fetched.total, [line.fen for line in fetched.lines]) == (1, [500])


@ON_ONE_ENGINE
def test_an_auditor_reads_every_line_and_no_name(busy: LittleTown) -> None:
    auditor = busy.add_account("audit", Role.AUDITOR)
    read = in_one_transaction(
        busy.engine,
        lambda uow: look_into(uow, MONTH, LineFilter(), "年度审计"),
        actor=auditor,
    )
    told = [line.elder_label for line in read.lines]
    assert [line.fen for line in read.lines] == [500, 500]
    assert all(re.fullmatch(r"[0-9a-f]{5}(-[0-9a-f]{5}){2}", label) for label in told)
    assert len(set(told)) == 2  # one code is one elder
    assert _usage(busy, auditor) == _usage(busy)
    (looked,) = [one for one in rows(busy, Audit) if one.action == "drill"]
    assert (looked.role, looked.fields) == ("auditor", ["pseudonym"])
    assert "年度审计" in looked.purpose


def test_a_sound_ledger_has_nothing_broken(busy: LittleTown) -> None:
    with Session(busy.engine) as session:
        found = check_fens(session)
        debit_fen, credit_fen = ledger_totals(session)
    entries, grants = rows(busy, Entry), rows(busy, Grant)
    assert (found.broken, found.checked) == ((), len(entries) + len(grants))
    assert debit_fen == credit_fen > 0


def test_an_empty_month_is_an_empty_table(town: LittleTown) -> None:
    usage = _usage(town)
    assert (usage.rows, usage.totals, usage.rules) == ((), Sums(), ())
    assert usage.ties.ok
    assert _lines(town) == LinesPage(0, False, (), None)


def test_whatever_happens_in_whatever_order_everything_ties(town: LittleTown) -> None:
    """On both engines; `test_any_order` goes on beyond the close."""
    chance = random.Random(1)
    people = [
        entitled(town),
        entitled(town, relief="TK"),
        town.add_elder(),
        town.add_elder(born_on=date(1958, 3, 1)),
    ]
    orders: list[Order] = []
    for elder in people:
        orders.append(order_lunch(town, elder))
        orders += [order_second_lunch(town, elder) for _ in range(chance.randint(0, 2))]
    town.at(ELEVEN)
    for _ in range(40):
        deed = chance.choice([pay_all, pay_all, hand_over, give_back])
        try:
            deed(town, chance.choice(orders))
        except (Refusal, IndexError):
            continue  # not possible just now
    usage = _usage(town)
    assert usage.ties.ok
    assert usage.totals.subsidy_fen == sum(line.fen for line in _lines(town).lines)
    assert _broken(town) == []
    granted = [grant for grant in rows(town, Grant) if grant.reversed_by is None]
    assert len({grant.elder_id for grant in granted}) == len(granted)
