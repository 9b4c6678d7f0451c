"""Two starts at once take turns: one makes, the other waits and finds it made."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dispatch.bootstrap.progress import say


@contextmanager
def turn(folder: Path, *, aloud: bool = True) -> Iterator[None]:
    """Hold the folder's lock; the kernel gives it back however this process ends.

    Args:
        aloud: say that another start is waited for; a house's own processes that
            take turns are nobody's news.

    The lock is on the folder itself, so nothing is left lying about.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if aloud:
                say("another start is setting up this checkout; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
