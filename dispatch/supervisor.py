"""Keeps the product's processes running: starts, restarts, stops in order.

Each program has a session, a log (`logs/NAME.log`) and a pid file (`run/NAME.pid`)
of its own under home, and dies with the supervisor, however that ends.
"""

import fcntl
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from subprocess import Popen, TimeoutExpired
from typing import Final

from dispatch.bootstrap.progress import say
from dispatch.embedded import tether
from dispatch.embedded.identity import Identity

LOOK_SECONDS: Final = 0.1
FIRST_PAUSE_SECONDS: Final = 0.2
LONGEST_PAUSE_SECONDS: Final = 5.0
STEADY_SECONDS: Final = 10.0
GRACE_SECONDS: Final = 8.0
READY_SECONDS: Final = 180.0  # a busy machine is slow, and that is no fault
HOPELESS_DEATHS: Final = 4
TAIL_CHARACTERS: Final = 2000
LOG_BYTES: Final = 10_000_000

STORES, WORKERS, DOORS = range(3)  # started in this order, stopped from behind


class AlreadyRunning(Exception):
    """Another supervisor minds this home."""


class NotReady(Exception):
    """A program did not become ready; its log tells why."""


@dataclass(frozen=True)
class Program:
    """One process to keep running. `ready` is asked before the next stage starts."""

    name: str
    argv: tuple[str, ...]
    stage: int = WORKERS
    env: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None


def next_pause(pause_seconds: float, lived_seconds: float) -> float:
    """How long to wait before starting again what lived so long after that pause."""
    if lived_seconds >= STEADY_SECONDS:
        return FIRST_PAUSE_SECONDS
    return min(LONGEST_PAUSE_SECONDS, max(FIRST_PAUSE_SECONDS, pause_seconds * 2))


def pid_file(home: Path, name: str) -> Path:
    """Where a program's Identity is kept while it runs."""
    return home / "run" / f"{name}.pid"


class Charge:
    """One program under the supervisor's eyes, dead or alive."""

    def __init__(self, program: Program, home: Path) -> None:
        self.program = program
        self.pid_file = pid_file(home, program.name)
        self._log = home / "logs" / f"{program.name}.log"
        self._pause_seconds = 0.0
        self._due = 0.0
        self.deaths = 0

    def start(self) -> None:
        if self._log.exists() and self._log.stat().st_size > LOG_BYTES:
            self._log.replace(self._log.with_suffix(".log.1"))
        env = {**os.environ, **self.program.env}
        with self._log.open("ab") as log:
            self.process: Popen[bytes] = tether.start(self.program.argv, log, env=env)
        Identity.of(self.process.pid).write(self.pid_file)
        self._began = time.monotonic()
        self._due = 0.0

    def mind(self) -> None:
        """Bury it if it died, and start it again when its pause is over."""
        now = time.monotonic()
        if self._due == 0.0 and self.process.poll() is not None:
            self._bury(now)
        elif 0.0 < self._due <= now:
            self.start()

    def _bury(self, now: float) -> None:
        self.end_group()
        self.deaths += 1
        pause = next_pause(self._pause_seconds, now - self._began)
        self._pause_seconds, self._due = pause, now + pause
        how = self.process.returncode
        end = f"exit code {how}" if how >= 0 else signal.Signals(-how).name
        say(f"{self.program.name} ended ({end}); starting it again in {pause:.1f} s")

    def last_words(self) -> str:
        """The end of its log."""
        return self._log.read_text(errors="replace")[-TAIL_CHARACTERS:].strip()

    def end_group(self) -> None:
        """Kill whatever is left of its session's first group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def ask_to_stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()

    def wait_stopped(self, deadline: float) -> None:
        """Wait for it until the deadline (monotonic seconds), then end it."""
        with suppress(TimeoutExpired):
            self.process.wait(max(0.0, deadline - time.monotonic()))
        self.end_group()
        self.process.wait()
        self.pid_file.unlink(missing_ok=True)


class Supervisor:
    """Runs programs under one home, which no second supervisor may share."""

    def __init__(self, programs: Sequence[Program], home: Path) -> None:
        self._home = home.resolve()
        ordered = sorted(programs, key=lambda program: program.stage)
        self._charges = [Charge(program, self._home) for program in ordered]
        self._started: list[Charge] = []
        self.ready = threading.Event()

    def run(self, asked_to_stop: threading.Event) -> None:
        """Start all, keep them running until asked to stop, stop all in order.

        Raises AlreadyRunning, or NotReady when a program does not come up.
        """
        for folder in ("run", "logs"):
            self._home.joinpath(folder).mkdir(parents=True, exist_ok=True)
        with self._lock():
            try:
                self._start(asked_to_stop)
                self.ready.set()
                while not asked_to_stop.wait(LOOK_SECONDS):
                    self._mind()
            finally:
                self._stop()

    @contextmanager
    def _lock(self) -> Iterator[None]:
        own = pid_file(self._home, "supervisor")
        with self._home.joinpath("run", "supervisor.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunning(f"{self._home} is run already: {own}") from None
            Identity.of(os.getpid()).write(own)
            try:
                yield
            finally:
                own.unlink(missing_ok=True)

    def _start(self, asked_to_stop: threading.Event) -> None:
        for _stage, charges in groupby(self._charges, key=lambda c: c.program.stage):
            stage = list(charges)
            for charge in stage:
                charge.start()
                self._started.append(charge)
            for charge in stage:
                self._wait_ready(charge, asked_to_stop)

    def _wait_ready(self, charge: Charge, asked_to_stop: threading.Event) -> None:
        name, ready = charge.program.name, charge.program.ready
        deadline = time.monotonic() + READY_SECONDS
        while ready and not ready():
            if charge.deaths >= HOPELESS_DEATHS or time.monotonic() > deadline:
                raise NotReady(f"{name} does not come up:\n{charge.last_words()}")
            if asked_to_stop.wait(LOOK_SECONDS / 2):
                return
            self._mind()

    def _mind(self) -> None:
        for charge in self._started:
            charge.mind()

    def _stop(self) -> None:
        behind = reversed(self._started)
        for _stage, charges in groupby(behind, key=lambda c: c.program.stage):
            stage = list(charges)
            deadline = time.monotonic() + GRACE_SECONDS
            for charge in stage:
                charge.ask_to_stop()
            for charge in stage:
                charge.wait_stopped(deadline)


def run_until_signalled(supervisor: Supervisor) -> None:
    """Run in the main thread until SIGTERM or SIGINT; a second one changes nothing."""
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: asked.set())
    supervisor.run(asked)


@contextmanager
def running(programs: Sequence[Program], home: Path) -> Iterator[None]:
    """Have the programs running beside the block, and stopped after it.

    One thread starts, minds and stops them, as the kernel ends a tethered program
    with the thread that started it.
    """
    supervisor, asked = Supervisor(programs, home), threading.Event()
    failures: list[BaseException] = []

    def mind() -> None:
        try:
            supervisor.run(asked)
        except (AlreadyRunning, NotReady, OSError) as failure:
            failures.append(failure)

    thread = threading.Thread(target=mind, name="supervisor")
    thread.start()
    try:
        while not supervisor.ready.wait(LOOK_SECONDS) and thread.is_alive():
            pass
        if failures:
            raise failures[0]
        yield
    finally:
        asked.set()
        thread.join()
