"""Scratch places of drills, and what one that was killed has left.

A note in the home names the place and the process that made it, by pid and start time;
the server on the place says in the same way which one it is. So nobody else's process
is ever ended, and nothing removed that is at work. Containers share a home, and neither
their pids nor their scratch places: each looks at its own notes only.
"""

import glob
import json
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from os import getpid
from pathlib import Path
from typing import Final

import structlog

from dispatch.embedded.identity import Identity
from dispatch.embedded.postgres import end_left

log = structlog.get_logger()
_NOTES: Final = Path("run", "drills")  # under a home; no backup takes it along
_NAME: Final = "liuzhu-drill-"


@contextmanager
def scratch_place(home: Path) -> Iterator[Path]:
    """An empty folder that is gone after the block; after a kill, at the next look."""
    place = Path(tempfile.gettempdir(), f"{_NAME}{secrets.token_hex(4)}")
    note = home / _NOTES / f"{place.name}.{socket.gethostname()}.json"
    note.parent.mkdir(parents=True, exist_ok=True)
    part = note.with_suffix(".part")
    part.write_text(json.dumps({**asdict(Identity.of(getpid())), "place": str(place)}))
    part.replace(note)  # whole, and before the place is there
    place.mkdir(mode=0o700)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        note.unlink(missing_ok=True)


def is_at_work(home: Path) -> bool:
    """A drill of this home is under way, whoever began it."""
    return any(_is_alive(note) for note in _notes(home))


def clear_left(home: Path) -> int:
    """End the servers and remove the places of drills that were killed; how many."""
    cleared = 0
    for note in _notes(home):
        if _is_alive(note):
            continue
        if place := _place_in(note):
            end_left(place)
            shutil.rmtree(place, ignore_errors=True)
            if place.exists():
                log.warning("a drill's place stays", place=str(place))
                continue
        note.unlink(missing_ok=True)
        cleared += 1
    return cleared


def _notes(home: Path) -> list[Path]:
    ours = f"{_NAME}*.{glob.escape(socket.gethostname())}.json"
    return sorted((home / _NOTES).glob(ours))


def _is_alive(note: Path) -> bool:
    owner = Identity.read(note)
    return owner is not None and owner.is_alive()


def _place_in(note: Path) -> Path | None:
    """What it names, unless it names something that no drill has made."""
    try:
        place = Path(json.loads(note.read_text())["place"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return place if place.name.startswith(_NAME) else None
