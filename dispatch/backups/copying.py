"""Copies of a database that goes on working: SQLite by its own backup, PostgreSQL by
its own programs."""

import os
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL, make_url

from dispatch.backups.shelf import GIVEN_UP
from dispatch.embedded.postgres import programs_for

COPY: Final = "liuzhu.db"
BASE: Final = "base.tar.gz"
JOURNAL: Final = "liuzhu_journal"  # how the streaming of WAL names itself
_HOURS: Final = 4 * 3600.0
_ASK_NOBODY: Final = "--no-password"  # at a terminal it would wait for one
# What else of an address PostgreSQL's programs must know, and how they call it.
_BESIDES: Final[Mapping[str, str]] = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "passfile": "PGPASSFILE",
}


class CopyFailed(Exception):
    """The database could not be copied; says what its own program said."""


def is_sqlite(url: str) -> bool:
    """Whether a database is a file of ours."""
    return make_url(url).get_backend_name() == "sqlite"


def copy_sqlite(url: str, folder: Path) -> list[Path]:
    """A whole copy in one step: who writes meanwhile waits for nobody.

    In steps it would begin anew with each writer. Raises: CopyFailed.
    """
    source, copy = Path(make_url(url).database or ""), folder / COPY
    if not source.is_file():
        raise CopyFailed(f"{source} is not there")
    try:
        with _open(source) as old, _open(copy) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        check_sqlite(copy)
    except sqlite3.Error as error:
        raise CopyFailed(str(error)) from None
    with copy.open("rb") as kept:
        os.fsync(kept.fileno())
    return [copy]


def check_sqlite(file: Path) -> None:
    """SQLite's own look at every page. Raises: CopyFailed."""
    with _open(file) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check(20)")]
    if found != ["ok"]:
        raise CopyFailed("; ".join(map(str, found)))


class _open:  # noqa: N801 - used as a function; sqlite3's own context only commits
    """A connection that is closed at the end."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, timeout=30)

    def __enter__(self) -> sqlite3.Connection:
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.commit()
        self._connection.close()


def copy_postgres(url: str, folder: Path, programs: Path | None) -> list[Path]:
    """A base backup that is whole by itself: with what was written meanwhile.

    Raises: CopyFailed.
    """
    found = programs_for(server_version(url), programs)
    words = ["--format=tar", "--gzip", "--wal-method=stream", "--checkpoint=fast"]
    run_program([found / "pg_basebackup", "--pgdata", folder, *words, _ASK_NOBODY], url)
    files = [*sorted(folder.glob("*.tar.gz")), folder / "backup_manifest"]
    if {file.name for file in files} != {BASE, "pg_wal.tar.gz", "backup_manifest"}:
        raise CopyFailed("the database has tablespaces outside its folder")
    return files


def journal_command(url: str, into: Path, programs: Path | None) -> list[str]:
    """What streams every write of the database into a folder, until it is ended.

    Its slot makes the server keep what has not arrived: without one a checkpoint may
    remove it first, and the stream never goes on. A slot that the server gave up
    (`max_slot_wal_keep_size`) begins anew, and what was streamed is put aside: the
    next base backup closes the gap.

    Raises: CopyFailed.
    """
    found = programs_for(server_version(url), programs)
    if _is_given_up(url):
        ended = f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
        into.rename(into.with_name(f"{GIVEN_UP}{ended}"))
    into.mkdir(parents=True, exist_ok=True)
    words = [str(found / "pg_receivewal"), "--slot", JOURNAL, _ASK_NOBODY]
    run_program([*words, "--create-slot", "--if-not-exists"], url)
    return [*words, "--directory", str(into), "--synchronous"]


def _is_given_up(url: str) -> bool:
    """Whether the slot had lost what it was to keep; it is gone then."""
    import psycopg

    where = libpq_address(make_url(url))
    with psycopg.connect(where, autocommit=True) as connection:
        dropped = connection.execute(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots "
            "WHERE slot_name = %s AND wal_status = 'lost'",
            (JOURNAL,),
        )
        return dropped.rowcount > 0


def run_program(argv: Sequence[str | Path], url: str) -> None:
    """Run one of PostgreSQL's programs. Raises: CopyFailed with its last words."""
    env = {**os.environ, **surroundings(url)}
    done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=_HOURS)
    if done.returncode != 0:
        raise CopyFailed(done.stderr.strip()[-300:])


def surroundings(url: str) -> Mapping[str, str]:
    """How PostgreSQL's programs find the database: never in their arguments."""
    told = make_url(url)
    given = {
        "PGHOST": str(told.query.get("host") or told.host or ""),
        "PGPORT": str(told.port or told.query.get("port") or ""),
        "PGUSER": told.username or "",
        "PGPASSWORD": told.password or "",
        "PGAPPNAME": JOURNAL,
        **{name: str(told.query.get(word, "")) for word, name in _BESIDES.items()},
    }
    return {name: value for name, value in given.items() if value}


def server_version(url: str) -> int:
    """The server's major version: its programs must be of the same.

    Raises: CopyFailed, when it does not answer.
    """
    import psycopg

    try:
        with psycopg.connect(libpq_address(make_url(url))) as connection:
            return connection.info.server_version // 10_000
    except psycopg.OperationalError as away:
        raise CopyFailed(str(away)) from None


def libpq_address(url: URL) -> str:
    """SQLAlchemy's address as libpq reads it, to whom a plus is no blank."""
    told = url.set(drivername="postgresql").render_as_string(hide_password=False)
    where, mark, options = told.partition("?")
    return where + mark + options.replace("+", "%20")
