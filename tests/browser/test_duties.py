"""「该看谁」: who is overdue stands first; one key orders a visit or notes a call."""

from datetime import timedelta
from typing import Any

from playwright.sync_api import expect
from sqlmodel import Session, col, select

from dispatch.duties.outreach import Outreach
from dispatch.orders.orders import Order
from dispatch.people.elders import Elder, Living
from tests.browser.conftest import PHONE, House
from tests.little_town import EIGHT, TODAY
from tests.planning.test_visit_week import helper, proposed

DAY = timedelta(days=1)


def test_whoever_is_overdue_is_ordered_called_and_referred_by_keys(
    house: House,
) -> None:
    poor: dict[str, Any] = {
        "relief": "TK",
        "living": Living.ALONE,
        "made_at": EIGHT - 300 * DAY,
    }
    first = house.town.add_elder("李建国", **poor, last_visit_at=EIGHT - 9 * DAY)
    late = house.town.add_elder("王桂英", **poor, last_visit_at=EIGHT - 20 * DAY)
    house.town.add_elder("赵德福", **poor, last_visit_at=EIGHT - 2 * DAY)

    with house.visit(house.town.staff, "/station") as page:
        page.get_by_test_id("to-duties").click()
        rows = page.get_by_test_id("duty-row")
        expect(rows).to_have_count(3)  # nobody has been seen for a week
        expect(rows.first).to_contain_text("王桂英")
        week = rows.first.locator("[data-duty='visit-week']")
        expect(week).to_have_attribute("data-state", "overdue")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("v")
        expect(page.get_by_test_id("duty-said")).to_contain_text("王桂英")
        expect(week).to_contain_text("已安排")
        page.keyboard.press("p")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("duty-said")).to_contain_text("联系已记录")
        expect(rows.first).to_contain_text("今天")
        page.keyboard.press("z")
        page.get_by_test_id("referral-words").fill("药快吃完了")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("referral")).to_contain_text("药快吃完了")

    with house.visit(house.town.staff, "/station#duties", PHONE) as page:
        page.get_by_test_id("referral-who").fill("社区卫生站")
        page.get_by_test_id("referral-accept").click()
        expect(page.get_by_test_id("referral")).to_contain_text("社区卫生站 接手")
        page.get_by_test_id("referral-outcome").fill("已配药送到")
        page.get_by_test_id("referral-done").click()
        expect(page.get_by_test_id("referral")).to_have_count(0)

    mine = helper(house.town)
    proposed(house.town, [first], mine, TODAY + 2 * DAY, "visit-week")
    with house.visit(house.town.staff, "/station#duties") as page:
        page.get_by_test_id("week").locator("summary").click()
        page.get_by_test_id("week-visit").click()
        page.get_by_test_id("week-cell").nth(3).click()
        page.get_by_test_id("week-move").click()
        expect(page.get_by_test_id("duty-said")).to_contain_text("探访改到 11-24")
        visit = page.get_by_test_id("week-visit")
        expect(visit).to_have_attribute("data-state", "moved")
        visit.click()
        page.get_by_test_id("week-reason").fill("去女儿家")
        page.get_by_test_id("week-drop").click()
        expect(visit).to_have_attribute("data-state", "dropped")

    with house.visit(house.town.staff, f"/station#files/{late}", PHONE) as page:
        week = page.get_by_test_id("owed").and_(page.locator("[data-duty=visit-week]"))
        expect(week).to_have_attribute("data-state", "overdue")
        week.locator("summary").click()
        expect(week).to_contain_text("缺 0/1")
        page.get_by_test_id("care-agree").click()
        page.get_by_test_id("care-minutes").fill("900")
        page.get_by_test_id("care-save").click()
        expect(page.get_by_test_id("care-month")).to_contain_text("应做 330 分钟")
        page.get_by_test_id("care-end").click()
        page.get_by_test_id("care-last").fill("2026-11-20")
        page.get_by_test_id("care-save").click()
        expect(page.get_by_test_id("care-plan")).to_contain_text("2026-11-20")

    with Session(house.town.engine) as session:
        assert list(session.exec(select(col(Order.elder_id)))) == [late]
        assert list(session.exec(select(col(Outreach.elder_id)))) == [late]
        assert session.get_one(Elder, late).last_seen_by == "phone"
