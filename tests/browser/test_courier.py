"""The helper's phone: a round to its end, without a line, at a closed door."""

from datetime import timedelta

from playwright.sync_api import Locator, Page, expect
from sqlmodel import Session, select

from dispatch.catalogue.sittings import Sitting
from dispatch.orders.orders import OrderState
from dispatch.safety.cases import Case, CaseKind
from dispatch.safety.climbing import step
from dispatch.store.unit_of_work import in_one_transaction
from tests.browser.conftest import PHONE, House
from tests.field.walk import HALF_PAST, make_walk
from tests.little_town import NOON

# What came over the line for the first look, answers of the server and all.
LOADED = """performance.getEntriesByType("resource")
  .concat(performance.getEntriesByType("navigation"))
  .reduce((sum, one) => sum + one.transferSize, 0)"""

# A browser with a camera that reads these labels, one after the other.
READS_LABELS = """
  const canvas = document.createElement("canvas");
  setInterval(() => canvas.getContext("2d").fillRect(0, 0, 9, 9), 50);
  Object.defineProperty(navigator, "mediaDevices", {
    value: { getUserMedia: async () => canvas.captureStream() } });
  globalThis.seen = [];
  globalThis.BarcodeDetector = class {
    async detect() {
      return globalThis.seen.splice(0, 1).map((rawValue) => ({ rawValue }));
    }
  };
"""
SEES = "(codes) => { globalThis.seen = codes }"


def test_a_round_goes_from_the_kitchen_to_the_last_door(house: House) -> None:
    walk = make_walk(house.town, house.town.add_elder(), house.town.add_elder("李建国"))

    sitting_id = walk.order().sitting_id
    with Session(house.town.engine) as session:
        session.get_one(Sitting, sitting_id).ready_at = HALF_PAST
        session.commit()

    with house.visit(walk.actor, "/courier", PHONE) as page:
        expect(page.get_by_test_id("not-ready")).to_contain_text("11:30 才好")
        assert 10_000 < page.evaluate(LOADED) < 200_000
        page.get_by_test_id("load-all").click()
        page.get_by_test_id("load-go").click()
        expect(page.get_by_test_id("load-go")).to_contain_text("仍要出发")
        page.get_by_test_id("load-go").click()
        for _ in walk.orders:
            page.get_by_test_id("arrived").click()
            twice(page, "hand-over")
        twice(page, "end-round")
        expect(page.get_by_test_id("round-end")).to_have_attribute(
            "data-state", "ended"
        )
        expect(page.get_by_test_id("strip")).to_have_attribute("data-unsent", "0")

    assert [walk.order(n).state for n in (0, 1)] == [OrderState.DONE] * 2


def test_a_tap_can_be_taken_back_before_it_leaves_the_phone(house: House) -> None:
    walk = make_walk(house.town, house.town.add_elder())

    with house.visit(walk.actor, "/courier", PHONE) as page:
        page.add_init_script(READS_LABELS)
        page.reload()
        load_and_leave(page)
        page.get_by_test_id("arrived").click()
        twice(page, "hand-over")
        page.get_by_test_id("undo").click()
        expect(page.get_by_test_id("stop")).to_have_attribute("data-state", "arrived")

        page.evaluate(SEES, ["nobody's", walk.order().number])
        page.get_by_test_id("check-box").click()
        expect(page.get_by_test_id("check-box")).to_contain_text("盒子对了")

    assert walk.order().state is not OrderState.DONE


def test_without_a_line_everything_is_kept_and_sent_later(house: House) -> None:
    walk = make_walk(house.town, house.town.add_elder())

    with house.visit(walk.actor, "/courier", PHONE) as page:
        load_and_leave(page)
        worker_is_ready(page)
        page.context.set_offline(True)
        page.get_by_test_id("arrived").click()
        twice(page, "hand-over")
        expect(page.get_by_test_id("recorded")).to_contain_text("已交")
        page.reload()
        strip = page.get_by_test_id("strip")
        expect(strip).to_have_attribute("data-online", "false")
        expect(strip).to_contain_text("未同步")
        expect(page.get_by_test_id("round-end")).to_be_visible()
        assert walk.order().state is not OrderState.DONE
        page.get_by_test_id("tell-open").click()
        page.get_by_test_id("tell-words").fill("说胡话，站不稳")
        twice(page, "tell-go")
        expect(page.get_by_test_id("tell-said")).to_contain_text("有信号就发出")
        page.context.set_offline(False)
        expect(strip).to_have_attribute("data-unsent", "0")
        expect(page.get_by_test_id("tell-said")).to_contain_text("已报告")

    assert walk.order().state is OrderState.DONE
    with Session(house.town.engine) as session:
        [told] = session.exec(select(Case)).all()
    assert (told.kind, told.elder_id) == (CaseKind.CONDITION, walk.order().elder_id)


def test_a_closed_door_is_told_at_once_and_waited_at(house: House) -> None:
    walk = make_walk(house.town, house.town.add_elder())

    with house.visit(walk.actor, "/courier", PHONE) as page:
        load_and_leave(page)
        page.get_by_test_id("arrived").click()
        page.get_by_test_id("no-answer").click()
        twice(page, "no-answer-start")
        waiting = page.get_by_test_id("no-answer-wait")
        expect(waiting).to_have_attribute("data-told", "true")
        expect(page.get_by_test_id("wait")).to_contain_text("请再等")
        [case] = walk.cases()

        house.town.at(case.opened_at + timedelta(minutes=6))
        page.reload()
        expect(page.get_by_test_id("wait")).to_contain_text("还没有人接手")
        in_one_transaction(
            house.town.engine,
            lambda uow: step(uow, case.id, "phone_elder", "let_go", ""),
            actor=house.town.dispatcher,
        )
        house.number_events()
        expect(page.get_by_test_id("wait")).to_contain_text("map：可以走了")
        page.get_by_test_id("go-on").click()
        expect(waiting).to_have_count(0)


