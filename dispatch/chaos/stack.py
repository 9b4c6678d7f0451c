"""The whole product as real processes, to be killed by the pids that we hold."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, Literal

from dispatch.embedded import tether, valkey
from dispatch.embedded.identity import Identity
from dispatch.running import web_is_ready
from dispatch.supervisor import pid_file

Style = Literal["parent", "group", "term", "stop"]

# The command without the bootstrap: a test has its environment and pages already.
COMMAND: Final = (sys.executable, "-c", "from dispatch.cli import cli; cli()")
PATIENCE_SECONDS: Final = 100.0
LOOK_SECONDS: Final = 0.02

_held_ports: Final[list[socket.socket]] = []


class Stuck(Exception):
    """The product did not do in time what it should; the message holds its logs."""


class Stack:
    """`dispatch up` in a home and on a port of its own, with a database given.

    Names are those of the supervisor: valkey, relay, schedule, work-1 …, web, and
    `supervisor` itself. What is killed is started again by the product; a stopped
    process stays silent until `go_on`.
    """

    def __init__(
        self,
        database_url: str,
        home: Path,
        *,
        workers: int = 1,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.home = home.resolve()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.redis_url = valkey.url_for(self.home)
        workers_named = [f"work-{n}" for n in range(1, workers + 1)]
        self.names = ["valkey", "relay", "schedule", *workers_named, "web"]
        self._words = ["up", "--workers", str(workers)]
        self._env = {
            **os.environ,
            **(env or {}),
            "DISPATCH_HOME": str(self.home),
            "DISPATCH_DATABASE_URL": database_url,
            "DISPATCH_PORT": str(self.port),
        }

    def start(self) -> None:
        """Start everything, and return when every process runs and the web answers."""
        with (self.home / "up.log").open("ab") as log:
            argv = [*COMMAND, *self._words]
            self._up = tether.start(argv, log, env=self._env)
        for name in self.names:
            self.wait_ready(name)

    def stop(self) -> None:
        """Stop in order, and see that nothing is left."""
        found = [self.identity(name) for name in self.names]
        self._up.terminate()
        try:
            self._up.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._up.kill()
            self._up.wait()
        self.wait_gone(process for process in found if process)

    def identity(self, name: str) -> Identity | None:
        """The live process of this name."""
        found = Identity.read(pid_file(self.home, name))
        return found if found and found.is_alive() else None

    def kill(self, name: str, style: Style = "parent") -> Identity:
        """Kill (or stop) a process by pid; tells which one it was."""
        victim = self.identity(name)
        if victim is None:
            raise Stuck(f"{name} does not run:\n{self.log(name)}")
        match style:
            case "parent":
                os.kill(victim.pid, signal.SIGKILL)
            case "group":
                os.killpg(victim.pid, signal.SIGKILL)
            case "term":
                os.kill(victim.pid, signal.SIGTERM)
            case "stop":
                os.kill(victim.pid, signal.SIGSTOP)
        if style != "stop":
            self.wait_gone([victim])
        return victim

    def go_on(self, name: str) -> None:
        """Let a stopped process run again, as after a machine's pause."""
        if victim := self.identity(name):
            os.kill(victim.pid, signal.SIGCONT)

    def wait_ready(self, name: str, *, after: Identity | None = None) -> Identity:
        """Wait for the process of this name, another one than `after`, to be ready."""

        def is_ready() -> bool:
            found = self.identity(name)
            return found is not None and found != after and self._answers(name)

        self._until(is_ready, f"{name} does not get ready")
        if (found := self.identity(name)) is None:
            raise Stuck(f"{name} ended again")
        return found

    def kill_and_wait(self, name: str, style: Style = "parent") -> Identity:
        """Kill it and wait until its successor is ready."""
        return self.wait_ready(name, after=self.kill(name, style))

    def wait_gone(self, processes: Iterable[Identity]) -> None:
        """Wait until none of these runs any more."""
        gone = list(processes)
        self._wait(lambda: not any(one.is_alive() for one in gone), "they outlive us")

    def log(self, name: str) -> str:
        """The last words of a process."""
        file = self.home / "logs" / f"{name}.log"
        return file.read_text(errors="replace")[-3000:] if file.exists() else ""

    def _answers(self, name: str) -> bool:
        if name == "web":
            return web_is_ready(self.url)
        return name != "valkey" or valkey.is_answering(self.home)

    def _until(self, true: Callable[[], bool], complaint: str) -> None:
        """Wait for it while the product runs; if it ends, say what it said."""
        self._wait(lambda: true() or self._up.poll() is not None, complaint)
        if self._up.poll() is not None:
            raise Stuck(self._story(complaint))

    def _wait(self, true: Callable[[], bool], complaint: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not true():
            if time.monotonic() > deadline:
                raise Stuck(self._story(complaint))
            time.sleep(LOOK_SECONDS)

    def _story(self, complaint: str) -> str:
        up = (self.home / "up.log").read_text(errors="replace")
        return "\n".join([complaint, up, *map(self.log, self.names)])


def free_port() -> int:
    """A port of loopback that is the caller's as long as this process lives.

    Bound and never listened at: whoever is told of it may listen there, die and listen
    again, and nobody else is given it in between.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    _held_ports.append(held)
    port: int = held.getsockname()[1]
    return port
