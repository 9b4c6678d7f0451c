"""Coming in and going out: sessions that can be ended at once."""

from base64 import b32decode
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from fastapi import Response
from sqlmodel import Session, col, update

from dispatch.access.accounts import Account, Role, SignedIn, hash_password
from dispatch.clock import wall_now
from dispatch.settings import settings
from tests.engines import ON_ONE_ENGINE
from tests.little_town import STREET
from tests.web.conftest import TRUST, House
from web.sign_in import with_session

RIGHT = {"login": "desk", "password": "correct horse battery"}
WRONG = RIGHT | {"password": "wrong horse battery"}
OPEN_FLAGS = {"httponly", f"max-age={14 * 3600}", "path=/", "samesite=lax"}


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


@pytest.mark.proves("S11")
def test_the_right_password_opens_a_session_with_a_guarded_cookie(desk: House) -> None:
    with desk.enter(None) as client:
        answer = client.post("/api/sign-in", json=RIGHT)

        assert answer.status_code == 200
        name, flags = flags_of(answer)
        assert (name, flags) == ("liuzhu_session", OPEN_FLAGS)
        again = client.post("/api/sign-in", json=RIGHT)
        assert answer.cookies["liuzhu_session"] != again.cookies["liuzhu_session"]
        me = client.get("/api/me").json()
        assert (me["role"], me["home"], me["speed"]) == ("station", "/station", 0)
        assert me["station"]["id"] == str(desk.town.station_id)
        assert me["street"]["code"] == STREET
        assert me["now"] == "2026-11-20T00:00:00Z"
        assert me["csrf"] == again.json()["csrf"]


@pytest.mark.proves("S11")
def test_a_live_house_keeps_its_cookie_to_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISPATCH_STAGE", "live")
    monkeypatch.setenv("DISPATCH_SECRET", "not the stock one")
    settings.cache_clear()
    try:
        name, flags = flags_of(with_session(Response(), "token", hours=14))
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert (name, flags) == ("__Host-liuzhu_session", OPEN_FLAGS | {"secure"})


@pytest.mark.proves("S15", "S16")
def test_wrong_passwords_and_unknown_names_are_told_alike_then_locked(
    desk: House,
) -> None:
    before = {"wrong_tries": 4, "wrong_at": wall_now() - timedelta(minutes=16)}
    _change(desk, update(Account).values(**before))  # a name nobody has forgets, too
    with desk.enter(None) as client:
        unknown = client.post("/api/sign-in", json=WRONG | {"login": "nobody"})
        wrong = [client.post("/api/sign-in", json=WRONG) for _ in range(5)]
        locked = client.post("/api/sign-in", json=RIGHT)
        for _ in range(4):
            client.post("/api/sign-in", json=WRONG | {"login": "nobody"})
        nobody = client.post("/api/sign-in", json=WRONG | {"login": "nobody"})

    assert {one.status_code for one in (unknown, *wrong)} == {401}
    assert unknown.json()["detail"] == wrong[0].json()["detail"]
    for told in (locked, nobody):  # whether there is such an account or not
        assert (told.status_code, told.json()["error"]) == (429, "too_many_tries")
        assert 0 < int(told.headers["Retry-After"]) <= 901


@pytest.mark.proves("S11")
def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(
    desk: House,
) -> None:
    with desk.enter(None) as client:
        csrf = client.post("/api/sign-in", json=RIGHT).json()["csrf"]
        token = client.cookies["liuzhu_session"]
        gone = client.post("/api/sign-out", headers={"X-CSRF": csrf})
        assert "liuzhu_session" not in client.cookies
        client.cookies.set("liuzhu_session", token)

        assert gone.status_code == 204
        assert client.get("/api/me").status_code == 401


def test_rights_are_read_anew_for_each_request(desk: House) -> None:
    with desk.enter(desk.town.staff) as client:
        assert client.get("/api/station").status_code == 200
        _change(desk, update(Account).values(active=False))
        assert client.get("/api/station").status_code == 401


@pytest.mark.proves("S12")
def test_a_session_ends_with_its_time_and_when_its_screen_is_left_alone(
    desk: House,
) -> None:
    late, long_ago = (wall_now() - timedelta(minutes=m) for m in (0.02, 12 * 60))
    alone, for_ages = ({"X-Untouched-Seconds": told} for told in ("90", "9" * 5000))
    with desk.enter(desk.town.staff) as client:
        a_while = wall_now() - timedelta(minutes=719)
        _change(desk, update(SignedIn).values(seen_at=a_while))
        assert client.get("/api/me", headers=for_ages).status_code == 200
        assert _seen(client, alone) == a_while  # the page asks by itself
        assert client.get("/api/me").status_code == 200
        assert _seen(client, alone) > late
        _change(desk, update(SignedIn).values(seen_at=long_ago))
        assert client.get("/api/me").status_code == 401
    with desk.enter(desk.town.staff) as client:
        _change(desk, update(SignedIn).values(expires_at=late))
        assert client.get("/api/me").status_code == 401


