"""The shapes that the pages believe in are the shapes that the server speaks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from dispatch.store.database import Database
from dispatch.store.engine import make_engine
from web.app import create_app

WIRE: Final = Path(__file__).parents[2] / "web" / "ui" / "src" / "wire"
# What the pages call a shape, where the server calls it otherwise.
SCHEMAS: Final = {
    "CalendarDay": "Day",
    "ClockReading": "Clock",
    "MenuItem": "Dish",
    "Sitting": "SittingRow",
    "Elder": "ElderCard",
    "Contact": "ContactRow",
    "StoryEntry": "StoryLine",
    "GrantRow": "GrantLine",
    "PaymentRow": "PaymentLine",
    "NewOrder": "OrderForm",
    "GridCell": "Cell",
    "KitchenIdentity": "Identity-Output",
    "Counter": "CounterDay",
    "Bill": "BillSheet",
    "Wave": "WaveRow",
    "BoardHelper": "HelperRow",
    "BoardStop": "StopRow",
    "BoardRound": "RoundRow",
    "BoardCase": "CaseRow",
    "Rung": "RungRow",
    "PromiseStatus": "Promise",
    "Notice": "NoticeRow",
}


@dataclass(frozen=True)
class Believed:
    """One interface of the pages: its fields and how each is typed."""

    name: str
    fields: dict[str, str]


def test_every_field_that_a_page_reads_is_one_that_the_server_sends(
    schemas: dict[str, Any],
) -> None:
    missing = [
        f"{one.name}.{name}"
        for one, schema in paired(schemas)
        for name in one.fields
        if not name.endswith("?") and name not in schema["properties"]
    ]

    assert missing == []


def test_a_page_expects_nothing_where_the_server_may_send_nothing(
    schemas: dict[str, Any],
) -> None:
    trusting = [
        f"{one.name}.{name}"
        for one, schema in paired(schemas)
        for name, kind in one.fields.items()
        if may_be_null(schema["properties"].get(name, {}))
        and not re.search(r"\b(null|unknown)\b", kind)
    ]

    assert trusting == []


def test_most_shapes_are_compared(schemas: dict[str, Any]) -> None:
    assert len(list(paired(schemas))) > 30


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    """The server's own words about its shapes."""
    document = create_app(Database(make_engine("sqlite://"))).openapi()
    found: dict[str, Any] = document["components"]["schemas"]
    return found


def paired(schemas: dict[str, Any]) -> Iterator[tuple[Believed, dict[str, Any]]]:
    """Each interface beside the server's shape of the same thing."""
    for one in believed():
        schema = schemas.get(SCHEMAS.get(one.name, one.name))
        if schema is not None and "properties" in schema:
            yield one, schema


def believed() -> Iterator[Believed]:
    """The interfaces in the pages' files about the wire."""
    for file in sorted(WIRE.glob("*.ts")):
        text = re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.DOTALL)
        for match in re.finditer(r"export interface (\w+)[^{]*\{", text):
            yield Believed(match[1], dict(fields_in(text, match.end())))


def fields_in(text: str, start: int) -> Iterator[tuple[str, str]]:
    """The fields of the interface whose brace opened before `start`."""
    depth, field = 1, ""
    for letter in text[start:]:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth == 0 or (depth == 1 and letter == ";"):
            if named := re.match(r"\s*(\w+\??):\s*(.*)", field, re.DOTALL):
                yield named[1], named[2]
            field = ""
        else:
            field += letter
        if depth == 0:
            return


def may_be_null(schema: dict[str, Any]) -> bool:
    """Whether the server may send null here."""
    return any(one.get("type") == "null" for one in schema.get("anyOf", []))
