"""What is looked at now and then, as one look reads everything: promises, a chain."""

from collections.abc import Callable
from threading import Lock
from typing import Final, Generic, TypeVar

T = TypeVar("T")

STANDS_SECONDS: Final = 30.0
RESTS_SECONDS: Final = 900.0  # where a machine asks every few seconds


class Standing(Generic[T]):
    """The last look; who asks while it is fresh gets that one.

    Args:
        seconds_now: a clock of this process that never goes back.
        stands_seconds: how long one look is enough.
    """

    def __init__(
        self,
        seconds_now: Callable[[], float],
        stands_seconds: float = STANDS_SECONDS,
    ) -> None:
        self._seconds_now = seconds_now
        self._stands_seconds = stands_seconds
        self._one_looks = Lock()
        self._last: tuple[float, T] | None = None

    def told(self, look: Callable[[], T]) -> T:
        """How it stood at most so long ago."""
        with self._one_looks:
            if self._last is None or self._seconds_now() >= self._last[0]:
                found = look()
                self._last = (self._seconds_now() + self._stands_seconds, found)
            return self._last[1]
