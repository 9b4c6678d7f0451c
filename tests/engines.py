"""Databases for tests: quick copies of ones that the migrations made, once."""

import itertools
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Final

import psycopg
import pytest
from sqlalchemy import Engine, Pool, event

from dispatch.store.engine import let_go, make_engine
from tests.postgres import PostgresServer
from tests.reuse import Used

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
TEMPLATE: Final = "liuzhu_template"

# For what is decided before anything that two databases could do differently.
ON_ONE_ENGINE: Final = pytest.mark.parametrize("database_url", [SQLITE], indirect=True)
ON_POSTGRESQL: Final = pytest.mark.parametrize(
    "database_url", [POSTGRESQL], indirect=True
)


# Whoever opened them: a stopped server's thread may ask when its pool is forgotten.
_OPENED: Final[list[psycopg.Connection]] = []


@event.listens_for(Pool, "connect")
def _note_opened(connection: object, _entry: object) -> None:
    if isinstance(connection, psycopg.Connection):
        _OPENED.append(connection)


def _close_opened(database: str | None) -> None:
    """What still leads to a database whose test has ended."""
    for connection in [*_OPENED]:
        if not connection.closed and connection.info.dbname == database:
            connection.close()
        if connection.closed:
            _OPENED.remove(connection)


class Engines:
    """Both database engines of one test process; what is not asked for never starts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._postgres: PostgresServer | None = None
        self._idle: list[Used] = []
        self._idle_files: list[Path] = []
        self._made: dict[str, Engine] = {}

    @contextmanager
    def engine(self, url: str) -> Iterator[Engine]:
        """The product's engine on a fresh database, without a connection afterwards.

        Addresses come again and with them their engines: they know the statements
        that earlier tests had them compile, which is a quarter of a test's work.
        """
        if url not in self._made:
            self._made[url] = make_engine(url)
        made = self._made[url]
        yield made
        let_go(made)
        _close_opened(made.url.database)

    @contextmanager
    def fresh(self, engine: str) -> Iterator[str]:
        """The address of a migrated, empty database that is gone afterwards.

        Raises PostgresMissing.
        """
        number = next(self._numbers)
        if engine == SQLITE:
            name = self._folder / f"{number}.db"
            file = self._idle_files.pop() if self._idle_files else name
            yield self._fresh_file(file)
            self._idle_files.append(file)
            return
        server = self.postgres()
        used = self._idle.pop() if self._idle else self._copy(server, number)
        yield server.url(used.name)
        if used.is_new_again():
            self._idle.append(used)
        else:
            self._made.pop(server.url(used.name), None)
            server.drop(used.name)

    def _copy(self, server: PostgresServer, number: int) -> Used:
        server.create(f"liuzhu_{number}", template=TEMPLATE)
        return Used(f"liuzhu_{number}", server.where(f"liuzhu_{number}"))

    def _fresh_file(self, copy: Path) -> str:
        template = self._folder / "template.db"
        if not template.exists():
            made = template.with_suffix(".part")
            upgrade(f"sqlite:///{made}")
            with sqlite3.connect(made) as connection:
                connection.execute("pragma wal_checkpoint(truncate)")
            connection.close()
            made.rename(template)
        for left in self._folder.glob(f"{copy.name}*"):
            left.unlink()  # whoever still holds it writes where nobody reads
        shutil.copyfile(template, copy)
        return f"sqlite:///{copy}"

    def postgres(self) -> PostgresServer:
        """The server, started by the first who asks, with the migrated template."""
        if self._postgres is None:
            server = PostgresServer()
            server.start()
            self._postgres = server
            upgrade(server.create(TEMPLATE))
        return self._postgres

    def close(self) -> None:
        if self._postgres is not None:
            self._postgres.stop()


def upgrade(url: str) -> None:
    """Bring a database to the newest tables by the product's own migrations."""
    import_module("dispatch.store.migrate").upgrade(url)
