"""The demo's tour: five sign-ins on one page, and none of it in an ordinary house."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from dispatch.access.accounts import Account, Role, hash_password
from dispatch.access.demo_tour import Seat, TourBoard, begin, end, wished
from dispatch.settings import settings
from tests.engines import ON_ONE_ENGINE
from tests.web.conftest import House

PANE = {"Host": "station.liuzhu.localhost:8000"}
SITE = {"Host": "liuzhu.localhost:8000", "Origin": "http://liuzhu.localhost:8000"}


@pytest.fixture
def touring(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """A house that is a demo whose tour has begun, with one seat taken."""
    monkeypatch.setenv("DISPATCH_STAGE", "demo")
    monkeypatch.setenv("DISPATCH_HOME", str(tmp_path))
    settings.cache_clear()
    with Session(house.town.engine) as session:
        station = house.town.station_id
        made = Account(
            login="desk",
            role=Role.STATION,
            title="前台",
            station_id=station,
            password_hash=hash_password("liuzhu-demo"),
        )
        session.add(made)
        session.commit()
    begin()
    TourBoard(seats=[Seat("station", "desk", ""), Seat("family", "", "/e/x")]).write()
    yield house
    end()
    settings.cache_clear()


@ON_ONE_ENGINE
def test_a_pane_is_signed_in_by_its_name_and_framed_by_the_tour_alone(
    touring: House,
) -> None:
    with touring.enter(None) as browser:
        entered = browser.get("/tour/enter", headers=PANE)
        page = browser.get("/station", headers=PANE)
        kin = browser.get("/tour/enter", headers={"Host": "family.liuzhu.localhost"})
        ordinary = browser.get("/station")

    assert (entered.status_code, entered.headers["location"]) == (303, "/station")
    assert "liuzhu_session" in entered.headers["set-cookie"]
    assert "domain" not in entered.headers["set-cookie"].lower()
    assert "frame-ancestors http://liuzhu.localhost:8000" in policy(page.headers)
    assert "/tourpane.js" in page.text
    assert (kin.headers["location"], "set-cookie" in kin.headers) == ("/e/x", False)
    assert "frame-ancestors 'none'" in policy(ordinary.headers)
    assert "/tourpane.js" not in ordinary.text


@ON_ONE_ENGINE
def test_the_tours_page_asks_its_player_and_no_other_page_may(touring: House) -> None:
    with touring.enter(None) as browser:
        elsewhere = browser.get("/tour")
        asked = browser.post("/api/tour/next", json={"scene": "plan"}, headers=SITE)
        wanted = wished()
        pane = {**SITE, "Origin": "http://station.liuzhu.localhost:8000"}
        foreign = browser.post("/api/tour/next", json={"scene": "kill"}, headers=pane)
        odd = browser.post("/api/tour/next", json={"scene": "x"}, headers=SITE)

    assert elsewhere.headers["location"].startswith("http://liuzhu.localhost")
    assert (asked.status_code, wanted) == (200, "plan")
    assert (foreign.status_code, odd.status_code, wished()) == (403, 404, "plan")


@ON_ONE_ENGINE
def test_an_ordinary_house_has_no_tour(house: House) -> None:
    with house.enter(None) as browser:
        found = [
            browser.get("/tour", headers=SITE).status_code,
            browser.get("/tour/enter", headers=PANE).status_code,
            browser.get("/api/tour", headers=SITE).status_code,
        ]
        page = browser.get("/station", headers=PANE)

    assert found == [404, 404, 404]
    assert "frame-ancestors 'none'" in policy(page.headers)
    assert "/tourpane.js" not in page.text


def policy(headers: object) -> str:
    return str(dict(headers)["content-security-policy"])  # type: ignore[call-overload]
