"""`python -m web` as a process: it comes up, keeps its log clean, goes down in time."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import anyio
import httpx
import pytest
from sqlalchemy import Engine, create_engine
from websockets.exceptions import ConnectionClosed

from dispatch.settings import settings
from dispatch.store.database import Database
from tests.little_town import LittleTown
from tests.web.conftest import House
from tests.web.ordering import placed
from tests.web.sockets import following, hear, ticket
from web.app import create_app

PATIENCE_SECONDS = 120.0
FORGED = "\r\n2026-11-20 09:00:00,000 INFO forged\x1b[31m"
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (INFO|WARNING|ERROR) ")


@contextmanager
def web_process(
    engine: Engine, log: Path
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The real process on a free port, ready."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    env = {
        **os.environ,
        "DISPATCH_DATABASE_URL": engine.url.render_as_string(hide_password=False),
        "DISPATCH_HOME": str(settings().home),
        "DISPATCH_PORT": str(port),
    }
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "web"], env=env, stdout=out, stderr=out
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_ready(address, process, log)
        yield address, process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _wait_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{address}/ready", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())


@pytest.mark.proves("F67", "F97", "S22")
def test_it_goes_down_in_time_with_open_sockets_and_its_log_names_nobody(
    town: LittleTown, tmp_path: Path
) -> None:
    log = tmp_path / "web.log"
    elder_id = town.add_elder(name=f"慕容雪莲{FORGED}")
    with web_process(town.engine, log) as (address, process):
        house = House(town, create_app(Database(town.engine)), address)
        with house.enter(town.staff) as clerk:
            row = placed(clerk, elder_id)
            clerk.get("/api/elders", params={"q": "慕容"})
            clerk.get("/慕容雪莲/13800000000")
            clerk.get(
                f"/api/orders/{quote(FORGED)}", headers={"User-Agent": "\x1b[31m"}
            )
            clerk.post("/api/sign-in", json={"login": FORGED, "password": FORGED})
            secret = ticket(clerk)
            with following(house, clerk, offered=secret) as page:
                hear(page)
                process.send_signal(signal.SIGTERM)
                with pytest.raises(ConnectionClosed):
                    hear(page, seconds=PATIENCE_SECONDS)
        process.wait(PATIENCE_SECONDS)

    assert page.close_code == 1012
    written = log.read_text()
    assert "POST /api/orders 201" in written
    for canary in ("慕容", "%E6%85%95", "13800000000", secret, row["id"], "q="):
        assert canary not in written, canary
    assert [line for line in written.splitlines() if not LINE.match(line)] == []
    assert "forged" not in written
    assert "\x1b" not in written


def test_a_database_without_our_tables_is_not_ready(tmp_path: Path) -> None:
    empty = create_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    app = create_app(Database(empty))

    async def ask() -> httpx.Response:
        door = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=door, base_url="http://web") as client:
            return await client.get("/ready")

    assert anyio.run(ask).status_code == 503
    app.state.database.close()
