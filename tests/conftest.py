"""What every test may ask for: databases, a Valkey, the shared instances.

`database_url` runs its test on both engines. Tests that need no database do not ask
for one, and run once.
"""

import atexit
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import hypothesis
import pytest
from redis import Redis
from sqlalchemy import Engine

from dispatch.bootstrap.tools import is_ci
from dispatch.embedded import valkey
from dispatch.embedded.postgres import PostgresMissing
from tests.engines import POSTGRESQL, SQLITE, Engines
from tests.little_town import LittleTown
from tests.postgres import PostgresServer

ROOT = Path(__file__).resolve().parent.parent
WHOLE_STORIES = {"chaos", "journeys", "browser"}


def pytest_configure() -> None:
    """The suite's own surroundings: nothing of the caller's settings leaks in."""
    for name in [name for name in os.environ if name.startswith("DISPATCH_")]:
        if name != "DISPATCH_INSTANCES":
            del os.environ[name]
    os.environ["DISPATCH_STAGE"] = "test"
    home = tempfile.mkdtemp(prefix="liuzhu-home-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ["DISPATCH_HOME"] = home
    hypothesis.settings.register_profile("house", derandomize=True, deadline=None)
    hypothesis.settings.load_profile("house")
    sys.addaudithook(_stay_at_home)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole stories first: two workers should not end with one waiting for one."""
    items.sort(key=lambda item: not WHOLE_STORIES & {*item.path.parts})
    gc.freeze()  # what was imported stays: no test pays for looking at it again


def _stay_at_home(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse every connection that would leave this machine."""
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1"}:
        raise PermissionError(f"a test may not call {address[0]}")


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """SQLite and PostgreSQL of this test process."""
    both = Engines(tmp_path_factory.mktemp("engines"))
    yield both
    both.close()


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def database_url(request: pytest.FixtureRequest, engines: Engines) -> Iterator[str]:
    """A migrated, empty database; the test runs once on each engine."""
    if request.param == POSTGRESQL:
        request.getfixturevalue("postgres_server")
    with engines.fresh(request.param) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_server(engines: Engines) -> PostgresServer:
    """The real PostgreSQL of this test process, with the migrated template."""
    try:
        return engines.postgres()
    except PostgresMissing as missing:
        _cannot(f"NO POSTGRESQL, half of the database tests fall out: {missing}")


@pytest.fixture
def engine(database_url: str, engines: Engines) -> Iterator[Engine]:
    """An engine on that database, as the product makes it."""
    with engines.engine(database_url) as made:
        yield made


@pytest.fixture
def town(engine: Engine) -> LittleTown:
    """A little town on each engine, its clock at eight in the morning."""
    return LittleTown(engine)


@pytest.fixture(scope="session")
def _valkey_url() -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory(prefix="liuzhu-valkey-") as home,
        valkey.started(Path(home)) as url,
    ):
        yield url


@pytest.fixture
def redis_url(_valkey_url: str) -> str:
    """A real Valkey of this test process, emptied."""
    with Redis.from_url(_valkey_url) as client:
        client.flushall()
    return _valkey_url


@pytest.fixture(scope="session")
def instances() -> Path:
    """Folder of public instances: DISPATCH_INSTANCES, else `shared` beside us."""
    return find_instances(os.environ.get("DISPATCH_INSTANCES"))


def find_instances(told: str | None) -> Path:
    """The folder, unless it is missing or empty: then its tests are left out.

    Where nothing may be left out they fail, if somebody said that it should be there.
    """
    folder = Path(told) if told else ROOT.parent / "shared"
    if folder.is_dir() and any(folder.iterdir()):
        return folder
    reason = f"NO INSTANCES IN {folder}: set DISPATCH_INSTANCES"
    if told:
        _cannot(reason)
    pytest.skip(reason)


def _cannot(reason: str) -> NoReturn:
    """Leave a test out, loudly; where nothing may be left out, fail it."""
    if is_ci():
        pytest.fail(reason)
    pytest.skip(reason)
