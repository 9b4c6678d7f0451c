"""Backups and drills that the schedule makes by itself, each as a process of its own.

Wall time only: a backup is no matter of the product's clock. A backup that failed is
tried again after five minutes, not at every look.
"""

import sys
import threading
from datetime import datetime, timedelta
from subprocess import DEVNULL, Popen
from typing import Final

import structlog
from sqlalchemy import Engine

from dispatch.backups.copying import is_sqlite
from dispatch.backups.runs import BackupRun, RunKind, find_last
from dispatch.backups.scratch import clear_left, is_at_work
from dispatch.clock import TOWN, wall_now
from dispatch.settings import Settings
from dispatch.store.unit_of_work import glance

log = structlog.get_logger()
AT_ONCE: Final = timedelta(minutes=5)
DAILY: Final = timedelta(days=1)
DRILL_HOUR: Final = 3  # of the night in town
_LATELY: Final = timedelta(hours=20)
_NICENESS: Final = "15"
_LOOK_SECONDS: Final = 0.5


def interval(chosen: Settings) -> timedelta:
    """How often a backup is made."""
    if chosen.backup_minutes:
        return timedelta(minutes=chosen.backup_minutes)
    return AT_ONCE if is_sqlite(chosen.database) else DAILY


def backup_is_due(last: BackupRun | None, every: timedelta, now: datetime) -> bool:
    """None is there, or it is time for the next, or the last one failed a while ago."""
    if last is None:
        return True
    return now - last.ended_at >= (every if last.passed else min(every, AT_ONCE))


def drill_is_due(
    backup: BackupRun | None, last: BackupRun | None, now: datetime
) -> bool:
    """There is a backup, and it is the hour, or none was ever tried."""
    if backup is None:
        return False
    if last is None:
        return True
    at_night = now.astimezone(TOWN).hour == DRILL_HOUR
    return at_night and now - last.ended_at >= _LATELY


def look_after_backups(engine: Engine, chosen: Settings, over: threading.Event) -> None:
    """Make and try what is due, until it is over; one look each when nothing is.

    What a drill that was killed has left is removed first.
    """
    clear_left(chosen.home)
    if chosen.backups is None:
        return
    with glance(engine) as session:
        made = find_last(session, RunKind.BACKUP)
        good = find_last(session, RunKind.BACKUP, passed=True)
        tried = find_last(session, RunKind.DRILL)
    if backup_is_due(made, interval(chosen), wall_now()):
        _run("backup", over)
    elif drill_is_due(good, tried, wall_now()) and not is_at_work(chosen.home):
        _run("drill", over)


def _run(command: str, over: threading.Event) -> None:
    """Have it done, or have it leave in order: a drill has a server of its own."""
    words = ["nice", "-n", _NICENESS, sys.executable, "-m", "dispatch", command]
    done = Popen(words, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)
    while done.poll() is None:
        if over.wait(_LOOK_SECONDS):
            done.terminate()
            done.wait()
            return
    if done.returncode != 0:
        log.warning("a backup failed", command=command, code=done.returncode)
