"""A process of its own for one answer, begun at once and killed when it is late.

Python, OR-Tools and the compiled search take two seconds of a processor to load. A
process beside this one keeps loaded what was asked for once, and forks for each answer
(`routing.apart_loaded`). It was started with bare surroundings, so its children know
nothing of ours either. It ends when nobody is left who could ask it: it is shared with
the processes that this one forks.
"""

import atexit
import json
import os
import resource
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

_CHECKOUT: Final = Path(__file__).resolve().parents[1]
_LOADED: Final = (sys.executable, "-m", "routing.apart_loaded")
_SURROUNDINGS: Final = {
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
}
_CHUNK: Final = 2**16
_ASKING_SECONDS: Final = 10.0  # it takes a request at once, unless it loads something
_PARTING_SECONDS: Final = 5.0  # between a kill and the end
_LIMITS: Final = (resource.RLIMIT_AS, resource.RLIMIT_CPU)
NEVER_BEGAN: Final = -9


@dataclass(frozen=True)
class Ended:
    """What a process left. `code` is that of `subprocess`: negative for a signal."""

    code: int
    said: bytes
    complaint: str


class Apart:
    """A process at work. Leave its block, and it is dead.

    `python -m MODULE …` is forked with the module loaded and its `main` called; any
    other command line is started anew.
    """

    def __init__(self, command: Sequence[str], asked: str) -> None:
        """Args: asked: what it reads on standard input.

        Raises: OSError: no process can be had.
        """
        with ExitStack() as otherwise:  # nothing is left open where there is none
            complaints = otherwise.enter_context(tempfile.TemporaryFile())
            answer, theirs = socket.socketpair()
            otherwise.enter_context(answer)
            with theirs:
                self._said, said = os.pipe()
                otherwise.callback(os.close, self._said)
                with (
                    os.fdopen(said, "wb") as says,
                    tempfile.TemporaryFile() as question,
                ):
                    question.write(asked.encode())
                    question.seek(0)
                    fds = [question.fileno(), says.fileno(), complaints.fileno()]
                    _tell(list(command), [*fds, theirs.fileno()])
            otherwise.pop_all()
        self._complaints, self._answer = complaints, answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_trouble: object) -> None:
        self.kill()

    def words(self, until: float) -> Iterator[bytes]:
        """What it says, as it comes, until it ends or `time.monotonic()` is `until`."""
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._said, selectors.EVENT_READ)
            while (left := until - time.monotonic()) > 0:
                if not waiting.select(left):
                    return
                more = os.read(self._said, _CHUNK)
                if not more:
                    return
                yield more

    def ended(self, until: float) -> int | None:
        """Its code; None when it has not ended by `until`."""
        self._answer.settimeout(max(0.001, until - time.monotonic()))
        try:
            return int(self._answer.recv(_CHUNK) or NEVER_BEGAN)
        except TimeoutError:
            return None
        except OSError:
            return NEVER_BEGAN

    def complaint(self) -> str:
        """What it wrote on standard error."""
        self._complaints.seek(0)
        return self._complaints.read().decode(errors="replace")

    def kill(self) -> None:
        """End it, and wait for that; nothing happens when it has ended."""
        if self._answer.fileno() < 0:
            return
        with suppress(OSError):
            self._answer.shutdown(socket.SHUT_WR)
            self._answer.settimeout(_PARTING_SECONDS)
            while self._answer.recv(_CHUNK):
                pass
        self._answer.close()
        self._complaints.close()
        os.close(self._said)


def ask_apart(command: Sequence[str], asked: str, seconds: float) -> Ended:
    """What a process says and how it ends, within this time.

    Raises:
        TimeoutError: it was killed.
        OSError: no process can be had.
    """
    until = time.monotonic() + seconds
    with Apart(command, asked) as running:
        said = b"".join(running.words(until))
        code = running.ended(until)
        if code is None:
            raise TimeoutError(f"{command[0]} did not end in time")
        return Ended(code, said, running.complaint())


def load(*modules: str) -> None:
    """Have modules loaded before they are first asked for; returns at once."""
    for module in modules:
        _tell([sys.executable, "-m", module], [])


def limits() -> list[tuple[int, tuple[int, int]]]:
    """Of memory and processor time: what this process has, its children have."""
    return [(each, resource.getrlimit(each)) for each in _LIMITS]


class _Beside:
    """The process that keeps things loaded, and the way to it."""

    def __init__(self) -> None:
        self.way, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.way.settimeout(_ASKING_SECONDS)
        ways = (theirs.fileno(), self.way.fileno())
        with theirs:
            self.process = subprocess.Popen(
                [*_LOADED, *map(str, ways)],
                stdin=subprocess.PIPE,  # its end tells that nobody is left to ask
                stdout=subprocess.DEVNULL,
                env=_SURROUNDINGS,
                cwd=_CHECKOUT,
                pass_fds=ways,
            )

    def end(self) -> None:
        """It has nothing to lose, and its children end with it."""
        self.way.close()
        self.process.kill()
        self.process.communicate()


class _Above:
    """The way to the process that this one was forked from."""

    def __init__(self, way: int) -> None:
        self.way = socket.socket(fileno=way)

    def end(self) -> None:
        self.way.close()


_asked: list[_Beside | _Above] = []
_starting = threading.Lock()


def ask_above(way: int) -> None:
    """What this process asks for goes to the process that forked it, by this socket."""
    _asked[:] = [_Above(way)]


def _tell(command: list[str], fds: Sequence[int]) -> None:
    """Ask for a process; starts the one beside if there is none, or no longer."""
    words = [json.dumps([command, limits(), os.nice(0)]).encode()]
    with _starting:
        for _attempt in range(2):
            if not _asked:
                _asked.append(_Beside())
            try:
                socket.send_fds(_asked[0].way, words, fds)
            except ConnectionError:
                _asked.pop().end()
            else:
                return
    raise OSError("no process can be had")


@atexit.register
def _end() -> None:
    while _asked:
        _asked.pop().end()