def test_two_persons_behind_one_door_have_an_end_each(house: House) -> None:
    first, second = house.town.add_elder(), house.town.add_elder("李建国")
    walk = make_walk(house.town, first, second, one_stop=True)

    with house.visit(walk.actor, "/courier", PHONE) as page:
        load_and_leave(page)
        page.get_by_test_id("arrived").click()
        person = page.get_by_test_id("person")
        twice(person.first, "hand-over-one")
        expect(person.first).to_have_attribute("data-end", "done")
        expect(person.last).to_have_attribute("data-end", "open")
        person.last.get_by_test_id("other-one").click()
        page.get_by_test_id("other-name").fill("王芳")
        twice(page, "to-neighbour")
        twice(page, "end-round")
        expect(page.get_by_test_id("strip")).to_have_attribute("data-unsent", "0")

    assert sorted(walk.proofs(n)[0].grade for n in (0, 1)) != ["A", "A"]


def test_of_two_persons_the_one_who_does_not_answer_is_named(house: House) -> None:
    first, second = house.town.add_elder(), house.town.add_elder("李建国", sex="M")
    walk = make_walk(house.town, first, second, one_stop=True)

    with house.visit(walk.actor, "/courier", PHONE) as page:
        load_and_leave(page)
        page.get_by_test_id("arrived").click()
        expect(page.get_by_test_id("no-answer")).to_have_count(0)
        silent = page.get_by_test_id("person").filter(has_text="李")
        silent.get_by_test_id("no-answer-one").click()
        expect(page.get_by_test_id("no-answer-page")).to_contain_text("李爷爷")
        twice(page, "no-answer-start")
        waiting = page.get_by_test_id("no-answer-wait")
        expect(waiting).to_have_attribute("data-told", "true")

    [case] = walk.cases()
    assert case.elder_id == second


def test_a_spilled_meal_has_failed_and_nobody_else_can_bring_it(house: House) -> None:
    walk = make_walk(house.town, house.town.add_elder())

    with house.visit(walk.actor, "/courier", PHONE) as page:
        something_else(page)
        expect(page.get_by_test_id("cannot-spilled")).to_contain_text("餐洒了")
        twice(page, "cannot-spilled")
        all_sent(page)

    assert walk.order().state is OrderState.FAILED
    assert walk.order().reason == "spilled"


def test_a_box_past_its_clock_is_not_what_the_big_button_hands_over(
    house: House,
) -> None:
    walk = make_walk(house.town, house.town.add_elder())

    with house.visit(walk.actor, "/courier", PHONE) as page:
        load_and_leave(page)
        house.town.at(NOON + timedelta(hours=2))
        page.reload()
        page.get_by_test_id("arrived").click()
        expect(page.get_by_test_id("past-eat-by")).to_contain_text("过了食用时限")
        twice(page, "past-eat-by")
        all_sent(page)

    assert walk.order().reason == "past_eat_by"


def test_a_meal_not_wanted_is_one_choice(house: House) -> None:
    walk = make_walk(house.town, house.town.add_elder())

    with house.visit(walk.actor, "/courier", PHONE) as page:
        something_else(page)
        twice(page, "refused")
        all_sent(page)

    assert walk.order().reason == "refused"


def test_who_cannot_go_gives_the_order_back_to_the_plan(house: House) -> None:
    walk = make_walk(house.town, house.town.add_elder(), house.town.add_elder("李建国"))

    with house.visit(walk.actor, "/courier", PHONE) as page:
        something_else(page)
        twice(page, "cannot-unable")
        page.get_by_test_id("arrived").click()
        page.get_by_test_id("other").click()
        expect(page.get_by_test_id("cannot-other")).to_be_disabled()
        page.get_by_test_id("cannot-words").fill("电梯停了，上不去")
        twice(page, "cannot-other")
        all_sent(page)

    assert [walk.order(n).state for n in (0, 1)] == [OrderState.UNASSIGNED] * 2


def something_else(page: Page) -> None:
    """At the first door, the page of what else may have happened."""
    load_and_leave(page)
    page.get_by_test_id("arrived").click()
    page.get_by_test_id("other").click()
    expect(page.get_by_test_id("other-end")).to_be_visible()


def all_sent(page: Page) -> None:
    """The held deed has left the phone."""
    twice(page, "end-round")
    expect(page.get_by_test_id("strip")).to_have_attribute("data-unsent", "0")


def load_and_leave(page: Page) -> None:
    page.get_by_test_id("load-all").click()
    twice(page, "load-go")
    expect(page.get_by_test_id("stop")).to_be_visible()


def twice(page: Page | Locator, name: str) -> None:
    """Press, see that it asks again, press."""
    button = page.get_by_test_id(name)
    button.click()
    expect(button).to_have_attribute("data-armed", "true")
    button.click()


def worker_is_ready(page: Page) -> None:
    """The shell is kept: from here on a reload needs no line."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    expect(page.get_by_test_id("stop")).to_be_visible()
    page.wait_for_function("navigator.serviceWorker.controller !== null")
