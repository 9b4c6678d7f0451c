"""How the promises stand, looked at now and then: one look reads everything."""

from collections.abc import Callable
from threading import Lock
from typing import Final

from dispatch.promises.checking import Promise

STANDS_SECONDS: Final = 30.0


class Standing:
    """The last look at the promises; who asks while it is fresh gets that one.

    Args:
        seconds_now: a clock of this process that never goes back.
    """

    def __init__(self, seconds_now: Callable[[], float]) -> None:
        self._seconds_now = seconds_now
        self._one_looks = Lock()
        self._last: tuple[float, list[Promise]] | None = None

    def told(self, look: Callable[[], list[Promise]]) -> list[Promise]:
        """The promises as they stood at most half a minute ago."""
        with self._one_looks:
            if self._last is None or self._seconds_now() >= self._last[0]:
                found = look()
                self._last = (self._seconds_now() + STANDS_SECONDS, found)
            return self._last[1]
