"""Bad input: a clear Chinese sentence, a 4xx, nothing echoed, nothing changed."""

from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, func, select

from dispatch.store.tables import METADATA
from tests.engines import ON_ONE_ENGINE
from tests.web.conftest import House
from tests.web.ordering import lunch_form, placed

CANARY: Final = "赵钱孙13812345678"
JSON: Final = {"Content-Type": "application/json", "Idempotency-Key": "k"}
Case = tuple[str, str | bytes, dict[str, str], int, str]


def _broken() -> dict[str, Case]:
    """Name → path, body, headers, status, error code."""
    return {
        "NaN": ("locate", '{"lat": NaN, "lon": 117}', JSON, 422, "malformed"),
        "Infinity": ("locate", '{"lat": Infinity, "lon": 1}', JSON, 422, "malformed"),
        "1e400": ("locate", '{"lat": 1e400, "lon": 117}', JSON, 422, "malformed"),
        "a huge number": ("pay", _pay("9" * 5000), JSON, 422, "malformed"),
        "more than an integer": ("pay", _pay("9" * 18), JSON, 422, "malformed"),
        "a fraction of a fen": ("pay", _pay("1.5"), JSON, 422, "malformed"),
        "less than nothing": ("pay", _pay("-5"), JSON, 422, "malformed"),
        "(0,0)": ("locate", '{"lat": 0, "lon": 0}', JSON, 422, "malformed"),
        "off the earth": ("locate", '{"lat": 91, "lon": 0}', JSON, 422, "malformed"),
        "far away": (
            "locate",
            '{"lat": 31, "lon": 121}',
            JSON,
            400,
            "outside_district",
        ),
        "half JSON": ("orders", '{"elder_id": "', JSON, 422, "malformed"),
        "not UTF-8": ("orders", b'{"note": "\xff"}', JSON, 422, "malformed"),
        "NUL": ("cancel", '{"reason": "a\\u0000b"}', JSON, 422, "malformed"),
        "half a character": ("cancel", '{"reason": "\\ud800"}', JSON, 422, "malformed"),
        "deep": ("orders", "[" * 100_000, JSON, 422, "malformed"),
        "a list": ("orders", "[]", JSON, 422, "malformed"),
        "nothing": ("orders", "", JSON, 422, "malformed"),
        "plain text": (
            "cancel",
            '{"reason": "by_elder"}',
            {"Content-Type": "text/plain"},
            422,
            "malformed",
        ),
        "too large": ("orders", b"x" * 1_100_000, JSON, 413, "too_large"),
    }


def _pay(fen: str) -> str:
    return f'{{"method": "cash", "fen": {fen}}}'


@pytest.mark.proves("S21")
def test_broken_bodies_are_told_and_change_nothing(
    house: House, clerk: httpx.Client
) -> None:
    order_id = placed(clerk, house.town.add_elder())["id"]
    paths = {
        "orders": "/api/orders",
        "cancel": f"/api/orders/{order_id}/cancel",
        "pay": f"/api/orders/{order_id}/pay",
        "locate": f"/api/orders/{order_id}/locate",
    }
    before = rows_of(house.town.engine)
    wrong = {}
    for name, (path, body, headers, status, code) in _broken().items():
        answer = clerk.post(paths[path], content=body, headers=headers)
        if (answer.status_code, answer.json().get("error")) != (status, code):
            wrong[name] = (answer.status_code, answer.text)
        assert has_chinese(answer.json()["detail"]), name
        assert answer.json()["reference"], name
    assert wrong == {}
    assert rows_of(house.town.engine) == before


