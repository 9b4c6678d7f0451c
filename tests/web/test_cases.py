"""Alarms over HTTP: climbed once per press, ended by a person with an outcome."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlmodel import Session, select

from dispatch.log.audit import Audit
from dispatch.orders.orders import get_order
from dispatch.safety.cases import CaseKind
from dispatch.safety.opening import open_case
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from tests.web.conftest import House
from tests.web.ordering import placed


@pytest.fixture
def case_path(house: House, clerk: httpx.Client) -> str:
    """The address of an open case of an elder with two contacts."""
    elder_id = house.town.add_elder()
    for rank in (1, 2):
        house.town.add_contact(elder_id, rank=rank)
    order_id = UUID(placed(clerk, elder_id)["id"])

    def do(uow: UnitOfWork) -> UUID:
        order = get_order(uow.session, order_id, lock=True)
        return open_case(uow, order, CaseKind.NO_ANSWER, uow.now, None).id

    return f"/api/cases/{in_one_transaction(house.town.engine, do)}"


def send(client: httpx.Client, path: str, key: str, **form: Any) -> dict[str, Any]:
    answer = client.post(path, json=form, headers={"Idempotency-Key": key})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_step_sent_twice_climbs_one_rung(
    coordinator: httpx.Client, case_path: str
) -> None:
    key = uuid4().hex
    step = {"rung": "contacts", "outcome": "no_reply", "words": "无人接听"}
    send(coordinator, f"{case_path}/steps", key, **step)

    file = send(coordinator, f"{case_path}/steps", key, **step)

    done = [rung["code"] for rung in file["ladder"] if rung["done_at"]]
    assert done.count("contacts") == 1
    assert [line["words"] for line in file["story"]].count(
        "联系紧急联系人：无人接听，无人接听"
    ) == 1
    assert file["ladder"][0]["phone_masked"] == "138****0000"
    assert "王小英" not in str(file)


def test_a_case_ends_with_an_outcome_and_sending_it_again_is_no_error(
    coordinator: httpx.Client, case_path: str
) -> None:
    key = uuid4().hex
    bare = coordinator.post(f"{case_path}/close", json={"words": "好"})
    send(coordinator, f"{case_path}/close", key, outcome="seen_well", words="已见到")

    file = send(
        coordinator, f"{case_path}/close", key, outcome="seen_well", words="已见到"
    )

    assert bare.status_code == 422
    assert (file["case"]["state"], file["case"]["outcome"]) == ("closed", "seen_well")
    assert coordinator.get("/api/board").json()["cases"] == []


def test_an_open_case_stands_on_the_board_with_its_clock(
    coordinator: httpx.Client, case_path: str
) -> None:
    board = coordinator.get("/api/board").json()

    (case,) = board["cases"]
    (order,) = board["orders"]
    assert case_path.endswith(case["id"])
    assert (case["rung"], case["rung_name"]) == (1, "电话联系老人")
    assert case["deadline_at"] > board["now"]
    assert order["case_id"] == case["id"]


def test_the_station_sees_its_open_cases_until_they_are_closed(
    clerk: httpx.Client, case_path: str
) -> None:
    [row] = clerk.get("/api/cases").json()
    assert (row["elder_label"], row["rung_code"]) == ("王奶奶", "phone_elder")

    send(clerk, f"{case_path}/close", uuid4().hex, outcome="seen_well", words="已见到")

    assert clerk.get("/api/cases").json() == []


def test_whom_a_rung_names_is_dialled_and_the_audit_knows_who_dialled(
    house: House, clerk: httpx.Client, case_path: str
) -> None:
    ladder = clerk.get(case_path).json()["ladder"]
    of = {rung["code"]: rung["rung"] for rung in reversed(ladder)}

    def call(rung: int) -> httpx.Response:
        return clerk.post(f"{case_path}/rungs/{rung}/call", json={})

    assert call(of["phone_elder"]).json() == {"dial": "tel:13800000000"}
    assert call(of["contacts"]).json() == {"dial": "tel:13900000000"}
    nobody = call(of["second_visit"])
    assert (nobody.status_code, nobody.json()["error"]) == (404, "no_number")
    with Session(house.town.engine) as session:
        calls = session.exec(select(Audit).where(Audit.action == "call")).all()
        assert {one.object_kind for one in calls} == {"elder", "contact"}
    send(clerk, f"{case_path}/close", uuid4().hex, outcome="seen_well", words="已见到")
    assert call(of["phone_elder"]).status_code == 409
