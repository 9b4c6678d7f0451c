"""Guards of the months: nothing enters one that is closing, nothing changes after.

What is sealed is written in two steps of one transaction: the row, then its hash over
the row as the database has it. Once it has its hash it stays.
"""

# ruff: noqa: S608 - statements are put together from our own words only

from collections.abc import Iterator

MONTH_SHUT = "这个月已公示或已月结，不能再记入；请记入未结月份"
MONTH_STAYS = "已月结的月份不能修改或删除"
STEP_STAYS = "月结步骤的签字不能修改或删除"
LINE_STAYS = "已月结的明细不能修改、删除或添加"

_SHUT = "EXISTS (SELECT 1 FROM period p WHERE p.month = {month} AND p.state <> 'open')"
_ENTRYS_MONTH = "(SELECT e.period FROM ledger_entry e WHERE e.id = NEW.entry_id)"
_SEALED_LINES = (
    "EXISTS (SELECT 1 FROM period p WHERE p.month = NEW.month AND p.state <> 'closing')"
)
_STAYS = (
    ("period", "OLD.state = 'closed' AND OLD.head_hash <> ''", MONTH_STAYS),
    ("period_step", "OLD.hash <> ''", STEP_STAYS),
    ("period_line", "1 = 1", LINE_STAYS),
)
_REPLACED = (
    ("period_step", "p.id = NEW.id OR p.month = NEW.month AND p.number = NEW.number"),
    ("period_line", "p.month = NEW.month AND p.number = NEW.number"),
)


def month_guards(dialect: str) -> Iterator[str]:
    """The statements that a migration runs after making the tables."""
    if dialect == "sqlite":
        yield from _sqlite_stays()
    else:
        yield from _postgresql_stays()
    yield from entry_guards(dialect)


def entry_guards(dialect: str) -> Iterator[str]:
    """Those on the ledger's own tables, to be made again where such a table is."""
    if dialect == "sqlite":
        shut = _SHUT.format(month="NEW.period")
        for act in ("INSERT", "UPDATE"):
            yield _sqlite(
                f"ledger_entry_month_{act.lower()}",
                act,
                "ledger_entry",
                f"NEW.kind IS NOT NULL AND {shut}",
                MONTH_SHUT,
            )
        yield _sqlite(
            "subsidy_grant_month",
            "INSERT",
            "subsidy_grant",
            _SHUT.format(month=_ENTRYS_MONTH),
            MONTH_SHUT,
        )
        return
    # Whoever closes holds the same lock alone, so that none slips in between.
    lock = "PERFORM pg_advisory_xact_lock_shared(7, replace(found, '-', '')::integer);"
    for table, month in (
        ("ledger_entry", "NEW.period"),
        ("subsidy_grant", _ENTRYS_MONTH),
    ):
        yield (
            f"CREATE OR REPLACE FUNCTION {table}_month() RETURNS trigger "
            f"LANGUAGE plpgsql AS $$ DECLARE found text := {month}; BEGIN {lock} "
            f"IF {_SHUT.format(month='found')} THEN {_raise(MONTH_SHUT)} END IF; "
            "RETURN NEW; END $$"
        )
        acts = "INSERT OR UPDATE" if table == "ledger_entry" else "INSERT"
        yield (
            f"CREATE TRIGGER {table}_month BEFORE {acts} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_month()"
        )


def _sqlite_stays() -> Iterator[str]:
    for table, when, words in _STAYS:
        for act in ("UPDATE", "DELETE"):
            yield _sqlite(f"{table}_no_{act.lower()}", act, table, when, words)
    # INSERT OR REPLACE deletes a row without asking its delete trigger.
    for table, same in _REPLACED:
        there = f"EXISTS (SELECT 1 FROM {table} p WHERE {same})"
        yield _sqlite(f"{table}_no_replace", "INSERT", table, there, STEP_STAYS)
    yield (
        "CREATE TRIGGER period_no_replace BEFORE INSERT ON period "
        "WHEN EXISTS (SELECT 1 FROM period p WHERE p.month = NEW.month) "
        "BEGIN SELECT RAISE(IGNORE); END"
    )
    late = "period_line_late"
    yield _sqlite(late, "INSERT", "period_line", _SEALED_LINES, LINE_STAYS)


def _postgresql_stays() -> Iterator[str]:
    for table, when, words in _STAYS:
        yield (
            f"CREATE OR REPLACE FUNCTION {table}_stays() RETURNS trigger "
            f"LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN {_raise(words)} END IF; "
            "RETURN COALESCE(NEW, OLD); END $$"
        )
        yield (
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_stays()"
        )
        yield (
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change('{words}')"
        )
    yield (
        "CREATE OR REPLACE FUNCTION period_line_late() RETURNS trigger "
        f"LANGUAGE plpgsql AS $$ BEGIN IF {_SEALED_LINES} THEN {_raise(LINE_STAYS)} "
        "END IF; RETURN NEW; END $$"
    )
    yield (
        "CREATE TRIGGER period_line_late BEFORE INSERT ON period_line "
        "FOR EACH ROW EXECUTE FUNCTION period_line_late()"
    )


def _raise(words: str) -> str:
    return f"RAISE EXCEPTION '{words}' USING ERRCODE = '23000';"


def _sqlite(name: str, act: str, table: str, when: str, words: str) -> str:
    return (
        f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    )
