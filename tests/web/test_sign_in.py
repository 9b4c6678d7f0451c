"""Coming in and going out: sessions that can be ended at once."""

from datetime import timedelta

import pytest
from sqlmodel import Session, update

from dispatch.access.accounts import Account, Role, SignedIn, hash_password
from dispatch.clock import wall_now
from dispatch.settings import settings
from tests.engines import ON_ONE_ENGINE
from tests.little_town import STREET
from tests.web.conftest import House

RIGHT = {"login": "desk", "password": "correct horse battery"}
WRONG = RIGHT | {"password": "wrong horse battery"}


@pytest.fixture
def desk(house: House) -> House:
    """A house with an account that has a real password."""
    with Session(house.town.engine) as session:
        session.add(
            Account(
                login="desk",
                password_hash=hash_password(RIGHT["password"]),
                role=Role.STATION,
                title="清河驿站 前台",
                station_id=house.town.station_id,
            )
        )
        session.commit()
    return house


def test_the_right_password_opens_a_session_with_a_guarded_cookie(desk: House) -> None:
    with desk.enter(None) as client:
        answer = client.post("/api/sign-in", json=RIGHT)

        assert answer.status_code == 200
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
        me = client.get("/api/me").json()
        assert (me["role"], me["home"], me["speed"]) == ("station", "/station", 0)
        assert me["station"]["id"] == str(desk.town.station_id)
        assert me["street"]["code"] == STREET
        assert me["now"] == "2026-11-20T00:00:00Z"
        assert me["csrf"] == answer.json()["csrf"]


def test_wrong_passwords_and_unknown_names_are_told_alike_then_locked(
    desk: House,
) -> None:
    with desk.enter(None) as client:
        unknown = client.post("/api/sign-in", json=WRONG | {"login": "nobody"})
        wrong = [client.post("/api/sign-in", json=WRONG) for _ in range(5)]
        locked = client.post("/api/sign-in", json=RIGHT)

    assert {one.status_code for one in (unknown, *wrong)} == {401}
    assert unknown.json()["detail"] == wrong[0].json()["detail"]
    assert (locked.status_code, locked.json()["error"]) == (401, "too_many_tries")


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(
    desk: House,
) -> None:
    with desk.enter(None) as client:
        csrf = client.post("/api/sign-in", json=RIGHT).json()["csrf"]
        token = client.cookies["liuzhu_session"]
        gone = client.post("/api/sign-out", headers={"X-CSRF": csrf})
        client.cookies.set("liuzhu_session", token)

        assert gone.status_code == 204
        assert client.get("/api/me").status_code == 401


def test_rights_are_read_anew_for_each_request(desk: House) -> None:
    with desk.enter(desk.town.staff) as client:
        assert client.get("/api/station").status_code == 200
        _change(desk, update(Account).values(active=False))
        assert client.get("/api/station").status_code == 401


def test_a_session_ends_with_its_time(desk: House) -> None:
    with desk.enter(desk.town.staff) as client:
        late = wall_now() - timedelta(seconds=1)
        _change(desk, update(SignedIn).values(expires_at=late))
        assert client.get("/api/me").status_code == 401


@ON_ONE_ENGINE
def test_demo_accounts_are_shown_in_the_demo_only(house: House) -> None:
    assert settings().stage == "test"
    with house.enter(None) as client:
        assert client.get("/api/demo/accounts").status_code == 404


def _change(house: House, statement: object) -> None:
    with Session(house.town.engine) as session:
        session.exec(statement)  # type: ignore[call-overload]
        session.commit()
