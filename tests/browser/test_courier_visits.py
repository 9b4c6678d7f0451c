"""The helper's phone at visits: five headings, a bath's list, two at one door."""

from uuid import UUID

from playwright.sync_api import Page, expect
from sqlmodel import Session

from dispatch.catalogue.services import Service
from dispatch.field.events import FieldKind, flags_of, list_of_order
from dispatch.orders.orders import Order, OrderState
from dispatch.people.helpers import Helper, HelperKind
from tests.browser.conftest import PHONE, House
from tests.browser.test_courier import twice
from tests.field.pairs import make_pair
from tests.field.phone import Phone
from tests.field.walk import HALF_PAST, make_walk


def test_a_visit_ends_with_its_five_headings_and_a_bath_begins_with_its_list(
    house: House,
) -> None:
    town = house.town
    shy = town.add_helper(kind=HelperKind.VOLUNTEER, shows_position=False)
    elders = [town.add_elder(), town.add_elder("李建国")]
    walk = make_walk(town, visits=elders, helper_id=shy)
    becomes_a_bath(house, walk.orders[1])

    with house.visit(walk.actor, "/courier", PHONE) as page:
        page.get_by_test_id("strip").click()
        expect(page.get_by_test_id("dot-state")).to_contain_text("看不到")
        page.get_by_test_id("dot").click()
        expect(page.get_by_test_id("dot-state")).to_contain_text("能在地图上看到")
        page.get_by_test_id("strip").click()
        twice(page, "leave")
        page.get_by_test_id("arrived").click()
        page.get_by_test_id("visit-begin").click()
        end_visit(page)
        page.get_by_test_id("arrived").click()
        page.get_by_test_id("visit-begin").click()
        check = page.get_by_test_id("bath-check")
        before = {"temperature": 38, "systolic": 130, "diastolic": 80, "pulse": 72}
        for name, value in before.items():
            page.get_by_test_id(f"bath-{name}").fill(str(value))
        expect(check).to_have_attribute("data-verdict", "hold")
        expect(page.get_by_test_id("bath-begin")).to_have_count(0)
        page.get_by_test_id("bath-temperature").fill("36.5")
        expect(page.get_by_test_id("bath-begin")).to_be_disabled()
        page.get_by_test_id("bath-agrees").check()
        page.get_by_test_id("bath-begin").click()
        end_visit(page)
        twice(page, "end-round")
        expect(page.get_by_test_id("strip")).to_have_attribute("data-unsent", "0")

    assert [walk.order(n).state for n in (0, 1)] == [OrderState.DONE] * 2
    with Session(town.engine) as session:
        assert session.get_one(Helper, shy).shows_position
        [begun] = [
            event
            for event in list_of_order(session, walk.orders[1])
            if event.kind is FieldKind.VISIT_BEGUN
        ]
        assert begun.detail["values"] == before | {"temperature": 36.5}
        assert flags_of(session, [begun.id]) == {begun.id: set()}


def becomes_a_bath(house: House, order_id: UUID) -> None:
    with Session(house.town.engine) as session:
        bath = Service(code="BATH_HOME", assist="助浴", name="上门助浴", minutes=45)
        session.add(bath)
        session.flush()
        session.get_one(Order, order_id).service = bath.code
        session.commit()


def end_visit(page: Page) -> None:
    page.get_by_test_id("visit-end").click()
    expect(page.get_by_test_id("visit-save")).to_be_disabled()
    for heading in ("health", "mind", "safety", "hygiene", "home"):
        page.get_by_test_id(f"visit-{heading}-good").click()
    page.get_by_test_id("visit-need").select_option("repair")
    page.get_by_test_id("visit-save").click()


def test_of_two_at_one_door_each_sees_whether_the_other_is_there(house: House) -> None:
    one, other = make_pair(house.town)

    with house.visit(other.actor, "/courier", PHONE) as page:
        twice(page, "leave")
        partner = page.get_by_test_id("partner")
        expect(partner).to_contain_text("两人一起：赵师傅")
        expect(partner).to_have_attribute("data-state", "open")

        phone = Phone(one)
        phone.say("arrived", HALF_PAST, stop_id=one.stops[0])
        phone.sync(HALF_PAST)
        house.number_events()
        expect(partner).to_have_attribute("data-state", "arrived")

        phone.at_stop("cannot", HALF_PAST, detail={"reason": "stairs"})
        phone.sync(HALF_PAST)
        house.number_events()
        expect(page.get_by_test_id("round-end")).to_be_visible()
