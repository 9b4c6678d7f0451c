"""Every door, as everybody, for what is theirs and for what is somebody else's.

A new route without a line in the tables fails; so does a door that is open to one
role too many or too few, or that finds what is out of reach.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import uuid4

import httpx
import pytest

from dispatch.access.accounts import Role
from tests.engines import ON_ONE_ENGINE
from tests.little_town import OTHER_STREET
from tests.web.asking import Spec
from tests.web.conftest import House
from tests.web.fields import (
    DIALLED_AT,
    READ_NAMES,
    REVEALED_AT,
    SEEN_AT,
    SHAPES,
    SMALL,
)
from tests.web.matrix import NOT_ASKED, Matrix, ids_at, run
from tests.web.shapes import beyond, promised, reached
from tests.web.who_may import WHO_MAY
from tests.web.whose import ASKED, FAR, NOT_READY, TABLES

# What a device recorded is kept as it was said, known or not; each event is judged.
_OPEN_FORMS: Final = {"Batch", "DeedBatch"}


def test_every_route_says_who_may_use_it(matrix: Matrix) -> None:
    assert matrix.doors.routes() == set(WHO_MAY)


def test_every_name_of_a_thing_has_its_table(matrix: Matrix) -> None:
    """A new kind of thing behind a door gets a row on both sides of the reach."""
    unknown = {
        (route, name)
        for route in WHO_MAY
        for name in matrix.doors.names(route)
        if name not in TABLES and name not in ASKED
    }
    assert unknown == set()


@pytest.mark.proves("S01")
def test_each_role_uses_its_own_doors_for_its_own_things(matrix: Matrix) -> None:
    wrong = []
    for one in matrix.cells:
        got = one.heard.status
        if one.whose == "far":
            is_fine = got in FAR.get(one.route, {404})
        else:
            is_fine = _fits(one.route, one.role, WHO_MAY[one.route], got)
        if not is_fine:
            wrong.append(f"{one.role} {one.route}, {one.whose}: {got}")
    assert wrong == []


@pytest.mark.proves("S20")
def test_no_refusal_says_who_an_elder_is(matrix: Matrix) -> None:
    whole = re.compile("王小英|13800000000|清河路1号")
    refused = [one for one in matrix.cells if one.heard.status >= 400]

    assert len(refused) > 500
    telling = [one for one in refused if whole.search(one.heard.body.decode())]
    assert [(one.role, one.route) for one in telling] == []


@pytest.mark.proves("S03")
def test_no_answer_holds_a_name_that_its_door_does_not_promise(matrix: Matrix) -> None:
    spec, more, seen = matrix.doors.spec, set(), 0
    for one in matrix.cells:
        said = one.heard.content() if one.heard.status < 300 else None
        if said is None:
            continue
        seen += 1
        shape = promised(spec, one.route)
        if shape is None:
            rows = said if isinstance(said, list) else [said]
            names = {name for row in rows for name in row}
            more |= {(one.route, name) for name in names - _names(SMALL, one.route)}
        else:
            more |= {(one.route, way) for way in beyond(spec, shape, said)}
    assert more == set()
    assert seen > 500
    elder = {"$ref": "#/components/schemas/ElderCard"}
    too_much = {"name": "王*英", "contacts": [{"rank": 1, "id_number": "1"}], "born": 1}
    assert [*beyond(spec, elder, too_much)] == [".contacts[].id_number", ".born"]


@pytest.mark.proves("S03")
def test_each_role_is_shown_these_fields_of_elders_orders_stops_and_cases(
    matrix: Matrix,
) -> None:
    spec, reaches = matrix.doors.spec, set[str]()
    for route, (roles, name) in SEEN_AT.items():
        shape = promised(spec, route)
        assert shape is not None
        assert WHO_MAY[route] == roles, route
        assert shape.get("items", shape) == {"$ref": f"#/components/schemas/{name}"}
        reaches |= {*reached(spec, shape)}
    shown = {
        name: {*spec["components"]["schemas"][name].get("properties", {})}
        for name in reaches
    }
    assert shown == {name: _names(SHAPES, name) for name in SHAPES}


@pytest.mark.proves("S03")
def test_full_names_are_for_the_own_station_and_numbers_for_dialling(
    matrix: Matrix,
) -> None:
    """Addresses to the door are for who goes there."""
    heard = [one for one in matrix.cells if one.heard.status < 300]

    def told(words: str) -> set[tuple[str, str]]:
        return {(o.role, o.route) for o in heard if words.encode() in o.heard.body}

    names = told("王小英")
    assert {role for role, route in names if route != REVEALED_AT} == READ_NAMES
    assert {route for _, route in told("13800000000")} == {DIALLED_AT}
    assert {role for role, _ in told("2单元502")} <= {"helper"}


def _names(table: Mapping[str, str], of: str) -> set[str]:
    return {*table.get(of, "").split()}


def _fits(route: str, role: str, allowed: frozenset[str], got: int) -> bool:
    if role not in allowed:
        return got == (401 if role == "stranger" else 403)
    if route in NOT_READY:
        return got in NOT_READY[route]
    return got < 500 and got not in {401, 403, 404, 422}


@pytest.mark.proves("S18")
def test_sql_in_any_text_is_text(matrix: Matrix) -> None:
    assert run(_broken_by(matrix, "' OR 1=1; DROP TABLE elder; --%_\\")) == []


async def _broken_by(matrix: Matrix, words: str) -> list[str]:
    """Where such words in every free text of a door are more than words."""
    doors, broken = replace(matrix.doors, words=words), []
    for route, allowed in WHO_MAY.items():
        who = next(
            (one for one in matrix.sessions if one in allowed - {"stranger"}), ""
        )
        if not who or route in NOT_ASKED:
            continue
        session, ids = matrix.sessions[who], ids_at(route, matrix.own)
        heard = await doors.ask(route, session, ids)
        if heard.status >= 500 or heard.status == 401:
            broken.append(f"{who} {route}: {heard.status}")
    return broken


@pytest.mark.proves("S05")
def test_no_form_takes_a_field_that_it_does_not_name(matrix: Matrix) -> None:
    open_ = {
        name
        for name in _schemas_of_bodies(matrix.doors.spec)
        if matrix.doors.spec["components"]["schemas"][name].get("type") == "object"
        and matrix.doors.spec["components"]["schemas"][name].get("additionalProperties")
        is not False
    }
    assert open_ == _OPEN_FORMS


def _schemas_of_bodies(spec: Spec) -> set[str]:
    """The names of all shapes that any body has in it."""
    bodies = [
        door["requestBody"]
        for doors in spec["paths"].values()
        for door in doors.values()
        if "requestBody" in door
    ]
    found, left = set[str](), _named_in(bodies)
    while left:
        found |= left
        left = _named_in([spec["components"]["schemas"][name] for name in left]) - found
    return found


def _named_in(shape: object) -> set[str]:
    return set(re.findall(r"#/components/schemas/([\w-]+)", json.dumps(shape)))


@ON_ONE_ENGINE
def test_lists_hold_what_is_within_reach_only(house: House) -> None:
    house.town.add_elder()
    desk = house.town.add_account("desk", Role.DISPATCHER, street_code=OTHER_STREET)
    with house.enter(desk) as client:
        assert client.get("/api/elders").json()["total"] == 0
        assert client.get("/api/cases").json() == []
        assert client.get("/api/board").json()["total"] == 0
    with house.enter(house.town.dispatcher) as client:
        assert client.get("/api/elders").json()["total"] == 1
        refused: httpx.Response = client.get(f"/api/orders/{uuid4()}")
        assert (refused.status_code, refused.json()["error"]) == (404, "not_found")