def test_wrong_orders_are_told_and_change_nothing(
    house: House, clerk: httpx.Client
) -> None:
    elder_id = house.town.add_elder()
    forms: dict[str, tuple[dict[str, Any], int, str]] = {
        "unknown elder": ({"elder_id": str(uuid4())}, 404, "not_found"),
        "unknown service": ({"service": "BATH_MOON"}, 400, "unknown_service"),
        "unknown dish": ({"menu_item_id": str(uuid4())}, 400, "bad_input"),
        "unknown channel": ({"channel": "drone"}, 422, "malformed"),
        "unknown serving": ({"serving": "supper"}, 422, "malformed"),
        "no date": ({"serve_on": "2026-02-30"}, 422, "malformed"),
        "a date long past": ({"serve_on": "1999-01-01"}, 422, "malformed"),
        "yesterday": ({"serve_on": "2026-11-19"}, 400, "not_on_this_day"),
        "nothing served": ({"serving": "dinner"}, 409, "not_served"),
        "a state of one's own": ({"state": "done"}, 422, "malformed"),
        "a price of one's own": ({"price_fen": 1}, 422, "malformed"),
        "a long note": ({"note": CANARY * 40}, 422, "malformed"),
        "a rule of no name": (
            {"override": {"rule": "texture", "reason": CANARY}},
            422,
            "malformed",
        ),
        "a naive time": ({"window": _window("2026-11-20T10:00:00")}, 422, "malformed"),
        "a window backwards": (
            {"window": _window("2026-11-20T23:00:00Z")},
            422,
            "malformed",
        ),
    }
    before = rows_of(house.town.engine)
    for name, (change, status, code) in forms.items():
        headers = {"Idempotency-Key": uuid4().hex}
        form = lunch_form(elder_id) | change
        answer = clerk.post("/api/orders", json=form, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (status, code), name
        assert has_chinese(answer.json()["detail"]), name
        assert CANARY not in answer.text, name
    assert rows_of(house.town.engine) == before


def _window(from_at: str) -> dict[str, str]:
    return {"from_at": from_at, "until_at": "2026-11-20T12:00:00Z"}


@ON_ONE_ENGINE
def test_a_wrong_address_is_told(clerk: httpx.Client) -> None:
    for address in (
        "/api/orders/no-id",
        "/api/station?on=tomorrow",
        "/api/station/grid?from=9999-12-31",
        "/api/station/grid?days=1000",
        "/api/elders?limit=0",
        "/api/elders?offset=99999999999999999999",
        "/api/elders?q=" + "x" * 50,
        "/api/kitchen-sheet",
        "/api/counter?serving=supper",
    ):
        answer = clerk.get(address)

        assert answer.status_code == 422, address
        assert has_chinese(answer.json()["detail"])
        assert all(has_chinese(one["why"]) for one in answer.json()["fields"])


@ON_ONE_ENGINE
def test_a_wrong_method_and_an_unknown_address_are_told(clerk: httpx.Client) -> None:
    wrong, unknown = clerk.delete("/api/orders"), clerk.get("/api/unicorns")

    assert (wrong.status_code, unknown.status_code) == (405, 404)
    assert has_chinese(wrong.json()["detail"] + unknown.json()["detail"])


@ON_ONE_ENGINE
def test_no_meal_is_offered_by_a_way_that_none_goes(
    house: House, clerk: httpx.Client
) -> None:
    asked = {"elder_id": str(house.town.add_elder()), "on": "2026-11-20"}
    way = {"serving": "lunch", "channel": "visit"}
    answer = clerk.get("/api/station/offer", params=asked | way)

    assert (answer.status_code, answer.json()["error"]) == (400, "wrong_channel")


@ON_ONE_ENGINE
def test_no_key_no_order(house: House, clerk: httpx.Client) -> None:
    answer = clerk.post("/api/orders", json=lunch_form(house.town.add_elder()))

    assert (answer.status_code, answer.json()["error"]) == (400, "key_missing")


@pytest.mark.proves("S21")
def test_a_failure_of_ours_tells_nothing_of_itself(
    house: House, clerk: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(_do: Callable[..., object], _actor: object) -> None:
        raise RuntimeError(CANARY)

    house.app.state.database.change = explode
    form = lunch_form(house.town.add_elder())
    answer = clerk.post("/api/orders", json=form, headers={"Idempotency-Key": "k"})

    assert (answer.status_code, answer.json()["error"]) == (500, "failed")
    assert CANARY not in answer.text + caplog.text
    assert answer.json()["reference"] in caplog.text
    assert "RuntimeError" in caplog.text


def has_chinese(words: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in words)


def rows_of(engine: Engine) -> dict[str, int]:
    """How many rows each table has."""
    with engine.connect() as connection:
        return {
            table.name: connection.execute(
                select(func.count()).select_from(table)
            ).scalar_one()
            for table in METADATA.sorted_tables
        }
