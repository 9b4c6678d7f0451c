"""Guards of the ledger: what is posted balances and never changes, on both engines.

SQLite's `INSERT OR REPLACE` deletes a row without asking its delete trigger, so the
insert triggers there also refuse rows that would take a kept row's place.
"""

# ruff: noqa: S608 - statements are put together from our own words only

from collections.abc import Iterator

UNBALANCED = "借贷不平，不能过账"
TOO_FEW = "一笔分录至少要有两条明细，不能过账"
DRAFT_FIRST = "分录须先起草，再过账"
POSTED = "已过账的分录不能修改或删除，请用冲正"
KEYS_STAY = "分录的编号和业务键不能修改"
POSTING_STAYS = "明细不能修改，请用冲正"
GRANT_STAYS = "补贴记录不能修改或删除，请用冲正"
ACCOUNT_STAYS = "账户不能修改或删除"
RULES_STAY = "已采用的规则版本不能修改或删除"

_KEPT = {"ledger_account": ACCOUNT_STAYS, "rule_version": RULES_STAY}
_EMPTY = {
    **_KEPT,
    "ledger_entry": POSTED,
    "ledger_posting": POSTING_STAYS,
    "subsidy_grant": GRANT_STAYS,
}
GRANT_COLUMNS = (
    *("id", "order_id", "elder_id", "station_id", "subsidy", "payer", "part", "fen"),
    *("units", "category", "window_key", "once_key", "rule_version", "grade"),
    *("evidence_id", "entry_id", "service", "service_on", "meal", "granted_at"),
)


def guard_of(name: str) -> str:
    """One of SQLite's triggers, by its name."""
    return next(one for one in _SQLITE if one.startswith(f"CREATE TRIGGER {name} "))


def ledger_guards(dialect: str) -> Iterator[str]:
    """The statements that a migration runs after making the tables."""
    yield from _SQLITE if dialect == "sqlite" else _POSTGRESQL
    for table, words in _KEPT.items():
        if dialect == "sqlite":
            for act in ("UPDATE", "DELETE"):
                yield _sqlite(f"{table}_no_{act.lower()}", act, table, "1", words)
        else:
            yield _refusing(table, "UPDATE OR DELETE", words)
    if dialect != "sqlite":
        for table, words in _EMPTY.items():
            yield _never_emptied(table, words)


def _sqlite(name: str, act: str, table: str, when: str, words: str) -> str:
    return (
        f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    )


_SUM = "(SELECT COALESCE(SUM(fen), 0) FROM ledger_posting WHERE entry_id = OLD.id)"
_COUNT = "(SELECT COUNT(*) FROM ledger_posting WHERE entry_id = OLD.id)"
_POSTING_NOW = "OLD.state = 'draft' AND NEW.state = 'posted'"
_BELONGS_TO_POSTED = (
    "(SELECT state FROM ledger_entry WHERE id = {row}.entry_id) = 'posted'"
)

_SQLITE = (
    _sqlite(
        "ledger_entry_draft_first",
        "INSERT",
        "ledger_entry",
        "NEW.state <> 'draft'",
        DRAFT_FIRST,
    ),
    _sqlite(
        "ledger_entry_no_replace",
        "INSERT",
        "ledger_entry",
        "EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = NEW.id "
        "OR e.business_key = NEW.business_key OR e.reverses_id = NEW.reverses_id)",
        POSTED,
    ),
    _sqlite(
        "ledger_entry_keys",
        "UPDATE",
        "ledger_entry",
        "NEW.id <> OLD.id OR NEW.business_key <> OLD.business_key "
        "OR NEW.reverses_id IS NOT OLD.reverses_id",
        KEYS_STAY,
    ),
    _sqlite(
        "ledger_entry_posted",
        "UPDATE",
        "ledger_entry",
        "OLD.state = 'posted'",
        POSTED,
    ),
    _sqlite(
        "ledger_entry_two",
        "UPDATE",
        "ledger_entry",
        f"{_POSTING_NOW} AND {_COUNT} < 2",
        TOO_FEW,
    ),
    _sqlite(
        "ledger_entry_balanced",
        "UPDATE",
        "ledger_entry",
        f"{_POSTING_NOW} AND {_COUNT} >= 2 AND {_SUM} <> 0",
        UNBALANCED,
    ),
    _sqlite(
        "ledger_entry_no_delete",
        "DELETE",
        "ledger_entry",
        "OLD.state = 'posted'",
        POSTED,
    ),
    _sqlite(
        "ledger_posting_no_more",
        "INSERT",
        "ledger_posting",
        f"{_BELONGS_TO_POSTED.format(row='NEW')} "
        "OR EXISTS (SELECT 1 FROM ledger_posting p WHERE p.id = NEW.id)",
        POSTED,
    ),
    _sqlite("ledger_posting_no_update", "UPDATE", "ledger_posting", "1", POSTING_STAYS),
    _sqlite(
        "ledger_posting_no_delete",
        "DELETE",
        "ledger_posting",
        _BELONGS_TO_POSTED.format(row="OLD"),
        POSTED,
    ),
    _sqlite("subsidy_grant_no_delete", "DELETE", "subsidy_grant", "1", GRANT_STAYS),
    _sqlite(
        "subsidy_grant_no_update",
        f"UPDATE OF {', '.join(GRANT_COLUMNS)}",
        "subsidy_grant",
        "1",
        GRANT_STAYS,
    ),
    _sqlite(
        "subsidy_grant_reversed_once",
        "UPDATE",
        "subsidy_grant",
        "OLD.reversed_by IS NOT NULL OR NOT EXISTS (SELECT 1 FROM ledger_entry e "
        "WHERE e.id = NEW.reversed_by AND e.reverses_id = OLD.entry_id "
        "AND e.state = 'posted')",
        GRANT_STAYS,
    ),
    _sqlite(
        "subsidy_grant_no_replace",
        "INSERT",
        "subsidy_grant",
        # Each by an index of its own: one question with OR would read every grant.
        "NEW.reversed_by IS NOT NULL "
        "OR EXISTS (SELECT 1 FROM subsidy_grant g WHERE g.id = NEW.id) "
        "OR EXISTS (SELECT 1 FROM subsidy_grant g WHERE g.reversed_by IS NULL "
        "AND g.order_id = NEW.order_id AND g.subsidy = NEW.subsidy) "
        "OR EXISTS (SELECT 1 FROM subsidy_grant g WHERE g.reversed_by IS NULL "
        "AND g.elder_id = NEW.elder_id AND g.once_key = NEW.once_key "
        "AND g.once_key IS NOT NULL)",
        GRANT_STAYS,
    ),
    "CREATE TRIGGER ledger_account_no_replace BEFORE INSERT ON ledger_account "
    "WHEN EXISTS (SELECT 1 FROM ledger_account a WHERE a.code = NEW.code) "
    "BEGIN SELECT RAISE(IGNORE); END",
    "CREATE TRIGGER rule_version_no_replace BEFORE INSERT ON rule_version "
    "WHEN EXISTS (SELECT 1 FROM rule_version r WHERE r.id = NEW.id) "
    "BEGIN SELECT RAISE(IGNORE); END",
)


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"{body} RETURN COALESCE(NEW, OLD); END $$"
    )


