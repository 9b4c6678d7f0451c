"""The keys are kept apart from the data: whoever finds one has nothing."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from sqlmodel import Session

from dispatch.people.vault import Keys, read_keys
from dispatch.privacy.rotating import count_by_key


class KeysTogether(Exception):
    """The keys would lie beside the data that they open."""


def save_keys(keys_file: Path, apart: Path, shelf: Path | None) -> Path:
    """Copy the keys into a folder of their own, under a name that tells which.

    Raises:
        KeysTogether: that folder is the shelf, in it, or around it.
    """
    here, there = apart.resolve(), shelf and shelf.resolve()
    if there and (here == there or here in there.parents or there in here.parents):
        raise KeysTogether(f"{apart} lies with the backups in {shelf}")
    content = keys_file.read_bytes()
    here.mkdir(parents=True, exist_ok=True)
    copy = here / f"keys-{hashlib.sha256(content).hexdigest()[:12]}.json"
    if not copy.exists():
        part = copy.with_suffix(".part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(copy)
    return copy


def fingerprints(ring: Keys) -> Mapping[str, str]:
    """What tells one key from another and says nothing about it: it is random."""
    return {
        name: hashlib.sha256(b"liuzhu|" + key).hexdigest()[:16]
        for name, key in ring.sealing.items()
    }


def keys_used(session: Session) -> list[str]:
    """The ids of the keys under which something is sealed, pictures and prints too."""
    return sorted(count_by_key(session))


def missing_keys(told: Mapping[str, str], keys_file: Path) -> list[str]:
    """Which keys of a backup this file does not hold, or holds others for."""
    if not keys_file.is_file():
        return sorted(told)
    have = fingerprints(read_keys(keys_file))
    return sorted(name for name, print_ in told.items() if have.get(name) != print_)
