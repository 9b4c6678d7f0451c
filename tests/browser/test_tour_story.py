"""The tour from its first press to its last, through real processes and a browser."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dispatch.chaos.stack import free_port
from tests.browser.conftest import DESK

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
SCENES = 10


@dataclass(frozen=True)
class Demo:
    """A demo that shows its tour."""

    address: str
    home: Path

    def board(self) -> dict[str, object]:
        kept = json.loads((self.home / "demo-tour-board.json").read_text())
        return dict(kept)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    port, home = free_port(), tmp_path / "home"
    words = ["demo", "--tour", "--size", "small", "--port", str(port)]
    with (tmp_path / "said").open("w") as said:
        running = subprocess.Popen(
            [sys.executable, "-c", "from dispatch.cli import cli; cli()", *words],
            env={**os.environ, "DISPATCH_HOME": str(home)},
            stdout=said,
            stderr=said,
        )
    board = home / "demo-tour-board.json"
    while not board.exists():
        assert running.poll() is None, (tmp_path / "said").read_text()
        time.sleep(0.2)
    yield Demo(f"http://liuzhu.localhost:{port}/tour", home)
    running.send_signal(signal.SIGINT)
    running.wait()


def test_the_story_goes_through_in_the_real_pages(
    chromium: Browser, demo: Demo
) -> None:
    context = chromium.new_context(viewport=DESK)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(demo.address)
    for step in range(SCENES):
        assert state(page) == "idle", step
        page.get_by_test_id("tour-next").click()
        told = page.get_by_test_id("tour")
        expect(told).to_have_attribute("data-at", str(step))
    assert state(page) == "over"
    assert page.get_by_test_id("kill").get_attribute("data-same") == "true"
    context.close()
    board = demo.board()
    assert board["broken"] == ""
    assert board["counted"]


def state(page: Page) -> str | None:
    """How the tour stands, once nothing is going on."""
    tour = page.get_by_test_id("tour")
    while (now := tour.get_attribute("data-state")) in {
        "preparing",
        "waiting",
        "moving",
    }:
        page.wait_for_timeout(200)
    return now
