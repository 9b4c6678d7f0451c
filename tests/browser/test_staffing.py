"""人员、目录、日历、站点: papers first, a second tap to suspend, a new row."""

import re
from datetime import timedelta
from uuid import UUID

from playwright.sync_api import Page, expect
from sqlmodel import Session, col, select

from dispatch.access.accounts import Role
from dispatch.catalogue.services import Assist, Service
from dispatch.catalogue.skills import Skill
from dispatch.people.certificates import Certificate, PaperKind
from dispatch.people.helpers import Helper
from dispatch.people.offers import Offer, OfferState
from dispatch.people.places import Station, StationKind
from dispatch.people.vault import seal
from dispatch.staffing.offering import offer_order
from dispatch.store.unit_of_work import Actor, in_one_transaction
from tests.browser.conftest import PHONE, House
from tests.little_town import ELEVEN, TODAY, LittleTown
from tests.planning.lunch_wave import order_visit


def crew(town: LittleTown) -> dict[str, UUID]:
    """Somebody fine, somebody whose paper runs out soon, somebody too late."""
    days = {"孙大海": 400, "钱小满": 9, "周长安": -3}
    helpers = {name: town.add_helper() for name in days}
    with Session(town.engine) as session:
        session.add(Skill(code="meal", name="健康证", certified=True))
        session.add(Skill(code="barber", name="理发"))
        session.add(Assist(code="助洁", label="助洁", one_of_six=True))
        session.flush()
        for name, left in days.items():
            seal(session, helpers[name], {"name": name, "phone": "13800001111"})
            session.add(
                Certificate(
                    helper_id=helpers[name],
                    kind=PaperKind.CERTIFICATE,
                    skill="meal",
                    from_on=TODAY - timedelta(days=300),
                    until_on=TODAY + timedelta(days=left),
                )
            )
        session.commit()
    return helpers


def test_helpers_are_found_suspended_and_given_papers_by_keys(house: House) -> None:
    helpers = crew(house.town)

    with house.visit(house.town.staff, "/station#helpers") as page:
        rows = page.get_by_test_id("helper")
        expect(rows).to_have_count(3)
        expect(rows.nth(0)).to_contain_text("周长安")
        expect(rows.nth(0)).to_contain_text("健康证已过期")
        expect(rows.nth(1)).to_contain_text("还有 9 天到期")
        expect(page.get_by_test_id("crew-soon")).to_contain_text("2 人")
        page.keyboard.press("ArrowDown")
        page.get_by_test_id("add-paper").click()
        page.get_by_test_id("paper-what").select_option("meal")
        page.get_by_test_id("paper-save").click()
        expect(page.get_by_test_id("crew-said")).to_contain_text("已保存")
        expect(rows.nth(0)).to_contain_text("钱小满")
        page.get_by_test_id("suspend").click()
        expect(page.get_by_test_id("suspend")).to_contain_text("再点一次")
        page.get_by_test_id("suspend").click()
        expect(page.get_by_test_id("crew-said")).to_contain_text("已停派")
        expect(page.get_by_test_id("bar-suspended")).to_be_visible()

    with Session(house.town.engine) as session:
        held = session.exec(select(Helper.id).where(col(Helper.suspended))).all()
    assert held == [helpers["周长安"]]

    with house.visit(house.town.staff, "/station#helpers", PHONE) as page:
        page.get_by_test_id("crew-find").fill("qxm")
        expect(page.get_by_test_id("helper")).to_have_count(1)
        page.get_by_test_id("helper").click()
        expect(page.get_by_test_id("helper-file")).to_contain_text("13")
        page.get_by_test_id("crew-find").fill("没有这个人")
        expect(page.get_by_test_id("empty")).to_be_visible()


def test_the_district_adds_a_service_reads_the_calendar_and_previews_an_exit(
    house: House,
) -> None:
    crew(house.town)
    office = house.town.add_account("office", Role.DISTRICT)

    with house.visit(office, "/office#helpers") as page:
        page.get_by_test_id("heat-set").click()
        page.get_by_test_id("heat-save").click()
        expect(page.get_by_test_id("heat-line")).to_contain_text("12:00–15:00 停工休息")
    with house.visit(office, "/office#catalogue") as page:
        page.get_by_test_id("new-service").click()
        page.get_by_test_id("service-code").fill("HAIR_HOME")
        page.get_by_test_id("service-name").fill("上门理发")
        page.get_by_test_id("save-service").click()
        expect(page.get_by_test_id("service")).to_contain_text("上门理发")
        page.get_by_test_id("view-calendar").click()
        expect(page.get_by_test_id("calendar-sum")).to_contain_text("放假")
        page.get_by_test_id("year-after").click()
        expect(page.get_by_test_id("unpublished")).to_contain_text("尚未公布")
        page.get_by_test_id("group-money").click()
        page.get_by_test_id("view-rules").click()
        page.get_by_test_id("new-draft").click()
        page.get_by_test_id("load-current").click()
        words = page.get_by_test_id("rule-words")
        expect(words).to_have_value(re.compile("eldercare-policy/1"))
        words.fill(words.input_value().replace("amount_fen = 500", "amount_fen = 600"))
        page.get_by_test_id("check-words").click()
        expect(page.get_by_test_id("faults")).to_contain_text("样例 一人一天一次")
        page.get_by_test_id("group-services").click()
        page.get_by_test_id("view-points").click()
        open_a_micro_point(page)
        page.get_by_test_id("exit-m1").click()
        expect(page.get_by_test_id("exit-preview")).to_contain_text("0 位老人")

    with Session(house.town.engine) as session:
        assert session.get_one(Service, "HAIR_HOME").name == "上门理发"
        [opened] = session.exec(select(Station).where(Station.code == "m1")).all()
        assert (opened.star, opened.kind) == (2, StationKind.MICRO_POINT)


