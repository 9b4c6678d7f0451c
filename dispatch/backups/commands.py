"""The commands `backup`, `restore` and `drill`."""

import json
import os
import shutil
import signal
import sys
from datetime import datetime
from pathlib import Path

import click

from dispatch.backups.copying import CopyFailed, is_sqlite, journal_command
from dispatch.backups.copying import surroundings as libpq_surroundings
from dispatch.backups.drilling import drill as do_drill
from dispatch.backups.keys_apart import KeysTogether, save_keys
from dispatch.backups.laying_out import LaidOut, NotEmpty, lay_out
from dispatch.backups.making import make_backup, write_run
from dispatch.backups.proving import Proof, prove
from dispatch.backups.runs import BackupRun, RunKind
from dispatch.backups.shelf import WAL, NoBackup, find_backup
from dispatch.clock import wall_now
from dispatch.embedded.postgres import PostgresMissing, end_left
from dispatch.running import chosen_settings
from dispatch.settings import Settings
from dispatch.store.engine import make_engine

TROUBLE = (CopyFailed, PostgresMissing, NoBackup, NotEmpty, KeysTogether, OSError)
_SHELF = click.option(
    "--shelf", type=click.Path(path_type=Path), help="Folder; default DISPATCH_BACKUPS."
)


@click.command()
@_SHELF
@click.option("--follow", is_flag=True, help="Stream PostgreSQL's WAL until stopped.")
def backup(shelf: Path | None, *, follow: bool) -> None:
    """Put one more backup on the shelf, while the house runs; one JSON line.

    The keys are copied to DISPATCH_KEYS_COPY, which must lie elsewhere.
    """
    chosen = chosen_settings()
    place = _shelf(chosen, shelf)
    try:
        if follow:
            _follow(chosen, place)
        _leave_in_order()
        run = make_backup(chosen, place)
        copied = None
        if chosen.keys_copy is not None:
            copied = str(save_keys(chosen.keys, chosen.keys_copy, place))
    except TROUBLE as trouble:
        raise click.ClickException(str(trouble)) from None
    if copied is None:
        click.echo("the keys are not copied: set DISPATCH_KEYS_COPY", err=True)
    _say(
        backup=str(place / run.name),
        bytes=run.bytes,
        seconds=_seconds(run.began_at, run.ended_at),
        keys=copied,
    )


@click.command()
@click.argument("name", required=False)
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="An empty folder: SQLite's file, or PostgreSQL's data folder, comes there.",
)
@click.option("--replace", is_flag=True, help="Move aside what is there; asks first.")
@_SHELF
def restore(name: str | None, into: Path, shelf: Path | None, *, replace: bool) -> None:
    """Bring the backup NAME, or the latest, back; then check all of it.

    The feed begins a new epoch, leases are void, everybody signs in again. Prints one
    JSON line with the last moment that came back; exit 1 when a promise is broken.
    """
    chosen, into = chosen_settings(), into.absolute()  # PostgreSQL runs elsewhere
    try:
        found = find_backup(_shelf(chosen, shelf), name)
        if replace and into.exists() and any(into.iterdir()):
            _move_aside(into)
        began = wall_now()
        place = lay_out(
            found, into, source=chosen.database, programs=chosen.postgres_programs
        )
        with place.answering() as address:
            proof = prove(address, place.manifest, chosen.keys)
            _note(address, place, proof, began)
        place.finish()
    except TROUBLE as trouble:
        raise click.ClickException(str(trouble)) from None
    until = proof.settled.until
    _say(
        restored=found.name,
        into=str(into),
        events=proof.settled.events,
        until=until.isoformat() if until else None,
        lost_seconds=_seconds(until, wall_now()) if until else None,
        epoch=str(proof.settled.epoch),
        leases=proof.settled.leases,
        sessions=proof.settled.sessions,
        broken=proof.broken + proof.besides,
        seconds=_seconds(began, wall_now()),
    )
    if until:
        click.echo(
            f"what was done after {until:%Y-%m-%d %H:%M:%S} UTC is gone", err=True
        )
    sys.exit(bool(proof.broken))


@click.command()
@click.argument("name", required=False)
@_SHELF
def drill(name: str | None, shelf: Path | None) -> None:
    """Bring the backup NAME, or the latest, back beside the house, and check it.

    Nothing of the house is touched. Prints one JSON line; exit 1 when it failed.
    """
    chosen = chosen_settings()
    _leave_in_order()
    done = do_drill(chosen, _shelf(chosen, shelf), name=name)
    _say(
        backup=done.run.name,
        passed=done.run.passed,
        seconds=_seconds(done.run.began_at, done.run.ended_at),
        events=done.events,
        lost_seconds=done.run.lost_seconds,
        broken=done.broken,
        besides=done.besides,
    )
    sys.exit(not done.run.passed)


def _leave_in_order() -> None:
    """Told to stop, it takes along what it began: a scratch place, a server, a copy."""

    def leave(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_IGN)  # once is enough: it is tidying up
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, leave)


def _shelf(chosen: Settings, told: Path | None) -> Path:
    shelf = told or chosen.backups
    if shelf is None:
        raise click.UsageError("name a folder: --shelf, or DISPATCH_BACKUPS")
    return shelf.absolute()


def _follow(chosen: Settings, shelf: Path) -> None:
    """Become the program that streams: it is restarted like any of ours."""
    if is_sqlite(chosen.database):
        raise click.UsageError("--follow is for PostgreSQL")
    words = journal_command(chosen.database, shelf / WAL, chosen.postgres_programs)
    env = {**os.environ, **libpq_surroundings(chosen.database)}
    os.execve(words[0], words, env)  # noqa: S606 - becoming it is the point


def _move_aside(into: Path) -> None:
    aside = into.with_name(f"{into.name}.before-{wall_now():%Y%m%d-%H%M%S}")
    click.confirm(f"move {into} to {aside} and restore in its place?", abort=True)
    end_left(into)  # of a restore that was killed
    shutil.move(into, aside)


def _note(address: str, place: LaidOut, proof: Proof, began: datetime) -> None:
    """What came back knows that it did."""
    run = BackupRun(
        kind=RunKind.RESTORE,
        name=place.manifest.name,
        began_at=began,
        ended_at=wall_now(),
        passed=not proof.broken,
        words="; ".join(proof.broken)[:400],
    )
    engine = make_engine(address)
    write_run(engine, run)
    engine.dispose()


def _seconds(began: datetime, ended: datetime) -> float:
    return round((ended - began).total_seconds(), 1)


def _say(**what: object) -> None:
    click.echo(json.dumps(what, ensure_ascii=False))
