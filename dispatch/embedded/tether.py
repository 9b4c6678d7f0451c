"""Run a program that dies with the process that started it.

`python tether.py PARENT_PID PROGRAM ARGUMENT…` asks the kernel for a SIGTERM on the
parent's death, or for the signal named by `TETHER_SIGNAL`, and becomes the program.
Doing this in a process of its own, not between fork and exec, keeps it safe in
processes with threads. The standard library only, and no import of ours: it runs
as a bare file, so that it starts in a few milliseconds.

Only Linux can do this; elsewhere an orderly stop is all there is.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen
from typing import BinaryIO, Final

PR_SET_PDEATHSIG: Final = 1


def start(
    argv: Sequence[str | Path],
    log: BinaryIO,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Popen[bytes]:
    """Start a tethered program in a session of its own, its words going to log.

    Its pid is that of the process returned. The kernel watches the *thread* that
    calls this: call it from one that lives as long as the program should.
    """
    tether = [sys.executable, "-I", "-S", __file__, str(os.getpid())]
    return Popen(
        [*tether, *map(str, argv)],
        stdin=DEVNULL,
        stdout=log,
        stderr=STDOUT,
        env=env,
        cwd=cwd,
        start_new_session=True,
    )


def tie(parent: int) -> None:
    """Ask for our end when the parent ends; end at once if it is gone already."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the starter is gone")


if __name__ == "__main__":
    tie(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - becoming it is the point
