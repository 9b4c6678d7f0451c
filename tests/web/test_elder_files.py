"""A file is opened on one screen, edited by section, and says who changed what."""

from datetime import date
from typing import Any
from uuid import uuid4

import httpx
from sqlmodel import Session, select

from dispatch.demo.names import id_number
from dispatch.log.audit import Audit
from dispatch.people.elders import Elder
from tests.little_town import LAT, LON
from tests.web.conftest import House
from tests.web.ordering import placed

NUMBER = id_number(date(1940, 3, 2), "F", 7)
NEW: dict[str, Any] = {
    "name": "赵玉兰",
    "id_number": NUMBER,
    "phone": "15400000001",
    "address": {"community": "清河一社区", "building": "3号楼", "room": "502"},
    "point": {"lat": LAT, "lon": LON, "datum": "gcj02"},
}


def send(client: httpx.Client, path: str, form: object, **more: str) -> Any:
    headers = {"Idempotency-Key": more.get("key", uuid4().hex)}
    return client.post(path, json=form, headers=headers)


def test_a_file_from_the_first_word_to_the_last(
    house: House, clerk: httpx.Client
) -> None:
    made = send(clerk, "/api/elders", NEW, key="once")
    again = send(clerk, "/api/elders", NEW, key="once")
    assert (made.status_code, again.status_code) == (201, 200)
    file = made.json()
    of = f"/api/elders/{file['row']['id']}"
    assert again.json()["row"]["id"] == file["row"]["id"]
    assert (file["row"]["sex"], file["born_on"]) == ("f", "1940-03-02")
    assert NUMBER not in made.text
    assert "502" not in str(file["door"])
    assert 0 < abs(file["door"]["lat"] - LAT) < 0.01

    twin = send(clerk, "/api/elders", NEW | {"name": "另一人"})
    assert (twin.status_code, twin.json()["error"]) == (409, "already_on_file")

    diet = {"diet_tags": ["soft"], "allergies": ["花生"], "swallowing_level": 5}
    send(clerk, f"{of}/diet", diet)
    fact = {"kind": "relief", "value": {"relief": "DB"}, "from_on": "2026-11-20"}
    send(clerk, f"{of}/facts", fact)
    contact = {"relation": "女儿", "name": "李兰", "phone": "15400000002"}
    send(clerk, f"{of}/contacts", contact)
    for relation in ("邻居", "儿子"):
        send(clerk, f"{of}/contacts", contact | {"relation": relation, "rank": 1})
    no = {"purpose": "photo", "said": "refused", "version": "2026-1"}
    send(clerk, f"{of}/consents", no)
    me = house.town.staff.account_id
    send(clerk, f"{of}/responsible", {"rank": 1, "account_id": str(me)})
    pause = {"from_on": "2026-11-25", "until_on": "2026-11-27", "reason": "away"}
    file = send(clerk, f"{of}/pauses", pause).json()

    assert [one["relation"] for one in file["contacts"]] == ["儿子", "邻居", "女儿"]
    assert file["contacts"][0]["phone"] == "154****0002"
    assert {"DB", "GL80", "LLR"} == {one["code"] for one in file["categories"]}
    assert file["consents"][0]["said"] == "refused"
    assert [one["name"] for one in file["responsible"]] == ["front"]
    assert [one["reason"] for one in file["pauses"]] == ["away"]
    latest = [(one["kind"], one["about"].get("section")) for one in file["changes"]]
    assert latest[0] == ("paused", None)
    assert latest[-3:] == [
        ("changed", "relief"),
        ("changed", "diet"),
        ("enrolled", None),
    ]
    assert {one["actor"] for one in file["changes"]} == {"front"}
    assert clerk.get("/api/elders", params={"q": "zyl"}).json()["total"] == 1

    neighbour = f"{of}/contacts/{file['contacts'][1]['id']}/remove"
    gone = send(clerk, neighbour, {}).json()
    assert [one["rank"] for one in gone["contacts"]] == [1, 2]
    assert clerk.get(f"{of}/file").status_code == 200
    with Session(house.town.engine) as session:
        looks = [one.action for one in session.exec(select(Audit))]
        assert looks.count("look") == 1


def test_refusing_photos_and_family_costs_nothing(
    house: House, clerk: httpx.Client
) -> None:
    answers = {}
    for said in ("given", "refused"):
        elder_id = house.town.add_elder(dementia=True, relief="DB")
        for purpose in ("photo", "family", "health", "recording"):
            form = {"purpose": purpose, "said": said, "version": "2026-1"}
            send(clerk, f"/api/elders/{elder_id}/consents", form)
        order = placed(clerk, elder_id)
        bill = clerk.get(f"/api/orders/{order['id']}/bill").json()
        answers[said] = (order["state"], bill["lines"], bill["self_fen"])
    assert answers["given"] == answers["refused"]
    assert answers["given"][1]


def test_bad_input_is_refused_in_words_and_keeps_nothing(
    house: House, clerk: httpx.Client
) -> None:
    of = f"/api/elders/{house.town.add_elder()}"
    before = clerk.get(f"{of}/file").json()
    address = NEW["address"]
    refused = {
        "bad_identity": ("/api/elders", NEW | {"id_number": NUMBER[:-1] + "0"}),
        "birth_missing": (
            "/api/elders",
            NEW | {"identity_kind": "passport", "id_number": "E00000001"},
        ),
        "address_missing": (
            "/api/elders",
            NEW | {"address": address | {"building": " "}},
        ),
        "outside_district": ("/api/elders", NEW | {"point": {"lat": 31, "lon": 121}}),
        "bad_diet": (f"{of}/diet", {"swallowing_level": 2}),
        "past_needs_reason": (
            f"{of}/facts",
            {"kind": "relief", "value": {"relief": "DB"}, "from_on": "2026-11-01"},
        ),
        "proof_missing": (
            f"{of}/consents",
            {
                "purpose": "photo",
                "said": "given",
                "version": "1",
                "voice": "guardian",
            },
        ),
        "pause_backwards": (
            f"{of}/pauses",
            {"from_on": "2026-11-25", "until_on": "2026-11-24", "reason": "away"},
        ),
        "bad_event_day": (f"{of}/life", {"kind": "died", "happened_on": "2026-11-21"}),
        "nobody_named": (f"{of}/responsible", {"rank": 1}),
        "malformed": (f"{of}/care", {"fall_risk": "perhaps"}),
    }
    wrong = {}
    for code, (path, form) in refused.items():
        answer = send(clerk, path, form)
        if answer.json().get("error") != code or "没有" not in answer.json()["detail"]:
            wrong[code] = answer.text
    assert wrong == {}
    assert clerk.get(f"{of}/file").json() == before
    with Session(house.town.engine) as session:
        assert len(session.exec(select(Elder)).all()) == 1
