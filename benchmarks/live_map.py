"""How smoothly the coordinator's page runs while much happens: frames in a browser.

    python3 benchmarks/live_map.py [ORDERS [HELPERS [SECONDS]]]

A web process and a relay of their own on a new SQLite file. Orders in ten streets are
moved along as the product moves them, 20 events a second, and helpers ride on beside.
Chromium without a GPU shows the page of who coordinates the whole district. Each frame
is timed in the page, first while somebody watches, then while they drag, zoom, search.
A page that stands still is fast and measures nothing: how many orders it says were
done in all that time is held beside the database's, and where it heard of less than
half, the exit code is 1. How far it was behind at the end is told, too: ten orders are
done a second, and the page reads its board anew the less often the longer that takes.
"""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

EVENTS_A_SECOND: Final = 20
STREETS: Final = 10
SEED: Final = 7
SESSION: Final = "live-map"
_SIZE: Final = {"width": 1920, "height": 1080}
_FLAGS: Final = ("--disable-gpu", "--no-sandbox", "--disable-background-networking")
_FRAMES: Final = """
window.frames_ms = [];
let last = performance.now();
const tick = () => {
  const now = performance.now();
  window.frames_ms.push(now - last);
  last = now;
  requestAnimationFrame(tick);
};
requestAnimationFrame(tick);
"""
_TAKE: Final = "() => window.frames_ms.splice(0)"


def main() -> int:
    usual = ["2000", "500", "20"]
    words = [*sys.argv[1:], *usual[len(sys.argv) - 1 :]]
    if words[0] == "--live":
        live(words[1])
        return 0
    orders, helpers, seconds = map(int, words)
    with tempfile.TemporaryDirectory(prefix="liuzhu-map-") as folder:
        os.environ |= {"DISPATCH_HOME": folder, "DISPATCH_STAGE": "test"}
        measured = measure(Path(folder), orders, helpers, seconds)
    sys.stdout.write(json.dumps(measured) + "\n")
    return 0 if measured["live"] else 1


def measure(folder: Path, orders: int, helpers: int, seconds: int) -> dict[str, Any]:
    """Watch, then use the page, while the writer writes."""
    from dispatch.chaos.stack import free_port
    from dispatch.running import web_is_ready

    url, port = f"sqlite:///{folder / 'map.db'}", free_port()
    build_district(url, orders, helpers)
    told = {"DISPATCH_DATABASE_URL": url, "DISPATCH_PORT": str(port)}
    surroundings = {**os.environ, **told}
    web = subprocess.Popen([sys.executable, "-m", "web"], env=surroundings, cwd=ROOT)
    writer = None
    try:
        address = f"http://127.0.0.1:{port}"
        while not web_is_ready(address):
            time.sleep(0.1)
        mine = [sys.executable, __file__, "--live", url]
        writer = subprocess.Popen(mine, env=surroundings, cwd=ROOT)
        return {
            "orders": orders,
            "helpers": helpers,
            "load": round(os.getloadavg()[0], 1),
            **look(address, url, seconds),
        }
    finally:
        for process in (writer, web):
            if process is not None:
                process.send_signal(signal.SIGTERM)
                process.wait()


def look(address: str, url: str, seconds: int) -> dict[str, Any]:
    """The page in Chromium; what its frames took."""
    from playwright.sync_api import sync_playwright

    from dispatch.bootstrap.tools import find_browser

    with sync_playwright() as playwright:
        flags = list(_FLAGS)
        browser = playwright.chromium.launch(executable_path=find_browser(), args=flags)
        context = browser.new_context(viewport=_SIZE)  # type: ignore[arg-type]
        cookie = {"name": "liuzhu_session", "value": SESSION, "url": address}
        context.add_cookies([cookie])  # type: ignore[list-item]
        page = context.new_page()
        page.add_init_script(_FRAMES)
        page.goto(f"{address}/coordinator")
        page.get_by_test_id("order").first.wait_for(timeout=120_000)
        page.wait_for_timeout(5_000)
        riding = page.locator(".helper").count()
        page.evaluate(_TAKE)
        began, before = done_on(page), done_in(url)
        page.wait_for_timeout(1000 * seconds)
        watched = page.evaluate(_TAKE)
        use(page, seconds)
        used = page.evaluate(_TAKE)
        shown, truth = done_on(page), done_in(url)
        heard, kept = shown - began, truth - before
        browser.close()
    return {
        "helpers_on_the_map": riding,
        "live": 2 * heard >= kept > 0,
        "done": {"shown": heard, "kept": kept, "behind_at_the_end": truth - shown},
        "watching": shape(watched),
        "using": shape(used),
    }


def done_on(page: Any) -> int:
    """How many orders are done, as the page says."""
    return int(page.get_by_test_id("count-done").locator("strong").inner_text())


def done_in(url: str) -> int:
    """How many are, as the database has it."""
    from sqlmodel import col, func, select

    import dispatch.store.tables  # noqa: F401 - rows refer to each other
    from dispatch.orders.orders import Order, OrderState
    from dispatch.store.engine import make_engine
    from dispatch.store.unit_of_work import glance

    engine = make_engine(url)
    with glance(engine) as session:
        done = col(Order.state) == OrderState.DONE
        many = session.exec(select(func.count()).where(done)).one()
    engine.dispose()
    return many