@pytest.mark.proves("F100", "S11")
def test_one_sees_where_one_is_signed_in_and_ends_it(desk: House) -> None:
    phone = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile"}
    with desk.enter(None) as lost, desk.enter(None) as client:
        assert lost.post("/api/sign-in", json=RIGHT, headers=phone).is_success
        csrf = client.post("/api/sign-in", json=RIGHT).json()["csrf"]
        client.headers["X-CSRF"] = csrf
        here, there = client.get("/api/account").json()["sessions"]

        assert (here["here"], there["device"]) == (True, "Chrome · Android")
        end = f"/api/account/sessions/{there['id']}/end"
        assert client.post(end, json={}).status_code == 204
        assert client.post(end, json={}).status_code == 404
        assert lost.get("/api/me").status_code == 401

        assert lost.post("/api/sign-in", json=RIGHT).is_success
        changed = {"old": RIGHT["password"], "new": "another long sentence"}
        for refused in (
            {"old": "guessed", "new": "another long sentence"},
            {"old": RIGHT["password"], "new": "password123456"},
        ):
            assert client.post("/api/account/password", json=refused).status_code == 400
        before = client.cookies["liuzhu_session"]
        assert client.post("/api/account/password", json=changed).status_code == 204
        assert client.cookies["liuzhu_session"] != before
        assert copy_of(before, desk).status_code == 401
        assert (lost.get("/api/me").status_code, client.get("/api/me").is_success) == (
            *(401, True),
        )


@pytest.fixture
def two_factors(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The house asks officials for a second factor, as it does when live."""
    monkeypatch.setenv("DISPATCH_SECOND_FACTOR", "true")
    settings.cache_clear()
    yield
    settings.cache_clear()


@ON_ONE_ENGINE
@pytest.mark.usefixtures("two_factors")
def test_an_official_sets_up_an_app_first_and_then_needs_it(desk: House) -> None:
    given = {"role": Role.DISTRICT, "station_id": None, "password_given": True}
    by_login = col(Account.login) == "desk"
    _change(desk, update(Account).where(by_login).values(**given))
    password = "another long sentence"

    with desk.enter(None) as client:
        me = client.post("/api/sign-in", json=RIGHT).json()
        client.headers["X-CSRF"] = me["csrf"]
        assert me["home"] == "/account"
        assert _first(client) == "password_first"
        changed = {"old": RIGHT["password"], "new": password}
        assert client.post("/api/account/password", json=changed).is_success
        assert _first(client) == "second_factor_first"
        proved = {"password": password}
        new = client.post("/api/account/second-factor", json=proved).json()
        proof = {"code": _code(new["key"], 0)}
        before = client.cookies["liuzhu_session"]
        codes = client.post("/api/account/second-factor/proof", json=proof).json()
        assert client.cookies["liuzhu_session"] != before
        assert client.get("/api/rules").is_success
    with desk.enter(None) as client:
        form = {"login": "desk", "password": password}
        told = [
            client.post("/api/sign-in", json=form | {"code": code}).json()["error"]
            for code in ("", "000000", proof["code"])
        ]
        assert told == ["code_needed", "wrong_code", "wrong_code"]
        later = client.post("/api/sign-in", json=form | {"code": _code(new["key"], 1)})
        lost = client.post("/api/sign-in", json=form | {"code": codes["codes"][0]})
        assert (later.status_code, lost.status_code) == (200, 200)
        assert client.get("/api/account").json()["recovery_codes"] == 9


@ON_ONE_ENGINE
def test_demo_accounts_are_shown_in_the_demo_only(house: House) -> None:
    assert settings().stage == "test"
    with house.enter(None) as client:
        assert client.get("/api/demo/accounts").status_code == 404


def flags_of(answer: httpx.Response | Response) -> tuple[str, set[str]]:
    """The cookie's name, and all that is said of it."""
    said = answer.headers["set-cookie"].split("; ")
    return said[0].partition("=")[0], {word.lower() for word in said[1:]}


def _change(house: House, statement: object) -> None:
    with Session(house.town.engine) as session:
        session.exec(statement)  # type: ignore[call-overload]
        session.commit()


def copy_of(token: str, house: House) -> httpx.Response:
    """What somebody is told who has copied a cookie."""
    copied = {"Cookie": f"liuzhu_session={token}"}
    return httpx.get(f"{house.address}/api/me", headers=copied, verify=TRUST)


def _seen(client: httpx.Client, headers: dict[str, str]) -> datetime:
    told: Any = client.get("/api/account", headers=headers).json()["sessions"][0]
    return datetime.fromisoformat(told["seen_at"])


def _first(client: httpx.Client) -> str:
    """Why nothing else is open yet."""
    shut = client.get("/api/rules")
    assert shut.status_code == 403
    told: str = client.get("/api/account").json()["first"]
    assert shut.json()["error"] == told
    return told


def _code(key: str, steps: int) -> str:
    """What the app shows now, or half a minute later."""
    app = TOTP(b32decode(key), 6, SHA1(), 30)  # noqa: S303
    return app.generate(wall_now().timestamp() + 30 * steps).decode()
