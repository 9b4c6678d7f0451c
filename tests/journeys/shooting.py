"""Processes of a day that is played elsewhere, each shot by its pid at its hour."""

import os
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dispatch.clock import town_moment
from dispatch.demo.home import DAY
from dispatch.demo.menus import seconds_of
from dispatch.embedded.identity import Identity
from dispatch.supervisor import pid_file
from tests.journeys.canary import plant

KILLS: Final = (
    ("09:31", "work-1"),
    ("10:40", "relay"),
    ("11:00", "web"),
    ("11:20", "schedule"),
    ("11:40", "valkey"),
    ("12:10", "web"),
)
_LOOK_SECONDS: Final = 0.1


@contextmanager
def shot_at_lunch(home: Path) -> Iterator[list[str]]:
    """Put the canary among a home's elders as soon as its clock stands, and kill what
    runs there as it comes to each hour; gives who died."""
    over = threading.Event()
    killed: list[str] = []

    def hunt() -> None:
        while _clock_of(home) is None:
            if over.wait(_LOOK_SECONDS):
                return
        plant(home)
        for clock, name in KILLS:
            hour = town_moment(DAY, seconds_of(clock))
            while (
                (now := _clock_of(home)) is None or now < hour or not _kill(home, name)
            ):
                if over.wait(_LOOK_SECONDS):
                    return
            killed.append(name)

    hunter = threading.Thread(target=hunt, name="hunter")
    hunter.start()
    try:
        yield killed
    finally:
        over.set()
        hunter.join()


def _clock_of(home: Path) -> datetime | None:
    """What time it is in the house; None before it has a clock."""
    try:
        with closing(
            sqlite3.connect(f"file:{home / 'liuzhu.db'}?mode=ro", uri=True)
        ) as db:
            (at,) = db.execute("SELECT product_at FROM clock").fetchone() or (None,)
    except sqlite3.OperationalError:
        return None
    return None if at is None else datetime.fromisoformat(at).replace(tzinfo=UTC)


def _kill(home: Path, name: str) -> bool:
    """False while it is not up again from the last time."""
    found = Identity.read(pid_file(home, name))
    if found is None or not found.is_alive():
        return False
    os.kill(found.pid, signal.SIGKILL)
    return True
