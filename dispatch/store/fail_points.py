"""Places at which the bench may have this process fail; otherwise nothing at all.

A rare window is not found by luck: a point is armed by its name, and whoever passes
it fails there, once. `DISPATCH_FAIL_POINTS` arms points of a process at its start, as
`order.told=kill, plan.thought=sleep:5, key.claimed=raise@3`: the last fails at the
third pass. A live house refuses to start with it.
"""

import errno
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from dispatch.settings import home_folder

SETTING: Final = "DISPATCH_FAIL_POINTS"
NAMES: Final = frozenset(
    {
        "audit.sealed",
        "books.sealed",
        "case.climbed",
        "case.opened",
        "event.recorded",
        "feed.numbered",
        "feed.told",
        "field.acted",
        "field.kept",
        "grant.made",
        "key.claimed",
        "ledger.drafted",
        "ledger.posted",
        "month.closed",
        "month.sealed",
        "order.told",
        "payment.kept",
        "payment.returned",
        "photo.kept",
        "plan.asked",
        "plan.published",
        "plan.taken",
        "plan.thought",
        "plan.written",
        "portion.taken",
        "queue.telling",
        "sheet.kept",
        "sheet.tried",
        "solver.answered",
        "solver.asked",
        "step.signed",
        "uow.after_commit",
        "uow.before_commit",
        "web.answering",
    }
)
ACTIONS: Final = ("kill", "raise", "enospc", "sleep")


class Failed(Exception):
    """What `raise` raises: a fault of ours that nobody foresaw."""


class NoSuchPoint(ValueError):
    """A point or an action that there is not."""


@dataclass
class Armed:
    """What happens at a point, at which pass; `once` over all processes of a home."""

    action: str
    at_pass: int = 1
    once: bool = False


_armed: dict[str, Armed] = {}
_passed: Counter[str] = Counter()
_counting = False


def fail_point(name: str) -> None:
    """Fail here if somebody armed this point."""
    if _armed or _counting:
        _pass(name)


@contextmanager
def failing(name: str, action: str, *, at_pass: int = 1) -> Iterator[None]:
    """Arm a point in this process while the block runs."""
    _armed[name] = _armed_as(name, action, at_pass)
    _passed.clear()
    try:
        yield
    finally:
        del _armed[name]


@contextmanager
def counting() -> Iterator[Counter[str]]:
    """Count which points are passed, and how often."""
    global _counting
    _passed.clear()
    _counting = True
    try:
        yield _passed
    finally:
        _counting = False


def read_points(words: str) -> dict[str, Armed]:
    """The points of the setting. Raises NoSuchPoint."""
    armed = {}
    for word in filter(None, (part.strip() for part in words.split(","))):
        name, _, deed = word.partition("=")
        action, _, at_pass = deed.partition("@")
        if at_pass and not at_pass.isdigit():
            raise NoSuchPoint(word)
        armed[name] = _armed_as(name, action, int(at_pass or 1), once=True)
    return armed


def _armed_as(name: str, action: str, at_pass: int, *, once: bool = False) -> Armed:
    if name not in NAMES or action.partition(":")[0] not in ACTIONS:
        raise NoSuchPoint(f"{name}={action}")
    return Armed(action, at_pass, once)


def _pass(name: str) -> None:
    if name not in NAMES:
        raise NoSuchPoint(name)
    _passed[name] += 1
    armed = _armed.get(name)
    if armed is None or _passed[name] != armed.at_pass:
        return
    if armed.once and not _is_first(name):
        return
    _fail(name, armed.action)


def _fail(name: str, action: str) -> None:
    kind, _, seconds = action.partition(":")
    if kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "raise":
        raise Failed(name)
    if kind == "enospc":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    time.sleep(float(seconds or 1))


def _is_first(name: str) -> bool:
    """A process that is started again must not die at the same point for ever."""
    folder = home_folder() / "run" / "failed"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        (folder / name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


_armed |= read_points(os.environ.get(SETTING, ""))
