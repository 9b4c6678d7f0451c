"""Orders over HTTP: taken once, answered after the commit, told in words."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Connection, event, func
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from dispatch.access.accounts import Role
from dispatch.catalogue.sittings import get_sitting
from dispatch.orders.orders import Order
from dispatch.store.unit_of_work import unit_of_work
from tests.crossing import until_somebody_waits
from tests.little_town import ELEVEN, OTHER_STREET, LittleTown
from tests.web.conftest import House
from tests.web.ordering import lunch_form, place, placed


def count_orders(town: LittleTown) -> int:
    with Session(town.engine) as session:
        return session.exec(select(func.count()).select_from(Order)).one()


def test_a_station_places_an_order(house: House, clerk: httpx.Client) -> None:
    elder_id = house.town.add_elder()

    row = placed(clerk, elder_id)

    assert (row["state"], row["code"], row["elder_name"]) == ("waiting", "A", "王小英")
    assert row["placed_at"] == "2026-11-20T00:00:00Z"
    assert count_orders(house.town) == 1


@pytest.mark.proves("F28")
def test_no_201_is_sent_when_the_commit_fails(
    house: House, clerk: httpx.Client
) -> None:
    elder_id = house.town.add_elder()

    with failing_commits(house):
        answer = place(clerk, elder_id)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "不会重复" in answer.json()["detail"]
    assert count_orders(house.town) == 0
    assert place(clerk, elder_id).status_code == 201


@contextmanager
def failing_commits(house: House) -> Iterator[None]:
    """A database that goes away at the moment of the commit."""
    engine = house.app.state.database.engine

    def fail(connection: Connection) -> None:
        connection.invalidate()
        raise OperationalError("COMMIT", {}, ConnectionError("gone"))

    event.listen(engine, "commit", fail)
    try:
        yield
    finally:
        event.remove(engine, "commit", fail)


def test_the_same_key_gives_the_same_order(house: House, clerk: httpx.Client) -> None:
    elder_id, key = house.town.add_elder(), uuid4().hex

    first = place(clerk, elder_id, key=key)
    again = place(clerk, elder_id, key=key)
    other = place(clerk, elder_id, key=key, note="多放饭")

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (other.status_code, other.json()["error"]) == (409, "key_reused")
    assert count_orders(house.town) == 1


@pytest.mark.proves("F39")
def test_of_two_twins_at_once_one_is_taken_and_the_other_repeats_it(
    house: House, clerk: httpx.Client
) -> None:
    elder_id, key = house.town.add_elder(), uuid4().hex

    with ThreadPoolExecutor(2) as two:
        with unit_of_work(house.town.engine) as uow:
            get_sitting(uow.session, house.town.sitting_id, lock=True)
            twins = [two.submit(place, clerk, elder_id, key=key) for _ in range(2)]
            until_somebody_waits(house.town.engine, many=2)
        answers = [twin.result() for twin in twins]

    assert sorted(answer.status_code for answer in answers) == [200, 201]
    assert answers[0].json() == answers[1].json()
    assert count_orders(house.town) == 1


def test_the_code_of_a_refusal_can_be_sent_back_as_the_rule_set_aside(
    house: House, clerk: httpx.Client
) -> None:
    elder_id = house.town.add_elder(allergies=["花生"])

    refused = place(clerk, elder_id, menu_item_id=str(house.town.dish_id))
    override = {"rule": refused.json()["error"], "reason": "家属确认可以吃"}
    row = placed(
        clerk, elder_id, menu_item_id=str(house.town.dish_id), override=override
    )

    assert refused.status_code == 409
    assert "花生" in row["warning"]


def test_an_order_is_called_off_and_taken_back_and_its_story_says_so(
    house: House, clerk: httpx.Client
) -> None:
    row = placed(clerk, house.town.add_elder())
    path = f"/api/orders/{row['id']}"

    gone = clerk.post(f"{path}/cancel", json={"reason": "by_elder"}).json()
    back = clerk.post(f"{path}/undo-cancel", json={}).json()
    story = clerk.get(path).json()["story"]

    assert (gone["state"], back["state"]) == ("cancelled", "waiting")
    assert [line["words"] for line in story] == [
        "下单：电话，送餐",
        "已取消：老人取消",
        "重新待排",
    ]
    assert {line["actor"] for line in story} == {"front"}


def test_a_cancel_that_arrives_again_after_its_undo_changes_nothing(
    house: House, clerk: httpx.Client
) -> None:
    path = f"/api/orders/{placed(clerk, house.town.add_elder())['id']}"
    calling_off, undoing = ({"Idempotency-Key": uuid4().hex} for _ in range(2))
    reason = {"reason": "by_elder"}
    clerk.post(f"{path}/cancel", json=reason, headers=calling_off)
    clerk.post(f"{path}/undo-cancel", json={}, headers=undoing)

    again = clerk.post(f"{path}/cancel", json=reason, headers=calling_off)
    other = clerk.post(f"{path}/cancel", json={"reason": "away"}, headers=calling_off)
    off = _post(clerk, f"{path}/cancel", reason="by_elder")
    undone = clerk.post(f"{path}/undo-cancel", json={}, headers=undoing)

    assert (again.status_code, again.json()["state"]) == (200, "waiting")
    assert (other.status_code, other.json()["error"]) == (409, "key_reused")
    assert off["state"] == "cancelled"
    assert undone.json()["state"] == "cancelled"


def test_a_visit_needs_no_serving(house: House, clerk: httpx.Client) -> None:
    visit = {"service": "VISIT_HOME", "channel": "visit", "serving": None}
    row = placed(clerk, house.town.add_elder(), **visit)

    assert (row["channel"], row["serving"], row["code"]) == ("visit", "lunch", None)


def test_a_lunch_goes_over_the_counter_with_bill_payment_and_refund(
    house: House, clerk: httpx.Client
) -> None:
    elder_id = house.town.add_elder()
    dine_in = {"service": "MEAL_DINEIN", "channel": "dine_in"}
    order_id = placed(clerk, elder_id, **dine_in)["id"]
    house.town.at(ELEVEN)

    bill = clerk.get(f"/api/orders/{order_id}/bill").json()
    paid = _post(
        clerk, f"/api/orders/{order_id}/pay", method="cash", fen=bill["due_fen"]
    )
    twice = clerk.post(
        f"/api/orders/{order_id}/pay",
        json={"method": "cash", "fen": bill["due_fen"]},
        headers={"Idempotency-Key": uuid4().hex},
    )
    served = clerk.post(
        "/api/counter/serve", json={"order_id": order_id, "identity": "card"}
    ).json()
    counter = clerk.get("/api/counter", params={"serving": "lunch"}).json()
    back = _post(clerk, f"/api/payments/{paid['payment_id']}/refund", reason="餐凉了")

    assert bill["self_fen"] == bill["price_fen"] - bill["subsidy_fen"]
    assert paid["order"]["paid"] is True
    assert (twice.status_code, twice.json()["error"]) == (409, "already_paid")
    assert (served["state"], served["grade"]) == ("done", "A")
    assert (counter["served"], counter["left"]) == (1, 0)
    assert back["order"]["paid_fen"] == 0


def test_somebody_without_an_order_is_found_and_eats(
    house: House, clerk: httpx.Client
) -> None:
    house.town.add_elder(name="赵德福")
    house.town.at(ELEVEN)

    (found,) = clerk.post("/api/counter/find", json={"text": "zdf"}).json()
    form = {
        "elder_id": found["elder"]["id"],
        "sitting_id": str(house.town.sitting_id),
        "menu_item_id": str(house.town.dish_id),
        "identity": "staff_visual",
        "pay": None,
    }
    late = _post(clerk, "/api/counter/walk-in", **form)

    assert found["order"] is None
    assert (late["channel"], late["state"]) == ("dine_in", "done")


def test_closing_a_serving_names_who_did_not_come(
    house: House, clerk: httpx.Client
) -> None:
    pickup = {"service": "MEAL_PICKUP", "channel": "pickup"}
    row = placed(clerk, house.town.add_elder(), **pickup)

    path = f"/api/sittings/{house.town.sitting_id}/close"
    closed = clerk.post(path, json={}).json()

    assert [one["id"] for one in closed["no_show"]] == [row["id"]]
    sheet = {"sitting_id": str(house.town.sitting_id)}
    told = clerk.get("/api/kitchen-sheet", params=sheet).json()
    assert told["identity"]["ties"] is True
    assert told["identity"]["no_show"] == 1


def test_a_station_that_shares_a_kitchen_sees_its_own_elders_boxes(
    house: House, clerk: httpx.Client
) -> None:
    """The kitchen's own house sticks on every label; the other one counts them."""
    town, far = house.town, uuid4()
    with Session(town.engine) as session:
        session.add(other := town.station(far, "s2", OTHER_STREET))
        other.lat += 0.02
        session.commit()
    actor = town.add_account("far", Role.STATION, station_id=far)
    placed(clerk, town.add_elder(name="王小英"))
    guest = town.add_elder(name="赵大山", station_id=far, street_code=OTHER_STREET)
    asked = {"sitting_id": str(town.sitting_id)}

    with house.enter(actor) as other_clerk:
        placed(other_clerk, guest)
        theirs = other_clerk.get("/api/kitchen-sheet", params=asked).json()
    kitchens = clerk.get("/api/kitchen-sheet", params=asked).json()

    assert [one["elder_label"][0] for one in theirs["labels"]] == ["赵"]
    assert {one["elder_label"][0] for one in kitchens["labels"]} == {"王", "赵"}
    for sheet in (theirs, kitchens):
        assert sum(dish["count"] for dish in sheet["by_dish"]) == 2


@pytest.mark.parametrize("missing", ["elder_id", "service", "channel", "serve_on"])
def test_what_an_order_needs_is_named_when_it_is_missing(
    clerk: httpx.Client, missing: str
) -> None:
    form = lunch_form(uuid4())
    del form[missing]

    answer = clerk.post("/api/orders", json=form)

    assert answer.status_code == 422
    assert answer.json()["fields"] == [{"where": missing, "why": "必填"}]


def _post(clerk: httpx.Client, path: str, **form: Any) -> dict[str, Any]:
    answer = clerk.post(path, json=form, headers={"Idempotency-Key": uuid4().hex})
    assert answer.status_code in (200, 201), answer.text
    told: dict[str, Any] = answer.json()
    return told
