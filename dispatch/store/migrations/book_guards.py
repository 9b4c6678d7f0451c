"""Guards of what was counted, paid and budgeted, and of elders' own money."""

# ruff: noqa: S608 - statements are put together from our own words only

from collections.abc import Iterator

COUNTED_STAYS = "驿站月度核算记录只能追加，不能修改或删除"
PAID_STAYS = "拨付记录只能追加，不能修改或删除"
BUDGET_STAYS = "预算记录只能追加，不能修改或删除"
OVERDRAWN = "储值余额不足，不能支出"

_APPENDED = {
    "station_tally": COUNTED_STAYS,
    "payout": PAID_STAYS,
    "budget_line": BUDGET_STAYS,
}
_POSTING_NOW = "OLD.state = 'draft' AND NEW.state = 'posted'"
_BELOW_ZERO = """EXISTS (
    SELECT 1 FROM ledger_posting p JOIN ledger_account a ON a.code = p.account
    WHERE p.entry_id = OLD.id AND a.kind = 'purse'
    AND (SELECT SUM(q.fen) FROM ledger_posting q WHERE q.account = p.account) > 0)"""
_MAY_SPEND = "NEW.kind IN ('purse', 'reversal', 'adjustment')"


def book_guards(dialect: str) -> Iterator[str]:
    """The statements that a migration runs after making the tables."""
    yield from _sqlite() if dialect == "sqlite" else _postgresql()


def book_unguards(dialect: str) -> Iterator[str]:
    """What takes the guard of the ledger away; the others go with their tables."""
    if dialect == "sqlite":
        yield "DROP TRIGGER ledger_purse_guard"
        return
    yield "DROP TRIGGER ledger_purse_guard ON ledger_entry"
    yield "DROP FUNCTION ledger_purse_guard"


def _sqlite() -> Iterator[str]:
    for table, words in _APPENDED.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        for act in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"{refuse}"
            )
        # INSERT OR REPLACE deletes a row without asking its delete trigger.
        same = "k.id = NEW.id"
        if table != "budget_line":
            same += " OR k.entry_id = NEW.entry_id"
        yield (
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} k WHERE {same}) {refuse}"
        )
    yield (
        "CREATE TRIGGER ledger_purse_guard BEFORE UPDATE ON ledger_entry "
        f"WHEN {_POSTING_NOW} AND {_MAY_SPEND} AND {_BELOW_ZERO} "
        f"BEGIN SELECT RAISE(ABORT, '{OVERDRAWN}'); END"
    )


def _postgresql() -> Iterator[str]:
    for table, words in _APPENDED.items():
        refuse = f"EXECUTE FUNCTION refuse_ledger_change('{words}')"
        yield (
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW {refuse}"
        )
        yield (
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT {refuse}"
        )
    yield (
        "CREATE OR REPLACE FUNCTION ledger_purse_guard() RETURNS trigger "
        f"LANGUAGE plpgsql AS $$ BEGIN IF {_BELOW_ZERO} THEN "
        f"RAISE EXCEPTION '{OVERDRAWN}' USING ERRCODE = '23000'; END IF; "
        "RETURN NEW; END $$"
    )
    yield (
        "CREATE TRIGGER ledger_purse_guard BEFORE UPDATE ON ledger_entry FOR EACH ROW "
        f"WHEN ({_POSTING_NOW} AND {_MAY_SPEND}) EXECUTE FUNCTION ledger_purse_guard()"
    )
