"""The coordinator's page: sums that tie, news as they happen, alarms first."""

import sys
import time
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine
from sqlmodel import select

from dispatch.orders.ordering import place_order
from dispatch.planning.chasing_drafts import list_left
from dispatch.planning.drafting import carry_out_draft
from dispatch.planning.drafts import PlanDraft
from dispatch.safety.cases import Case
from dispatch.safety.entering import agree_entry, list_entries
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, picture
from tests.browser.conftest import PHONE, House
from tests.field.phone import Phone
from tests.field.walk import HALF_PAST, make_walk
from tests.little_town import EIGHT
from tests.planning.lunch_wave import order_lunch, plan, quick


def test_the_board_ties_and_hears_of_an_order_without_reading_again(
    house: House,
) -> None:
    walk = make_walk(house.town, house.town.add_elder())
    newcomer = house.town.lunch(house.town.add_elder("李建国", lat=None, lon=None))

    with house.visit(house.town.dispatcher, "/coordinator") as page:
        total = page.get_by_test_id("sum")
        expect(total).to_have_attribute("data-ties", "true")
        expect(total).to_contain_text("总数 1")
        expect(page.get_by_test_id("live")).to_have_attribute("data-state", "live")
        expect(page.get_by_test_id("all-well")).to_be_visible()

        house.town.at(EIGHT)
        in_one_transaction(
            house.town.engine, lambda uow: place_order(uow, newcomer, key="k1")
        )
        house.number_events()

        expect(total).to_contain_text("总数 2")
        expect(page.get_by_test_id("blocked")).to_contain_text("受阻 1")

        page.get_by_test_id("tell-all").click()
        page.get_by_test_id("crew-words").fill("东门修路，走南门")
        page.get_by_test_id("crew-send").click()
        page.get_by_test_id("crew-send").click()
        expect(page.get_by_test_id("refusal")).to_contain_text("没有人在班")
        page.get_by_test_id("crew-to").select_option("street")
        page.get_by_test_id("crew-send").click()
        page.get_by_test_id("crew-send").click()
        message = page.get_by_test_id("crew-message")
        expect(message).to_have_attribute("data-read", "0")
        with house.visit(walk.actor, "/courier", PHONE) as phone:
            expect(phone.get_by_test_id("crew-note")).to_contain_text("走南门")
            phone.get_by_test_id("got-it").click()
            expect(phone.get_by_test_id("crew-note")).to_have_count(0)
        house.number_events()
        expect(message).to_have_attribute("data-read", "1")


def test_nothing_is_called_well_while_nobody_minds_the_house(house: House) -> None:
    house.living.fall_silent("relay", 600)
    house.living.fall_silent("schedule", 600)

    with house.visit(house.town.dispatcher, "/coordinator") as page:
        note = page.get_by_test_id("house-silent")
        expect(note).to_contain_text("可能不是最新的")
        expect(note).to_contain_text("到点不会自动排线")
        expect(note).to_contain_text("已 10 分钟没有动静")
        expect(page.get_by_test_id("all-well")).to_have_count(0)
        expect(page.get_by_test_id("map-empty")).to_contain_text("没有要上门的订单")

        house.living.parts |= {"relay", "schedule"}
        expect(page.get_by_test_id("all-well")).to_be_visible()
        expect(note).to_have_count(0)


