"""Keeps loaded what was asked for once, and forks a process for each answer.

    python -m routing.apart_loaded SOCKET ITS_OTHER_END

Each message on the socket is a command line with the asker's limits; with it come
standard input, output and error of the new process, and a socket on which its code is
told. When that socket is hung up, the process is killed: nobody waits for it any more.
This one has a single thread, so that it may fork; it ends when its standard input does.
"""

import gc
import importlib
import json
import os
import resource
import selectors
import signal
import socket
import sys
import traceback
from contextlib import suppress
from selectors import BaseSelector
from typing import Final, NamedTuple

from routing.apart import ask_above
from routing.tying import end_with

_LONGEST: Final = 2**20
_FDS: Final = 4  # standard input, output, error, and where its code is told
_PYTHON: Final = [sys.executable, "-m"]
_NOT_ON_EXEC: Final = getattr(socket, "MSG_CMSG_CLOEXEC", 0)  # not everywhere


class _Asked(NamedTuple):
    command: list[str]
    limits: list[tuple[int, tuple[int, int]]]
    nice: int


class _Running(NamedTuple):
    pid: int
    answer: socket.socket
    alive: int  # a pipe that only the process holds open


def main(words: list[str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks ends, and so it ends
    asking, above = socket.socket(fileno=int(words[0])), int(words[1])
    with selectors.DefaultSelector() as waiting:
        waiting.register(sys.stdin.fileno(), selectors.EVENT_READ)
        waiting.register(asking, selectors.EVENT_READ, asking)
        while True:
            for key, _ in waiting.select():
                if key.data is None:
                    return
                if key.data is asking:
                    _begin(asking, above, waiting)
                else:
                    _part(key.data, waiting)


def _begin(asking: socket.socket, above: int, waiting: BaseSelector) -> None:
    """Where no process can be had, its asker reads the end of what was opened for it,
    and the others go on.
    """
    fds: list[int] = []
    try:
        message, fds, _, _ = socket.recv_fds(asking, _LONGEST, _FDS, _NOT_ON_EXEC)
        asked = _Asked(*json.loads(message))
        _load(asked.command)
        if len(fds) != _FDS:  # none: only to be loaded; fewer: no room for more
            _close(fds)
            return
        fds += (pipe := os.pipe())
        parent, pid = os.getpid(), os.fork()
    except OSError:
        _close(fds)
        return
    *std, told = fds[:_FDS]
    alive, theirs = pipe
    if pid:
        for fd in (*std, theirs):
            os.close(fd)
        running = _Running(pid, socket.socket(fileno=told), alive)
        waiting.register(running.answer, selectors.EVENT_READ, running)
        waiting.register(alive, selectors.EVENT_READ, running)
        return
    with suppress(BaseException):
        os.close(told)
        asking.close()  # or what is asked when this parent is dead would wait in it
        os.set_inheritable(theirs, True)  # another program lives as long as it holds it
        end_with(parent)
        ask_above(above)
        _become(asked, std)
    os._exit(1)


def _close(fds: list[int]) -> None:
    for fd in fds:
        os.close(fd)


def _load(command: list[str]) -> None:
    """Import it here, once; what cannot be imported says so in its own process."""
    if command[:2] != _PYTHON or command[2] in _loaded:
        return
    _loaded.add(command[2])
    gc.disable()
    with suppress(Exception):
        ready = getattr(importlib.import_module(command[2]), "make_ready", None)
        if ready is not None:
            ready()
    gc.freeze()  # kept for good, and not written to by each child's collector
    gc.enable()


_loaded: set[str] = set()


def _become(asked: _Asked, std: list[int]) -> None:
    """Does not return: ends with the code of the command."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    for fd, stream in enumerate(std):
        os.dup2(stream, fd)
    for what, most in asked.limits:
        resource.setrlimit(what, (most[0], most[1]))
    os.nice(max(0, asked.nice - os.nice(0)))
    code = 1
    try:
        if asked.command[:2] != _PYTHON:
            os.execv(asked.command[0], asked.command)  # noqa: S606 - becoming it
        sys.argv = asked.command[2:]
        code = importlib.import_module(asked.command[2]).main() or 0
    except SystemExit as ended:
        code = _code_of(ended)
    except Exception:  # noqa: BLE001 - told below, as Python itself would
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _code_of(ended: SystemExit) -> int:
    if ended.code is None or isinstance(ended.code, int):
        return ended.code or 0
    sys.stderr.write(f"{ended.code}\n")
    return 1


def _part(running: _Running, waiting: BaseSelector) -> None:
    """It has ended, or nobody waits for it: either way it is gone now."""
    if running.alive not in waiting.get_map():
        return  # both happened at once
    for end in (running.answer, running.alive):
        waiting.unregister(end)
    os.close(running.alive)
    os.kill(running.pid, signal.SIGKILL)  # not reaped yet: the number is still its own
    code = os.waitstatus_to_exitcode(os.waitpid(running.pid, 0)[1])
    with suppress(OSError), running.answer:
        running.answer.send(str(code).encode())


if __name__ == "__main__":
    main(sys.argv[1:])
