"""The kitchen's page: a batch by touch, from the stove to the thermometer."""

from playwright.sync_api import expect
from sqlmodel import Session, select

from dispatch.counter.serving import Handing, Identity, serve
from dispatch.kitchens.readings import Reading
from dispatch.orders.ordering import place_order
from dispatch.orders.orders import Channel
from dispatch.store.unit_of_work import in_one_transaction
from tests.browser.conftest import PHONE, House
from tests.little_town import ELEVEN


def test_a_batch_is_begun_cooked_and_probed_on_a_phone(house: House) -> None:
    town = house.town
    here = {"channel": Channel.DINE_IN, "service": "MEAL_DINEIN"}
    draft = town.lunch(town.add_elder("王桂英"), **here)
    order = in_one_transaction(
        town.engine, lambda uow: place_order(uow, draft, key="k"), actor=town.staff
    )
    town.at(ELEVEN)

    with house.visit(town.staff, "/station#kitchen", PHONE) as page:
        page.get_by_test_id("returnable").check()
        page.get_by_test_id("start-lunch-A").click()
        batch = page.get_by_test_id("batch")
        expect(batch).to_have_attribute("data-state", "cooking")
        page.get_by_test_id("cooked").click()
        page.get_by_test_id("celsius").fill("82.5")
        page.get_by_test_id("save-cooked").click()
        expect(batch).to_have_attribute("data-state", "hot")
        page.get_by_test_id("probe").click()
        page.get_by_test_id("probe-celsius").fill("56")
        page.get_by_test_id("action-reheated").check()
        page.get_by_test_id("save-probe").click()
        expect(page.get_by_test_id("temperatures")).to_contain_text("回锅加热")

        page.get_by_test_id("kitchen-recall").click()
        page.get_by_test_id("recall-batch").click()
        page.get_by_test_id("recall-reason").fill("抽查")
        page.get_by_test_id("recall-go").click()
        expect(page.get_by_test_id("recall-line")).to_contain_text("王桂英")

        in_one_transaction(
            town.engine,
            lambda uow: serve(uow, order.id, Handing(Identity.CARD)),
            actor=town.staff,
        )
        page.get_by_test_id("kitchen-boxes").click()
        expect(page.get_by_test_id("boxes-elders")).to_contain_text("王桂英")
        page.get_by_test_id("box-back").click()
        expect(page.get_by_test_id("box-back")).to_have_text("收回 1 个")
        page.get_by_test_id("box-back").click()
        expect(page.get_by_test_id("boxes-said")).to_contain_text("还回 1 个餐盒")
        expect(page.get_by_test_id("empty")).to_contain_text("没有餐盒在外面")

    with Session(town.engine) as session:
        read = session.exec(select(Reading.tenths)).all()
        assert sorted(read) == [560, 825]
