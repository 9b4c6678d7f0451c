"""The drill: the latest backup is brought back into a scratch place and looked at.

A backup that was never brought back is a hope. The drill touches nothing of the house
but the one row that tells how it went.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import func
from sqlmodel import Session, select

from dispatch.backups.copying import is_sqlite
from dispatch.backups.keys_apart import missing_keys
from dispatch.backups.laying_out import lay_out
from dispatch.backups.making import write_run
from dispatch.backups.proving import Proof, prove
from dispatch.backups.runs import BackupRun, RunKind
from dispatch.backups.scratch import clear_left, scratch_place
from dispatch.backups.shelf import find_backup, read_manifest
from dispatch.clock import wall_now
from dispatch.log.events import Event
from dispatch.settings import Settings
from dispatch.store.engine import make_engine, reading

MOST_LOST_SECONDS: Final = 60  # of a database whose writes are streamed


@dataclass(frozen=True)
class Drilled:
    """How a drill went, and what was found besides."""

    run: BackupRun
    events: int
    broken: list[str]
    besides: list[str]


def drill(chosen: Settings, shelf: Path, *, name: str | None = None) -> Drilled:
    """Bring the latest backup back beside the house, look, and write down the result.

    Raises: nothing but what keeps the row itself from being written.
    """
    began = wall_now()
    found, events, lost = "", 0, None
    proof: Proof | None = None
    newest = _newest(chosen)
    try:
        backup = find_backup(shelf, name)
        found = backup.name
        proof = _bring_back(chosen, backup)
        events, lost = proof.settled.events, _lost(newest, proof.settled.until)
        broken = [*proof.broken, *_keys_apart(chosen, backup)]
        if lost and lost > MOST_LOST_SECONDS and not is_sqlite(chosen.database):
            broken.append(f"{lost} s were lost: is `backup --follow` at work?")
    except Exception as error:  # noqa: BLE001 - whatever it is, the drill failed
        broken = [f"{type(error).__name__}: {error}"]
    run = BackupRun(
        kind=RunKind.DRILL,
        name=found,
        began_at=began,
        ended_at=wall_now(),
        passed=not broken,
        lost_seconds=lost,
        words="; ".join(broken)[:400],
    )
    engine = make_engine(chosen.database)
    write_run(engine, run)
    engine.dispose()
    return Drilled(run, events, broken, proof.besides if proof else [])


def _bring_back(chosen: Settings, backup: Path) -> Proof:
    clear_left(chosen.home)
    with scratch_place(chosen.home) as scratch:
        place = lay_out(
            backup,
            scratch,
            source=chosen.database,
            programs=chosen.postgres_programs,
        )
        with place.answering(quick=True) as address:
            return prove(address, place.manifest, chosen.keys)


def _newest(chosen: Settings) -> datetime | None:
    """The last thing that the house knows; what is later may well be missing."""
    engine = make_engine(chosen.database)
    try:
        with Session(reading(engine)) as session:
            return session.exec(select(func.max(Event.recorded_at))).one()
    finally:
        engine.dispose()


def _lost(newest: datetime | None, until: datetime | None) -> int | None:
    if newest is None or until is None:
        return None
    return max(0, round((newest - until).total_seconds()))


def _keys_apart(chosen: Settings, backup: Path) -> list[str]:
    """What is wrong with the copy of the keys, where one is kept."""
    if chosen.keys_copy is None:
        return []
    told = read_manifest(backup).key_ids
    copies = sorted(chosen.keys_copy.glob("keys-*.json"))
    if any(not missing_keys(told, copy) for copy in copies):
        return []
    return [f"no copy of the keys in {chosen.keys_copy} opens it"]
