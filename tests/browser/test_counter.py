"""The counter: who comes, the meal, the money, and portions that tie."""

from playwright.sync_api import expect
from sqlmodel import Session, select

from dispatch.counter.payments import Payment
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.orders.sitting_close import cook
from dispatch.store.unit_of_work import in_one_transaction
from tests.browser.conftest import House
from tests.little_town import ELEVEN


def test_found_by_name_served_and_paid_from_the_keyboard(house: House) -> None:
    expect_for_pickup(house, "王桂英")

    with house.visit(house.town.staff, "/station#counter") as page:
        box = page.get_by_test_id("counter-search")
        expect(box).to_be_focused()
        page.keyboard.type("王桂英")
        page.keyboard.press("Enter")
        person = page.get_by_test_id("counter-person")
        expect(person).to_have_attribute("data-state", "waiting")
        expect(box).to_be_focused()
        expect(box).to_have_value("")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("served")).to_be_visible()
        expect(page.get_by_test_id("due")).to_contain_text("¥")
        page.keyboard.press("F6")
        expect(page.get_by_test_id("due")).to_contain_text("已付清")
        line = page.get_by_test_id("identity-line")
        expect(line).to_have_attribute("data-ties", "true")
        expect(line).to_contain_text("自取 1")

    with Session(house.town.engine) as session:
        assert session.exec(select(Order.state)).one() is OrderState.DONE
        assert session.exec(select(Payment.fen)).one() > 0


def test_change_is_reckoned_and_money_goes_back_with_a_reason(house: House) -> None:
    expect_for_pickup(house, "王桂英")

    with house.visit(house.town.staff, "/station#counter") as page:
        page.get_by_test_id("expected").get_by_role("button").click()
        expect(page.get_by_test_id("counter-search")).to_be_focused()
        for key in ("+", "5", "Tab", "S", "1", "Enter"):
            page.keyboard.press(key)
        expect(page.get_by_test_id("external")).to_have_text("−5.00")
        expect(page.get_by_test_id("counter-search")).to_be_focused()
        page.get_by_test_id("amount").fill("50")
        expect(page.get_by_test_id("change")).to_contain_text("找零")
        page.get_by_test_id("pay-cash").click()
        expect(page.get_by_test_id("due")).to_contain_text("已付清")
        page.get_by_test_id("refund-reason").fill("按错了")
        page.get_by_test_id("refund").click()
        page.get_by_test_id("refund").click()
        expect(page.get_by_test_id("due")).to_contain_text("¥")

    with Session(house.town.engine) as session:
        assert sum(session.exec(select(Payment.fen))) == 0


def test_a_walk_in_takes_a_spare_portion(house: House) -> None:
    house.town.add_elder("赵国强")
    cook_at_eleven(house)

    with house.visit(house.town.staff, "/station#counter") as page:
        page.get_by_test_id("counter-search").fill("赵国强")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("walk-in-dish")).to_have_attribute(
            "aria-pressed", "true"
        )
        page.keyboard.press("F6")
        expect(page.get_by_test_id("served")).to_be_visible()
        expect(page.get_by_test_id("due")).to_contain_text("已付清")
        expect(page.get_by_test_id("identity-line")).to_contain_text("堂食 1")


def test_closing_asks_twice_and_tells_how_many_did_not_come(house: House) -> None:
    expect_for_pickup(house, "王桂英")

    with house.visit(house.town.staff, "/station#counter") as page:
        close = page.get_by_test_id("close-sitting")
        close.click()
        expect(close).to_contain_text("再点一次")
        close.click()
        expect(page.get_by_test_id("closed")).to_contain_text("未到 1 人")

    with Session(house.town.engine) as session:
        assert session.exec(select(Order.reason)).one() == "no_show"


def expect_for_pickup(house: House, name: str) -> None:
    """A meal ordered for pickup, cooked; it is eleven."""
    elder_id = house.town.add_elder(name)
    about = {"service": "MEAL_PICKUP", "channel": Channel.PICKUP}
    draft = house.town.lunch(elder_id, **about)
    in_one_transaction(house.town.engine, lambda uow: place_order(uow, draft, key="k1"))
    cook_at_eleven(house)


def cook_at_eleven(house: House) -> None:
    house.town.at(ELEVEN)
    in_one_transaction(house.town.engine, lambda uow: cook(uow, house.town.sitting_id))
