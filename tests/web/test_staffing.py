"""Helpers, catalogue and points over HTTP: few queries, masked, refused in words."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import Session

from dispatch.access.accounts import Role
from dispatch.catalogue.services import Assist
from dispatch.catalogue.skills import Skill
from dispatch.people.vault import find_owners
from dispatch.staffing.showing import list_helpers
from dispatch.store.unit_of_work import picture
from tests.little_town import TODAY, LittleTown
from tests.web.conftest import House
from tests.web.counting import counted


def paper(until: int, **about: Any) -> dict[str, Any]:
    dates = {
        "from_on": "2025-01-01",
        "until_on": (TODAY + timedelta(days=until)).isoformat(),
    }
    return (
        {"kind": "certificate", "skill": "meal", "number": "119900-7"} | dates | about
    )


@pytest.fixture
def certified(house: House) -> LittleTown:
    with Session(house.town.engine) as session:
        session.add(Skill(code="meal", name="健康证", certified=True))
        session.add(Assist(code="助洁", label="助洁", one_of_six=True))
        session.commit()
    return house.town


def test_whose_paper_runs_out_comes_first_and_what_it_gates_is_said(
    certified: LittleTown, clerk: httpx.Client
) -> None:
    fine, soon, over = (str(certified.add_helper()) for _ in range(3))
    for helper, days in ((fine, 300), (soon, 9), (over, -1)):
        answer = clerk.post(
            f"/api/helpers/{helper}/papers",
            json=paper(days),
            headers={"Idempotency-Key": helper},
        )
        assert answer.status_code == 200, answer.text

    said = clerk.get("/api/helpers").json()

    assert [one["id"] for one in said["helpers"]] == [over, soon, fine]
    assert said["soon"] == 2
    lines = {one["id"]: one for one in said["helpers"]}
    assert (lines[over]["skills"], lines[over]["lapsed"]) == (["visit"], ["meal"])
    assert lines[soon]["skills"] == ["meal", "visit"]
    assert [p["days_left"] for p in lines[soon]["soon"]] == [9]
    file = clerk.get(f"/api/helpers/{soon}").json()
    assert file["shifts"][0]["by_hand"]
    assert "119900-7" not in str(said) + str(file)
    wrong = clerk.post(f"/api/helpers/{soon}/papers", json=paper(-999))
    assert (wrong.status_code, wrong.json()["error"]) == (400, "paper_dates")
    for _ in range(2):
        stopped = clerk.post(
            f"/api/helpers/{fine}/suspend",
            json={"why": "complaint"},
            headers={"Idempotency-Key": "stop"},
        )
        assert stopped.json() == {"stopped": 0, "under_way": 0}
    assert clerk.get(f"/api/helpers/{fine}").json()["line"]["bars"] == ["suspended"]


def test_somebody_new_is_enrolled_once_and_a_child_only_as_a_volunteer(
    certified: LittleTown, clerk: httpx.Client
) -> None:
    form = {
        "station_id": str(certified.station_id),
        "kind": "courier",
        "mode": "bike",
        "name": "孙小川",
        "phone": "13800001111",
        "skills": ["meal"],
        "born_on": (TODAY - timedelta(days=15 * 366)).isoformat(),
    }
    too_young = clerk.post("/api/helpers", json=form, headers={"Idempotency-Key": "1"})
    assert (too_young.status_code, too_young.json()["error"]) == (400, "too_young")

    helps = form | {"kind": "volunteer"}
    made = [
        clerk.post("/api/helpers", json=helps, headers={"Idempotency-Key": "2"}).json()
        for _ in range(2)
    ]

    assert made[0]["line"]["id"] == made[1]["line"]["id"]
    assert made[0]["line"]["bars"] == ["insurance", "guardian"]
    consent = {"relation": "母亲", "name": "孙母", "phone": "13800002222"}
    helper = made[0]["line"]["id"]
    file = clerk.post(f"/api/helpers/{helper}/guardian", json=consent).json()
    assert (file["guardian"], file["line"]["bars"]) == ("母亲", ["insurance"])
    assert file["phone"] == "138****1111"
    with Session(certified.engine) as session:
        assert find_owners(session, "phone", "13800001111") == [UUID(helper)]


def test_the_list_asks_as_few_queries_for_many_as_for_two(town: LittleTown) -> None:
    def asked() -> int:
        with counted(town.engine) as said, picture(town.engine, town.staff) as uow:
            list_helpers(uow, limit=60, offset=0)
        return len(said)

    for _ in range(2):
        town.add_helper()
    few = asked()
    for _ in range(20):
        town.add_helper()
    assert asked() == few <= 10


def test_the_district_keeps_catalogue_calendar_and_points(
    certified: LittleTown, house: House, clerk: httpx.Client
) -> None:
    office = certified.add_account("office", Role.DISTRICT)
    service = {
        "code": "HAIR_HOME",
        "assist": "助洁",
        "name": "上门理发",
        "minutes": 30,
        "is_new": True,
        "proofs": ["sign"],
    }
    lines = {"year": 2099, "notice": "通知一号", "lines": "2099-01-01,放假,元旦"}
    with house.enter(office) as client:
        kept = client.post("/api/catalogue/services", json=service).json()
        again = client.post("/api/catalogue/services", json=service)
        before = client.get("/api/calendar", params={"year": 2099}).json()
        year = client.post("/api/calendar", json=lines).json()
        unclear = client.post("/api/calendar", json=lines | {"lines": "元旦放假"})
        points = client.get("/api/points").json()
        alone = client.get(f"/api/points/{certified.station_id}/exit")
    assert [one["code"] for one in kept["assists"][0]["services"]] == ["HAIR_HOME"]
    assert (again.status_code, again.json()["error"]) == (409, "service_exists")
    assert (before["published"], before["days"]) == (False, [])
    assert year["days"] == [
        {"falls_on": "2099-01-01", "kind": "holiday", "name": "元旦"}
    ]
    assert "第 1 行" in unclear.json()["detail"]
    assert [one["elders"] for one in points] == [0]
    assert alone.status_code == 200
    assert clerk.get("/api/catalogue").json() == kept
