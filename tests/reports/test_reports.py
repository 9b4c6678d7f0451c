"""Reports say what the ledger says, on page, sheet and paper, and always the same."""

import io
from datetime import date

import openpyxl
import pytest
from sqlmodel import select

from dispatch.access.accounts import Role
from dispatch.errors import Refusal
from dispatch.log.audit import Audit
from dispatch.orders.orders import Channel
from dispatch.people.places import Street
from dispatch.reports.figures import figure
from dispatch.reports.kinds import KINDS
from dispatch.reports.looking_into import look_into
from dispatch.reports.making import make_report
from dispatch.reports.printing import print_report
from dispatch.reports.prints import ReportPrint
from dispatch.reports.tables import Line, Report
from dispatch.reports.templates import fill_report
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from dispatch.subsidy.lines import LineFilter
from dispatch.subsidy.months.periods import Period, PeriodState
from tests.engines import ON_ONE_ENGINE
from tests.little_town import ELEVEN, LittleTown
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


@pytest.fixture
def busy(town: LittleTown) -> LittleTown:
    """Three people ate, one twice; a fourth was given the money back."""
    poor, other, back = entitled(town), entitled(town, relief=None), entitled(town)
    orders = [
        order_lunch(town, poor),
        order_second_lunch(town, poor),
        order_lunch(town, other, service="MEAL_PICKUP", channel=Channel.PICKUP),
        order_lunch(town, town.add_elder(born_on=date(1980, 1, 1))),
        order_lunch(town, back),
    ]
    town.at(ELEVEN)
    for order in orders:
        pay_all(town, order)
        hand_over(town, order)
    give_back(town, orders[-1])
    return town


def _made(town: LittleTown, name: str, period: str = MONTH) -> Report:
    return do(town, lambda uow: make_report(uow, name, period))


def _total(report: Report, table: int = 0) -> Line:
    (total,) = [line for line in report.tables[table].lines if line.level == 0]
    return total


def test_every_report_ties_with_the_ledger_and_says_what_it_divides_by(
    busy: LittleTown,
) -> None:
    made = {
        name: _made(busy, name, "2026-W47" if kind.weeks else MONTH)
        for name, kind in KINDS.items()
    }
    for table in made["usage"].tables:
        whole, *_ = table.lines
        told = [whole.cells[name] for name in ("orders", "persons", "person_days")]
        assert (told, whole.cells["subsidy_fen"]) == ([4, 3, 3], 1000)
        leaves = [line for line in table.lines if line.level == 1]
        assert sum(int(line.cells["price_fen"] or 0) for line in leaves) == 6000
    days = _total(made["meals_days"]).cells
    assert (days["orders"], days["persons"], days["price_fen"]) == (4, 3, 6000)
    parts = ("subsidy_fen", "coupon_fen", "external_fen", "borne_fen", "self_fen")
    assert sum(int(days[part] or 0) for part in parts) == 6000
    month = _total(made["meals_month"]).cells
    assert (month["granted_persons"], month["granted_days"]) == (2, 2)
    assert month["due_fen"] == _total(made["payout"]).cells["total_fen"] == 1000
    assert _total(made["payout"], 1).cells["owed_fen"] == 1000
    assert _total(made["weekly"]).cells["done"] == 5
    for report in made.values():
        assert {column.query for t in report.tables for column in t.columns} - {
            "",
            *(source.query for source in report.sources),
        } == set()
    rate = do(busy, lambda uow: figure(uow.session, "cover.signed_rate/1", MONTH))
    assert (rate.part, rate.whole, rate.value) == (0, 3, 0)
    assert rate.denominator.startswith("基本养老服务对象名册 2026-11-20 #")
    year = do(busy, lambda uow: figure(uow.session, "ledger.person_days/1", "2026"))
    assert (year.value, year.whole) == (3, None)


@ON_ONE_ENGINE
def test_a_closed_month_is_printed_once_and_for_ever(busy: LittleTown) -> None:
    def printed(form: str) -> bytes:
        return do(busy, lambda uow: print_report(uow, "payout", MONTH, form))

    assert printed("pdf") == printed("pdf")
    assert printed("xlsx") == printed("xlsx")
    assert rows(busy, ReportPrint) == []
    sheet = openpyxl.load_workbook(io.BytesIO(printed("xlsx"))).worksheets[0]
    told = {cell.value: sheet.cell(4, at) for at, cell in enumerate(sheet[3], 1)}
    assert told["本月应发人数"].value == 2
    assert (told["总计拨款(元)"].value, told["总计拨款(元)"].number_format) == (
        *(10, "#,##0.00"),
    )
    book = do(busy, lambda uow: print_report(uow, "coverage", MONTH, "xlsx"))
    shares = openpyxl.load_workbook(io.BytesIO(book)).worksheets[0]
    found = {row[0].value: row[1] for row in shares.iter_rows(min_row=4)}
    looks = {word: found[word].number_format for word in ("签约人数", "签约率")}
    assert (found["签约率"].value, looks) == (
        *(0, {"签约人数": "#,##0", "签约率": "0.00%"}),
    )
    theirs = _template("所属街道", "总计拨款")
    filled = [
        do(busy, lambda uow: fill_report(uow, "payout", MONTH, theirs))
        for _ in range(2)
    ]
    assert filled[0] == filled[1]
    own = openpyxl.load_workbook(io.BytesIO(filled[0])).worksheets[0]
    assert [cell.value for cell in own[2]] == ["清河街道", 10]
    do(busy, _close)
    first = printed("xlsx")
    do(busy, _rename)
    assert printed("xlsx") == first
    (kept,) = rows(busy, ReportPrint)
    assert kept.period == MONTH


def _template(*titles: str) -> bytes:
    book, kept = openpyxl.Workbook(), io.BytesIO()
    for at, title in enumerate(titles, start=1):
        book.worksheets[0].cell(1, at).value = title
    book.save(kept)
    return kept.getvalue()


def _rename(uow: UnitOfWork) -> None:
    """What stands around the books may change; what was printed of them may not."""
    for street in uow.session.exec(select(Street)):
        street.name = f"{street.name}（新）"


def _close(uow: UnitOfWork) -> None:
    """The month's row as closing leaves it."""
    uow.session.add(
        Period(
            month=MONTH,
            state=PeriodState.CLOSED,
            closing_at=uow.now,
            closing_by=uow.actor.account_id,
            closed_at=uow.now,
            closed_by=uow.actor.account_id,
            line_count=5,
            totals="{}",
            head_hash="0" * 64,
        )
    )


@ON_ONE_ENGINE
def test_who_opens_a_figure_says_why_and_it_is_kept(busy: LittleTown) -> None:
    officer = busy.add_account("office", Role.DISTRICT)

    def look(why: str) -> int:
        return in_one_transaction(
            busy.engine,
            lambda uow: look_into(uow, MONTH, LineFilter(channel="pickup"), why).total,
            actor=officer,
        )

    with pytest.raises(Refusal, match="用途"):
        look(" ")
    assert look("核对账目") == 1
    (kept,) = [one for one in rows(busy, Audit) if one.action == "drill"]
    assert kept.purpose == "2026-11 channel=pickup 核对账目"
    assert kept.account_id == officer.account_id