def open_a_micro_point(page: Page) -> None:
    """An operator on the books; a micro-point opens, is handed over and starred."""
    page.get_by_test_id("operators-button").click()
    page.get_by_test_id("operator-name").fill("幸福里社区服务中心")
    page.get_by_test_id("add-operator").click()
    expect(page.get_by_test_id("operator")).to_contain_text("负责 0 个站点")
    page.get_by_test_id("new-point-button").click()
    for field, words in (
        ("name", "三号楼睦邻点"),
        ("code", "m1"),
        ("phone", "01088880001"),
    ):
        page.get_by_test_id(f"point-{field}").fill(words)
    page.get_by_test_id("point-kind").select_option("micro_point")
    page.get_by_test_id("point-kitchen").select_option(label="清河中央厨房")
    page.get_by_test_id("point-keeper").select_option(label="孙大海")
    page.locator("summary", has_text="填坐标").click()
    page.get_by_test_id("lat").fill("36.663")
    page.get_by_test_id("lon").fill("117.02")
    page.get_by_test_id("open-point").click()
    expect(page.get_by_test_id("points-said")).to_contain_text("三号楼睦邻点已开站")
    page.get_by_test_id("point-m1").click()
    page.get_by_test_id("new-operator").select_option(label="幸福里社区服务中心")
    page.get_by_test_id("hand-go").click()
    expect(page.get_by_test_id("runs")).to_contain_text("至今")
    page.get_by_test_id("new-star").select_option(label="2 星")
    page.get_by_test_id("give-star").click()
    expect(page.get_by_test_id("stars")).to_contain_text("2 星")


def test_a_volunteer_says_no_on_the_phone_and_is_thanked_for_a_yes(
    house: House,
) -> None:
    town = house.town
    first, second = sorted(town.add_helper() for _ in range(2))
    whose = {"helper_id": second}
    order = order_visit(town)
    in_one_transaction(
        town.engine, lambda uow: offer_order(uow, order), actor=town.dispatcher
    )
    for helper, said in ((first, "decline"), (second, "accept")):
        actor = town.add_account(f"phone-{said}", Role.HELPER, helper_id=helper)
        with house.visit(actor, "/courier", PHONE) as page:
            page.get_by_test_id(said).click()
            expect(page.get_by_test_id("offer")).to_have_count(0)
            thanks = page.get_by_test_id("offer-thanks")
            expect(thanks).to_have_count(1 if said == "accept" else 0)

    with Session(town.engine) as session:
        states = {offer.helper_id: offer.state for offer in session.exec(select(Offer))}
    assert states == {first: OfferState.DECLINED, second: OfferState.ACCEPTED}
    urgent_help_in_three_fields(house, town.add_account("goes", Role.HELPER, **whose))


def urgent_help_in_three_fields(house: House, helper: Actor) -> None:
    """The desk calls and asks; the phone accepts, arrives and closes."""
    with Session(house.town.engine) as session:
        session.add(Service(code="URGENT", assist="助急", name="应急响应", minutes=30))
        session.commit()
    house.town.at(ELEVEN)
    with house.visit(house.town.staff, "/station#help") as desk:
        desk.get_by_test_id("help-who").fill("王小")
        desk.get_by_test_id("help-found").click()
        desk.get_by_test_id("help-what").fill("摔倒了，起不来")
        desk.get_by_test_id("help-call").click()
        expect(desk.get_by_test_id("responder")).to_have_count(2)
        who = f"[data-helper='{helper.helper_id}']"
        desk.locator(who).get_by_test_id("help-ask").click()
        with house.visit(helper, "/courier", PHONE) as phone:
            phone.get_by_test_id("help-accept").click()
            expect(phone.get_by_test_id("help-mine")).to_contain_text("摔倒了，起不来")
            for step in ("go", "arrived", "end-helped", "close", "close"):
                phone.get_by_test_id(f"help-{step}").click()
            expect(phone.get_by_test_id("help-mine")).to_have_count(0)
        house.number_events()
        expect(desk.get_by_test_id("help-row")).to_contain_text("已处理，人平安")
