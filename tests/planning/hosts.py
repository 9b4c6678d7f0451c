"""Two hosts, as the kernel sees them: a network and a name each, and one wire.

Nothing of them has a name outside: when the processes end that hold them, and these
end with the test's process, the networks and the wire are gone.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Final

from dispatch.embedded import tether

PROGRAMS: Final = ("ip", "nsenter", "unshare", "hostname")
NETWORK: Final = "10.119.0"
PATIENCE_SECONDS: Final = 120.0
NOBODY: Final = 65534


class NoHosts(Exception):
    """This machine, or this account, cannot make networks; the message says why."""


class Host:
    """A machine of its own for whatever is started on it."""

    def __init__(self, name: str, number: int, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.address = f"{NETWORK}.{number}"
        folder.mkdir()
        with (folder / "holder.log").open("ab") as log:
            alone = ["unshare", "--net", "--uts", "sleep", "infinity"]
            self._holder = tether.start(alone, log)
        self.pid = self._holder.pid
        self._started: list[Popen[bytes]] = [self._holder]
        self._network = self._await_network()
        self.run("hostname", name)

    def entrance(self, *more: str) -> list[str]:
        """Words before a command that bring it onto this host."""
        spaces = (f"--{space}=/proc/{self.pid}/ns/{space}" for space in ("net", "uts"))
        return ["nsenter", *spaces, *more]

    def run(self, *argv: str) -> None:
        """Raises: NoHosts: it failed."""
        words = [*self.entrance(), *argv]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NoHosts(f"{' '.join(argv)}: {done.stderr.strip()}")

    def start(
        self, argv: Sequence[str | Path], env: Mapping[str, str] | None = None
    ) -> Popen[bytes]:
        """A program on this host, in a session of its own."""
        with (self.folder / "words.log").open("ab") as log:
            started = tether.start([*self.entrance(), *argv], log, env=env)
        self._started.append(started)
        return started

    def said(self) -> str:
        """The last words of what was started here."""
        return (self.folder / "words.log").read_text(errors="replace")[-3000:]

    def end(self) -> None:
        """The host is gone, with all that runs on it."""
        for pid in _pids():
            if _network_of(pid) == self._network:
                _kill(pid)
        for process in self._started:
            process.wait(PATIENCE_SECONDS)

    def _await_network(self) -> str:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (found := _network_of(self.pid)) in {"", _network_of(os.getpid())}:
            if self._holder.poll() is not None or time.monotonic() > deadline:
                said = (self.folder / "holder.log").read_text(errors="replace")
                raise NoHosts(f"no network of its own: {said.strip()}")
            time.sleep(0.02)
        return found


@contextmanager
def two_hosts(folder: Path) -> Iterator[tuple[Host, Host]]:
    """Two hosts that reach each other, and nobody else.

    Raises: NoHosts.
    """
    if os.geteuid() != 0:
        raise NoHosts("only root can make networks")
    if missing := [name for name in PROGRAMS if shutil.which(name) is None]:
        raise NoHosts(f"not installed: {', '.join(missing)}")
    hosts: list[Host] = []
    try:
        for number, name in enumerate(("liuzhu-a", "liuzhu-b"), start=1):
            hosts.append(Host(name, number, folder / name))
        one, other = hosts
        wire = "ip link add wire type veth peer name wire netns"
        one.run(*wire.split(), str(other.pid))
        for host in hosts:
            host.run("ip", "address", "add", f"{host.address}/24", "dev", "wire")
            host.run("ip", "link", "set", "wire", "up")
            host.run("ip", "link", "set", "lo", "up")
        yield one, other
    finally:
        for host in hosts:
            host.end()


def kill_session(leader: Popen[bytes]) -> None:
    """Kill a process that we started and all of its session, as a power cut does."""
    for pid in _pids():
        if _session_of(pid) == leader.pid:
            _kill(pid)
    leader.wait(PATIENCE_SECONDS)


def _pids() -> list[int]:
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]


def _network_of(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/ns/net").readlink())
    except OSError:  # it has ended
        return ""


def _session_of(pid: int) -> int:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return 0


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
