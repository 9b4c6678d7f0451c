"""The helper's phone over HTTP: their own round, events answered one by one."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlmodel import Session, update

from dispatch.access.accounts import Role, SignedIn
from dispatch.clock import wall_now
from tests.engines import ON_ONE_ENGINE
from tests.field.walk import make_walk
from tests.little_town import ELEVEN, NOON, TODAY
from tests.web.conftest import House

Json = dict[str, Any]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def phone(house: House) -> Iterator[httpx.Client]:
    """A courier with a lunch on their round, published at eleven."""
    walk = make_walk(house.town, house.town.add_elder())
    house.town.at(ELEVEN)
    with house.enter(walk.actor) as client:
        yield client


def event_at(day: Json, kind: str, seq: int, **about: Any) -> Json:
    round_ = day["rounds"][0]
    stop = round_["stops"][-1]
    return {
        "id": str(uuid4()),
        "boot_id": "b1",
        "seq": seq,
        "wall_ms": round(ELEVEN.timestamp() * 1000),
        "mono_ms": seq,
        "prev_hash": None,
        "round_id": round_["id"],
        "stop_id": stop["id"],
        "order_id": stop["persons"][0]["order_id"],
        "kind": kind,
        "plan_version_seen": round_["plan_version"],
        "pos": None,
        "photo_sha256": [],
        "detail": {},
    } | about


def send(phone: httpx.Client, *events: Any) -> httpx.Response:
    batch = {"device_id": "d1", "client_now_ms": round(ELEVEN.timestamp() * 1000)}
    body = json.dumps(batch | {"events": events})
    headers = {"Content-Type": "application/json"}
    return phone.post("/api/field/events", content=body, headers=headers)


def test_a_helper_sees_their_own_round_by_title_with_the_door(
    phone: httpx.Client,
) -> None:
    day = phone.get("/api/round", params={"on": TODAY.isoformat()}).json()

    stop = day["rounds"][0]["stops"][-1]
    assert stop["persons"][0]["label"] == "王奶奶"
    assert stop["door"] == "502"
    assert "13800000000" not in json.dumps(day)
    assert day["today"] == {"done": 0, "left": 1}


def test_each_event_is_answered_and_sending_again_changes_nothing(
    house: House, phone: httpx.Client
) -> None:
    day = phone.get("/api/round", params={"on": TODAY.isoformat()}).json()
    begin = day["rounds"][0]["stops"][0]["id"]
    events = [
        event_at(day, "picked_up", 1, stop_id=begin),
        event_at(day, "arrived", 2),
        event_at(day, "handed_over", 3, detail={"to": "self"}),
    ]
    house.town.at(NOON)

    first = send(phone, *events).json()
    again = send(phone, *events).json()

    assert [one["result"] for one in first["results"]] == ["accepted"] * 3
    assert [one["result"] for one in again["results"]] == ["duplicate"] * 3
    after = phone.get("/api/round", params={"on": TODAY.isoformat()}).json()
    assert after["today"] == {"done": 1, "left": 0}


@pytest.mark.proves("F58")
def test_a_sign_in_that_ends_on_the_road_costs_no_event(house: House) -> None:
    walk = make_walk(house.town, house.town.add_elder())
    house.town.at(ELEVEN)
    with house.enter(walk.actor) as phone:
        day = phone.get("/api/round", params={"on": TODAY.isoformat()}).json()
        begin = day["rounds"][0]["stops"][0]["id"]
        told = [
            event_at(day, "picked_up", 1, stop_id=begin),
            event_at(day, "handed_over", 2, detail={"to": "self"}),
        ]
        send(phone, told[0])
        with Session(house.town.engine) as session:
            session.exec(update(SignedIn).values(expires_at=wall_now() - MINUTE))
            session.commit()
        refused = send(phone, *told)
    with house.enter(walk.actor) as again:
        kept = send(again, *told).json()["results"]

    assert (refused.status_code, refused.json()["error"]) == (401, "not_signed_in")
    assert [one["result"] for one in kept] == ["duplicate", "accepted"]


def test_one_broken_event_spoils_no_other(phone: httpx.Client) -> None:
    day = phone.get("/api/round", params={"on": TODAY.isoformat()}).json()
    odd = event_at(day, "arrived", 1, detail={"name": "a\u0000b\ud800c"})
    answers = send(phone, {"id": "no-id", "kind": "danced"}, odd)

    assert answers.status_code == 200, answers.text
    results = [one["result"] for one in answers.json()["results"]]
    assert results == ["quarantined", "accepted"]


@ON_ONE_ENGINE
def test_too_many_events_at_once_are_told(phone: httpx.Client) -> None:
    assert send(phone, *({} for _ in range(101))).status_code == 422


def test_a_call_is_a_link_for_ones_own_order_only(
    house: House, phone: httpx.Client
) -> None:
    day = phone.get("/api/round", params={"on": TODAY.isoformat()}).json()
    order_id = day["rounds"][0]["stops"][-1]["persons"][0]["order_id"]
    other = house.town.add_account(
        "other", Role.HELPER, helper_id=house.town.add_helper()
    )

    dial = phone.post(f"/api/orders/{order_id}/call", json={})
    with house.enter(other) as stranger:
        foreign = stranger.post(f"/api/orders/{order_id}/call", json={})

    assert dial.json() == {"dial": "tel:13800000000"}
    assert foreign.status_code == 404


def test_a_place_that_is_none_is_told(phone: httpx.Client) -> None:
    answer = phone.post("/api/field/position", json={"lat": 0, "lon": 0})

    assert (answer.status_code, answer.json()["error"]) == (400, "bad_point")
