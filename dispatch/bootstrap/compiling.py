"""Has the search compiled once, so that the first wave need not wait for it.

What every wave asks for is compiled before a command begins. What few waves ask for
takes longer still and is compiled while the house already works.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

from dispatch.bootstrap.places import (
    PYTHON,
    ROOT,
    RUNTIME_LOCK,
    VENV,
    fingerprint,
    is_marked,
)
from dispatch.bootstrap.progress import run_step
from dispatch.bootstrap.turns import turn

ALWAYS_ASKED: Final = (("meals",), ("visits",))  # each by a process of its own
SELDOM_ASKED: Final = ("calls", "offers")
FIRST_THE_HOUSE_SECONDS: Final = 120.0  # it has enough to do when it begins
BESIDE: Final = "LIUZHU_COMPILES_BESIDE"  # the process that it ends with


def sources() -> Iterator[Path]:
    """What the compiled functions are made of, and the compiler's version."""
    yield ROOT / RUNTIME_LOCK
    yield ROOT / "routing" / "fields.py"
    for folder in ("search", "linked", "ondemand"):
        yield from sorted((ROOT / "routing" / folder).glob("*.py"))


def lacking(parts: tuple[str, ...]) -> bool:
    """Whether these must be compiled; an image has no search at first, and
    nobody may write to it later: there the first plan has it compiled."""
    if not (ROOT / "routing").is_dir() or not os.access(VENV, os.W_OK):
        return False
    return not is_marked(mark_of(parts), fingerprint(sources()))


def mark_of(parts: tuple[str, ...]) -> Path:
    """Where it is written what these parts were compiled from."""
    return VENV / f".compiled-{'-'.join(parts)}"


def compile_search(parts: tuple[str, ...]) -> None:
    """In the environment; what is there already costs a second."""
    if lacking(parts):
        label = f"compiling the search ({', '.join(parts)})"
        run_step(label, [PYTHON, "-m", __name__, *parts], cwd=ROOT)


def compile_beside(parts: tuple[str, ...]) -> None:
    """In a process that gives way to all others and ends with this one."""
    if lacking(parts):
        subprocess.Popen(
            [str(PYTHON), "-m", __name__, *parts],
            cwd=ROOT,
            env=os.environ | {BESIDE: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )


def main(parts: tuple[str, ...]) -> None:
    """Compile, and write down from what."""
    from routing.tying import end_with
    from routing.warming import warm

    mark = fingerprint(sources())
    with ExitStack() as stack:
        if BESIDE in os.environ:
            end_with(int(os.environ[BESIDE]))
            os.nice(19)
            time.sleep(FIRST_THE_HOUSE_SECONDS)
            # Each program of the house has begun one.
            stack.enter_context(turn(VENV, aloud=False))
        if lacking(parts):
            warm(parts)
            with suppress(OSError):  # where nobody may write, the next start looks
                mark_of(parts).write_text(mark)


if __name__ == "__main__":
    main(tuple(sys.argv[1:]))