@pytest.mark.parametrize("size", [None, PHONE])
def test_a_wave_whose_planning_failed_says_why_and_what_stands(
    house: House, size: dict[str, int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.town.add_helper()
    order_lunch(house.town)
    plan(house.town, thinking=quick)
    monkeypatch.setitem(sys.modules, "ortools", None)
    assert not plan(house.town)

    with house.visit(house.town.dispatcher, "/coordinator", size) as page:
        failed = page.get_by_test_id("plan-failed")
        expect(failed).to_contain_text("排线失败")
        expect(failed).to_contain_text("引擎没有装好")
        expect(failed).to_contain_text("应急排法有效")


def test_an_unanswered_door_comes_first_and_is_closed_with_an_outcome(
    house: House,
) -> None:
    walk = make_walk(house.town, house.town.add_elder())
    phone = Phone(walk)
    phone.at_stop("no_answer", HALF_PAST)
    phone.sync(HALF_PAST + timedelta(seconds=5))

    with house.visit(house.town.dispatcher, "/coordinator") as page:
        page.get_by_test_id("case").click()
        page.get_by_test_id("rung-words").fill("电话没人接")
        page.get_by_test_id("rung-no_reply").click()
        expect(page.get_by_test_id("rung").first).to_have_attribute("data-done", "true")

        page.get_by_test_id("ask-entry").click()
        page.get_by_test_id("entry-forced").click()
        page.get_by_test_id("entry-why").fill("屋里有声音，没人应")
        page.get_by_test_id("entry-go").click()
        entry = page.get_by_test_id("entry")
        expect(entry).to_contain_text("等第二个人同意")
        expect(page.get_by_test_id("agree")).to_have_count(0)
        in_one_transaction(house.town.engine, agree_to_it, actor=house.town.staff)
        house.number_events()
        expect(entry).to_contain_text("已同意")
        page.get_by_test_id("ask-entry").click()
        expect(page.get_by_test_id("entry-why")).to_have_value("")
        page.get_by_test_id("ask-entry").click()

        page.get_by_test_id("outcome-seen_well").click()
        page.get_by_test_id("close-words").fill("站长上门，老人在家，没听见")
        page.get_by_test_id("close-case").click()
        page.get_by_test_id("close-case").click()
        expect(page.get_by_test_id("case")).to_have_count(0)

        page.get_by_test_id("heat-button").click()
        page.get_by_test_id("heat-set").click()
        page.get_by_test_id("heat-save").click()
        expect(page.get_by_test_id("heat-button")).to_contain_text("高温橙色预警")

        page.get_by_test_id("replay-enter").click()
        slider = page.get_by_test_id("replay-slider")
        expect(page.get_by_test_id("count-planned")).to_contain_text("1")
        expect(page.get_by_test_id("unheard")).to_contain_text("应 11:00 出发")
        expect(page.get_by_test_id("plan")).to_have_count(0)
        slider.focus()
        slider.press("Home")
        expect(page.get_by_test_id("replay-time")).to_have_text("00:00")
        expect(page.get_by_test_id("sum")).to_contain_text("总数 0")
        expect(page.get_by_test_id("then-calm")).to_be_visible()
        page.get_by_test_id("replay-leave").click()
        expect(page.get_by_test_id("sum")).to_contain_text("总数 1")

    assert [case.outcome for case in walk.cases()] == ["seen_well"]


def test_the_arrow_keys_walk_the_board_and_a_move_is_shown_before_it_is_published(
    house: House,
) -> None:
    house.town.add_helper()
    order_lunch(house.town)
    plan(house.town, thinking=quick)
    to = str(house.town.add_helper())

    with house.visit(house.town.dispatcher, "/coordinator") as page:
        page.get_by_test_id("order").first.wait_for()
        page.keyboard.press("ArrowDown")
        detail = page.get_by_test_id("detail")
        expect(detail).to_have_attribute("data-kind", "order")
        expect(page.get_by_test_id("story")).to_contain_text("下单")
        expect(page.locator(".leaflet-tooltip")).to_be_visible()
        page.keyboard.press("/")
        expect(page.get_by_test_id("board-search")).to_be_focused()

        page.get_by_test_id("direct-to").select_option(to)
        page.get_by_test_id("try-move").click()
        trial = page.get_by_test_id("trial")
        expect(trial).to_contain_text("正在试算")
        make_drafts(house.town.engine)
        expect(trial.get_by_test_id("moved")).to_contain_text("换人送 1")
        page.get_by_test_id("publish").click()
        page.get_by_test_id("publish").click()
        expect(page.get_by_test_id("said")).to_contain_text("已发布第 2 版")
        expect(page.get_by_test_id("direct")).to_contain_text("已指定由")


def agree_to_it(uow: UnitOfWork) -> None:
    """A colleague at another desk agrees that the only door be opened."""
    (case,) = uow.session.exec(select(Case)).all()
    (entry,) = list_entries(uow, case.id)
    agree_entry(uow, case.id, entry.id)


def make_drafts(engine: Engine) -> None:
    """Do the worker's work once, as soon as somebody has asked for it."""
    for _ in range(200):
        with picture(engine) as seen:
            waiting = list_left(seen.session, PlanDraft, queue_lives=False)
        if waiting:
            assert carry_out_draft(engine, waiting[0])
            return
        time.sleep(0.05)
    pytest.fail("nobody asked for a draft")
