"""The phone in a dead zone: twenty stops, a killed page, a clock put back; and a pass
that is taken away."""

import struct
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Error, Page, expect
from sqlmodel import Session, col, select

from dispatch.clock import set_clock
from dispatch.field.events import FieldEvent, FieldKind, Trust, flags_of
from dispatch.field.passes import give_pass, revoke_pass
from dispatch.field.photos import FieldPhoto, PhotoPiece
from dispatch.orders.orders import Order, OrderState
from dispatch.store.unit_of_work import in_one_transaction
from tests.browser.conftest import House
from tests.browser.test_courier import load_and_leave, twice
from tests.field.walk import Walk, make_walk
from tests.little_town import ELEVEN

SMALL: Final = {"width": 360, "height": 640}
STOPS: Final = 20
BACK: Final = range(8, 12)  # recorded after the clock was put back, before the kill
# The wall's clock hangs where the test says; the other one only goes on.
CLOCK: Final = """
  const really = Date.now.bind(Date);
  const RealDate = Date;
  const off = () => Number(localStorage.getItem("test.off") ?? 0);
  Date.now = () => really() + off();
  window.taps = 0;
  addEventListener("click", () => (window.taps += 1), true);
"""
SHELF: Final = """async () => {
  const open = indexedDB.open("liuzhu-courier");
  const shelf = await new Promise((done) => (open.onsuccess = () => done(open.result)));
  const all = async (name) => new Promise((done) => {
    const asked = shelf.transaction(name).objectStore(name).getAll();
    asked.onsuccess = () => done(asked.result);
  });
  const keys = await new Promise((done) => {
    const asked = shelf.transaction("facts").objectStore("facts").getAllKeys();
    asked.onsuccess = () => done(asked.result);
  });
  const [events, photos] = [await all("events"), await all("photos")];
  shelf.close();
  return { events: events.map((one) => Object.keys(one)), photos: photos.length, keys };
}"""


@pytest.mark.long
@pytest.mark.proves("F45", "F54")
def test_twenty_stops_in_a_dead_zone_are_all_there_in_order_once(
    house: House, tmp_path: Path
) -> None:
    elders = [house.town.add_elder(photo_consent=True) for _ in range(STOPS)]
    walk = make_walk(house.town, *elders)
    with Session(house.town.engine) as session:
        set_clock(session, ELEVEN, speed=1)
        session.commit()

    with house.visit(walk.actor, "/courier", SMALL) as page:
        page.context.add_init_script(CLOCK)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.reload()
        load_and_leave(page)
        page.wait_for_function("navigator.serviceWorker.controller !== null")
        expect(page.get_by_test_id("strip")).to_have_attribute(
            "data-unsent", "0", timeout=40_000
        )
        page.context.set_offline(True)
        taps = []
        for n in range(STOPS):
            if n == BACK.start:
                page.evaluate("localStorage.setItem('test.off', -7_200_000)")
            if n == BACK.stop:
                page = killed_and_opened_again(page)
            if n in (3, 15):
                wrong_box(page, walk, n)
            taps.append(serve(page, n, tmp_path))
        shelf = page.evaluate(SHELF)
        assert shelf["photos"] == STOPS
        assert all("event" not in keys for keys in shelf["events"])
        page.context.set_offline(False)
        strip = page.get_by_test_id("strip")
        expect(strip).to_have_attribute("data-unsent", "0", timeout=60_000)
        expect(page.get_by_test_id("photos-waiting")).to_have_count(0, timeout=60_000)

    assert max(taps) <= 3, taps
    everything_arrived(house, walk)


def everything_arrived(house: House, walk: Walk) -> None:
    """Each deed once, in the phone's order, with its picture; the clock is told of."""
    with Session(house.town.engine) as session:
        query = select(FieldEvent).where(FieldEvent.kind == FieldKind.HANDED_OVER)
        found = session.exec(query).all()
        handed = sorted(found, key=lambda one: (one.boot_id, one.seq))
        flags = flags_of(session, [one.id for one in handed])
        photos = session.exec(select(FieldPhoto)).all()
        left = session.exec(select(PhotoPiece.begin)).all()
        orders = session.exec(select(Order).where(col(Order.id).in_(walk.orders)))
        assert {one.state for one in orders} == {OrderState.DONE}
    assert [one.order_id for one in handed] == walk.orders
    doubted = [n for n, one in enumerate(handed) if flags[one.id]]
    assert doubted == list(BACK), [sorted(flags[one.id]) for one in handed]
    assert all(handed[n].trust is Trust.SUSPECT for n in BACK)
    assert [one.detail.get("wrong_boxes") for one in handed].count(1) == 2
    named = {sha for one in handed for sha in one.photo_sha256}
    assert len(named) == STOPS
    assert left == []
    assert {one.sha256 for one in photos if one.whole_at} == named


