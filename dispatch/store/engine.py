"""Engines: SQLite in WAL with immediate writers, or PostgreSQL."""

import time
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

_BUSY_SECONDS = 15
_RESTED_SECONDS = 1.0
_LOOKS_SECONDS = 2.0  # for what is under way when an engine is let go
# PostgreSQL takes a row far from the last one for four times as dear as the next, as on
# a disk that turns: with that it reads all proofs there are to find those of a month.
# Whoever has said something else, wherever it can be said, has the last word.
_NO_DISK_TURNS: Final = (
    "SELECT set_config('random_page_cost', '1.1', false) FROM pg_settings "
    "WHERE name = 'random_page_cost' AND source = 'default'"
)
_RESTS_SINCE = "rests since"
_READING: Final[dict[str, dict[str, Any]]] = {
    "sqlite": {"reading": True},
    "postgresql": {"isolation_level": "REPEATABLE READ"},
}


def make_engine(url: str) -> Engine:
    """An engine whose transactions are real on both databases.

    SQLite: WAL, foreign keys, writers begin IMMEDIATE, so that two of them wait for
    each other instead of failing half-way. A transaction that only reads says so by
    the execution option `reading` and never waits.

    What goes wrong is told without the values of the statement: they may be a
    person's, and a traceback ends in a log.
    """
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_engine(
            url,
            pool_size=10,
            max_overflow=20,
            pool_timeout=15,
            hide_parameters=True,
        )
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "checkin", _note_rest)
        event.listen(engine, "checkout", partial(_ask_who_rested, engine.dialect))
        return engine
    if database := make_url(url).database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        connect_args={"timeout": _BUSY_SECONDS},
        pool_size=20,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that read one consistent picture."""
    options = _READING["sqlite" if engine.dialect.name == "sqlite" else "postgresql"]
    if options.items() <= engine.get_execution_options().items():
        return engine
    return engine.execution_options(**options)


def insert_of(session: Session) -> type[sqlite.Insert] | type[postgresql.Insert]:
    """The engine's own INSERT, which knows ON CONFLICT."""
    return insert_for(session.get_bind().dialect.name)


def insert_for(dialect: str) -> type[sqlite.Insert] | type[postgresql.Insert]:
    """The same by the engine's name."""
    return sqlite.Insert if dialect == "sqlite" else postgresql.Insert


def _note_rest(_connection: object, kept: ConnectionPoolEntry) -> None:
    kept.info[_RESTS_SINCE] = time.monotonic()


def _ask_who_rested(
    dialect: Dialect, connection: Any, kept: ConnectionPoolEntry, _held: object
) -> None:
    """Whether a connection still stands is asked of none that was just used: it would
    be asked twice for each request. What breaks in that moment is done again.
    """
    since = kept.info.get(_RESTS_SINCE)
    if since is None or time.monotonic() - since < _RESTED_SECONDS:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as gone:
        raise InvalidatePoolError from gone


def _prepare_postgresql(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.execute(_NO_DISK_TURNS)
    connection.commit()


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={_BUSY_SECONDS * 1000}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    only_reads = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def let_go(engine: Engine) -> None:
    """Close every connection; what is under way in a thread has two seconds for it.

    What came back after `dispose` would lie open in a pool that nobody knows any more.
    """
    until, pool = time.monotonic() + _LOOKS_SECONDS, engine.pool
    while isinstance(pool, QueuePool) and pool.checkedout():
        if time.monotonic() > until:
            break
        time.sleep(0.01)
    engine.dispose()
