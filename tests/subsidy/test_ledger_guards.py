"""Whoever has the database in their hands cannot bend a posted entry unseen."""

# ruff: noqa: S608 - statements are put together from our own words only

from contextlib import suppress
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from dispatch.store.migrations.ledger_guards import (
    GRANT_COLUMNS,
    GRANT_STAYS,
    POSTED,
    POSTING_STAYS,
    TOO_FEW,
    UNBALANCED,
)
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.subsidy.grants import Grant
from dispatch.subsidy.ledger import (
    AccountKind,
    Amount,
    Entry,
    EntryKind,
    EntryState,
    LedgerAccount,
    Posting,
    post,
)
from dispatch.subsidy.rule_versions import RuleVersion
from tests.little_town import ELEVEN, LittleTown
from tests.subsidy.ledger_town import (
    do,
    entitled,
    hand_over,
    order_lunch,
    pay_all,
    rows,
)


@pytest.fixture
def settled(town: LittleTown) -> LittleTown:
    """A town with one granted lunch on its books."""
    order = order_lunch(town, entitled(town))
    town.at(ELEVEN)
    pay_all(town, order)
    hand_over(town, order)
    return town


def _books(town: LittleTown) -> list[dict[str, object]]:
    tables = (Entry, Posting, Grant, LedgerAccount, RuleVersion)
    return [row.model_dump() for table in tables for row in rows(town, table)]


def _run(engine: Engine, statement: str) -> None:
    with engine.connect() as connection:
        connection.execute(text(statement))
        connection.commit()


TAMPERING = [
    ("UPDATE ledger_entry SET period = '2026-10'", POSTED),
    ("UPDATE ledger_entry SET state = 'draft'", POSTED),
    ("UPDATE ledger_entry SET reason = 'x'", POSTED),
    ("DELETE FROM ledger_entry", POSTED),
    ("UPDATE ledger_posting SET fen = fen * 2", POSTING_STAYS),
    ("DELETE FROM ledger_posting WHERE fen < 0", POSTED),
    ("UPDATE subsidy_grant SET fen = 1", GRANT_STAYS),
    ("UPDATE subsidy_grant SET category = 'ANY'", GRANT_STAYS),
    ("UPDATE subsidy_grant SET reversed_by = entry_id", GRANT_STAYS),
    ("DELETE FROM subsidy_grant", GRANT_STAYS),
    ("UPDATE ledger_account SET kind = 'due'", "账户不能"),
    ("DELETE FROM ledger_account", "账户不能"),
    ("UPDATE rule_version SET words = ''", "规则版本不能"),
    ("DELETE FROM rule_version", "规则版本不能"),
    (
        "INSERT INTO ledger_posting (id, entry_id, account, fen) SELECT "
        "'{new}', entry_id, account, 7 FROM ledger_posting WHERE fen < 0",
        POSTED,
    ),
]


@pytest.mark.proves("F89", "S23")
def test_what_is_posted_cannot_be_bent(settled: LittleTown) -> None:
    before = _books(settled)
    new = _literal(settled.engine, uuid4())
    for statement, words in TAMPERING:
        with pytest.raises(DBAPIError, match=words):
            _run(settled.engine, statement.format(new=new))
        assert _books(settled) == before


def test_no_column_of_a_grant_can_be_changed(settled: LittleTown) -> None:
    before = _books(settled)
    (grant,) = rows(settled, Grant)
    for column in GRANT_COLUMNS:
        value = getattr(grant, column)
        other = f"'{uuid4().hex}'" if isinstance(value, UUID) else "'0'"
        with pytest.raises(DBAPIError):
            _run(settled.engine, f"UPDATE subsidy_grant SET {column} = {other}")
    assert _books(settled) == before


def test_every_column_of_a_grant_is_guarded() -> None:
    assert {*GRANT_COLUMNS, "reversed_by"} == set(Grant.model_fields)


