"""Whether a process lives: a loop that asks if it should stop is at work.

Wall time only: a container's health is no matter of the product's clock.
"""

import socket
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

BEAT_SECONDS: Final = 1.0
DEAD_AFTER_SECONDS: Final = 20.0


class Pulse(threading.Event):
    """The event that ends a process; each look at it leaves a sign of life."""

    def __init__(self, home: Path, name: str) -> None:
        super().__init__()
        self._file = beat_file(home, name)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._next = 0.0

    def is_set(self) -> bool:
        self._beat()
        return super().is_set()

    def wait(self, timeout: float | None = None) -> bool:
        self._beat()
        return super().wait(timeout)

    def _beat(self) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + BEAT_SECONDS
            self._file.touch()


def beat_file(home: Path, name: str) -> Path:
    """One per process name and machine, as containers share a home."""
    return home / "run" / f"{name}.{socket.gethostname()}.beat"


def seconds_since_beat(home: Path, name: str) -> float:
    """How long ago this machine's process of that name gave a sign of life."""
    return _seconds_since_touched(beat_file(home, name))


def seconds_since_any_beat(home: Path, name: str) -> float:
    """The same of the liveliest process of that name, on whatever machine."""
    files = (home / "run").glob(f"{name}.*.beat")
    return min((_seconds_since_touched(file) for file in files), default=float("inf"))


def _seconds_since_touched(file: Path) -> float:
    """For ever, if it is gone: it may vanish while one looks."""
    try:
        return time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def seconds_since_worker(
    redis_url: str, *, weeks: bool = False, anywhere: bool = False
) -> float:
    """How long ago a worker of this machine, or of any, told Redis that it lives.

    Args:
        weeks: a worker of the weeks of visits, not of waves.
    """
    from redis.exceptions import RedisError  # here, as not every start waits for RQ

    from dispatch.queue import QUEUE, WEEKS, queue_at, workers_of

    with queue_at(redis_url) as redis:
        try:
            workers = workers_of(redis, WEEKS if weeks else QUEUE)
        except RedisError:
            return float("inf")
    here = socket.gethostname()
    meant = [worker for worker in workers if anywhere or worker.hostname == here]
    beats = [worker.last_heartbeat for worker in meant if worker.last_heartbeat]
    return min((_seconds_since(beat) for beat in beats), default=float("inf"))


def _seconds_since(beat: datetime) -> float:
    return (datetime.now(UTC) - beat.replace(tzinfo=UTC)).total_seconds()
