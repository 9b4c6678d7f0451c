"""A PostgreSQL database that a test has used, made empty again for the next.

Making a copy of more than a hundred tables takes ten times as long as emptying the
few that a test has filled. Whatever is not sure to be as new is not used again.
"""

import time
from dataclasses import dataclass, field
from typing import Final, LiteralString

import psycopg
from psycopg import Connection, sql

_PATIENCE_SECONDS: Final = 0.5
_FILLED: Final = "select {table} where exists (select 1 from {name})"
_OTHERS: Final = """
    select count(*) from pg_stat_activity where datname = current_database()
    and pid <> pg_backend_pid() and backend_type = 'client backend'
"""
# Everything that a statement about tables, columns, rules or triggers would touch.
_SHAPE: Final[tuple[LiteralString, ...]] = (
    "select oid, xmin::text from pg_class"
    " where relnamespace = 'public'::regnamespace order by 1",
    "select oid, xmin::text from pg_trigger order by 1",
    "select oid, xmin::text from pg_constraint order by 1",
    "select oid, xmin::text from pg_proc"
    " where pronamespace = 'public'::regnamespace order by 1",
    "select attrelid, attnum, xmin::text from pg_attribute"
    " where attrelid > 16383 order by 1, 2",
)
_COUNTERS: Final = "select sequencename, last_value from pg_sequences"
_TABLES: Final = "select tablename from pg_tables where schemaname = 'public'"


@dataclass
class Used:
    """One database, and how it was when it was new."""

    name: str
    where: str  # psycopg's address
    _shape: int = field(init=False)
    _rows: dict[str, bytes] = field(init=False, default_factory=dict)
    _counters: dict[str, int | None] = field(init=False)

    def __post_init__(self) -> None:
        with psycopg.connect(self.where, autocommit=True) as found:
            self._tables = [name for (name,) in found.execute(_TABLES).fetchall()]
            self._shape = _shape(found)
            self._counters = dict(found.execute(_COUNTERS).fetchall())
            for table in self._filled(found):
                out = sql.SQL("copy {} to stdout").format(sql.Identifier(table))
                with found.cursor().copy(out) as rows:
                    self._rows[table] = b"".join(map(bytes, rows))

    def is_new_again(self) -> bool:
        """Empty it; False when somebody is still in it, or its tables were changed."""
        with psycopg.connect(self.where, autocommit=True) as found:
            if not _is_left(found) or _shape(found) != self._shape:
                return False
            with found.transaction():
                found.execute("set local session_replication_role = replica")
                for table in self._filled(found):
                    name = sql.Identifier(table)
                    found.execute(sql.SQL("delete from {}").format(name))
                for table, rows in self._rows.items():
                    into = sql.SQL("copy {} from stdin").format(sql.Identifier(table))
                    with found.cursor().copy(into) as there:
                        there.write(rows)
                self._count_anew(found)
        return True

    def _filled(self, found: Connection) -> list[str]:
        each = [
            sql.SQL(_FILLED).format(table=sql.Literal(name), name=sql.Identifier(name))
            for name in self._tables
        ]
        return [name for (name,) in found.execute(sql.SQL(" union all ").join(each))]

    def _count_anew(self, found: Connection) -> None:
        for name, last in found.execute(_COUNTERS).fetchall():
            if last != (before := self._counters[name]):
                which = sql.Identifier(name).as_string(found)
                value, called = (1, False) if before is None else (before, True)
                found.execute("select setval(%s, %s, %s)", (which, value, called))


def _shape(found: Connection) -> int:
    return hash(tuple(tuple(found.execute(words)) for words in _SHAPE))


def _is_left(found: Connection) -> bool:
    """Nobody else is in it; whoever is just leaving gets a moment."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while found.execute(_OTHERS).fetchone() != (0,):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
