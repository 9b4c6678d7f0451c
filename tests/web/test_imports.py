"""Sheets over HTTP: uploaded, corrected, confirmed; refused in Chinese."""

from typing import Any

import httpx
import pytest
from sqlmodel import Session, func, select

from benchmarks.rosters import draw_roster
from dispatch.people.elders import Elder
from tests.exchange.conftest import sheet_of
from tests.web.conftest import House


def upload(client: httpx.Client, content: bytes, **about: str) -> httpx.Response:
    asked = {"kind": "elders", "name": "名单.xlsx"} | about
    headers = {"Content-Type": "application/octet-stream"}
    return client.post("/api/imports", params=asked, content=content, headers=headers)


def elders(house: House) -> int:
    with Session(house.town.engine) as session:
        return session.exec(select(func.count()).select_from(Elder)).one()


def test_a_roster_is_looked_through_then_confirmed_once(
    house: House, clerk: httpx.Client
) -> None:
    roster = draw_roster(30, ["s1"], faulty=3)

    tried = upload(clerk, roster.xlsx())
    assert (tried.status_code, elders(house)) == (201, 0), tried.text
    page: dict[str, Any] = tried.json()
    address = f"/api/imports/{page['run']['id']}"
    confirmed = clerk.post(f"{address}/confirm", json={}).json()
    clerk.post(f"{address}/confirm", json={})

    assert [line["row"] for line in page["lines"][:3]] == [12, 22, 32]
    assert page["lines"][0]["faults"][0]["cell"] == "B12"
    assert (confirmed["run"]["state"], elders(house)) == ("confirmed", 27)
    assert clerk.get(f"{address}/faults.xlsx").content[:2] == b"PK"
    assert clerk.get("/api/imports").json()[0]["confirmed_by"] == "front"


def test_a_column_with_an_odd_name_can_be_told(
    house: House, clerk: httpx.Client
) -> None:
    rows = [
        ["称呼", "身份证号", "楼栋", "驿站"],
        ["王一", "119900194403010029", "3号楼", "s1"],
    ]
    first = upload(clerk, sheet_of(*rows)).json()

    told = {"columns": {"name": 0}}
    address = f"/api/imports/{first['run']['id']}/columns"
    second = clerk.post(address, json=told).json()

    assert (first["run"]["faulty"], second["run"]["creates"]) == (1, 1)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "malformed"), (b"%PDF-\x00", "not_a_sheet"), (b"a,b\n1,2\n", "no_header")],
    ids=["nothing", "pdf", "no-header"],
)
def test_a_file_that_is_no_sheet_is_refused_in_words(
    clerk: httpx.Client, content: bytes, code: str
) -> None:
    answer = upload(clerk, content)

    assert answer.status_code in {400, 422}
    assert answer.json()["error"] == code
    assert "没有" in answer.json()["detail"]
