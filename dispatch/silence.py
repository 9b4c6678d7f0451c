"""Which parts of the house are silent: a page must not call well what nobody minds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isinf
from threading import Lock
from typing import Final

from dispatch.pulse import (
    DEAD_AFTER_SECONDS,
    seconds_since_any_beat,
    seconds_since_worker,
)
from dispatch.running import redis_address
from dispatch.settings import Settings, settings

KNOWN_SECONDS: Final = 5.0


@dataclass(frozen=True, kw_only=True)
class SilentPart:
    """A part that gave no sign of life for so long; None: none that is known.

    Its name is `relay`, `schedule` or `work`.
    """

    part: str
    seconds: int | None


@dataclass(frozen=True, kw_only=True)
class House:
    """How the processes stand that a page depends on and cannot see."""

    silent: list[SilentPart]


class Listening:
    """The last look at the house; who asks while it is fresh gets that one.

    Args:
        seconds_now: a clock of this process that never goes back.
    """

    def __init__(self, seconds_now: Callable[[], float]) -> None:
        self._seconds_now = seconds_now
        self._one_looks = Lock()
        self._last: tuple[float, House] | None = None

    def told(self) -> House:
        """The house as it stood at most some seconds ago."""
        with self._one_looks:
            if self._last is None or self._seconds_now() >= self._last[0]:
                found = House(silent=list(_silent(settings())))
                self._last = (self._seconds_now() + KNOWN_SECONDS, found)
            return self._last[1]


def _silent(chosen: Settings) -> Iterator[SilentPart]:
    looks = {
        "relay": seconds_since_any_beat(chosen.home, "relay"),
        "schedule": seconds_since_any_beat(chosen.home, "schedule"),
        "work": seconds_since_worker(redis_address(chosen), anywhere=True),
    }
    for part, seconds in looks.items():
        if seconds > DEAD_AFTER_SECONDS:
            known = None if isinf(seconds) else round(seconds)
            yield SilentPart(part=part, seconds=known)
