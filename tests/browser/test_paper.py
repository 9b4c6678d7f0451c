"""The station's paper: packs to print, and a route sheet that came back."""

from datetime import timedelta
from functools import partial

from playwright.sync_api import expect

from dispatch.orders.sitting_close import cook
from dispatch.store.unit_of_work import in_one_transaction
from tests.browser.conftest import House
from tests.field.walk import HALF_PAST, make_walk


def test_a_pack_is_opened_and_its_sheet_typed_in_by_keys(house: House) -> None:
    town = house.town
    walk = make_walk(town, town.add_elder("王桂英"), town.add_elder("李建国", sex="M"))
    in_one_transaction(town.engine, partial(cook, sitting_id=town.sitting_id))
    town.at(HALF_PAST + timedelta(minutes=20))

    with house.visit(town.staff, "/station#paper") as page:
        page.get_by_test_id("make-pack").click()
        with page.context.expect_page() as opened:
            page.get_by_test_id("open-pack").click()
        assert opened.value.url.startswith("blob:")
        opened.value.close()
        expect(page.get_by_test_id("packs")).to_contain_text("已打印")

        page.get_by_test_id("sheet-number").fill(str(walk.round_id)[:4])
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("sheet-row")).to_have_count(2)
        page.get_by_test_id("take-self").first.click()
        expect(page.get_by_role("alert")).to_contain_text("纸上的时间")
        for at, taker, left in (("1110", "1", 1), ("1125", "3", 0)):
            page.keyboard.type(at)
            page.keyboard.press("Enter")
            page.keyboard.press(taker)
            expect(page.locator("[data-open=true]")).to_have_count(left)
        expect(page.locator("[data-open=true]")).to_have_count(0)

        page.goto("/station#proofs")
        expect(page.get_by_test_id("weak-proof")).to_have_count(2)
        expect(page.get_by_test_id("proofs")).to_contain_text("纸单补录")

    assert [walk.order(n).grade for n in (0, 1)] == ["D", "D"]
