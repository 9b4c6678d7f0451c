"""Has the search compiled once, so that the first wave need not wait for it."""

import os
from collections.abc import Iterator
from contextlib import suppress
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

COMPILED_FROM: Final = VENV / ".compiled-from"


def sources() -> Iterator[Path]:
    """What the compiled functions are made of, and the compiler's version."""
    yield ROOT / RUNTIME_LOCK
    yield ROOT / "routing" / "fields.py"
    for folder in ("search", "linked", "ondemand"):
        yield from sorted((ROOT / "routing" / folder).glob("*.py"))


def lacking() -> bool:
    """Whether it must be compiled; an image has no search at first, and
    nobody may write to it later: there the first plan has it compiled."""
    if not (ROOT / "routing").is_dir() or not os.access(VENV, os.W_OK):
        return False
    return not is_marked(COMPILED_FROM, fingerprint(sources()))


def compile_search() -> None:
    """In the environment; what is there already costs a second."""
    if not lacking():
        return
    mark = fingerprint(sources())
    run_step("compiling the search", [PYTHON, "-m", "routing.warming"], cwd=ROOT)
    with suppress(OSError):  # an image that nobody may write to looks again next time
        COMPILED_FROM.write_text(mark)
