"""Whoever holds the database bends one column of one row; is it found and named?"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from uuid import UUID, uuid4

from sqlalchemy import Column, Connection, Engine, String, Uuid, text, update
from sqlalchemy import select as columns_of
from sqlmodel import Session

from dispatch.store.tables import METADATA
from tests.subsidy.test_checking import take_guards_away

# Other words that the product itself could read; elsewhere anything else will do.
_OTHER_WORDS: Mapping[tuple[str, str], object] = {
    ("period", "state"): "open",
    ("period_step", "step"): "reopen",
    ("period_line", "kind"): "entry",
    ("period_line", "number"): 99,
    ("time_account", "kind"): "team",  # of issue and pool there is one each
}


def check_each_is_named(
    engine: Engine,
    called: Mapping[str, str],
    columns: Iterable[tuple[str, str]],
    verify: Callable[[Session], list[str]],
) -> None:
    """Bend each column by itself, without any guard, and see it in the findings.

    Args:
        called: what the findings call each table.
        verify: the findings; empty before anything is bent.
    """
    with engine.connect() as connection, Session(connection) as session:
        assert verify(session) == []
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        take_guards_away(connection)
        for table in called:
            _take_checks_away(connection, table)
        for table, column in columns:
            with connection.begin_nested() as point:
                _bend(connection, table, METADATA.tables[table].columns[column])
                session.expunge_all()
                found = verify(session)
                point.rollback()
            said = f"{called[table]}.{column}"
            assert any(said in words for words in found), (said, found)
        connection.rollback()


def _take_checks_away(connection: Connection, table: str) -> None:
    if connection.dialect.name == "postgresql":
        query = text(
            "SELECT conname FROM pg_constraint WHERE contype = 'c' "
            "AND conrelid = CAST(:table AS regclass)"
        )
        for (name,) in connection.execute(query, {"table": table}).all():
            connection.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'))


def _bend(connection: Connection, table: str, column: Column[object]) -> None:
    kept = METADATA.tables[table]
    keys = list(kept.primary_key.columns)
    first = connection.execute(columns_of(*keys, column).order_by(*keys).limit(1)).one()
    where = [key == value for key, value in zip(keys, first[: len(keys)], strict=True)]
    value = _OTHER_WORDS.get((table, column.name)) or _another(first[-1], column)
    changing = update(kept).where(*where).values({column.name: value})
    assert connection.execute(changing).rowcount == 1


def _another(value: object, column: Column[object]) -> object:
    """A value of the column's kind that it does not have."""
    match value:
        case bool():
            return not value
        case Enum():
            return next(one for one in type(value) if one != value)
        case UUID():
            return uuid4()
        case int():
            return value + 100
        case datetime() | date():
            return value + timedelta(days=40)
        case bytes():
            return bytes([value[0] ^ 1, *value[1:]])
        case dict():
            return {**value, "another": 1}
        case list():
            return [*value, "another"]
        case str():
            return "0" + value[1:] if value[:1] not in ("", "0") else "1" + value[1:]
    if isinstance(getattr(column.type, "impl", column.type), String):
        return "1"
    return uuid4() if isinstance(column.type, Uuid) else date(2026, 1, 1)
