"""Databases for tests: quick copies of ones that the migrations made, once."""

import itertools
import shutil
import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Engine

from dispatch.store.engine import let_go, make_engine
from tests.postgres import PostgresServer
from tests.reuse import Used

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
TEMPLATE: Final = "liuzhu_template"

# For what is decided before anything that two databases could do differently.
ON_ONE_ENGINE: Final = pytest.mark.parametrize("database_url", [SQLITE], indirect=True)


class Engines:
    """Both database engines of one test process; what is not asked for never starts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._postgres: PostgresServer | None = None
        self._idle: list[Used] = []
        self._idle_files: list[Path] = []
        self._made: dict[str, Engine] = {}
        self._late: deque[Engine] = deque(maxlen=20)

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
        self._close_late(made)

    def _close_late(self, made: Engine) -> None:
        """A stopped server's thread may ask only now: what it opened in the meantime is
        closed at the ends of the next tests, before anybody forgets the engine."""
        self._late.append(made)
        for one in self._late:
            one.dispose()

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
