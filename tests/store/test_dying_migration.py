"""A migration that dies half-way leaves the tables as they were, and may run again."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, inspect

from dispatch.store.engine import make_engine
from dispatch.store.migrate import upgrade
from tests.engines import POSTGRESQL, SQLITE, Engines

OLD, NEW = "2026_11_21_0903", "2026_11_21_0905"
DIES_AT = 9  # of the changes to tables that lie between them


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def empty_url(
    request: pytest.FixtureRequest, engines: Engines, tmp_path: Path
) -> Iterator[str]:
    """A database without any table."""
    if request.param == SQLITE:
        yield f"sqlite:///{tmp_path / 'old.db'}"
        return
    server = engines.postgres()
    yield server.create("liuzhu_old")
    server.drop("liuzhu_old")


def shape(url: str) -> dict[str, list[str]]:
    """Every table with its columns, and how far the database has come."""
    engine = make_engine(url)
    look = inspect(engine)
    tables = {
        name: sorted(column["name"] for column in look.get_columns(name))
        for name in look.get_table_names()
    }
    with engine.connect() as connection:
        come = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
        tables["came to"] = list(come.scalars())
    engine.dispose()
    return tables


def upgrade_and_die(url: str) -> int:
    """The next migrations in a process of their own; the signal that ended it."""
    child = os.fork()
    if child:
        return os.WTERMSIG(os.waitpid(child, 0)[1])
    changes = 0

    def count(_connection: object, _cursor: object, words: str, *_: object) -> None:
        nonlocal changes
        changes += words.lstrip().upper().startswith(("CREATE", "ALTER"))
        if changes == DIES_AT:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        upgrade(url, to=NEW)
    finally:
        os._exit(0)


@pytest.mark.proves("F31")
def test_a_migration_that_dies_leaves_the_old_tables_whole(empty_url: str) -> None:
    upgrade(empty_url, to=OLD)
    before = shape(empty_url)

    assert upgrade_and_die(empty_url) == signal.SIGKILL
    assert shape(empty_url) == before

    upgrade(empty_url, to=NEW)
    assert shape(empty_url)["came to"] == [NEW]
