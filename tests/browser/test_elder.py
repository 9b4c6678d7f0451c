"""An elder orders on a phone at 200 % zoom, without a script; a daughter as well."""

from typing import Final
from uuid import UUID

from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from dispatch.access.elder_links import give_link
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.orders.origins import Agreed, Origin
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from tests.browser.conftest import House
from tests.browser.test_sixty_orders import serve_tomorrow
from tests.little_town import TODAY

ZOOMED: Final = {"width": 195, "height": 422}  # a phone of 390 at 200 %
SMALLEST_TARGET, SMALLEST_TYPE = 60, 22
MEASURE: Final = """() => ({
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  low: Math.min(...[...document.querySelectorAll(".choice")]
    .map((one) => one.getBoundingClientRect().height)),
  type: parseFloat(getComputedStyle(document.querySelector("main")).fontSize),
  choices: document.querySelectorAll("main .choice").length,
})"""


def link_for(house: House, elder_id: UUID, contact_id: UUID | None = None) -> str:
    def give(uow: UnitOfWork) -> str:
        return f"/e/{give_link(uow, elder_id, contact_id)[1]}"

    return in_one_transaction(house.town.engine, give, actor=house.town.staff)


def fits(page: Page) -> None:
    """Nothing is cut off, small or crowded; the station can always be called."""
    page.wait_for_load_state("load")
    seen = page.evaluate(MEASURE)
    assert seen["wide"] <= 0, page.url
    assert seen["low"] >= SMALLEST_TARGET
    assert seen["type"] >= SMALLEST_TYPE
    assert seen["choices"] <= 3
    expect(page.get_by_test_id("call")).to_have_attribute("href", "tel:01088880000")


def test_an_elder_orders_again_and_takes_it_back_at_double_zoom(house: House) -> None:
    town = house.town
    elder_id = town.add_elder("王桂英", usual_channel="pickup")
    serve_tomorrow(town)
    today = town.lunch(elder_id, service="MEAL_PICKUP", channel=Channel.PICKUP)
    in_one_transaction(town.engine, lambda uow: place_order(uow, today, key="k"))

    with house.visit(None, link_for(house, elder_id), ZOOMED) as page:
        fits(page)
        page.get_by_test_id("again").click()
        expect(page.get_by_test_id("readback")).to_contain_text("宫保鸡丁")
        fits(page)
        page.get_by_test_id("place").click()
        expect(page.get_by_test_id("steps")).to_contain_text("已下单")
        fits(page)
        page.get_by_test_id("undo").click()
        expect(page.locator("h1")).to_have_text("已经取消了")
        fits(page)
        page.get_by_test_id("sos").click()
        fits(page)
        page.get_by_test_id("sos-send").click()
        expect(page.get_by_test_id("sos-said")).to_contain_text("已经求助")
        expect(page.get_by_test_id("sos-send")).to_have_count(0)
        fits(page)

    with Session(town.engine) as session:
        order = session.exec(select(Order).where(Order.serve_on > TODAY)).one()
        assert order.state is OrderState.CANCELLED
        assert session.get_one(Origin, order.id).agreed is Agreed.SELF


def test_a_daughter_orders_once_her_mother_lets_her(house: House) -> None:
    town = house.town
    elder_id = town.add_elder("王桂英", usual_channel="delivery")
    serve_tomorrow(town)
    town.add_contact(elder_id)
    with house.visit(town.staff, "/station") as desk:
        desk.get_by_test_id("family").locator("summary").click()
        desk.get_by_test_id("give-link").nth(1).click()
        given = desk.get_by_test_id("given-link").locator("a")
        address = given.get_attribute("href") or ""
        with house.visit(None, address, ZOOMED) as page:
            expect(page.locator("h1")).to_contain_text("还没有同意")
            fits(page)
        for words in ("老人同意代订", "老人同意代停", "老人同意留言", "老人同意看平安"):
            desk.get_by_label(words).check()
            expect(desk.get_by_label(words)).to_be_enabled()
        desk.get_by_label("出了安全事件").select_option("at_once")
        expect(desk.get_by_label("出了安全事件")).to_have_value("at_once")

    with house.visit(None, address, ZOOMED) as page:
        expect(page.get_by_test_id("seen")).to_contain_text("今天还没有见到王奶奶")
        expect(page.get_by_test_id("word")).to_be_visible()
        fits(page)
        page.get_by_test_id("choose").click()
        page.get_by_text("11 月 21 日").click()
        fits(page)
        page.get_by_test_id("dish").nth(1).click()
        fits(page)
        page.get_by_test_id("way-delivery").click()
        expect(page.get_by_test_id("readback")).to_contain_text("清蒸鱼片")
        page.get_by_test_id("place").click()
        expect(page.get_by_test_id("steps")).to_be_visible()
        page.goto(f"{address}/message")
        fits(page)
        page.locator("textarea").fill("妈妈牙疼，请做软一点")
        page.get_by_test_id("send-along").click()
        expect(page.get_by_test_id("said")).to_contain_text("捎给上门的人")
        page.goto(f"{address}/message")
        expect(page.locator("main")).to_contain_text("还没有人看")
        page.goto(f"{address}/pause")
        fits(page)
        page.get_by_test_id("pause-3").click()
        expect(page.get_by_test_id("said")).to_contain_text("先不送")
        with house.visit(town.staff, "/station") as desk:
            expect(desk.get_by_test_id("message")).to_contain_text("请做软一点")
            desk.get_by_test_id("message-answer").press("Enter")
            desk.keyboard.type("已改成软食")
            desk.keyboard.press("Enter")
            expect(desk.get_by_test_id("messages")).not_to_contain_text("未读")
        page.goto(f"{address}/message")
        fits(page)
        expect(page.get_by_test_id("own-message")).to_contain_text("已改成软食")

    with Session(town.engine) as session:
        order = session.exec(select(Order)).one()
        assert (order.state, order.source) == (OrderState.HELD, "family")