def serve(page: Page, n: int, folder: Path) -> int:
    """Arrive, photograph, hand over; how often the screen was pressed."""
    before = page.evaluate("window.taps")
    arrived = page.get_by_test_id("arrived")
    if arrived.count():
        arrived.click()
    page.get_by_test_id("photo").set_input_files(picture(folder, n))
    expect(page.get_by_test_id("proofs")).to_contain_text("已拍 1 张")
    twice(page, "hand-over")
    expect(page.get_by_test_id("recorded")).to_contain_text("已交")
    pressed: int = page.evaluate("window.taps") - before
    return pressed


def wrong_box(page: Page, walk: Walk, n: int) -> None:
    """The next door's box is refused here, and handing over waits for the right one."""
    page.get_by_test_id("arrived").click()
    page.get_by_test_id("check-box").click()
    page.get_by_test_id("box-code").fill(walk.order(n + 1).number)
    page.get_by_test_id("box-code-go").click()
    expect(page.get_by_test_id("box-wrong")).to_contain_text("不要交")
    page.get_by_test_id("back").click()
    expect(page.get_by_test_id("box-blocked")).to_be_visible()
    expect(page.get_by_test_id("hand-over")).to_have_count(0)
    page.get_by_test_id("check-box").click()
    page.get_by_test_id("box-code").fill(walk.order(n).number)
    page.get_by_test_id("box-code-go").click()
    expect(page.get_by_test_id("check-box")).to_contain_text("盒子对了")


def killed_and_opened_again(page: Page) -> Page:
    """The page's process dies without a word; another one is opened, offline still."""
    context = page.context
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash")
    page.close()
    fresh = context.new_page()
    fresh.goto("/courier")
    expect(fresh.get_by_test_id("stop")).to_be_visible()
    expect(fresh.get_by_test_id("strip")).to_have_attribute("data-online", "false")
    return fresh


def picture(folder: Path, n: int) -> Path:
    """A picture of one colour, another one for each door."""
    side = 48
    row = b"\0" + bytes((n * 12 % 256, 90, 255 - n * 9 % 256)) * side
    chunks = [
        (b"IHDR", struct.pack(">2I5B", side, side, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(row * side)),
        (b"IEND", b""),
    ]
    content = b"\x89PNG\r\n\x1a\n"
    for name, data in chunks:
        crc = struct.pack(">I", zlib.crc32(name + data))
        content += struct.pack(">I", len(data)) + name + data + crc
    made = folder / f"{n}.png"
    made.write_bytes(content)
    return made


@pytest.mark.proves("F100", "S28")
def test_a_pass_opens_one_round_and_its_end_wipes_the_phone(house: House) -> None:
    walk = make_walk(house.town, house.town.add_elder(), house.town.add_elder("李建国"))

    def desk(do: Any) -> Any:
        return in_one_transaction(
            house.town.engine, lambda uow: do(uow, walk.round_id),
            actor=house.town.dispatcher,
        )  # fmt: skip

    code = desk(give_pass)
    with house.visit(None, f"/courier#pass={code}", SMALL) as page:
        load_and_leave(page)
        assert "pass=" not in page.url
        page.get_by_test_id("arrived").click()
        page.get_by_test_id("check-box").click()
        page.get_by_test_id("box-code").fill(walk.order(1).number)
        page.get_by_test_id("box-code-go").click()
        expect(page.get_by_test_id("box-wrong")).to_contain_text("这是 李奶奶 的")
        page.get_by_test_id("box-code").fill(walk.order(0).number)
        page.get_by_test_id("box-code-go").click()
        page.get_by_test_id("sign").click()
        page.get_by_test_id("signature").click()
        box = page.get_by_test_id("signature").bounding_box()
        assert box
        page.mouse.move(box["x"] + 20, box["y"] + 30)
        page.mouse.down()
        page.mouse.move(box["x"] + 120, box["y"] + 60, steps=3)
        page.mouse.up()
        page.get_by_test_id("signature-save").click()
        expect(page.get_by_test_id("sign")).to_contain_text("已签")
        twice(page, "hand-over")
        desk(revoke_pass)
        expect(page.get_by_test_id("access-over")).to_be_visible()
        expect(page.get_by_test_id("access-over")).to_contain_text("都已同步")
        shelf = page.evaluate(SHELF)
        assert shelf["events"] == []
        assert set(shelf["keys"]).isdisjoint({"round", "me", "key", "pictures"})
        expect(page.locator("body")).not_to_contain_text("奶奶")