def use(page: Any, seconds: int) -> None:
    """Drag the map, zoom in and out, search, choose: one after the other."""
    box = page.get_by_test_id("map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 240, y + 120, steps=20)
        page.mouse.move(x, y, steps=20)
        page.mouse.up()
        page.mouse.wheel(0, -300)
        page.wait_for_timeout(600)
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(600)
        page.get_by_test_id("board-search").press_sequentially("王", delay=50)
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(600)
        page.keyboard.press("Escape")
        page.get_by_test_id("fit").click()


def shape(frames: list[float]) -> dict[str, float]:
    ranked = sorted(frames) or [0.0]
    at = [ranked[min(len(ranked) - 1, int(len(ranked) * each))] for each in (0.5, 0.95)]
    return {
        "frames": len(frames),
        "p50_ms": round(at[0], 1),
        "p95_ms": round(at[1], 1),
        "longest_ms": round(ranked[-1], 1),
    }


def build_district(url: str, orders: int, helpers: int) -> None:
    """Ten streets in their lunch, everybody on a round and on the map."""
    from sqlmodel import Session, col, select

    from benchmarks.door_world import LAT, LON, ON, OPENS, build
    from dispatch.access.accounts import Account, Role, SignedIn
    from dispatch.clock import set_clock, wall_now
    from dispatch.field.positions import Position
    from dispatch.people.elders import Household
    from dispatch.people.helpers import Helper, Shift
    from dispatch.people.vault import seal_new
    from dispatch.planning.plans import Stop
    from dispatch.store.engine import make_engine
    from dispatch.store.migrate import upgrade

    upgrade(url)
    chance = random.Random(SEED)

    def somewhere() -> tuple[float, float]:
        return LAT + chance.gauss(0, 0.03), LON + chance.gauss(0, 0.04)

    engine = make_engine(url)
    with Session(engine) as session:
        names: dict[UUID, dict[str, str]] = {}
        world = build(session, chance, STREETS, orders, of_round=orders // helpers)
        places = {one.id: somewhere() for one in session.exec(select(Household))}
        for home in session.exec(select(Household)):
            home.lat, home.lon = places[home.id]
        for stop in session.exec(select(Stop)):
            if stop.household_id:
                stop.lat, stop.lon = places[stop.household_id]
        for helper in session.exec(select(Helper).order_by(col(Helper.id))):
            names[helper.id] = {"name": f"师傅{len(names)}"}
            lat, lon = somewhere()
            session.add(Position(helper_id=helper.id, lat=lat, lon=lon, at=OPENS))
            session.add(
                Shift(
                    helper_id=helper.id, works_on=ON,
                    starts_at=OPENS - timedelta(hours=1),
                    ends_at=OPENS + timedelta(hours=6),
                )
            )  # fmt: skip
        seal_new(session, names)
        account = Account(
            login="map", password_hash="-", role=Role.DISPATCHER, title="调度"
        )
        session.add(account)
        session.flush()
        digest = hashlib.sha256(SESSION.encode()).hexdigest()
        until = wall_now() + timedelta(hours=2)
        session.add(
            SignedIn(
                token_sha256=digest, account_id=account.id, csrf="-", expires_at=until
            )
        )
        set_clock(session, OPENS + timedelta(minutes=20), speed=1)
        session.commit()
    engine.dispose()
    assert len(world.walks) >= helpers


def live(url: str) -> None:
    """Until told to stop: orders begin and end, helpers ride, the relay relays."""
    import threading

    from sqlmodel import col, select

    import dispatch.store.tables  # noqa: F401 - rows refer to each other
    from dispatch.field.positions import Position
    from dispatch.orders.orders import Order, OrderState, get_order, move_order
    from dispatch.people.helpers import Helper
    from dispatch.relaying import relay_on
    from dispatch.store.engine import make_engine
    from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction, picture

    engine, stop = make_engine(url), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    relay = threading.Thread(target=relay_on, args=(engine, lambda _: None, stop))
    relay.start()
    with picture(engine) as seen:
        orders = list(seen.session.exec(select(Order.id).order_by(col(Order.number))))
        helpers = list(seen.session.exec(select(Helper.id)))
    chance = random.Random(SEED)
    began, number = time.monotonic(), 0

    def do(uow: UnitOfWork) -> None:
        order = get_order(uow.session, orders[number // 2 % len(orders)], lock=True)
        if order.state is OrderState.PLANNED:
            move_order(uow, order, OrderState.UNDER_WAY)
        elif order.state is OrderState.UNDER_WAY:
            move_order(uow, order, OrderState.DONE, grade="A")
        place = uow.session.get_one(Position, chance.choice(helpers))
        place.lat += chance.gauss(0, 0.0005)
        place.lon += chance.gauss(0, 0.0005)
        place.at = uow.now
        uow.session.add(place)

    while not stop.is_set():
        in_one_transaction(engine, do)
        number += 1
        stop.wait(max(0, began + number / EVENTS_A_SECOND - time.monotonic()))
    relay.join()


if __name__ == "__main__":
    sys.exit(main())
