"""Two hundred diners in an hour, in the browser and by API, with a cut in the middle.

The product's clock runs twelve times as fast as the wall's, so that some forty diners
without a network are ten minutes of the counter's day. Run with `-s`, it prints its
figures; what it asserts is that nothing is lost and nothing is doubled.
"""

import json
import statistics
import sys
import time
from collections.abc import Iterable
from typing import Final
from uuid import UUID, uuid4

import httpx
import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, func, select

from dispatch.catalogue.sittings import Sitting
from dispatch.clock import set_clock
from dispatch.counter.payments import Payment
from dispatch.counter.showing import show_identity
from dispatch.counter.till_deeds import TillDeed
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.people.vault import seal
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from dispatch.subsidy.grants import Grant
from tests.browser.conftest import House, WebProcess
from tests.browser.test_counter import cook_at_eleven
from tests.little_town import ELEVEN, LittleTown
from tests.web.conftest import sign_in_as

DINERS: Final = 200
WALK_INS: Final = 20
CUT: Final = range(80, 120)
KILLED_AT: Final = 150
SPEED: Final = 12.0
CATCH_UP_MS: Final = 120_000
_FAMILIES: Final = "王李张刘陈杨赵黄周吴"
_GIVEN: Final = "桂秀玉淑建国志明德文芳兰英珍华平林强军生"


def name_of(n: int) -> str:
    """Two hundred different names that people could have."""
    return _FAMILIES[n % 10] + _GIVEN[n // 10] + _GIVEN[(n * 7 + 3) % 20]


def card_of(n: int) -> str:
    return f"11990000{n:08d}"


def come_to_lunch(town: LittleTown) -> list[UUID]:
    """Two hundred elders with cards; all but twenty have ordered."""
    with Session(town.engine) as session:
        sitting = session.get_one(Sitting, town.sitting_id)
        sitting.capacity, sitting.spare_planned = 400, WALK_INS + 5
        session.add(sitting)
        session.commit()
    elders = [
        town.add_elder(name_of(n), hukou_in_district=False) for n in range(DINERS)
    ]
    with Session(town.engine) as session:
        for n, elder_id in enumerate(elders):
            seal(session, elder_id, {"card": card_of(n)})
        session.commit()
    in_one_transaction(town.engine, lambda uow: _order(uow, town, elders[WALK_INS:]))
    return elders


def _order(uow: UnitOfWork, town: LittleTown, elders: list[UUID]) -> None:
    for elder_id in elders:
        draft = town.lunch(elder_id, service="MEAL_DINEIN", channel=Channel.DINE_IN)
        place_order(uow, draft, key=uuid4().hex)


def start_lunch(house: House) -> None:
    cook_at_eleven(house)
    with Session(house.town.engine) as session:
        set_clock(session, ELEVEN, speed=SPEED)
        session.commit()


def tell(what: str, seconds: Iterable[float], **more: object) -> None:
    """One line of figures, in milliseconds per diner."""
    sorted_ms = sorted(round(each * 1000) for each in seconds)
    p95 = sorted_ms[int(len(sorted_ms) * 0.95)]
    said = {"p50_ms": statistics.median(sorted_ms), "p95_ms": p95, "max": sorted_ms[-1]}
    line = json.dumps({"counter": what, "diners": len(sorted_ms)} | said | more)
    sys.stdout.write(f"\n{line}\n")


def all_is_booked_once(town: LittleTown) -> None:
    with Session(town.engine) as session:
        orders = session.exec(select(Order)).all()
        assert [order.state for order in orders] == [OrderState.DONE] * DINERS
        assert session.exec(select(Payment.fen)).all() == [1000] * DINERS
        assert session.exec(select(func.sum(Grant.fen))).one() == 500 * DINERS
        assert session.exec(select(TillDeed.why)).all() == [None] * DINERS
        sitting = session.get_one(Sitting, town.sitting_id)
    ties = in_one_transaction(town.engine, lambda uow: show_identity(uow, sitting))
    assert ties.ties
    assert (ties.dine_in, ties.open, ties.spare) == (DINERS, 0, 5)


def dine(page: Page, n: int) -> float:
    """Card or pinyin, then one key; until the page says that it is written down."""
    begun = time.perf_counter()
    page.keyboard.type(card_of(n))
    page.keyboard.press("Enter")
    person = page.get_by_test_id("counter-person")
    expect(person).to_contain_text(name_of(n))
    page.keyboard.press("F6")
    expect(person).not_to_have_attribute("data-said", "")
    expect(page.get_by_test_id("served")).to_be_visible()
    return time.perf_counter() - begun


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_two_hundred_diners_in_the_browser_through_a_cut_and_a_kill(
    killable: tuple[House, WebProcess],
) -> None:
    house, process = killable
    come_to_lunch(house.town)
    start_lunch(house)
    caught_up = 0.0
    took: dict[str, list[float]] = {"online": [], "offline": [], "restart": []}

    with house.visit(house.town.staff, "/station#counter") as page:
        strip = page.get_by_test_id("till-strip")
        expect(page.get_by_test_id("still-to-come")).to_contain_text("180")
        page.wait_for_timeout(1500)
        for n in range(DINERS):
            if n == CUT.start:
                page.context.set_offline(True)
            if n == CUT.stop:
                expect(strip).to_have_attribute("data-unsent", str(len(CUT)))
                page.context.set_offline(False)
                back = time.perf_counter()
                expect(strip).to_have_attribute("data-unsent", "0", timeout=CATCH_UP_MS)
                caught_up = time.perf_counter() - back
            if n == KILLED_AT:
                process.kill()
            if n == KILLED_AT + 5:
                process.start()
            when = "offline" if n in CUT else "online"
            if KILLED_AT <= n < KILLED_AT + 10:
                when = "restart"
            took[when].append(dine(page, n))
        expect(strip).to_have_attribute("data-unsent", "0", timeout=CATCH_UP_MS)

    for when, seconds in took.items():
        tell(f"browser, {when}", seconds, caught_up_s=round(caught_up, 1))
    all_is_booked_once(house.town)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_two_hundred_diners_by_api(killable: tuple[House, WebProcess]) -> None:
    house, process = killable
    elders = come_to_lunch(house.town)
    start_lunch(house)
    took = []
    with sign_in_as(house.town, process.address, house.town.staff) as client:
        for n in range(DINERS):
            begun = time.perf_counter()
            eat(client, house.town, n, elders[n])
            took.append(time.perf_counter() - begun)
    tell("API, find and deed", took)
    all_is_booked_once(house.town)


def eat(client: httpx.Client, town: LittleTown, n: int, elder_id: UUID) -> None:
    """The card is read, the meal paid and handed over: two requests."""
    [found] = client.post("/api/counter/find", json={"card": card_of(n)}).json()
    deed = {
        "id": str(uuid4()), "boot_id": "b1", "seq": n + 1, "wall_ms": 1, "mono_ms": 1,
        "identity": "card", "method": "cash", "fen": 1000,
    }  # fmt: skip
    if found["order"]:
        deed |= {"kind": "serve", "order_id": found["order"]["id"]}
    else:
        sitting = str(town.sitting_id)
        deed |= {"kind": "walk_in", "elder_id": str(elder_id), "sitting_id": sitting}
    batch = {"device_id": "t1", "boot_id": "b1", "client_now_ms": 1}
    body = batch | {"client_mono_ms": 1, "deeds": [deed]}
    [answer] = client.post("/api/counter/deeds", json=body).json()["results"]
    assert answer["result"] == "applied", answer
