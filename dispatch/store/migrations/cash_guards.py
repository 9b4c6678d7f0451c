"""Guards of the drawers: a closed cash day never changes, on both engines."""

# ruff: noqa: S608 - statements are put together from our own words only

from collections.abc import Iterator

CLOSED_DAY = "这一天的现金已日结，不能再改；以后的账记入下一天"

_CLOSED = (
    "EXISTS (SELECT 1 FROM cash_day d WHERE d.station_id = {row}.station_id "
    "AND d.cash_on = {row}.cash_on AND d.state = 'closed')"
)
_DAY_CLOSED = (
    "EXISTS (SELECT 1 FROM cash_day d WHERE d.id = {row}.cash_day_id "
    "AND d.state = 'closed')"
)
_MONEY = ("payment", "till_deed")


def cash_guards(dialect: str) -> Iterator[str]:
    """The statements that a migration runs after making the tables."""
    yield from _sqlite() if dialect == "sqlite" else _postgresql()


def _sqlite() -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{CLOSED_DAY}'); END"
    for act in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER cash_day_no_{act.lower()} BEFORE {act} ON cash_day "
            f"WHEN OLD.state = 'closed' {refuse}"
        )
    # INSERT OR REPLACE deletes a row without asking its delete trigger.
    yield (
        "CREATE TRIGGER cash_day_no_replace BEFORE INSERT ON cash_day "
        f"WHEN {_CLOSED.format(row='NEW')} OR EXISTS (SELECT 1 FROM cash_day d "
        f"WHERE d.id = NEW.id AND d.state = 'closed') {refuse}"
    )
    for act, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
        yield (
            f"CREATE TRIGGER cash_difference_no_{act.lower()} "
            f"BEFORE {act} ON cash_difference "
            f"WHEN {_DAY_CLOSED.format(row=row)} {refuse}"
        )
    for table in _MONEY:
        yield (
            f"CREATE TRIGGER {table}_open_day BEFORE INSERT ON {table} "
            f"WHEN {_CLOSED.format(row='NEW')} {refuse}"
        )


def _postgresql() -> Iterator[str]:
    refuse = f"RAISE EXCEPTION '{CLOSED_DAY}' USING ERRCODE = '23000';"
    yield _function("cash_day_guard", f"IF OLD.state = 'closed' THEN {refuse} END IF;")
    yield _trigger("cash_day", "UPDATE OR DELETE", "cash_day_guard")
    either = " OR ".join(_DAY_CLOSED.format(row=row) for row in ("NEW", "OLD"))
    yield _function("cash_difference_guard", f"IF {either} THEN {refuse} END IF;")
    yield _trigger(
        "cash_difference", "INSERT OR UPDATE OR DELETE", "cash_difference_guard"
    )
    yield _function(
        "open_cash_day_guard", f"IF {_CLOSED.format(row='NEW')} THEN {refuse} END IF;"
    )
    for table in _MONEY:
        yield _trigger(table, "INSERT", "open_cash_day_guard", f"{table}_open_day")
    for table in ("cash_day", "cash_difference"):
        yield (
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change('{CLOSED_DAY}')"
        )


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN {body} RETURN COALESCE(NEW, OLD); END $$"
    )


def _trigger(table: str, acts: str, function: str, name: str | None = None) -> str:
    return (
        f"CREATE TRIGGER {name or function} BEFORE {acts} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()"
    )
