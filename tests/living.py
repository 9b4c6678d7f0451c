"""The processes' signs of life, as the processes give them, without the processes."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from redis import Redis
from rq import Queue, Worker

from dispatch.pulse import Pulse, beat_file
from dispatch.queue import QUEUE
from dispatch.settings import settings

BEAT_SECONDS: Final = 1.0


@dataclass
class Living:
    """Who is alive now; the others keep their last sign of life."""

    parts: set[str] = field(default_factory=lambda: {"relay", "schedule", "work"})

    def fall_silent(self, part: str, seconds: int) -> None:
        """The relay or the schedule died so long ago."""
        self.parts.discard(part)
        died = time.time() - seconds
        os.utime(beat_file(settings().home, part), (died, died))


@contextmanager
def everybody_lives(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Living]:
    """Beats of relay, schedule and one worker, until the block ends."""
    monkeypatch.setenv("DISPATCH_REDIS_URL", redis_url)
    settings.cache_clear()
    home, living, over = settings().home, Living(), threading.Event()
    pulses = {name: Pulse(home, name) for name in ("relay", "schedule")}
    with Redis.from_url(redis_url) as redis:
        worker: Any = Worker([Queue(QUEUE, connection=redis)], connection=redis)
        worker.register_birth()

        def beat() -> None:
            for name in living.parts & pulses.keys():
                pulses[name].is_set()
            if "work" in living.parts:
                worker.heartbeat()

        def go_on() -> None:
            while not over.wait(BEAT_SECONDS):
                beat()

        beat()
        beating = threading.Thread(target=go_on)
        beating.start()
        yield living
        over.set()
        beating.join()
        worker.register_death()
    for name in pulses:
        with suppress(FileNotFoundError):
            beat_file(home, name).unlink()
    monkeypatch.undo()
    settings.cache_clear()
