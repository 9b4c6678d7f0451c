"""Orders over HTTP, as the station's page sends them."""

from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.little_town import TODAY


def lunch_form(elder_id: UUID, **about: Any) -> dict[str, Any]:
    """A fine delivered lunch; a test names only what it is about."""
    return {
        "elder_id": str(elder_id),
        "service": "MEAL_DELIVERY",
        "channel": "delivery",
        "serve_on": TODAY.isoformat(),
        "serving": "lunch",
        "menu_item_id": None,
        "source": "phone",
        "collected_by": None,
        "window": None,
        "note": None,
        "override": None,
    } | about


def place(
    clerk: httpx.Client, elder_id: UUID, *, key: str | None = None, **about: Any
) -> httpx.Response:
    """Place an order with a key of its own."""
    headers = {"Idempotency-Key": key or uuid4().hex}
    return clerk.post(
        "/api/orders", json=lunch_form(elder_id, **about), headers=headers
    )


def placed(clerk: httpx.Client, elder_id: UUID, **about: Any) -> dict[str, Any]:
    """Place an order that is taken."""
    answer = place(clerk, elder_id, **about)
    assert answer.status_code == 201, answer.text
    row: dict[str, Any] = answer.json()
    return row
