"""The station's page: the order grid by keyboard alone."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect
from sqlmodel import Session, col, select

from dispatch.orders.orders import Order, OrderState
from tests.browser.conftest import PHONE, House
from tests.field.phone import Phone
from tests.field.walk import HALF_PAST, make_walk
from tests.little_town import EIGHT

LUNCH = "[data-key='2026-11-20/lunch']"


def test_a_phone_order_never_needs_the_mouse(house: House) -> None:
    house.town.add_elder("王桂英", usual_channel="pickup")
    house.town.add_elder("李建国", usual_channel="delivery")

    with house.visit(house.town.staff, "/station") as page:
        find(page, "李建国")
        page.keyboard.press("1")

        expect(page.get_by_test_id("grid-said")).to_contain_text("李建国")
        cell = page.locator(f"td.here{LUNCH}")
        expect(cell).to_have_attribute("data-code", "A")
        page.keyboard.press("u")
        expect(cell).to_have_attribute("data-code", "")

    assert states(house) == [OrderState.CANCELLED]


def test_the_first_letter_looks_for_somebody(house: House) -> None:
    house.town.add_elder("王桂英", usual_channel="pickup")
    house.town.add_elder("李建国", usual_channel="delivery")

    with house.visit(house.town.staff, "/station") as page:
        expect(page.get_by_test_id("grid-row")).to_have_count(2)
        page.keyboard.type("wg")
        expect(page.get_by_test_id("grid-row")).to_have_count(1)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("1")
        expect(page.locator("td.here")).to_have_attribute("data-code", "A")

    assert states(house) == [OrderState.WAITING]


def test_an_earlier_answer_is_not_shown_for_a_search_on_its_way(house: House) -> None:
    house.town.add_elder("王桂英", usual_channel="pickup")

    with house.visit(house.town.staff, "/station", PHONE) as page:
        box = page.get_by_test_id("grid-search")
        page.get_by_test_id("grid").wait_for()
        box.fill("李")
        expect(page.get_by_text("没有找到老人")).to_be_visible()

        held: list[Route] = []
        page.route("**/api/station/grid?*", lambda route: held.append(route))
        box.fill("王")
        expect(page.get_by_test_id("looking")).to_have_text("正在找…")
        expect(page.get_by_text("没有找到老人")).to_have_count(0)
        page.wait_for_timeout(600)
        for each in held:
            each.continue_()

        expect(page.get_by_test_id("grid-row")).to_have_count(1)
        expect(page.get_by_test_id("looking")).to_have_count(0)


def test_a_list_to_work_through_is_whole_whatever_was_looked_for(house: House) -> None:
    long_ago = EIGHT - timedelta(days=40)
    house.town.add_elder("王桂英", visit_every_days=30, last_visit_at=long_ago)
    house.town.add_elder("李建国", usual_channel="delivery")

    with house.visit(house.town.staff, "/station") as page:
        rows = page.get_by_test_id("grid-row")
        find(page, "李建国")
        page.get_by_test_id("visits-due").click()
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("王桂英")
        expect(page.get_by_test_id("grid-search")).to_have_value("")
        find(page, "李建国")
        expect(rows).to_contain_text("李建国")


def test_a_meal_can_be_pressed_where_there_are_no_keys(house: House) -> None:
    house.town.add_elder("王桂英", usual_channel="pickup")

    with house.visit(house.town.staff, "/station", PHONE) as page:
        page.locator(LUNCH).click()
        page.get_by_test_id("menu-1").click()
        expect(page.locator(f"td.here{LUNCH}")).to_have_attribute("data-code", "A")

    assert states(house) == [OrderState.WAITING]


def test_another_way_of_eating_is_one_key(house: House) -> None:
    house.town.add_elder("王桂英", usual_channel="pickup")

    with house.visit(house.town.staff, "/station") as page:
        find(page, "王桂英")
        page.keyboard.press("1")
        expect(page.locator(f"td.here{LUNCH}")).to_contain_text("取")
        page.keyboard.press("t")
        expect(page.locator(f"td.here{LUNCH}")).to_contain_text("堂")

    assert sorted(states(house)) == [OrderState.CANCELLED, OrderState.WAITING]


def test_what_was_saved_is_not_hidden_by_an_older_answer(house: House) -> None:
    house.town.add_elder("王桂英", usual_channel="pickup")

    with house.visit(house.town.staff, "/station") as page:
        find(page, "王桂英")
        page.wait_for_timeout(2_000)  # nothing else shall be reading any more
        grid = "**/api/station/grid?*"
        held: list[Route] = []
        with page.expect_response(grid) as read:
            page.get_by_test_id("grid-today").click()
        before = read.value.body()
        page.route(grid, lambda route: held.append(route), times=1)
        with page.expect_request(grid):
            page.get_by_test_id("grid-today").click()
        page.get_by_role("grid").focus()
        page.keyboard.press("1")
        expect(page.locator(f"td.here{LUNCH}")).to_have_attribute("data-code", "A")
        held[0].fulfill(body=before, content_type="application/json")
        page.wait_for_timeout(300)
        expect(page.locator(f"td.here{LUNCH}")).to_have_attribute("data-code", "A")


def test_a_clash_is_seen_before_and_saved_only_with_a_reason(house: House) -> None:
    house.town.add_elder("王桂英", usual_channel="pickup", diet_tags=["halal"])
    house.town.add_elder("李建国")

    with house.visit(house.town.staff, "/station") as page:
        find(page, "王桂英")
        expect(page.get_by_test_id("menu")).to_contain_text("与忌口冲突：清真")
        page.keyboard.press("1")

        refusal = page.get_by_test_id("refusal")
        expect(refusal).to_have_attribute("data-code", "diet_clash")
        assert states(house) == []
        find(page, "李建国")
        expect(refusal).to_have_count(0)
        find(page, "王桂英")
        page.keyboard.press("1")
        page.get_by_test_id("override").get_by_label("王桂英").fill("家属要求")
        page.keyboard.press("Enter")
        expect(page.locator(f"td.here{LUNCH}")).to_have_attribute("data-code", "A")

    assert states(house) == [OrderState.WAITING]


def test_the_side_shows_whom_the_cursor_is_on_and_unmasks_for_a_reason(
    house: House,
) -> None:
    elder_id = house.town.add_elder("王桂英", usual_channel="pickup")
    house.town.add_contact(elder_id)

    with house.visit(house.town.staff, "/station") as page:
        find(page, "王桂英")
        side = page.get_by_test_id("elder-side")
        expect(side).to_contain_text("女儿")
        expect(side).not_to_contain_text("13800000000")
        page.get_by_test_id("reveal").click()
        page.get_by_test_id("reveal-reason").fill("电话核对送餐")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("revealed")).to_contain_text("13800000000")


@pytest.mark.parametrize("size", [None, PHONE])
def test_an_unanswered_door_stands_above_everything_and_can_be_called(
    house: House, size: dict[str, int] | None
) -> None:
    town = house.town
    elder_id = town.add_elder()
    town.add_contact(elder_id)
    walk = make_walk(town, elder_id)
    phone = Phone(walk)
    phone.at_stop("no_answer", HALF_PAST)
    phone.sync(HALF_PAST)

    with house.visit(town.staff, "/station", size) as page:
        page.get_by_test_id("case").click()
        rung = page.get_by_test_id("rung").first
        with page.expect_response("**/rungs/1/call") as called:
            rung.get_by_test_id("rung-call").click()
        assert called.value.json() == {"dial": "tel:13800000000"}
    # A browser without a telephone may swallow the next press after such a link.
    with house.visit(town.staff, "/station", size) as page:
        page.get_by_test_id("case").click()
        page.get_by_test_id("outcome-seen_well").click()
        page.get_by_test_id("close-words").fill("已见到本人")
        closing = page.get_by_test_id("close-case")
        closing.click()
        expect(closing).to_have_attribute("data-armed", "true")
        closing.click()
        expect(page.get_by_test_id("alarms")).to_have_count(0)


def test_a_station_is_told_when_alarms_may_come_late(house: House) -> None:
    house.living.fall_silent("schedule", 600)

    with house.visit(house.town.staff, "/station", PHONE) as page:
        expect(page.get_by_test_id("house-silent")).to_contain_text("不会自动提醒")


def find(page: Page, name: str) -> None:
    """Search, go into the grid, and wait until the cursor is on that elder."""
    page.get_by_test_id("grid").wait_for()
    page.keyboard.press("Tab")
    page.get_by_test_id("grid-search").fill(name)
    expect(page.get_by_test_id("grid-row")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("tr.here")).to_contain_text(name)
    expect(page.get_by_test_id("menu")).to_contain_text("A")


def states(house: House) -> list[OrderState]:
    with Session(house.town.engine) as session:
        return list(session.exec(select(col(Order.state))))
