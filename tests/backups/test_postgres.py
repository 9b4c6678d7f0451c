"""PostgreSQL is shot between two backups: what was acknowledged comes back."""

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, func, select

from dispatch.backups.copying import journal_command, surroundings
from dispatch.backups.drilling import drill
from dispatch.backups.laying_out import lay_out
from dispatch.backups.making import make_backup
from dispatch.backups.proving import prove
from dispatch.backups.shelf import WAL, find_backup
from dispatch.chaos.stack import COMMAND
from dispatch.embedded.identity import Identity
from dispatch.embedded.postgres import SERVER
from dispatch.orders.orders import Order
from dispatch.people.vault import keys
from dispatch.settings import Settings, settings
from dispatch.store.engine import make_engine
from tests.engines import upgrade
from tests.little_town import LittleTown
from tests.planning.lunch_wave import order_lunch
from tests.postgres import PostgresServer, programs

BEFORE, AFTER = 3, 2


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that PostgreSQL's own user may reach."""
    with tempfile.TemporaryDirectory(prefix="liuzhu-back-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def until_streamed(engine: Engine) -> None:
    """What is committed has reached the shelf."""
    query = text(
        "select coalesce(bool_and(flush_lsn >= pg_current_wal_flush_lsn()), false)"
        " from pg_stat_replication"
    )
    deadline = time.monotonic() + 60
    with engine.connect() as connection:
        while not connection.execute(query).scalar_one():
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.mark.long
@pytest.mark.proves("F32")
def test_what_was_streamed_comes_back_after_the_server_was_shot(place: Path) -> None:
    keys()
    server = PostgresServer()
    server.start()
    url = server.create("liuzhu")
    upgrade(url)
    engine = make_engine(url)
    town = LittleTown(engine)
    told = {"database_url": url, "postgres_programs": programs()}
    chosen = Settings.model_validate(
        {"stage": "test", "home": place / "home", "keys_file": settings().keys, **told}
    )
    shelf = place / "shelf"
    words = journal_command(url, shelf / WAL, programs())
    journal = subprocess.Popen(words, env={**os.environ, **surroundings(url)})
    try:
        for _ in range(BEFORE):
            order_lunch(town)
        make_backup(chosen, shelf)
        for _ in range(AFTER):
            order_lunch(town)
            with engine.connect() as connection:  # more than one segment of writes
                connection.execute(text("SELECT pg_switch_wal()"))
                connection.execute(text("CHECKPOINT"))
        until_streamed(engine)
        server.process.send_signal(signal.SIGKILL)
        engine.dispose()
        laid = lay_out(
            find_backup(shelf, None), place / "new", source=url, programs=programs()
        )
        with laid.answering() as address:
            proof = prove(address, laid.manifest, chosen.keys)
            back = make_engine(address)
            with Session(back) as session:
                orders = session.exec(select(func.count()).select_from(Order)).one()
            back.dispose()
        laid.finish()
        with laid.answering() as address:  # as the district's own server will find it
            assert address
    finally:
        journal.kill()
        journal.wait()
        server.stop()

    assert proof.broken == []
    assert orders == BEFORE + AFTER


@pytest.mark.long
@pytest.mark.proves("F32")
def test_what_a_drill_that_was_shot_leaves_is_gone_before_the_next_is_made(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys()
    server = PostgresServer()
    server.start()
    url = server.create("liuzhu")
    upgrade(url)
    told = {"database_url": url, "postgres_programs": programs()}
    home, shelf = place / "home", place / "shelf"
    chosen = Settings.model_validate(
        {"stage": "test", "home": home, "keys_file": settings().keys, **told}
    )
    for name, value in (("HOME", home), ("KEYS_FILE", settings().keys), *told.items()):
        monkeypatch.setenv(f"DISPATCH_{name.upper()}", str(value))
    try:
        make_backup(chosen, shelf)
        words = [*COMMAND, "drill", "--shelf", str(shelf)]
        shot = subprocess.Popen(words, start_new_session=True)
        left = server_of_a_drill(home)
        os.killpg(shot.pid, signal.SIGKILL)  # the whole group, as a supervisor may
        shot.wait()
        assert left.is_alive()
        done = drill(chosen, shelf)
    finally:
        server.stop()

    assert done.broken == []
    assert not left.is_alive()
    assert list((home / "run" / "drills").iterdir()) == []


def server_of_a_drill(home: Path) -> Identity:
    """The scratch server of the drill that is under way."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        for note in (home / "run" / "drills").glob("*.json"):
            found = Identity.read(Path(json.loads(note.read_text())["place"]) / SERVER)
            if found is not None:
                return found
        time.sleep(0.05)
    raise AssertionError("no drill has begun")
