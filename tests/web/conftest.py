"""The web room on a real port, and people before its doors."""

import hashlib
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlmodel import Session

from dispatch.access.accounts import Role, SignedIn
from dispatch.clock import wall_now
from dispatch.store.database import Database
from dispatch.store.unit_of_work import Actor
from tests.little_town import STREET, LittleTown
from web.__main__ import listen
from web.app import create_app


@dataclass
class House:
    """The running web process of a test."""

    town: LittleTown
    app: FastAPI
    address: str

    def enter(self, actor: Actor | None) -> httpx.Client:
        """A browser of somebody who is signed in; None: of a stranger."""
        return sign_in_as(self.town, self.address, actor)


def sign_in_as(town: LittleTown, address: str, actor: Actor | None) -> httpx.Client:
    """A client at an address, with this actor's session; None: without one."""
    headers = {"Origin": address}
    client = httpx.Client(base_url=address, headers=headers, timeout=60)
    if actor is None:
        return client
    assert actor.account_id is not None
    token, csrf = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
    kept = SignedIn(
        token_sha256=hashlib.sha256(token.encode()).hexdigest(),
        account_id=actor.account_id,
        csrf=csrf,
        expires_at=wall_now() + timedelta(hours=1),
    )
    with Session(town.engine) as session:
        session.add(kept)
        session.commit()
    client.cookies.set("liuzhu_session", token)
    client.headers["X-CSRF"] = csrf
    return client


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Built pages, as small as they can be."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    for name in ("index", "station", "courier", "coordinator", "office"):
        (folder / f"{name}.html").write_text(f"<!doctype html><title>{name}</title>")
    (folder / "assets" / "main-1a2b.js").write_text("export {};")
    (folder / "sw.js").write_text("self;")
    return folder


@pytest.fixture
def house(town: LittleTown, dist: Path) -> Iterator[House]:
    """The web room with a little town behind it."""
    app = create_app(Database(town.engine), dist=dist)
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="critical", access_log=False,
        ws_max_size=16_384, ws_per_message_deflate=False, timeout_graceful_shutdown=2,
    )  # fmt: skip
    server = uvicorn.Server(config)
    listening = listen(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.005)
    yield House(town, app, f"http://127.0.0.1:{_port(listening)}")
    server.should_exit = True
    thread.join()


def _port(listening: socket.socket) -> int:
    port: int = listening.getsockname()[1]
    return port


@pytest.fixture
def clerk(house: House) -> Iterator[httpx.Client]:
    """The station's front desk."""
    with house.enter(house.town.staff) as client:
        yield client


@pytest.fixture
def coordinator(house: House) -> Iterator[httpx.Client]:
    """The street's dispatcher."""
    with house.enter(house.town.dispatcher) as client:
        yield client


@pytest.fixture
def officer(house: House) -> Iterator[httpx.Client]:
    """The street's office."""
    actor = house.town.add_account("office", Role.STREET, street_code=STREET)
    with house.enter(actor) as client:
        yield client
