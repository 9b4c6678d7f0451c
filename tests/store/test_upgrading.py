"""An upgrade beside others: beside another upgrade, and beside who reads for long."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, text

from dispatch.store.engine import make_engine
from dispatch.store.migrate import differences, upgrade
from tests.engines import Engines

_BEFORE, _AFTER = "2026_11_22_0910", "2026_11_22_0911"  # a column more of stop_order
_ALL_STOPS = text("SELECT count(*) FROM stop_order")
_WAITING = text(
    "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
    "WHERE NOT granted AND datname = current_database()"
)


@pytest.fixture
def empty_url(engines: Engines) -> Iterator[str]:
    """A database of PostgreSQL without any table."""
    server = engines.postgres()
    yield server.create("liuzhu_old")
    server.drop("liuzhu_old")


def test_two_hosts_that_upgrade_at_once_take_turns(empty_url: str) -> None:
    with ThreadPoolExecutor() as hosts:
        list(hosts.map(upgrade, [empty_url] * 2))

    engine = make_engine(empty_url)
    assert differences(engine) == []
    engine.dispose()


def test_nobody_waits_behind_an_upgrade_that_waits(empty_url: str) -> None:
    upgrade(empty_url, to=_BEFORE)
    engine = make_engine(empty_url)
    with engine.connect() as long_report, ThreadPoolExecutor() as host:
        long_report.execute(_ALL_STOPS)
        upgrading = host.submit(upgrade, empty_url, to=_AFTER, wait_seconds=0.2)
        until_somebody_waits(long_report)
        with engine.connect() as somebody:
            somebody.execute(text("SET lock_timeout = '2s'"))
            somebody.execute(_ALL_STOPS)
        assert not upgrading.done()
        long_report.rollback()
        upgrading.result(timeout=60)
    engine.dispose()


def until_somebody_waits(connection: Connection) -> None:
    while not connection.execute(_WAITING).scalar_one():
        time.sleep(0.01)
