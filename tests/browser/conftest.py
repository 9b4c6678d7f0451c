"""A real browser before the built pages, with a little town behind them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from dispatch.bootstrap.tools import find_browser, is_ci
from dispatch.chaos.stack import free_port
from dispatch.log.feed import number_outbox
from dispatch.running import web_is_ready
from dispatch.settings import settings
from dispatch.store.database import Database
from dispatch.store.unit_of_work import Actor, in_one_transaction
from tests.engines import SQLITE, Engines
from tests.little_town import LittleTown
from tests.living import Living, everybody_lives
from tests.open_house import serving, session_of
from web.app import create_app
from web.surfaces import DIST

DESK: Final = {"width": 1440, "height": 900}
PHONE: Final = {"width": 390, "height": 844}
_QUIET: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)
_PATIENCE_MS: Final = 60_000  # the machine may be busy; nothing waits so long


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium; without one these tests fall out, loudly."""
    path = find_browser()
    if path is None or not (DIST / "station.html").is_file():
        lacking = "BROWSER" if path is None else "BUILT PAGES (python3 -m dispatch)"
        words = f"NO {lacking}: the pages are not tried"
        if is_ci():
            pytest.fail(words)
        pytest.skip(words)
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_QUIET))
        yield browser
        browser.close()


@dataclass
class House:
    """A town, its web process, and the browser before it."""

    town: LittleTown
    address: str
    chromium: Browser
    living: Living
    complaints: list[str] = field(default_factory=list)

    @contextmanager
    def visit(
        self, actor: Actor | None, path: str, size: dict[str, int] | None = None
    ) -> Iterator[Page]:
        """Somebody's browser; None: a stranger's."""
        context = self.chromium.new_context(
            viewport=size or DESK,  # type: ignore[arg-type]
            locale="zh-CN",
            base_url=self.address,
        )
        context.set_default_timeout(_PATIENCE_MS)
        if actor is not None:
            context.add_cookies([self._cookie(actor)])  # type: ignore[list-item]
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self._hear(line.text))
        page.goto(path)
        yield page
        context.close()

    def number_events(self) -> None:
        """Do the relay's work once: the feed hears what has been committed."""
        in_one_transaction(self.town.engine, number_outbox)

    def _hear(self, line: str) -> None:
        """What the content policy blocked must not pass unseen."""
        if "Content Security Policy" in line:
            self.complaints.append(line)

    def _cookie(self, actor: Actor) -> dict[str, Any]:
        token, _csrf = session_of(self.town.engine, actor)
        return {"name": "liuzhu_session", "value": token, "url": self.address}


@pytest.fixture
def living(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Living]:
    """Everybody is at work, as far as signs of life tell."""
    with everybody_lives(redis_url, monkeypatch) as alive:
        yield alive


@pytest.fixture
def house(chromium: Browser, engines: Engines, living: Living) -> Iterator[House]:
    """The web room with the built pages, on SQLite: what is tried is the page."""
    with (
        engines.fresh(SQLITE) as url,
        engines.engine(url) as engine,
        serving(create_app(Database(engine)), timeout_graceful_shutdown=1) as address,
    ):
        found = House(LittleTown(engine), address, chromium, living)
        yield found
    assert found.complaints == []


@dataclass
class WebProcess:
    """The web room as a process of its own, which dies by the pid that we hold."""

    database_url: str
    port: int
    running: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        told = {
            "DISPATCH_DATABASE_URL": self.database_url,
            "DISPATCH_PORT": str(self.port),
            "DISPATCH_HOME": str(settings().home),
        }
        argv = [sys.executable, "-m", "web"]
        self.running = subprocess.Popen(
            argv, env={**os.environ, **told}, stderr=subprocess.DEVNULL
        )
        while not web_is_ready(self.address):
            assert self.running.poll() is None, "the web process does not start"
            time.sleep(0.02)

    def kill(self) -> None:
        if self.running is not None:
            self.running.kill()
            self.running.wait()


@pytest.fixture
def killable(
    chromium: Browser, engines: Engines, living: Living
) -> Iterator[tuple[House, WebProcess]]:
    """A house whose web process can be killed and started again."""
    with engines.fresh(SQLITE) as url, engines.engine(url) as engine:
        process = WebProcess(url, free_port())
        process.start()
        found = House(LittleTown(engine), process.address, chromium, living)
        yield found, process
        process.kill()
    assert found.complaints == []
