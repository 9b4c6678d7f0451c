"""A month's sums per elder are the ledger's own, whatever happens in which order."""

from datetime import date

from sqlalchemy import delete, text
from sqlmodel import Session

from dispatch.orders.orders import Channel
from dispatch.reports.month_sums import MonthGrant, MonthSum
from dispatch.store.migrations.month_sum_triggers import TABLES, fill
from dispatch.store.tables import METADATA
from dispatch.subsidy.sum_checking import bent_sums
from tests.bending import check_each_is_named
from tests.little_town import ELEVEN, LittleTown
from tests.subsidy.ledger_town import (
    entitled,
    give_back,
    hand_over,
    order_lunch,
    order_second_lunch,
    pay_all,
    rows,
)


def test_the_sums_follow_what_is_eaten_and_given_back(town: LittleTown) -> None:
    poor, guest = entitled(town), town.add_elder(born_on=date(1980, 1, 1))
    orders = [
        order_lunch(town, poor),
        order_second_lunch(town, poor),
        order_lunch(town, guest, service="MEAL_PICKUP", channel=Channel.PICKUP),
    ]
    town.at(ELEVEN)
    for order in orders:
        pay_all(town, order)
        hand_over(town, order)
    kept = {one.elder_id: one for one in rows(town, MonthSum)}
    assert (kept[poor].orders, kept[poor].days.bit_count()) == (2, 1)
    assert kept[poor].granted_days == kept[poor].days
    assert (kept[guest].granted_days, kept[guest].orders) == (0, 1)
    assert (kept[poor].price_fen, kept[poor].self_fen) == (3000, 2500)
    assert (kept[guest].channel, kept[guest].days) == ("pickup", 1 << 19)
    (granted,) = rows(town, MonthGrant)
    assert (granted.elder_id, granted.kind, granted.fen) == (poor, "advance", 500)
    give_back(town, orders[2])
    give_back(town, orders[0])
    (left,) = rows(town, MonthSum)
    assert (left.elder_id, left.orders, left.days) == (poor, 1, 1 << 19)
    as_kept = _all(town)
    _make_anew(town)
    assert _all(town) == as_kept


def test_any_changed_column_of_the_sums_is_named(town: LittleTown) -> None:
    order = order_lunch(town, entitled(town))
    town.at(ELEVEN)
    pay_all(town, order)
    hand_over(town, order)
    called = {table: table for table in TABLES}
    every = [(t, column.name) for t in TABLES for column in METADATA.tables[t].columns]
    check_each_is_named(town.engine, called, every, lambda one: list(bent_sums(one)))
    assert len(every) == 26


def _all(town: LittleTown) -> list[str]:
    found = [*rows(town, MonthSum), *rows(town, MonthGrant)]
    return sorted(str(one.model_dump()) for one in found)


def _make_anew(town: LittleTown) -> None:
    with Session(town.engine) as session:
        for table in (MonthSum, MonthGrant):
            session.execute(delete(table))
        for statement in fill(town.engine.dialect.name, granted=True):
            session.execute(text(statement))
        session.commit()
