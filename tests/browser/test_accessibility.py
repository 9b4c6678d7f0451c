"""axe finds nothing serious on any page, at a desk or on a phone."""

from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from dispatch.access.accounts import Role
from dispatch.bootstrap.tools import is_ci
from dispatch.store.unit_of_work import Actor
from tests.browser.conftest import DESK, PHONE, House
from tests.browser.test_elder import link_for
from tests.browser.test_sixty_orders import serve_tomorrow
from tests.little_town import STREET

UI: Final = Path(__file__).resolve().parents[2] / "web" / "ui"
AXE: Final = UI / "node_modules" / "axe-core" / "axe.min.js"
RUN: Final = """async () => (await axe.run(document, {resultTypes: ["violations"]}))
  .violations.filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`)"""
SETTLED_MS: Final = 400
STATION_VIEWS: Final = (
    "grid",
    "counter",
    "files",
    "duties",
    "kitchen",
    "paper",
    "safety",
)


@pytest.fixture(scope="module")
def axe() -> str:
    """The checker's own script; it is installed with the pages' tools."""
    if not AXE.is_file():
        words = "NO AXE-CORE (npm ci in web/ui): the pages are not checked"
        if is_ci():
            pytest.fail(words)
        pytest.skip(words)
    return AXE.read_text(encoding="utf-8")


def complaints(page: Page, axe: str) -> list[str]:
    page.wait_for_load_state("load")
    page.wait_for_timeout(SETTLED_MS)
    page.evaluate(axe)
    found: list[str] = page.evaluate(RUN)
    return [f"{page.url.rsplit('/', 1)[-1]} {one}" for one in found]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_no_page_has_a_serious_fault(
    house: House, axe: str, size: dict[str, int]
) -> None:
    town = house.town
    elder_id = town.add_elder("王桂英", usual_channel="delivery", diet_tags=["soft"])
    town.add_contact(elder_id)
    serve_tomorrow(town)
    helper_id = town.add_helper()
    helper = town.add_account("helper", Role.HELPER, helper_id=helper_id)
    office = town.add_account("office", Role.STREET, street_code=STREET)
    own = link_for(house, elder_id)
    pages: list[tuple[Actor | None, tuple[str, ...]]] = [
        (None, ("/", own, f"{own}/meal", f"{own}/more", f"{own}/message")),
        (town.staff, tuple(f"/station#{view}" for view in STATION_VIEWS)),
        (helper, ("/courier",)),
        (town.dispatcher, ("/coordinator", "/coordinator#safety")),
        (office, ("/office",)),
    ]

    found: list[str] = []
    for actor, addresses in pages:
        with house.visit(actor, addresses[0], size) as page:
            found += complaints(page, axe)
            for address in addresses[1:]:
                page.goto(address)
                found += complaints(page, axe)

    assert found == []


def test_the_checker_sees_a_fault(house: House, axe: str) -> None:
    with house.visit(None, "/") as page:
        page.evaluate("document.body.innerHTML = '<img src=\"/favicon.svg\">'")
        seen: list[Any] = complaints(page, axe)
    assert any("image-alt" in one for one in seen)
