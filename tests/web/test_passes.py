"""Day passes and pictures over HTTP: one phone, one round, and an end of it."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlmodel import Session, select

from dispatch.access.accounts import Account
from dispatch.access.day_passes import DayPass
from dispatch.field.events import FieldEvent
from dispatch.log.audit import Audit
from dispatch.log.events import list_story
from dispatch.people.elders import Elder
from tests.field.drawn import ARCHIVE, PLACE, jpeg
from tests.field.walk import HALF_PAST, Walk, make_walk
from tests.little_town import ELEVEN
from tests.safety.test_help import open_call
from tests.web.conftest import House


@pytest.fixture
def walk(house: House) -> Walk:
    """A round of two lunches, of somebody without an account of their own."""
    walk = make_walk(house.town, house.town.add_elder(), house.town.add_elder("李建国"))
    house.town.at(ELEVEN)
    return walk


@dataclass
class Phones:
    """Strangers' phones, closed after the test."""

    house: House
    open: ExitStack

    def read(self, code: str) -> tuple[httpx.Response, httpx.Client]:
        client = self.open.enter_context(self.house.enter(None))
        answer = client.post("/api/pass", json={"code": code})
        if answer.status_code == 200:
            client.headers["X-CSRF"] = answer.json()["csrf"]
        return answer, client


@pytest.fixture
def phones(house: House) -> Iterator[Phones]:
    with ExitStack() as stack:
        yield Phones(house, stack)


def code_of(desk: httpx.Client, walk: Walk) -> str:
    given = desk.post(f"/api/rounds/{walk.round_id}/pass", json={})
    assert given.status_code == 201, given.text
    address: str = given.json()["address"]
    assert given.json()["svg"].startswith("<svg")
    return address.split("#pass=")[1]


def handed(walk: Walk, sent_at: datetime = ELEVEN) -> dict[str, Any]:
    event = {
        "id": str(uuid4()), "boot_id": "b1", "seq": 1, "mono_ms": 1,
        "wall_ms": round(ELEVEN.timestamp() * 1000), "kind": "handed_over",
        "round_id": str(walk.round_id), "stop_id": str(walk.stops[0]),
        "order_id": str(walk.orders[0]), "detail": {"to": "self"},
    }  # fmt: skip
    now_ms = round(sent_at.timestamp() * 1000)
    return {"device_id": "d1", "client_now_ms": now_ms, "events": [event]}


def test_a_day_pass_is_one_phones_for_one_round_and_can_be_ended(
    house: House, walk: Walk, coordinator: httpx.Client, phones: Phones
) -> None:
    code = code_of(coordinator, walk)
    taken, phone = phones.read(code)
    again, _ = phones.read(code)

    assert taken.json()["home"] == "/courier"
    assert again.json()["error"] == "pass_is_taken"
    rounds = phone.get("/api/round").json()["rounds"]
    assert [one["id"] for one in rounds] == [str(walk.round_id)]
    assert phone.get("/api/offers").status_code == 403
    row = coordinator.get(f"/api/rounds/{walk.round_id}/pass").json()
    assert row["taken_at"] is not None

    coordinator.post(f"/api/rounds/{walk.round_id}/pass/end", json={})
    assert phone.get("/api/round").json()["error"] == "access_is_over"
    told = phone.post("/api/field/events", json=handed(walk)).json()["results"]
    assert (told[0]["result"], told[0]["reason"]) == ("quarantined", "pass_ended")
    with Session(house.town.engine) as session:
        assert session.exec(select(FieldEvent.why)).one() == "pass_ended"


