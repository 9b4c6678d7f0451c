"""Whoever takes the guards away and bends the books is still found and named."""

from sqlalchemy import Connection, text
from sqlmodel import Session, select

from dispatch.people.elders import Elder
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.checking import broken_fens
from dispatch.subsidy.ledger import Entry
from dispatch.subsidy.months.corrections import CorrectionKind, correction_of
from tests.engines import ON_ONE_ENGINE
from tests.little_town import ELEVEN, LittleTown
from tests.subsidy.ledger_town import (
    do,
    entitled,
    give_back,
    hand_over,
    order_lunch,
    pay_all,
)

BENDING = [
    ("UPDATE ledger_entry SET state = 'draft'", "没有过账"),
    ("UPDATE ledger_posting SET fen = fen + 1 WHERE fen < 0", "借贷不平"),
    ("DELETE FROM ledger_posting WHERE fen < 0", "借贷不平"),
    ("DELETE FROM payment", "没有收款"),
    ("UPDATE orders SET paid_fen = 0", "没有收款"),
    ("UPDATE evidence SET counts = false", "没有凭证"),
    ("DELETE FROM evidence", "没有凭证"),
    ("UPDATE orders SET grade = 'E'", "没有凭证"),
    ("UPDATE subsidy_grant SET grade = 'C'", "分录不符"),
    ("UPDATE subsidy_grant SET service_on = '2026-11-19'", "分录不符"),
    ("UPDATE ledger_entry SET grade = 'C'", "没有凭证"),
    ("UPDATE subsidy_grant SET rule_version = '2020-01'", "没有规则版本"),
    ("UPDATE subsidy_grant SET fen = 400", "没有入账"),
    ("UPDATE subsidy_grant SET payer = 'somebody'", "没有入账"),
    ("UPDATE subsidy_grant SET subsidy = 'meal-age'", "没有入账"),
    ("DELETE FROM subsidy_grant", "没有补贴依据"),
    ("UPDATE subsidy_grant SET reversed_by = entry_id", "冲正不一致"),
    ("UPDATE orders SET price_fen = price_fen + 1", "价格不符"),
    ("DELETE FROM ledger_entry", "没有入账"),
    ("UPDATE month_grant SET fen = fen + 1", "月度汇总与账本不符：month_grant.fen"),
    ("DELETE FROM month_sum", "缺少一行"),
    ("INSERT INTO payer VALUES ('district_finance', '某人', 'society')", "付款方"),
    ("UPDATE rule_version SET words = 'nothing is due'", "内容被改动"),
    ("UPDATE rule_version SET words = 'nothing is due'", "规则版本读不出来"),
]


def take_guards_away(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        return
    names = connection.execute(
        text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    )
    for (name,) in names.all():
        connection.execute(text(f"DROP TRIGGER {name}"))


def test_every_kind_of_bending_is_found(town: LittleTown) -> None:
    order = order_lunch(town, entitled(town))
    town.at(ELEVEN)
    pay_all(town, order)
    hand_over(town, order)
    for statement, words in BENDING:
        assert words in _found_after(town, statement), statement


def test_a_crooked_reversal_is_found(town: LittleTown) -> None:
    order = order_lunch(town, entitled(town))
    town.at(ELEVEN)
    pay_all(town, order)
    hand_over(town, order)
    give_back(town, order)
    statement = (
        "UPDATE ledger_posting SET fen = fen * 2 WHERE entry_id IN "
        "(SELECT id FROM ledger_entry WHERE kind = 'reversal')"
    )
    assert "冲正与原分录不符" in _found_after(town, statement)


@ON_ONE_ENGINE
def test_what_was_overturned_is_proposed_to_be_taken_back(closed: LittleTown) -> None:
    overturned = "UPDATE orders SET state='failed', grade=NULL, reason='disputed'"
    for kind, subsidy in (("back_pay", "meal-basic"), ("deduct", "meal-age")):
        do(closed, _propose, CorrectionKind(kind), subsidy)  # neither takes it back
        assert "没有提出更正" in _found_after(closed, overturned)
    do(closed, _propose, CorrectionKind.DEDUCT, "meal-basic")
    assert "没有提出更正" not in _found_after(closed, overturned)


def _propose(uow: UnitOfWork, kind: CorrectionKind, subsidy: str) -> None:
    entry = uow.session.exec(select(Entry).where(Entry.kind == "service")).one()
    elder = uow.session.exec(select(Elder)).one()
    about = {"kind": kind, "subsidy": subsidy, "fen": 500, "why": "核查", "paper": "一"}
    uow.session.add(correction_of(entry, elder, proposed_at=uow.now, **about))


def _found_after(town: LittleTown, statement: str) -> str:
    """What is broken after the statement, which is then taken back."""
    with Session(town.engine) as session:
        assert broken_fens(session) == []
    engine = town.engine
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        take_guards_away(connection)
        connection.execute(text(statement))
        with Session(connection) as session:
            found = broken_fens(session)
        connection.rollback()
    return "\n".join(found)
