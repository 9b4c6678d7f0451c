"""The web room on a real port, and people before its doors."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import pytest
from fastapi import FastAPI

from dispatch.access.accounts import Role
from dispatch.store.database import Database
from dispatch.store.unit_of_work import Actor
from tests.engines import Engines
from tests.little_town import STREET, LittleTown
from tests.open_house import serving, session_of
from tests.web.matrix import Matrix, built
from web.app import create_app

TRUST: Final = ssl.create_default_context()  # reading it anew takes as long as a test


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
    client = httpx.Client(base_url=address, headers=headers, timeout=60, verify=TRUST)
    if actor is None:
        return client
    token, csrf = session_of(town.engine, actor)
    client.cookies.set("liuzhu_session", token)
    client.headers["X-CSRF"] = csrf
    return client


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Built pages, as small as they can be."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    desks = ("station", "courier", "coordinator", "office", "kitchen", "calls")
    for name in ("index", "account", "oversight", *desks):
        (folder / f"{name}.html").write_text(f"<!doctype html><title>{name}</title>")
    (folder / "assets" / "main-1a2b.js").write_text("export {};")
    (folder / "sw.js").write_text("self;")
    return folder


@pytest.fixture
def house(town: LittleTown, dist: Path) -> Iterator[House]:
    """The web room with a little town behind it."""
    app = create_app(Database(town.engine), dist=dist)
    limits = {"ws_max_size": 16_384, "ws_per_message_deflate": False}
    with serving(app, timeout_graceful_shutdown=2, **limits) as address:
        yield House(town, app, address)


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


@pytest.fixture(scope="session")
def matrix(engines: Engines) -> Iterator[Matrix]:
    """Everybody before every door; whatever is asked, nothing is changed."""
    with built(engines) as made:
        yield made