def _raise(words: str) -> str:
    return f"RAISE EXCEPTION '{words}' USING ERRCODE = '23000';"


def _for_each_row(table: str, acts: str, function: str) -> str:
    return (
        f"CREATE TRIGGER {function} BEFORE {acts} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()"
    )


def _refusing(table: str, acts: str, words: str) -> str:
    return (
        f"CREATE TRIGGER {table}_kept BEFORE {acts} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change('{words}')"
    )


def _never_emptied(table: str, words: str) -> str:
    return (
        f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change('{words}')"
    )


_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION refuse_ledger_change() RETURNS trigger "
    "LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = '23000'; END $$",
    _function(
        "ledger_entry_guard",
        "BEGIN "
        "IF TG_OP = 'INSERT' THEN "
        f"  IF NEW.state <> 'draft' THEN {_raise(DRAFT_FIRST)} END IF; RETURN NEW; "
        "END IF; "
        f"IF OLD.state = 'posted' THEN {_raise(POSTED)} END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; "
        "IF NEW.id <> OLD.id OR NEW.business_key <> OLD.business_key "
        "OR NEW.reverses_id IS DISTINCT FROM OLD.reverses_id "
        f"THEN {_raise(KEYS_STAY)} END IF; "
        "IF NEW.state = 'posted' THEN "
        f"  IF {_COUNT} < 2 THEN {_raise(TOO_FEW)} END IF; "
        f"  IF {_SUM} <> 0 THEN {_raise(UNBALANCED)} END IF; "
        "END IF;",
    ),
    _for_each_row("ledger_entry", "INSERT OR UPDATE OR DELETE", "ledger_entry_guard"),
    _function(
        "ledger_posting_guard",
        "DECLARE now_is text; BEGIN "
        f"IF TG_OP = 'UPDATE' THEN {_raise(POSTING_STAYS)} END IF; "
        "SELECT state INTO now_is FROM ledger_entry "
        "WHERE id = COALESCE(NEW.entry_id, OLD.entry_id) FOR SHARE; "
        f"IF now_is = 'posted' THEN {_raise(POSTED)} END IF;",
    ),
    _for_each_row(
        "ledger_posting", "INSERT OR UPDATE OR DELETE", "ledger_posting_guard"
    ),
    _function(
        "subsidy_grant_guard",
        "BEGIN "
        "IF TG_OP = 'INSERT' THEN "
        f"  IF NEW.reversed_by IS NOT NULL THEN {_raise(GRANT_STAYS)} END IF; "
        "  RETURN NEW; "
        "END IF; "
        "IF TG_OP = 'DELETE' OR OLD.reversed_by IS NOT NULL "
        "OR to_jsonb(NEW) - 'reversed_by' <> to_jsonb(OLD) - 'reversed_by' "
        "OR NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = NEW.reversed_by "
        "AND e.reverses_id = OLD.entry_id AND e.state = 'posted') "
        f"THEN {_raise(GRANT_STAYS)} END IF;",
    ),
    _for_each_row("subsidy_grant", "INSERT OR UPDATE OR DELETE", "subsidy_grant_guard"),
)
