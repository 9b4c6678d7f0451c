"""The counter goes on through a network cut and a killed server; nothing is lost."""

from uuid import UUID, uuid4

from playwright.sync_api import Page, expect
from sqlmodel import Session, col, select

from dispatch.access.accounts import Role
from dispatch.counter.payments import Payment
from dispatch.counter.serving import Handing, Identity, serve
from dispatch.counter.till_deeds import TillDeed
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import Channel, Order, OrderState
from dispatch.people.vault import seal
from dispatch.store.unit_of_work import in_one_transaction
from tests.browser.conftest import House, WebProcess
from tests.browser.test_counter import cook_at_eleven

CARDS = {"王桂英": "1199000000010001", "李国强": "1199000000010002"}


def order_pickup(house: House, name: str) -> UUID:
    """A meal ordered for pickup by somebody with a card."""
    elder_id = house.town.add_elder(name, hukou_in_district=False)
    with Session(house.town.engine) as session:
        seal(session, elder_id, {"card": CARDS.get(name, uuid4().hex)})
        session.commit()
    draft = house.town.lunch(elder_id, service="MEAL_PICKUP", channel=Channel.PICKUP)
    return in_one_transaction(
        house.town.engine, lambda uow: place_order(uow, draft, key=uuid4().hex)
    ).id


def ask_for(page: Page, text: str) -> None:
    """What a card reader does, or somebody who types."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("counter-person")).to_be_visible()


def pay_and_eat(page: Page, text: str, said: str) -> None:
    ask_for(page, text)
    page.keyboard.press("F6")
    person = page.get_by_test_id("counter-person")
    expect(person).to_have_attribute("data-said", said)
    expect(page.get_by_test_id("served")).to_be_visible()
    page.keyboard.press("Escape")


def test_diners_are_served_through_a_cut_and_a_killed_server(
    killable: tuple[House, WebProcess],
) -> None:
    house, process = killable
    order_pickup(house, "王桂英")
    twice = order_pickup(house, "李国强")
    order_pickup(house, "孙明")
    house.town.add_elder("赵国强", hukou_in_district=False)
    cook_at_eleven(house)

    with house.visit(house.town.staff, "/station#counter") as page:
        strip = page.get_by_test_id("till-strip")
        expect(page.get_by_test_id("expected")).to_have_count(3)
        pay_and_eat(page, CARDS["王桂英"], "applied")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")

        page.context.set_offline(True)
        pay_and_eat(page, CARDS["李国强"], "later")
        pay_and_eat(page, "zhaoguo", "later")
        expect(strip).to_have_attribute("data-unsent", "2")
        ask_for(page, "lgq")
        expect(page.get_by_test_id("counter-person")).to_have_attribute(
            "data-state", "done"
        )
        page.keyboard.press("Escape")

        by_sight = Handing(Identity.STAFF_VISUAL)
        in_one_transaction(house.town.engine, lambda uow: serve(uow, twice, by_sight))
        process.kill()
        page.context.set_offline(False)
        pay_and_eat(page, "孙明", "later")
        expect(strip).to_have_attribute("data-unsent", "3")
        page.reload()  # with the server away: the shell, and the day as it was
        expect(page.get_by_test_id("stale").nth(1)).to_contain_text("数据停在 11:")
        expect(strip).to_have_attribute("data-online", "false")
        expect(page.get_by_test_id("expected")).to_have_count(3)
        expect(strip).to_have_attribute("data-unsent", "3")
        process.start()
        expect(strip).to_have_attribute("data-unsent", "0")
        expect(strip).to_have_attribute("data-online", "true")

        page.get_by_test_id("counter-differences").click()
        row = page.get_by_test_id("difference")
        expect(row).to_have_attribute("data-why", "already_served")
        expect(row).to_contain_text("李国强")
        page.get_by_test_id("resolve-words").fill("另一柜台先出了餐，钱已退给老人")
        page.get_by_test_id("resolve").click()
        expect(row).to_have_attribute("data-open", "false")

    with Session(house.town.engine) as session:
        states = session.exec(select(Order.state)).all()
        assert states == [OrderState.DONE] * 4
        assert list(session.exec(select(Payment.fen))) == [1000] * 3
        deeds = session.exec(select(TillDeed).order_by(col(TillDeed.seq))).all()
        assert [deed.applied for deed in deeds] == [True, False, True, True]


def test_a_drawer_is_counted_named_and_closed_by_a_second_person(
    house: House,
) -> None:
    order_pickup(house, "王桂英")
    cook_at_eleven(house)
    town = house.town

    with house.visit(town.staff, "/station#counter") as page:
        expect(page.get_by_test_id("expected")).to_have_count(1)
        page.get_by_test_id("give-tokens").click()
        expect(page.get_by_test_id("give-tokens")).to_have_count(0)
        pay_and_eat(page, "1", "applied")
        page.get_by_test_id("counter-cash").click()
        expect(page.get_by_test_id("cash-expected")).to_contain_text("10.00")
        page.get_by_test_id("cash-counted").fill("8")
        expect(page.get_by_test_id("cash-count")).to_be_disabled()
        page.get_by_test_id("cash-name").click()
        line = page.get_by_test_id("cash-line").locator("input")
        line.nth(1).fill("前台小李")
        line.nth(2).fill("找零多找")
        page.get_by_test_id("cash-count").click()
        expect(page.get_by_test_id("cash-difference")).to_contain_text("前台小李")
        expect(page.get_by_test_id("cash-close")).to_have_count(0)

    colleague = town.add_account("后台", Role.STATION, station_id=town.station_id)
    with house.visit(colleague, "/station#counter") as page:
        page.get_by_test_id("counter-cash").click()
        page.get_by_test_id("cash-close").click()
        page.get_by_test_id("cash-close").click()
        expect(page.get_by_test_id("cash-closed")).to_contain_text("后台")
