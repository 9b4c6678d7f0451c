"""Rows as words: one text for a row's columns, the same on both engines.

Columns stand in the order asked for, with U+001F between them; nothing at all is
U+001E. Ids are 32 hexadecimal digits, moments UTC with microseconds, truth 1 or 0. The
database itself writes the text, so that a month's hundred thousands of rows pass
through Python as one string each, and an auditor can ask for the same text by SQL.
"""

# ruff: noqa: S608 - statements are put together from the names of our own columns

import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Boolean, Date, DateTime, Table, Uuid, text
from sqlmodel import Session, SQLModel

BETWEEN: Final = "\x1f"
NOTHING: Final = "\x1e"
_BETWEEN_BYTES: Final = BETWEEN.encode()
_AT_ONCE: Final = 5000
Kept = type[SQLModel] | Table


def columns_of(model: Kept, *, but: Sequence[str] = ()) -> tuple[str, ...]:
    """The names of a table's columns, in their order."""
    columns = _table_of(model).columns
    return tuple(column.name for column in columns if column.name not in but)


def stream_words(
    session: Session,
    model: type[SQLModel],
    columns: Sequence[str],
    key: str,
    rest: str,
    **values: Any,
) -> Iterator[tuple[str, str]]:
    """A key and the words of each row, one after the other; memory stays small.

    Args:
        key: an SQL expression over the row `t`.
        rest: joins, conditions and order, with `:names` of `values`.
    """
    name, dialect = model.__tablename__, session.get_bind().dialect.name
    if dialect == "postgresql":
        # Every row is read: a plan that is quick to its first row walks the whole year.
        session.execute(text("SELECT set_config('cursor_tuple_fraction', '1', true)"))
    words = words_of(model, columns, dialect)
    query = text(f"SELECT {key}, {words} FROM {name} t {rest}")
    streaming = query.execution_options(yield_per=_AT_ONCE)
    with closing(session.execute(streaming, values)) as rows:
        for found_key, found in rows:
            yield str(found_key), found


def read_words(
    session: Session,
    model: type[SQLModel],
    columns: Sequence[str],
    where: str,
    **values: Any,
) -> str:
    """The words of the one row that fits."""
    words = words_of(model, columns, session.get_bind().dialect.name)
    query = text(f"SELECT {words} FROM {model.__tablename__} t WHERE {where}")
    return str(session.execute(query, values).scalar_one())


def words_of(model: Kept, columns: Sequence[str], dialect: str) -> str:
    """The SQL expression of the words of row `t`."""
    kept = _table_of(model).columns
    on_sqlite = dialect == "sqlite"
    nothing, between = ("char(30)", "char(31)") if on_sqlite else ("chr(30)", "chr(31)")
    parts = (
        f"COALESCE({_word(f't.{name}', kept[name].type, on_sqlite)}, {nothing})"
        for name in columns
    )
    return f" || {between} || ".join(parts)


def key_of(column: str, dialect: str) -> str:
    """An id of row `t` as 32 digits; its order is that of the ids on both engines."""
    return _word(column, Uuid(), dialect == "sqlite")


def _table_of(model: Kept) -> Table:
    if isinstance(model, Table):
        return model
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def _word(column: str, kind: Any, on_sqlite: bool) -> str:
    kind = getattr(kind, "impl", kind)
    if on_sqlite:
        return f"CAST({column} AS TEXT)"
    if isinstance(kind, Uuid):
        return f"replace(CAST({column} AS TEXT), '-', '')"
    if isinstance(kind, Boolean):
        return f"CASE WHEN {column} THEN '1' WHEN NOT {column} THEN '0' END"
    if isinstance(kind, DateTime):
        return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    if isinstance(kind, Date):
        return f"to_char({column}, 'YYYY-MM-DD')"
    return f"CAST({column} AS TEXT)"


def checks_of(words: str) -> bytes:
    """Two bytes for each column, by which one that was changed is named."""
    parts = words.encode().split(_BETWEEN_BYTES)
    return struct.pack(f">{len(parts)}H", *[zlib.crc32(p) & 0xFFFF for p in parts])


def changed(columns: Sequence[str], checks: bytes, words: str) -> list[str]:
    """The columns whose words no longer fit their checks."""
    now = checks_of(words)
    return [
        name
        for i, name in enumerate(columns)
        if checks[2 * i : 2 * i + 2] != now[2 * i : 2 * i + 2]
    ]


def link(previous: bytes, words: str, checks: bytes) -> bytes:
    """The next hash of a chain: SHA-256 over the one before, the words, the checks."""
    return sha256(previous + words.encode() + checks).digest()
