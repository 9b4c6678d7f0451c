"""The kitchen's day over HTTP, as its page asks for it."""

from datetime import timedelta
from typing import Any

import httpx
from sqlmodel import Session, select

from dispatch.kitchens.samples import FoodSample
from tests.little_town import ELEVEN, TODAY
from tests.web.conftest import House
from tests.web.ordering import placed

KEYS = iter(f"key-{n}" for n in range(100))


def post(client: httpx.Client, path: str, form: dict[str, Any]) -> httpx.Response:
    headers = {"Idempotency-Key": next(KEYS)}
    return client.post(f"/api/{path}", json=form, headers=headers)


def test_a_batch_from_the_stove_to_the_recall(
    house: House, clerk: httpx.Client, officer: httpx.Client
) -> None:
    town = house.town
    elder_id = town.add_elder("欧阳小英")
    placed(clerk, elder_id)
    town.at(ELEVEN)
    meal = str(town.dish_id)

    made = post(clerk, "kitchen/batches", {"menu_item_id": meal}).json()
    path = f"kitchen/batches/{made['id']}"
    cold = post(clerk, f"{path}/cooked", {"celsius": 52})
    hot = post(
        clerk, f"{path}/cooked", {"celsius": 78.5, "grams": 130, "first_seal": "QH-001"}
    )
    town.at(ELEVEN + timedelta(minutes=20))
    warm = {"batch_id": made["id"], "celsius": 55.5}
    unanswered = post(clerk, "kitchen/readings", warm)
    answered = post(clerk, "kitchen/readings", warm | {"action": "reheated"})

    assert (cold.status_code, cold.json()["error"]) == (409, "not_hot_enough")
    assert hot.status_code == 200
    assert unanswered.json()["error"] == "action_missing"
    assert answered.json() == {"in_range": False}
    day = clerk.get("/api/kitchen").json()
    [serving] = day["servings"]
    [batch] = serving["batches"]
    assert (batch["portions"], batch["boxes"], batch["samples"]) == (1, 1, 1)
    assert (batch["celsius"], batch["seals"]) == (55.5, "QH-001")
    assert [(one["code"], one["ordered"], one["open"]) for one in serving["meals"]] == [
        ("A", 1, 0)
    ]
    assert [one["in_range"] for one in day["readings"]] == [False, True]
    with Session(town.engine) as session:
        sample = session.exec(select(FoodSample.id)).one()
    early = post(clerk, f"kitchen/samples/{sample}/destroy", {})
    assert early.json()["error"] == "sample_still_needed"

    [found] = clerk.get("/api/kitchen/recall", params={"q": "QH-001"}).json()
    sheet = post(officer, f"kitchen/batches/{found['id']}/recall", {"reason": "抽查"})
    assert [one["name"] for one in sheet.json()["lines"]] == ["欧阳小英"]
    label = clerk.get("/api/kitchen-sheet", params={"sitting_id": str(town.sitting_id)})
    [stuck] = label.json()["labels"]
    assert (stuck["seal"], stuck["batch"]) == ("QH-001", made["number"])


def test_a_weeks_menu_is_edited_published_and_locked(
    house: House, clerk: httpx.Client
) -> None:
    town = house.town
    kitchen = {"kitchen_id": str(town.kitchen_id)}
    rice = post(clerk, "menus/dishes", kitchen | {"name": "米饭", "allergens": []})
    form = {
        "sitting_id": str(town.sitting_id),
        "code": "B",
        "dish_ids": [rice.json()["id"]],
        "price_fen": 1200,
    }
    assert post(clerk, "menus/meals", form).status_code == 200
    week = kitchen | {"on": TODAY.isoformat()}
    assert post(clerk, "menus/publish", week).status_code == 200

    locked = post(clerk, "menus/meals", form | {"price_fen": 1300})
    told = post(clerk, "menus/meals", form | {"price_fen": 1300, "reason": "涨价"})
    sheet = clerk.get("/api/menus/week").json()

    assert locked.json()["error"] == "menu_locked"
    assert told.status_code == 200
    [serving] = sheet["servings"]
    assert [one["price_fen"] for one in serving["meals"]] == [1500, 1300]
    assert [one["reason"] for one in sheet["changes"]] == ["涨价"]
    assert sheet["published_at"] is not None