TABLES = (
    "ledger_entry",
    "ledger_posting",
    "subsidy_grant",
    "ledger_account",
    "rule_version",
)


def test_the_books_cannot_be_emptied_at_once(settled: LittleTown) -> None:
    on_sqlite = settled.engine.dialect.name == "sqlite"
    before = _books(settled)
    for table in TABLES:
        emptying = f"DELETE FROM {table}" if on_sqlite else f"TRUNCATE {table} CASCADE"
        with pytest.raises(DBAPIError, match="不能"):
            _run(settled.engine, emptying)
    assert _books(settled) == before


def test_a_row_cannot_be_replaced(settled: LittleTown) -> None:
    """SQLite's REPLACE deletes without asking the delete triggers."""
    if settled.engine.dialect.name != "sqlite":
        return  # PostgreSQL has no such statement
    before = _books(settled)
    for table in TABLES:
        with suppress(DBAPIError):  # an account or a rule stays as it is, in silence
            _run(
                settled.engine,
                f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
            )
        assert _books(settled) == before
    columns = ", ".join(c for c in Entry.model_fields if c not in ("id", "state"))
    with pytest.raises(IntegrityError, match=POSTED):
        _run(
            settled.engine,
            f"INSERT OR REPLACE INTO ledger_entry (id, state, {columns}) "
            f"SELECT '{uuid4().hex}', 'draft', {columns} FROM ledger_entry",
        )
    assert _books(settled) == before


def _draft(town: LittleTown) -> Entry:
    (kept,) = rows(town, Entry)
    about = kept.model_dump(exclude={"id", "state", "business_key"})
    return Entry(**about, business_key=uuid4().hex)


def test_what_does_not_balance_is_not_posted(settled: LittleTown) -> None:
    before = _books(settled)
    kinds = (AccountKind.SELF, AccountKind.INCOME)
    for fens, words in [
        ((), TOO_FEW),
        ((5,), TOO_FEW),
        ((5, -4), UNBALANCED),
        ((5, 5), UNBALANCED),
    ]:
        amounts = [Amount(kind, fen) for kind, fen in zip(kinds, fens, strict=False)]
        with pytest.raises(IntegrityError, match=words):
            do(settled, post, _draft(settled), amounts)
    assert _books(settled) == before


def test_nothing_is_born_posted(settled: LittleTown) -> None:
    draft = _draft(settled)
    draft.state = EntryState.POSTED
    with Session(settled.engine) as session:
        session.add(draft)
        with pytest.raises(DBAPIError, match="起草"):
            session.flush()


@pytest.mark.parametrize("fen", [0, 0.5, "much", 10**12])
def test_a_posting_is_some_whole_fen(settled: LittleTown, fen: object) -> None:
    draft = _draft(settled)
    account = rows(settled, LedgerAccount)[0].code
    with Session(settled.engine) as session:
        session.add(draft)
        session.flush()
        insert = text(
            "INSERT INTO ledger_posting (id, entry_id, account, fen) "
            "VALUES (:id, :entry, :account, :fen)"
        )
        engine = settled.engine
        facts = {
            "id": _literal(engine, uuid4()),
            "entry": _literal(engine, draft.id),
            "account": account,
            "fen": fen,
        }
        with pytest.raises(DBAPIError):
            session.execute(insert, facts)


def test_an_entry_is_reversed_once(settled: LittleTown) -> None:
    (kept,) = rows(settled, Entry)

    both = [Amount(AccountKind.SELF, 5), Amount(AccountKind.INCOME, -5)]

    def run(uow: UnitOfWork, back: Entry) -> None:
        back.kind, back.reverses_id = EntryKind.REVERSAL, kept.id
        post(uow, back, both)

    first, second = _draft(settled), _draft(settled)
    do(settled, run, first)
    with pytest.raises(IntegrityError):
        do(settled, run, second)


def _literal(engine: Engine, value: UUID) -> str:
    return value.hex if engine.dialect.name == "sqlite" else str(value)
