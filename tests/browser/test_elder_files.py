"""老人档案: a file is opened by keyboard, changed by section, and read on a phone."""

from datetime import date

from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from dispatch.demo.names import id_number
from dispatch.log.audit import Audit
from dispatch.orders.free_delivery import Bearer, DeliveryRule, FreeDelivery
from dispatch.people.elders import Elder, Household
from dispatch.people.pauses import Pause
from dispatch.people.vault import seal
from tests.browser.conftest import PHONE, House
from tests.little_town import LAT, LON, TODAY


def test_a_file_is_opened_and_changed_without_the_mouse(house: House) -> None:
    house.town.add_elder("王桂英", usual_channel="pickup")
    helper = house.town.add_helper()
    rule = DeliveryRule(rank=1, title="免费送餐", bearer=Bearer.DISTRICT, from_on=TODAY)
    with Session(house.town.engine) as session:
        seal(session, helper, {"name": "孙大海"})
        session.add(rule)
        session.commit()

    with house.visit(house.town.staff, "/station") as page:
        page.get_by_test_id("grid").wait_for()
        page.keyboard.press("F3")
        page.get_by_test_id("files-row").wait_for()
        page.get_by_test_id("files-new").press("Enter")
        number = id_number(date(1941, 3, 2), "F", 11)
        said = {"name": "赵玉兰", "id-number": number, "phone": "15400000001"}
        place = {"address-community": "清河一社区", "address-building": "5号楼"}
        spot = {"lat": str(LAT), "lon": str(LON)}
        page.locator("summary", has_text="填坐标").press("Enter")
        for field, words in (said | place | spot).items():
            page.get_by_test_id(field).fill(words)
        page.keyboard.press("Enter")

        expect(page.get_by_test_id("file")).to_contain_text("赵玉兰")
        expect(page.get_by_test_id("part-categories")).to_contain_text("老老人")
        expect(page.get_by_test_id("files-row")).to_have_count(2)
        page.get_by_test_id("edit-diet").press("Enter")
        page.get_by_test_id("allergies").fill("花生、虾")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("part-diet")).to_contain_text("花生、虾")
        expect(page.get_by_test_id("part-changes")).to_contain_text("front")
        page.get_by_test_id("edit-pauses").press("Enter")
        page.get_by_test_id("save-pauses").press("Enter")
        expect(page.get_by_test_id("part-pauses")).to_contain_text("正在暂停")
        page.get_by_test_id("resume").press("Enter")
        expect(page.get_by_test_id("part-pauses")).not_to_contain_text("正在暂停")
        page.get_by_test_id("edit-pairs").press("Enter")
        page.get_by_test_id("pair-helper").select_option(label="孙大海")
        page.get_by_test_id("pair-why").fill("老人不愿意")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("elder-pair")).to_contain_text("不派孙大海")
        expect(page.get_by_test_id("elder-pair")).to_contain_text("封存")
        page.locator("body").press("/")
        page.keyboard.type("wgy")
        expect(page.get_by_test_id("files-row")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("file")).to_contain_text("王桂英")
        _order_for_good(page)

    with Session(house.town.engine) as session:
        made = session.exec(select(Elder).where(Elder.born_on == date(1941, 3, 2)))
        elder = made.one()
        assert elder.allergies == ["花生", "虾"]
        assert session.get_one(Household, elder.household_id).located
        assert session.exec(select(Pause)).one().resumed_on
        assert session.exec(select(FreeDelivery)).one().fen > 0
    assert house.complaints == []


def _order_for_good(page: Page) -> None:
    """A standing plan is shown for the coming week, then kept; delivery gets free."""
    plans = page.get_by_test_id("part-plans")
    plans.get_by_test_id("plan-new").press("Enter")
    plans.get_by_test_id("plan-day-4").press("Space")
    plans.get_by_test_id("plan-channel").select_option("delivery")
    plans.get_by_test_id("plan-go").press("Enter")
    expect(plans.get_by_test_id("outlook-day").first).to_contain_text("红烧豆腐套餐")
    plans.get_by_test_id("plan-go").press("Enter")
    expect(plans.get_by_test_id("plan")).to_contain_text("周五 午餐")
    page.get_by_test_id("attest").press("Enter")
    page.get_by_test_id("attest-by").fill("张主任")
    page.get_by_test_id("attest-reason").fill("行动不便，家中无人")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("free-now")).to_contain_text("由区级财政承担")


def test_on_a_phone_the_door_is_picked_on_the_map_and_the_look_is_written_down(
    house: House,
) -> None:
    elder_id = house.town.add_elder("王桂英", lat=None, lon=None)

    with house.visit(house.town.staff, f"/station#files/{elder_id}", PHONE) as page:
        expect(page.get_by_test_id("part-address")).to_contain_text("没有定位")
        page.get_by_test_id("edit-place").click()
        page.get_by_test_id("pick-map").click(position={"x": 120, "y": 90})
        page.get_by_test_id("save-address").click()
        expect(page.get_by_test_id("part-address")).not_to_contain_text("没有定位")
        page.get_by_test_id("edit-address").click()
        expect(page.get_by_test_id("address-community")).to_have_value("清河一社区")
        assert _fits(page)

    with Session(house.town.engine) as session:
        looks = {(one.action, *one.fields) for one in session.exec(select(Audit))}
        home = session.exec(select(Household)).one()
    assert ("reveal", "door_note", "road", "room", "unit") in looks
    assert home.located_by == "map_pick"
    assert house.complaints == []


def _fits(page: Page) -> bool:
    """Nothing hangs out of the side of the screen."""
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return bool(wide <= 0)
