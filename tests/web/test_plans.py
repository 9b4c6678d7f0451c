"""Standing plans over HTTP: shown first, kept once, answered with their orders."""

from uuid import uuid4

import httpx

from tests.little_town import TODAY
from tests.web.conftest import House


def test_a_plan_is_shown_then_kept_once(house: House, clerk: httpx.Client) -> None:
    base = f"/api/elders/{house.town.add_elder()}/plans"
    plan = {
        "weekdays": [TODAY.weekday()],
        "serving": "lunch",
        "channel": "pickup",
        "dish": "A",
        "from_on": TODAY.isoformat(),
        "until_on": None,
    }
    shown = clerk.post(f"{base}/preview", json=plan).json()
    first = shown["days"][0]
    assert (first["was"], first["becomes"]) == (None, "A pickup")
    headers = {"Idempotency-Key": uuid4().hex}

    kept, again = (
        clerk.post(base, json=plan | {"seen": shown["seen"]}, headers=headers).json()
        for _ in range(2)
    )

    assert kept["days"][0]["order_id"] == again["days"][0]["order_id"] is not None
    late = clerk.post(base, json=plan | {"seen": shown["seen"]})
    assert late.json()["error"] == "plan_moved_on"
    assert len(clerk.get(base).json()) == 1
