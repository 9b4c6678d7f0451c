"""Sixty elders are ordered for by keyboard, with few keys: see docs/figures.md."""

import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from dispatch.catalogue.sittings import MenuItem, Sitting
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.store.unit_of_work import in_one_transaction
from tests.browser.conftest import House
from tests.little_town import TODAY, LittleTown

TOMORROW = TODAY + timedelta(days=1)
MOST_KEYS = 100
ATE_TODAY, ALLERGIC, VISITED = 45, 3, 3
COUNT_KEYS = """
  window.keys = 0;
  addEventListener("keydown", () => (window.keys += 1), true);
"""


def test_sixty_elders_are_ordered_for_with_a_hundred_keys(house: House) -> None:
    visited = fill(house.town)

    with house.visit(house.town.staff, "/station") as page:
        expect(page.get_by_test_id("grid-row")).to_have_count(60)
        expect(page.get_by_test_id("menu")).to_contain_text("A")
        page.evaluate(COUNT_KEYS)
        began = time.monotonic()
        for key in ("ArrowDown", "ArrowRight", "Control+a", "y"):
            page.keyboard.press(key)
        said = page.get_by_test_id("grid-said")
        ordered = f"已下 {ATE_TODAY - ALLERGIC} 单"
        expect(said).to_contain_text(ordered)
        expect(said).to_contain_text(f"{ALLERGIC} 位没有下单")
        for _ in range(60 - ATE_TODAY + ALLERGIC):
            order_for_the_next(page, visited)
        keys = page.evaluate("window.keys")
        took = time.monotonic() - began

    assert keys <= MOST_KEYS
    print(f"{keys} keys, {took:.1f} s")  # noqa: T201 - a figure
    with Session(house.town.engine) as session:
        tomorrow = session.exec(select(Order).where(Order.serve_on == TOMORROW)).all()
    assert len({order.elder_id for order in tomorrow}) == 60
    assert sum(not order.is_meal for order in tomorrow) == VISITED
    assert {order.state for order in tomorrow} == {OrderState.WAITING}


def order_for_the_next(page: Page, visited: set[UUID]) -> None:
    """Go to the next who wants somebody; read the cell; one key."""
    page.keyboard.press("n")
    cell = page.locator("td.here[data-code='']")
    expect(cell).not_to_have_attribute("data-mark", "saving")
    row = page.locator("tr.here")
    elder_id = UUID(row.get_attribute("data-elder") or "")
    clash = "1!" in (cell.get_attribute("data-no") or "")
    page.keyboard.press("v" if elder_id in visited else "2" if clash else "1")
    expect(row.locator("td.here")).not_to_have_attribute("data-code", "")


def serve_tomorrow(town: LittleTown) -> None:
    """Tomorrow's lunch with two dishes; the first holds shrimps."""
    with Session(town.engine) as session:
        lunch = session.get_one(Sitting, town.sitting_id)
        moved = {
            name: getattr(lunch, name) + timedelta(days=1)
            for name in (
                *("cut_off_at", "ready_at", "door_from_at", "door_until_at"),
                "eat_by_at",
            )
        }
        facts: dict[str, Any] = lunch.model_dump() | moved
        facts |= {"id": uuid4(), "serve_on": TOMORROW, "sold": 0}
        session.add(Sitting(**facts))
        session.flush()
        first: dict[str, Any] = {"code": "A", "name": "宫保鸡丁", "allergens": ["虾"]}
        second: dict[str, Any] = {"code": "B", "name": "清蒸鱼片"}
        for about in (first, second):
            session.add(MenuItem(sitting_id=facts["id"], price_fen=1500, **about))
        session.commit()


def fill(town: LittleTown) -> set[UUID]:
    """Sixty regulars; most had a lunch today, some may not have tomorrow's first.

    Returns:
        whom nobody feeds tomorrow: they are visited.
    """
    serve_tomorrow(town)
    elders = [
        town.add_elder(
            f"王{chr(0x4E00 + n * 40)}",
            usual_channel=("dine_in", "pickup", "delivery")[n % 3],
            allergies=["虾"] if n < ALLERGIC else [],
        )
        for n in range(60)
    ]

    def eat(uow: object) -> None:
        for n, elder_id in enumerate(elders[:ATE_TODAY]):
            way, service = (
                (Channel.DINE_IN, "MEAL_DINEIN"),
                (Channel.PICKUP, "MEAL_PICKUP"),
                (Channel.DELIVERY, "MEAL_DELIVERY"),
            )[n % 3]
            draft = town.lunch(elder_id, channel=way, service=service)
            place_order(uow, draft, key=f"today-{n}")  # type: ignore[arg-type]

    in_one_transaction(town.engine, eat, actor=town.staff)
    return set(elders[60 - VISITED :])