def test_urgent_help_is_asked_of_a_pass_which_lasts_until_its_helper_is_free(
    house: House, walk: Walk, coordinator: httpx.Client, phones: Phones
) -> None:
    _, phone = phones.read(code_of(coordinator, walk))
    call_id = open_call(house.town, elder_id=walk.order(1).elder_id)
    who = {"helper_id": str(walk.helper_id)}
    coordinator.post(f"/api/help-calls/{call_id}/ask", json=who)
    with Session(house.town.engine) as session:
        day_pass = session.exec(select(DayPass)).one()
        day_pass.expires_at = HALF_PAST + timedelta(minutes=1)
        session.commit()

    [ask] = phone.get("/api/my-help").json()["asks"]
    call = phone.post(f"/api/my-help/asks/{ask['id']}/accept", json={}).json()["call"]

    house.town.at(datetime.fromisoformat(call["back_at"]))
    done = {"step": "closed", "outcome": "helped", "words": "扶起来了"}
    way = f"/api/my-help/{call_id}/step"
    assert phone.post(way, json={"step": "on_scene"}).status_code == 200
    assert phone.post(way, json=done).json() == {"asks": [], "call": None}


def test_a_new_pass_ends_the_one_before_and_time_ends_every_one(
    house: House, walk: Walk, coordinator: httpx.Client, phones: Phones
) -> None:
    first = code_of(coordinator, walk)
    _, phone = phones.read(code_of(coordinator, walk))
    assert phones.read(first)[0].json()["error"] == "pass_is_over"

    with Session(house.town.engine) as session:
        expires_at = session.exec(
            select(DayPass.expires_at).where(DayPass.taken_at != None)  # noqa: E711
        ).one()
    house.town.at(expires_at)
    assert phone.get("/api/me").json()["error"] == "access_is_over"
    late = phone.post("/api/field/events", json=handed(walk, expires_at))
    # It happened while the pass stood.
    assert late.json()["results"][0]["result"] == "accepted"


def test_a_closed_account_is_told_so(house: House, walk: Walk) -> None:
    with house.enter(walk.actor) as phone:
        with Session(house.town.engine) as session:
            session.get_one(Account, walk.actor.account_id).active = False
            session.commit()
        assert phone.get("/api/round").json()["error"] == "access_is_over"


@pytest.mark.proves("F54", "F76", "S27")
def test_a_picture_comes_in_pieces_and_only_with_consent(
    house: House, walk: Walk, coordinator: httpx.Client
) -> None:
    """It goes out as a picture, without what the camera knew, and as nothing else."""
    drawn = bytes(range(255)) * 4
    picture = jpeg(drawn, (0xE1, PLACE)) + ARCHIVE
    sha256, end = hashlib.sha256(picture).hexdigest(), len(picture)

    def send(phone: httpx.Client, n: int, begin: int, end: int) -> Any:
        asked: dict[str, str | int] = {
            "order_id": str(walk.orders[n]), "kind": "photo",
            "size": len(picture), "begin": begin,
        }  # fmt: skip
        return phone.post(
            f"/api/field/photos/{sha256}",
            params=asked,
            content=picture[begin:end],
            headers={"Content-Type": "application/octet-stream"},
        ).json()

    with house.enter(walk.actor) as phone:
        assert send(phone, 0, 0, 300)["error"] == "no_photo_consent"
        elders = [walk.order(n).elder_id for n in (0, 1)]
        with Session(house.town.engine) as session:
            for elder_id in elders:
                session.get_one(Elder, elder_id).photo_consent = True
            session.commit()
        assert send(phone, 0, 0, 300) == {"have": 300, "whole": False}
        assert send(phone, 0, 0, 300) == {"have": 300, "whole": False}  # lost answer
        assert send(phone, 0, 300, end) == {"have": end, "whole": True}
        send(phone, 1, 0, end)

    [row] = coordinator.get(f"/api/orders/{walk.orders[0]}/photos").json()
    seen = coordinator.post(f"/api/photos/{row['id']}/open", json={})
    assert (seen.content, seen.headers["content-type"]) == (jpeg(drawn), "image/jpeg")
    file = f"attachment; filename*=UTF-8''{row['id']}.jpeg"
    assert seen.headers["content-disposition"] == file
    assert seen.headers["content-security-policy"] == "sandbox"
    assert seen.headers["x-content-type-options"] == "nosniff"
    assert seen.headers["cache-control"] == "no-store"
    with Session(house.town.engine) as session:
        looks = session.exec(select(Audit.action).where(Audit.action == "show_photo"))
        assert looks.all() == ["show_photo"]
        told = [event.kind for event in list_story(session, walk.orders[1])]
    assert "order.photo_reused" in told
