"""axe finds nothing serious on any page, at a desk or on a phone; and whatever people
wrote, a program too, is text there."""

from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session

from dispatch.access.accounts import Role
from dispatch.bootstrap.tools import is_ci
from dispatch.store.unit_of_work import Actor
from tests.browser.conftest import DESK, PHONE, House
from tests.browser.programs import PROGRAMS, look_through, plant, watch
from tests.browser.test_elder import link_for
from tests.browser.test_sixty_orders import TOMORROW, serve_tomorrow
from tests.field.phone import Phone
from tests.field.walk import HALF_PAST, make_walk

UI: Final = Path(__file__).resolve().parents[2] / "web" / "ui"
AXE: Final = UI / "node_modules" / "axe-core" / "axe.min.js"
RUN: Final = """async (only) => {
  const told = await axe.run(document, {resultTypes: ["violations"], runOnly: only});
  return told.violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`);
}"""
WCAG: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
# What a narrow page can spoil that a wide one does not.
NARROW: Final = ("color-contrast", "scrollable-region-focusable", "target-size")
SETTLED_MS: Final = 250

Look = tuple[str, ...]  # an address, then what is pressed there, one after the other
STATION: Final[tuple[Look, ...]] = (
    ("/station#grid", "side-plans", "plan-new", "family"),
    ("/station#counter",),
    ("/station#counter", "counter-differences"),
    ("/station#counter", "counter-cash"),
    ("/station#files", "files-new"),
    ("/station#files/free",),
    ("/station#duties", "everyone", "duty-call"),
    ("/station#helpers", "enrol"),
    ("/station#kitchen",),
    *(
        ("/station#kitchen", f"kitchen-{one}")
        for one in ("sheet", "week", "recall", "boxes")
    ),
    ("/station#paper",),
    ("/station#safety", "hand-over"),
    ("/station#help", "help-away"),
    ("/station#sheets",),
    ("/station#proofs",),
    ("/station#queue", "part-indicators"),
    ("/station#months",),
)
COORDINATOR: Final[tuple[Look, ...]] = (
    ("/coordinator", "case", "ask-entry"),
    ("/coordinator", "order"),
    ("/coordinator#safety",),
)
OFFICE: Final[tuple[Look, ...]] = (
    ("/office#usage",),
    ("/office#months",),
    ("/office#rules", "new-draft"),
    ("/office#helpers",),
    ("/office#catalogue", "new-service", "rule-new"),
    ("/office#calendar", "import-year"),
    ("/office#points",),
    ("/office#proofs",),
    ("/office#queue", "part-draws"),
    ("/office#sheets",),
    ("/office#system",),
)
WATCHERS: Final[tuple[tuple[Role, tuple[Look, ...]], ...]] = (
    (Role.SECURITY_ADMIN, (("/oversight#logins", "new-account"),)),
    (Role.AUDIT_ADMIN, (("/oversight#looks",), ("/oversight#chain",))),
    (Role.CALL_CENTRE, (("/calls",),)),
    (Role.AUDITOR, (("/oversight#months",),)),
    (Role.EVALUATOR, (("/oversight#indicators",),)),
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


def complaints(page: Page, axe: str, rules: tuple[str, ...] = ()) -> list[str]:
    """What axe finds by these rules, or by all of WCAG 2.2 AA."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    kind = {"type": "rule", "values": rules} if rules else {"type": "tag"}
    found: list[str] = page.evaluate(RUN, {"values": WCAG} | kind)
    return [f"{page.url.rsplit('/', 1)[-1]} {one}" for one in found]


def look_at(page: Page, look: Look, axe: str, seen: set[str]) -> list[str]:
    """At a desk, then, without reading anew, on a phone."""
    page.goto(look[0])
    page.wait_for_load_state("load")
    for pressed in look[1:]:
        there = page.get_by_test_id(pressed)
        (there.locator("summary").or_(there)).first.click()
    expect(page.get_by_test_id("loading")).to_have_count(0)
    page.wait_for_timeout(SETTLED_MS)
    found = look_through(page, seen) + complaints(page, axe)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    found += [f"phone {one}" for one in complaints(page, axe, NARROW)]
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    return found


def people(house: House) -> list[tuple[Actor | None, tuple[Look, ...]]]:
    """Who stands before which pages, in a town where something happens."""
    town = house.town
    elder_id = town.add_elder("王桂英", usual_channel="delivery", diet_tags=["soft"])
    town.add_contact(elder_id)
    serve_tomorrow(town)
    for n in range(32):
        town.add_elder(f"王{n}")
    walk = make_walk(town, town.add_elder("李建国"), town.add_elder("赵玉兰"))
    phone = Phone(walk)
    phone.at_stop("no_answer", HALF_PAST)
    phone.sync(HALF_PAST + timedelta(seconds=5))
    own = link_for(house, elder_id)
    tomorrow = f"{own}/meal/{TOMORROW}/lunch"
    elder = ("", "/more", "/meal", "/orders", "/pause", "/message")
    office = town.add_account("district", Role.DISTRICT)
    return [
        (None, (("/",), *((f"{own}{part}",) for part in elder), (tomorrow,))),
        (None, ((f"{tomorrow}/A",), (f"{tomorrow}/A/pickup",))),
        (town.staff, ((f"/station#files/{elder_id}", "plan-new", "attest"), *STATION)),
        (walk.actor, (("/courier",),)),
        (town.dispatcher, COORDINATOR),
        (office, OFFICE),
        *((town.add_account(one.value, one), looks) for one, looks in WATCHERS),
    ]


@pytest.mark.timeout(900)  # forty pages, twice each; the machine may be busy
@pytest.mark.proves("F94", "S13")
def test_no_page_has_a_serious_fault_nor_runs_what_people_wrote(
    house: House, axe: str
) -> None:
    found, seen = list[str](), set[str]()
    everybody = people(house)
    with Session(house.town.engine) as session:
        plant(session)
    for actor, looks in everybody:
        with house.visit(actor, looks[0][0]) as page:
            watch(page, house.complaints)
            for look in looks:
                found += look_at(page, look, axe, seen)

    assert found == []
    assert set(PROGRAMS) - seen == set(), "a program that no page has shown"


def test_the_checker_sees_a_fault(house: House, axe: str) -> None:
    with house.visit(None, "/") as page:
        page.evaluate("document.body.innerHTML = '<img src=\"/favicon.svg\">'")
        seen = complaints(page, axe)
        link = f'<a href="{PROGRAMS[7]}">{PROGRAMS[7][:-1]}</a>'
        page.evaluate("(words) => (document.body.innerHTML = words)", link)
        wrong = look_through(page, set())
    assert any("image-alt" in one for one in seen)
    assert [one.split(":")[0].split()[-1] for one in wrong] == ["alive", "cut"]
