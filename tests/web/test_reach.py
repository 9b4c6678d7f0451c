"""Every door, as everybody, for what is theirs and for what is somebody else's.

A new route without a line in the tables fails; so does a door that is open to one
role too many or too few, or that finds what is out of reach.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import routing
from fastapi.dependencies import utils
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import Session, update

from dispatch.access.accounts import ADMINS, Account, Role
from dispatch.people.elders import Elder, Household
from dispatch.people.places import Kitchen
from dispatch.people.vault import seal_file
from dispatch.store.unit_of_work import Actor
from tests.engines import ON_ONE_ENGINE, SQLITE, Engines
from tests.little_town import LAT, LON, OTHER_STREET, STREET, LittleTown
from tests.open_house import session_of
from tests.web.asking import Doors, Ids, Spec, Untouched
from tests.web.conftest import House
from tests.web.filling import Corner
from tests.web.guarding import guards_of
from tests.web.roles import NARROW
from tests.web.who_may import WHO_MAY
from tests.web.whose import ASKED, BEHIND, FAR, NOT_READY, TABLES, TABLES_THERE
from web.app import create_app
from web.deps import Only

_QUICK: Final = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
_NOT_ASKED: Final = frozenset({"POST /api/sign-in", "POST /api/sign-out"})
# What a device recorded is kept as it was said, known or not; each event is judged.
_OPEN_FORMS: Final = {"Batch", "DeedBatch"}
# Everything of the district is theirs: nothing is far.
_EVERYWHERE: Final = frozenset({"district", "auditor", "security_admin", "audit_admin"})


@dataclass(frozen=True)
class Matrix:
    """All doors, everybody's session (None: a stranger's), and two stations' things."""

    doors: Doors
    sessions: dict[str, tuple[str, str] | None]
    own: Corner
    far: Corner


@pytest.fixture(scope="module")
def matrix(engines: Engines) -> Iterator[Matrix]:
    with engines.fresh(SQLITE) as url, engines.engine(url) as engine:
        town = LittleTown(engine)
        kitchen_id = uuid4()
        with Session(engine) as session:
            here = (town.station_id, STREET, town.kitchen_id)
            own = _corner(town, session, here, town.staff)
            there = (_far_station(town, session, kitchen_id), OTHER_STREET, kitchen_id)
            desk = town.add_account("far", Role.STATION, station_id=there[0])
            far = _corner(town, session, there, desk)
            for table in sorted({*TABLES.values(), *_tables_there(), *BEHIND}):
                own.key(table)
                far.key(table)
            session.commit()
        app = create_app(Untouched(engine), dist=Path(__file__).parent)
        sessions = {
            who: session_of(engine, actor) if actor else None
            for who, actor in _everybody(town, own).items()
        }
        with Session(engine) as session:
            session.exec(update(Account).values(password_hash=_QUICK.hash("-")))
            session.commit()
        yield Matrix(Doors(app, app.openapi()), sessions, own, far)


def _tables_there() -> set[str]:
    return {table for there in TABLES_THERE.values() for table in there.values()}


def _far_station(town: LittleTown, session: Session, kitchen_id: UUID) -> UUID:
    """A station in another street, with a kitchen of its own."""
    station_id = uuid4()
    kitchen = Kitchen(
        id=kitchen_id,
        name="东山厨房",
        street_code=OTHER_STREET,
        lat=LAT,
        lon=LON,
        lunch_capacity=10,
    )
    session.add(kitchen)
    session.flush()
    station = town.station(station_id, "s2", OTHER_STREET)
    station.kitchen_id = kitchen_id
    session.add(station)
    session.commit()
    return station_id


def _corner(
    town: LittleTown, session: Session, place: tuple[UUID, str, UUID], desk: Actor
) -> Corner:
    """One of everything around a station whose front desk this is."""
    station_id, street, kitchen_id = place
    here: dict[str, Any] = {"station_id": station_id, "street_code": street}
    elder_id = town.add_elder(**here)
    colleague = town.add_account("other", Role.STATION, station_id=station_id)
    home = session.get_one(Household, session.get_one(Elder, elder_id).household_id)
    home.station_id, home.street_code = station_id, street
    session.commit()
    known = {
        "station": station_id,
        "street": street,
        "kitchen": kitchen_id,
        "account": colleague.account_id,
        "service": "MEAL_DELIVERY",
        "helper": town.add_helper(**here),
        "elder": elder_id,
        "household": home.id,
    }
    session.commit()
    corner = Corner(session, known)
    corner.key("handover", to_id=desk.account_id)
    pack_id = uuid4()
    key_id, sealed = seal_file(pack_id, b"%PDF-")
    corner.key("paper_pack", id=pack_id, key_id=key_id, sealed=sealed)
    corner.key("notice", account_id=desk.account_id)
    return corner


