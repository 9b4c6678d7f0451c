"""What keeps `month_sum` and `month_grant` true: the database, when an entry is posted.

The rows of one elder in one month are made anew from that elder's entries, in the
transaction that posts. Nobody else's rows are touched, so that two stations never
wait for each other; on PostgreSQL the elder's row is held meanwhile, as granting does.
"""

# ruff: noqa: S608 - statements are put together from our own words only

from collections.abc import Iterator

TABLES = ("month_sum", "month_grant")
_KEY = (
    *("period", "elder_id", "station_id", "street_code", "channel", "service"),
    *("category", "service_month"),
)
# The first of a month is bit 0.
_SQLITE = {
    "month": "strftime('%Y-%m', e.service_on)",
    "bit": "(1 << (CAST(strftime('%d', e.service_on) AS INTEGER) - 1))",
}
_POSTGRESQL = {
    "month": "to_char(e.service_on, 'YYYY-MM')",
    "bit": "(1 << (CAST(extract(day FROM e.service_on) AS INTEGER) - 1))",
}
_COUNTED = "('service', 'adjustment')"
_ENTRIES = f"""
    FROM ledger_entry e LEFT JOIN ledger_entry o ON o.id = e.reverses_id
    {{money}}
    WHERE {{whose}} AND e.state = 'posted'
    AND (e.kind IN {_COUNTED} OR (e.kind = 'reversal' AND o.kind IN {_COUNTED}))
"""


def month_sum_triggers(dialect: str, *, granted: bool = False) -> Iterator[str]:
    """The statements that a migration runs after making the tables.

    Args:
        granted: the table has `granted_days`; the first migration's did not yet.
    """
    if dialect == "sqlite":
        # The plus keeps it to the index of the elder: a month is every elder's.
        whose = "e.elder_id = NEW.elder_id AND +e.period = NEW.period"
        gone = "elder_id = NEW.elder_id AND period = NEW.period"
        yield (
            "CREATE TRIGGER month_sums_kept AFTER UPDATE OF state ON ledger_entry "
            "WHEN NEW.state = 'posted' AND NEW.elder_id IS NOT NULL BEGIN "
            f"{_anew(_SQLITE, whose, gone, granted)} END"
        )
        return
    whose = "e.elder_id = one.elder_id AND e.period || '' = one.period"
    gone = "elder_id = one.elder_id AND period = one.period"
    yield (
        "CREATE OR REPLACE FUNCTION month_sums_kept() RETURNS trigger "
        "LANGUAGE plpgsql AS $$ DECLARE one record; BEGIN "
        "FOR one IN SELECT DISTINCT elder_id, period FROM posted_now "
        "WHERE state = 'posted' AND elder_id IS NOT NULL ORDER BY elder_id, period "
        "LOOP PERFORM 1 FROM elder WHERE id = one.elder_id FOR NO KEY UPDATE; "
        f"{_anew(_POSTGRESQL, whose, gone, granted)} END LOOP; RETURN NULL; END $$"
    )
    yield (
        "CREATE TRIGGER month_sums_kept AFTER UPDATE ON ledger_entry "
        "REFERENCING NEW TABLE AS posted_now "
        "FOR EACH STATEMENT EXECUTE FUNCTION month_sums_kept()"
    )


def drop_triggers(dialect: str) -> Iterator[str]:
    """The statements that take the trigger away; the tables stay."""
    on = "" if dialect == "sqlite" else " ON ledger_entry"
    yield f"DROP TRIGGER month_sums_kept{on}"


def fill(dialect: str, *, granted: bool = False) -> Iterator[str]:
    """The statements that make every row from the whole ledger."""
    words = _SQLITE if dialect == "sqlite" else _POSTGRESQL
    yield from _inserts(words, "e.elder_id IS NOT NULL", granted)


def month_made_anew(dialect: str) -> Iterator[tuple[str, str, str]]:
    """Of each table its columns, and the query that gives the rows that it should have
    of `:month`.
    """
    words = _SQLITE if dialect == "sqlite" else _POSTGRESQL
    yield from _made(words, "e.elder_id IS NOT NULL AND e.period = :month", True)


def _anew(words: dict[str, str], whose: str, gone: str, granted: bool) -> str:
    emptied = "".join(f"DELETE FROM {table} WHERE {gone}; " for table in TABLES)
    return emptied + "".join(f"{one}; " for one in _inserts(words, whose, granted))


def _inserts(words: dict[str, str], whose: str, granted: bool) -> Iterator[str]:
    for table, columns, rows in _made(words, whose, granted):
        yield f"INSERT INTO {table} ({columns}) {rows}"


def _made(
    words: dict[str, str], whose: str, granted: bool
) -> Iterator[tuple[str, str, str]]:
    """Of each table its columns, and the query that makes its rows from the ledger."""
    column, days = "", ""
    if granted:
        column = "granted_days, "
        days = "COALESCE(SUM(DISTINCT CASE WHEN got = 1 THEN bit END), 0), "
    key = ", ".join(_KEY)
    own = ", ".join(f"e.{name}" for name in _KEY[:-1]) + f", {words['month']}"
    money = "JOIN ledger_posting p ON p.entry_id = e.id "
    money += "JOIN ledger_account a ON a.code = p.account"
    yield (
        "month_sum",
        f"{key}, orders, days, {column}price_fen, self_fen, borne_fen, other_fen",
        f"SELECT {', '.join(_KEY)}, SUM(n), COALESCE(SUM(DISTINCT bit), 0), "
        f"{days}SUM(price), SUM(own), SUM(borne), SUM(other) "
        f"FROM (SELECT {own} AS service_month, "
        # The count and the day of an entry stand on its postings' rows: MIN is them.
        "MIN(CASE WHEN e.kind = 'service' THEN 1 WHEN o.kind = 'service' THEN -1 "
        "ELSE 0 END) AS n, "
        f"MIN(CASE WHEN e.kind = 'service' AND NOT EXISTS (SELECT 1 "
        "FROM ledger_entry b WHERE b.reverses_id = e.id AND b.period = e.period "
        f"AND b.state = 'posted') THEN {words['bit']} END) AS bit, "
        "MAX(CASE WHEN a.kind IN ('advance', 'due') AND p.fen > 0 THEN 1 ELSE 0 END) "
        "AS got, "
        "SUM(CASE WHEN a.kind = 'income' THEN -p.fen ELSE 0 END) AS price, "
        "SUM(CASE WHEN a.kind = 'self' THEN p.fen ELSE 0 END) AS own, "
        "SUM(CASE WHEN a.kind = 'difference' THEN p.fen ELSE 0 END) AS borne, "
        "SUM(CASE WHEN a.payer IS NULL AND a.kind NOT IN "
        "('income', 'self', 'difference') THEN p.fen ELSE 0 END) AS other "
        f"{_ENTRIES.format(money=money, whose=whose)} "
        f"GROUP BY e.id, {own}) AS entry GROUP BY {', '.join(_KEY)} "
        "HAVING SUM(n) <> 0 OR COALESCE(SUM(DISTINCT bit), 0) <> 0 OR SUM(price) <> 0 "
        "OR SUM(own) <> 0 OR SUM(borne) <> 0 OR SUM(other) <> 0",
    )
    yield (
        "month_grant",
        f"{key}, kind, payer, fen",
        f"SELECT {own}, a.kind, a.payer, SUM(p.fen) "
        f"{_ENTRIES.format(money=money, whose=whose)} AND a.payer IS NOT NULL "
        f"GROUP BY {own}, a.kind, a.payer HAVING SUM(p.fen) <> 0",
    )
