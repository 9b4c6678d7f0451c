"""Functions that numba turns into machine code, kept between runs.

What has been compiled lies in `__pycache__` under a name made of the sources that
it came from: numba itself looks only at the file of the outermost function, and
would run yesterday's code after a change in the file beside it.
"""

import os
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import numba
import numba.core.config

F = TypeVar("F", bound=Callable[..., object])

_CONFIG: Final[Any] = numba.core.config
_FIELDS: Final = Path(__file__).resolve().parent.parent / "fields.py"


def compiled(function: F) -> F:
    """Compile at the first call, or take it from the cache; runs without the GIL.

    Constants that the function reads must stand in a file of its own folder or in
    `routing.fields`.
    """
    source = cast(Any, function).__code__.co_filename
    home = _home(Path(source).resolve().parent)
    before = _CONFIG.CACHE_DIR
    if home is not None and not before:
        _CONFIG.CACHE_DIR = str(home)
    try:
        made = numba.njit(cache=home is not None, nogil=True)(function)
    finally:
        _CONFIG.CACHE_DIR = before
    return cast(F, made)


def inner(function: F) -> F:
    """A function that only compiled functions call: nothing for Python is made."""
    bare = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    made = cast(Any, numba.njit)(nogil=True, **bare)
    return cast(F, made(function))


@cache
def _home(folder: Path) -> Path | None:
    """A folder that only these very sources share, or None when none can be had."""
    sources = sorted([*folder.glob("*.py"), _FIELDS, Path(__file__).resolve()])
    words = b"".join(source.read_bytes() for source in sources)
    name = f"compiled-{sha256(words).hexdigest()[:16]}"
    for parent in (folder / "__pycache__", *_private()):
        try:
            (parent / name).mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(parent / name, os.W_OK):
            return parent / name
    return None


def _private() -> list[Path]:
    """A folder of whoever runs this; a container's user may have none."""
    if told := os.environ.get("XDG_CACHE_HOME"):
        return [Path(told) / "liuzhu"]
    try:
        return [Path.home() / ".cache" / "liuzhu"]
    except RuntimeError:  # neither HOME nor a line in the list of users
        return []