def _everybody(town: LittleTown, own: Corner) -> dict[str, Actor | None]:
    """One person of each role, and a stranger."""
    return {
        "stranger": None,
        "station": town.staff,
        "dispatcher": town.dispatcher,
        "street": town.add_account("street", Role.STREET, street_code=STREET),
        "district": town.add_account("district", Role.DISTRICT),
        "helper": town.add_account("helper", Role.HELPER, helper_id=own.key("helper")),
        "kitchen": town.add_account(
            "kitchen", Role.KITCHEN, kitchen_id=town.kitchen_id
        ),
        **{
            role.value: town.add_account(role.value, role)
            for role in (Role.AUDITOR, *sorted(ADMINS))
        },
    }


def _ids(route: str, corner: Corner) -> Ids:
    """What stands for each name at this door: the corner's row behind it."""
    there = next((t for start, t in TABLES_THERE.items() if start in route), {})

    def ids(name: str) -> str:
        if f"{{{name}}}" in route and name in ASKED:
            return ASKED[name]
        table = there.get(name) or TABLES.get(name)
        return str(corner.key(table)) if table else str(UUID(int=7))

    return ids


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
def test_each_role_uses_its_own_doors_for_its_own_things(
    matrix: Matrix, monkeypatch: pytest.MonkeyPatch
) -> None:
    for user in (routing, utils):  # one knocks after the other: no thread is needed
        monkeypatch.setattr(user, "run_in_threadpool", _at_once)
    assert asyncio.run(_wrong_cells(matrix)) == []


async def _at_once(do: Callable[..., Any], *args: Any, **words: Any) -> Any:
    return do(*args, **words)


async def _wrong_cells(matrix: Matrix) -> list[str]:
    wrong = []
    ask, guards = matrix.doors.ask, guards_of(matrix.doors.app)
    for role, session in matrix.sessions.items():
        known: set[Only | None] = set()  # guards that have turned this role away
        for route, allowed in WHO_MAY.items():
            if route in _NOT_ASKED:
                continue
            # A guard asks for the role alone: narrow roles, whom nearly every door
            # turns away, knock once at each guard.
            if role in NARROW - allowed and guards[route] in known - {None}:
                continue
            known |= set() if role in allowed else {guards[route]}
            got = await ask(route, session, _ids(route, matrix.own))
            if not _fits(route, role, allowed, got):
                wrong.append(f"{role} {route}: {got}")
            if role not in allowed - _EVERYWHERE or not matrix.doors.names(route):
                continue
            got = await ask(route, session, _ids(route, matrix.far))
            if got not in FAR.get(route, {404}):
                wrong.append(f"{role} {route}, somebody else's: {got}")
    return wrong


def _fits(route: str, role: str, allowed: frozenset[str], got: int) -> bool:
    if role not in allowed:
        return got == (401 if role == "stranger" else 403)
    if route in NOT_READY:
        return got in NOT_READY[route]
    return got < 500 and got not in {401, 403, 404, 422}


@pytest.mark.proves("S18")
def test_sql_in_any_text_is_text(
    matrix: Matrix, monkeypatch: pytest.MonkeyPatch
) -> None:
    for user in (routing, utils):
        monkeypatch.setattr(user, "run_in_threadpool", _at_once)
    assert asyncio.run(_broken_by(matrix, "' OR 1=1; DROP TABLE elder; --%_\\")) == []


async def _broken_by(matrix: Matrix, words: str) -> list[str]:
    """Where such words in every free text of a door are more than words."""
    doors, broken = replace(matrix.doors, words=words), []
    for route, allowed in WHO_MAY.items():
        who = next(
            (one for one in matrix.sessions if one in allowed - {"stranger"}), ""
        )
        if not who or route in _NOT_ASKED:
            continue
        got = await doors.ask(route, matrix.sessions[who], _ids(route, matrix.own))
        if got >= 500 or got == 401:
            broken.append(f"{who} {route}: {got}")
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
