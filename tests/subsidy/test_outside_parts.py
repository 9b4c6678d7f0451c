"""What others pay comes before the subsidies, and every fen has its bearer."""

from typing import Any

import pytest
from sqlmodel import Session

from dispatch.counter.bill_sheets import show_bill
from dispatch.counter.paying import AlreadyPaid
from dispatch.counter.telling_parts import (
    NoCoupon,
    OutsidePart,
    TooMuchOutside,
    tell_coupon,
    tell_external,
)
from dispatch.store.unit_of_work import in_one_transaction
from dispatch.subsidy.book_sheets import show_books
from dispatch.subsidy.budgets import list_budgets
from dispatch.subsidy.checking import broken_fens
from dispatch.subsidy.externals import ExternalPart
from dispatch.subsidy.ledger import AccountKind, LedgerAccount, Posting
from dispatch.subsidy.outcomes import Line
from dispatch.subsidy.splitting import amounts_of
from dispatch.subsidy.usage import Sums, usage_of
from tests.engines import ON_ONE_ENGINE
from tests.little_town import ELEVEN, LittleTown
from tests.subsidy.ledger_town import (
    bill,
    do,
    entitled,
    give_back,
    hand_over,
    order_lunch,
    pay_all,
    rows,
)


def _posted(town: LittleTown) -> dict[AccountKind, int]:
    kinds = {one.code: one.kind for one in rows(town, LedgerAccount)}
    found: dict[AccountKind, int] = {}
    for one in rows(town, Posting):
        kind = kinds[one.account]
        found[kind] = found.get(kind, 0) + one.fen
    return found


def test_an_insurance_pays_before_the_subsidy_and_the_elder(town: LittleTown) -> None:
    order = order_lunch(town, entitled(town))  # 15.00
    town.at(ELEVEN)
    with pytest.raises(TooMuchOutside):
        do(town, tell_external, order.id, OutsidePart("ltci", 1501, "S1"))
    do(town, tell_external, order.id, OutsidePart("ltci", 1300, "S1"))
    do(town, tell_external, order.id, OutsidePart("ltci", 700, "S2"))
    with pytest.raises(NoCoupon):
        do(town, tell_coupon, order.id, "C1")
    told = bill(town, order)
    assert (told.external_fen, told.subsidy_fen, told.self_fen) == (700, 500, 300)
    shown = do(town, show_bill, order.id)
    assert (shown.external_number, shown.due_fen) == ("S2", 300)
    pay_all(town, order)
    with pytest.raises(AlreadyPaid):
        do(town, tell_external, order.id, OutsidePart("ltci", 100, "S3"))
    hand_over(town, order)

    assert bill(town, order).self_fen == 300
    assert _posted(town) == {
        AccountKind.INCOME: -1500,
        AccountKind.EXTERNAL: 700,
        AccountKind.ADVANCE: 500,
        AccountKind.SELF: 300,
    }
    books = in_one_transaction(
        town.engine, lambda uow: show_books(uow, "2026-11"), actor=town.staff
    )
    (ways,) = books.ways
    assert (ways.person_fen, ways.government_fen, ways.society_fen) == (300, 500, 700)
    assert {(one.kind, one.left_fen) for one in books.owed} == {
        ("advance", 500),
        ("external", 700),
    }
    usage = in_one_transaction(
        town.engine, lambda uow: usage_of(uow, "2026-11"), actor=town.staff
    )
    with Session(town.engine) as session:
        spent = [(one.payer, one.granted_fen) for one in list_budgets(session, 2026)]
    assert spent == [("district_finance", 500)]
    assert usage.ties.ok
    assert usage.totals == Sums(1, 1, 1, 1500, 500, 0, 300, external_fen=700)
    give_back(town, order)
    assert not any(_posted(town).values())


@ON_ONE_ENGINE
def test_who_has_nothing_to_pay_is_settled_at_the_counter(town: LittleTown) -> None:
    order = order_lunch(town, entitled(town))  # 15.00, 5.00 of them subsidised
    town.at(ELEVEN)
    do(town, tell_external, order.id, OutsidePart("ltci", 1000, "S1"))
    assert bill(town, order).self_fen == 0
    pay_all(town, order)
    with pytest.raises(AlreadyPaid):
        pay_all(town, order)
    hand_over(town, order)
    assert _posted(town) == {
        AccountKind.INCOME: -1500,
        AccountKind.EXTERNAL: 1000,
        AccountKind.ADVANCE: 500,
    }
    with Session(town.engine) as session:
        assert broken_fens(session) == []
    give_back(town, order)
    assert not any(_posted(town).values())


def test_a_shared_subsidy_is_owed_by_each_to_the_fen(town: LittleTown) -> None:
    order = order_lunch(town, entitled(town))
    order.price_fen, order.paid_fen = 1235, 165
    about: dict[str, Any] = {"category": "DB", "window": "-", "rule_version": "1"}
    line = Line("meal", "price", 370, payer="b", advance_by=None, **about)
    shared = Line(
        *("meal", "price", 370),
        payer="b",
        advance_by="station",
        shares={"b": 1, "c": 1, "d": 1},
        **about,
    )
    outside = ExternalPart(order_id=order.id, payer="ltci", fen=700, number="1")  # type: ignore[call-arg]
    alone = list(amounts_of(order, [line], outside))
    together = list(amounts_of(order, [shared], outside))
    assert sum(amount.fen for amount in alone) == 0
    assert sum(amount.fen for amount in together) == 0
    owed = [each.fen for each in together if each.kind is AccountKind.ADVANCE]
    assert owed == [124, 123, 123]
