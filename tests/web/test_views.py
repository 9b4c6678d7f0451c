"""What people see: within reach, masked by role, in few queries, adding up."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import Session, col, select

from dispatch.access.accounts import Role
from dispatch.catalogue.sittings import Serving
from dispatch.counter.till_people import show_people
from dispatch.log.audit import Audit
from dispatch.orders.grid import show_grid
from dispatch.orders.station_day import show_day
from dispatch.people.vault import seal
from dispatch.planning.board import show_board
from dispatch.settings import settings
from dispatch.store.unit_of_work import Actor, UnitOfWork, picture
from tests.little_town import TODAY, LittleTown
from tests.planning.lunch_wave import order_lunch, order_visit, plan
from tests.web.conftest import House
from tests.web.counting import counted
from tests.web.ordering import placed

NAME, PHONE, DOOR = "欧阳小英", "13800000000", "清河路1号3号楼2单元502"


def queries(town: LittleTown, actor: Actor, show: Callable[[UnitOfWork], Any]) -> int:
    with counted(town.engine) as asked, picture(town.engine, actor) as uow:
        show(uow)
    return len(asked)


def test_lists_ask_the_same_few_queries_for_three_and_for_thirty(
    town: LittleTown,
) -> None:
    def grid(uow: UnitOfWork) -> object:
        return show_grid(uow, TODAY, 7, q="", limit=60, offset=0)

    looks: list[tuple[Actor, Callable[[UnitOfWork], object], int]] = [
        (town.staff, grid, 22),  # with what each would pay, asked in one go
        (town.staff, lambda uow: show_day(uow, TODAY), 8),
        (town.dispatcher, lambda uow: show_board(uow, TODAY), 20),
        (
            town.staff,
            lambda uow: show_people(uow, TODAY, Serving.LUNCH),
            18,
        ),  # insurance pays first
    ]
    _fill(town, 3)
    few = [queries(town, actor, show) for actor, show, _ in looks]
    _fill(town, 27)
    many = [queries(town, actor, show) for actor, show, _ in looks]

    assert many == few
    assert all(n <= most for n, (_, _, most) in zip(few, looks, strict=True)), few


def _fill(town: LittleTown, count: int) -> None:
    for at in range(count):
        if at % 3:
            order_lunch(town)
        else:
            order_visit(town)


def test_the_boards_counts_add_up_to_its_total(
    house: House, coordinator: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPATCH_SOLVE_SECONDS", "0.5")
    settings.cache_clear()
    town = house.town
    town.add_helper()
    for _ in range(4):
        order_lunch(town)
    order_lunch(town, town.add_elder(lat=None, lon=None))
    order_visit(town)
    assert plan(town)

    board = coordinator.get("/api/board", params={"on": TODAY.isoformat()}).json()

    counts = board["counts"]
    assert sum(counts.values()) == board["total"] == len(board["orders"]) == 6
    assert counts["blocked"] == 1
    (wave,) = board["waves"]
    assert (wave["plan_version"], wave["state"]) == (1, "planned")
    stops = {one["id"] for round_ in board["rounds"] for one in round_["stops"]}
    for order in board["orders"]:
        planned = order["state"] == "planned"
        assert (order["stop_id"] in stops) is planned
        assert (order["eta_at"] is not None) is planned
        assert order["elder_label"] == "王奶奶"
    assert all(one["label"] == "赵师傅" for one in board["helpers"])
    assert "王小英" not in json.dumps(board, ensure_ascii=False)
    settings.cache_clear()


def test_names_are_full_at_the_own_station_and_masked_elsewhere(
    house: House, clerk: httpx.Client, officer: httpx.Client
) -> None:
    elder_id = house.town.add_elder(name=NAME)

    own = clerk.get("/api/elders").json()["elders"][0]
    others = officer.get("/api/elders").json()["elders"][0]
    card = officer.get(f"/api/elders/{elder_id}").json()

    assert (own["name"], others["name"], card["name"]) == (NAME, "欧阳**", "欧阳**")


def test_an_elder_is_found_by_name_sound_initials_card_and_number(
    house: House, clerk: httpx.Client
) -> None:
    elder_id = house.town.add_elder(name=NAME)
    house.town.add_elder(name="赵德福")
    with Session(house.town.engine) as session:
        seal(session, elder_id, {"card": "1199000000004321"})
        session.commit()
    for asked in ("小英", "ouyangxiao", "oyxy", "4321", "1199000000004321"):
        found = clerk.get("/api/elders", params={"q": asked}).json()
        assert [one["name"] for one in found["elders"]] == [NAME], asked
    assert clerk.get("/api/elders", params={"q": "nobody"}).json()["total"] == 0


def test_addresses_and_phones_are_opened_for_a_reason_and_written_down(
    house: House, clerk: httpx.Client
) -> None:
    elder_id = house.town.add_elder()
    house.town.add_contact(elder_id)
    path = f"/api/elders/{elder_id}"

    card = clerk.get(path)
    unreasoned = {
        clerk.post(f"{path}/reveal", json={"fields": ["phone"], **why}).status_code
        for why in ({}, {"reason": " \u3000 "})
    }
    forbidden = clerk.post(
        f"{path}/reveal", json={"fields": ["id_number"], "reason": "核对身份"}
    )
    opened = clerk.post(
        f"{path}/reveal", json={"fields": ["phone", "address"], "reason": "电话确认"}
    ).json()

    assert PHONE not in card.text
    assert DOOR not in card.text
    assert "502" not in json.dumps(card.json()["address"])
    assert card.json()["contacts"][0]["phone"] == "139****0000"
    assert (unreasoned, forbidden.status_code) == ({422}, 403)
    assert opened == {"phone": PHONE, "address": DOOR}
    (line,) = audits(house.town, elder_id, "reveal")
    assert (line.fields, line.purpose) == (["address", "phone"], "电话确认")
    assert len(audits(house.town, elder_id, "look")) == 1


def audits(town: LittleTown, object_id: UUID, action: str) -> list[Audit]:
    with Session(town.engine) as session:
        query = select(Audit).where(Audit.object_id == object_id)
        return list(session.exec(query.where(col(Audit.action) == action)))


def test_no_list_holds_a_phone_an_address_or_an_identity_number(
    house: House, clerk: httpx.Client, coordinator: httpx.Client
) -> None:
    order = placed(clerk, house.town.add_elder())
    sitting = str(house.town.sitting_id)
    looks = {
        clerk: [
            "/api/station",
            "/api/elders",
            "/api/station/grid",
            "/api/counter",
            f"/api/kitchen-sheet?sitting_id={sitting}",
            f"/api/orders/{order['id']}",
        ],
        coordinator: ["/api/board", "/api/elders", f"/api/orders/{order['id']}"],
    }
    for client, paths in looks.items():
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert PHONE not in answer.text, path
            assert DOOR not in answer.text, path


def test_the_grid_shows_each_order_in_its_cell(
    house: House, clerk: httpx.Client
) -> None:
    elder_id = house.town.add_elder()
    lunch = placed(clerk, elder_id)
    visited = house.town.add_elder(name="赵德福")
    placed(clerk, visited, service="VISIT_HOME", channel="visit")

    grid = clerk.get("/api/station/grid", params={"from": "2026-11-20"}).json()

    cells = {row["elder"]["id"]: row["cells"] for row in grid["rows"]}
    assert cells[str(elder_id)]["2026-11-20/lunch"] == {
        "order_id": lunch["id"],
        "code": "A",
        "channel": "delivery",
        "state": "waiting",
        "paid": False,
    }
    assert cells[str(visited)]["2026-11-20/lunch"]["code"] == "v"
    assert (grid["total"], len(grid["days"])) == (2, 7)


def test_a_stations_day_names_who_is_missing_and_who_is_due(
    house: House, clerk: httpx.Client
) -> None:
    usual = house.town.add_elder(usual_channel="pickup")
    due = house.town.add_elder(visit_every_days=1, usual_channel="delivery")
    placed(clerk, due)

    day = clerk.get("/api/station", params={"on": "2026-11-21"}).json()
    today = clerk.get("/api/station", params={"on": "2026-11-20"}).json()

    assert day["not_yet"] == sorted([str(usual), str(due)], key=day["not_yet"].index)
    assert today["not_yet"] == [str(usual)]
    assert [one["elder_id"] for one in day["visits_due"]] == [str(due)]
    assert today["totals"]["lunch"]["delivery"] == 1
    assert [one["serving"] for one in today["servings"]] == ["lunch"]


@pytest.mark.parametrize("role", [Role.STREET, Role.DISTRICT])
def test_the_office_reads_a_station_when_it_names_one(house: House, role: Role) -> None:
    reach = {"street_code": "119900001"} if role is Role.STREET else {}
    with house.enter(house.town.add_account("office", role, **reach)) as client:
        path = f"/api/station?station_id={house.town.station_id}"

        assert client.get("/api/station").status_code == 404
        assert client.get(path).status_code == 200
