"""Sheets over HTTP: uploaded, corrected, confirmed; refused in Chinese."""

import logging
import time
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
from sqlmodel import Session, func, select

from benchmarks.rosters import draw_roster
from dispatch.access.accounts import Role
from dispatch.people.elders import Elder
from dispatch.people.vault import seal
from tests.engines import ON_ONE_ENGINE
from tests.exchange.conftest import sheet_of
from tests.web.conftest import House
from web.imports import BYTES, XLSX


def upload(client: httpx.Client, content: bytes, **about: str) -> httpx.Response:
    asked = {"kind": "elders", "name": "名单.xlsx"} | about
    headers = {"Content-Type": BYTES}
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


@ON_ONE_ENGINE
def test_a_stranger_is_told_before_the_file_is_sent(house: House) -> None:
    with house.enter(None) as stranger:
        line = _ask_to_send(house, stranger, 20_000_000)

    assert line.getresponse().status == 401
    line.close()


@ON_ONE_ENGINE
def test_an_upload_that_breaks_off_is_no_failure_of_ours(
    house: House, clerk: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "liuzhu.web")
    line = _ask_to_send(house, clerk, 1000)
    line.send(b"PK")
    line.close()

    until = time.monotonic() + 10
    while "/api/imports" not in caplog.text and time.monotonic() < until:
        time.sleep(0.02)
    assert "POST /api/imports 400" in caplog.text
    assert all(one.levelno < logging.ERROR for one in caplog.records)


def _ask_to_send(house: House, client: httpx.Client, size: int) -> HTTPConnection:
    """All that stands before a file, and not one byte of it."""
    about = urlsplit(house.address)
    line = HTTPConnection(about.hostname or "", about.port, timeout=10)
    line.putrequest("POST", "/api/imports?kind=elders&name=a.xlsx")
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    line.putheader("Origin", house.address)
    line.putheader("Cookie", cookies)
    line.putheader("X-CSRF", client.headers.get("X-CSRF", ""))
    line.putheader("Content-Type", BYTES)
    line.putheader("Content-Length", str(size))
    line.endheaders()
    return line


@ON_ONE_ENGINE
@pytest.mark.proves("S27")
def test_a_file_with_a_strange_name_is_called_by_what_is_plain_in_it(
    clerk: httpx.Client,
) -> None:
    """No folders, nothing that turns the reading round, and not endless."""
    content = draw_roster(2, ["s1"], faulty=1).xlsx()
    long = "长" * 200
    names = {
        "../../etc/passwd.xlsx": "passwd.xlsx",
        "C:\\名单\\六月.xlsx": "六月.xlsx",
        "\u202exslx.\u2066gpj.exe\u0000\r\nX: 1": "xslx.gpj.exeX: 1",
        f"{long}.xlsx": long[-115:] + ".xlsx",
        "/": "未命名",
        '";.html': '";.html',
    }
    for told, kept in names.items():
        answer = upload(clerk, content, name=told)
        if answer.status_code == 400:  # a sign that no address may hold
            assert "\0" in told
            answer = upload(clerk, content, name=told.replace("\0", ""))
        run = answer.json()["run"]
        assert run["file_name"] == kept
        faults = clerk.get(f"/api/imports/{run['id']}/faults.xlsx")
        disposition = faults.headers["content-disposition"]
        stem = quote(kept.rsplit(".", 1)[0], safe="")
        beginning = quote("问题行-")
        assert disposition == f"attachment; filename*=UTF-8''{beginning}{stem}.xlsx"
        assert faults.headers["x-content-type-options"] == "nosniff"
        assert faults.headers["content-type"] == XLSX
    assert upload(clerk, content, name="长" * 300).status_code == 422


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
    [(b"", "empty_sheet"), (b"%PDF-\x00", "not_a_sheet"), (b"a,b\n1,2\n", "no_header")],
    ids=["nothing", "pdf", "no-header"],
)
def test_a_file_that_is_no_sheet_is_refused_in_words(
    clerk: httpx.Client, content: bytes, code: str
) -> None:
    answer = upload(clerk, content)

    assert answer.status_code == 400
    assert answer.json()["error"] == code
    assert "没有" in answer.json()["detail"]


def test_a_form_leaves_as_a_workbook_and_its_template_is_filled(
    house: House, clerk: httpx.Client
) -> None:
    house.town.add_elder()
    days = {"from_on": "2026-11-20", "until_on": "2026-11-20"}
    own = sheet_of(["我们的表"], ["姓名", "年龄"])

    plain = clerk.post("/api/exports/elder_files", json=days)
    filled = clerk.post(
        "/api/exports/elder_files/template",
        params=days,
        content=own,
        headers={"Content-Type": "application/octet-stream"},
    )
    refused = clerk.post("/api/exports/elder_files", json=days | {"plain": True})

    assert (plain.status_code, plain.content[:2]) == (200, b"PK")
    assert (filled.status_code, filled.content[:2]) == (200, b"PK"), filled.text
    assert refused.json()["error"] == "reason_missing"


def test_what_a_registry_says_is_decided_for_a_whole_kind(house: House) -> None:
    town = house.town
    elder_id = town.add_elder()
    with Session(town.engine) as session:
        seal(session, elder_id, {"id_number": "119900194403010029"})
        session.commit()
    office = town.add_account("office", Role.DISTRICT)
    rows = sheet_of(
        ["身份证号", "事件", "日期"], ["119900194403010029", "死亡", "2026-11-02"]
    )
    with house.enter(office) as client:
        run = upload(client, rows, kind="matches", source="殡葬信息").json()["run"]
        client.post(f"/api/imports/{run['id']}/confirm", json={})
        said = client.get("/api/proposals").json()
        answer = {"answer": "accept", "words": "与家属核实"} | said["groups"][0]
        answer.pop("count")
        left = client.post("/api/proposals/decide", json=answer)

    assert said["groups"] == [{"kind": "deceased", "source": "殡葬信息", "count": 1}]
    assert left.json()["total"] == 0, left.text
    with Session(town.engine) as session:
        assert session.get_one(Elder, elder_id).died_on is not None
