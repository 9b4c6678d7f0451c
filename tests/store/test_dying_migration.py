"""A migration that dies half-way leaves the tables as they were, and may run again."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect

from dispatch.store.engine import make_engine
from dispatch.store.migrate import upgrade
from tests.engines import POSTGRESQL, SQLITE, Engines
from tests.store.dying import NEW, OLD
from tests.test_house import ROOT


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
    argv = [sys.executable, "-m", "tests.store.dying", url]
    return -subprocess.run(argv, cwd=ROOT).returncode


@pytest.mark.proves("F31")
def test_a_migration_that_dies_leaves_the_old_tables_whole(empty_url: str) -> None:
    upgrade(empty_url, to=OLD)
    before = shape(empty_url)

    assert upgrade_and_die(empty_url) == signal.SIGKILL
    assert shape(empty_url) == before

    upgrade(empty_url, to=NEW)
    assert shape(empty_url)["came to"] == [NEW]
