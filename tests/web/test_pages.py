"""The built pages, and what is said when they are not there."""

import shutil
from pathlib import Path

from tests.engines import ON_ONE_ENGINE
from tests.web.conftest import House

SURFACES = {
    "/": "index",
    "/station": "station",
    "/courier": "courier",
    "/coordinator": "coordinator",
    "/office": "office",
    "/kitchen": "kitchen",
    "/calls": "calls",
    "/oversight": "oversight",
}


@ON_ONE_ENGINE
def test_each_surface_has_its_address(house: House) -> None:
    with house.enter(None) as browser:
        for address, title in SURFACES.items():
            answer = browser.get(address)

            assert f"<title>{title}</title>" in answer.text
            assert answer.headers["cache-control"] == "no-cache"


@ON_ONE_ENGINE
def test_assets_are_kept_by_browsers_and_the_worker_is_asked_for_again(
    house: House,
) -> None:
    with house.enter(None) as browser:
        asset = browser.get("/assets/main-1a2b.js")
        worker = browser.get("/sw.js")

    assert "immutable" in asset.headers["cache-control"]
    assert worker.headers["cache-control"] == "no-cache"


@ON_ONE_ENGINE
def test_nothing_but_the_pages_is_served(house: House) -> None:
    with house.enter(None) as browser:
        for path in ("/..%2fapp.py", "/app.py", "/.built-from", "/assets/../sw.py"):
            assert browser.get(path).status_code == 404, path


@ON_ONE_ENGINE
def test_without_pages_every_address_says_what_to_do(house: House, dist: Path) -> None:
    shutil.rmtree(dist)
    with house.enter(None) as browser:
        answer = browser.get("/station")

    assert answer.status_code == 503
    assert "页面还没有构建" in answer.text
    assert "python3 -m dispatch demo" in answer.text


def test_health_and_readiness_are_told(house: House) -> None:
    with house.enter(None) as browser:
        assert browser.get("/health").json() == {"live": True}
        ready = browser.get("/ready").json()

    assert ready["ready"] is True
    assert ready["feed"]["head"] == 0
