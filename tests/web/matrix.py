"""The matrix of doors: everybody before every door, with two stations' things.

Several tests judge what it hears; it is asked once.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

import pytest
from fastapi import routing
from fastapi.dependencies import utils
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import Session, update

from dispatch.access.accounts import ADMINS, JUDGES, Account, Role
from dispatch.people.elders import Elder, Household
from dispatch.people.places import Kitchen
from dispatch.people.vault import seal_file
from dispatch.store.unit_of_work import Actor
from tests.engines import SQLITE, Engines
from tests.little_town import LAT, LON, OTHER_STREET, STREET, LittleTown
from tests.open_house import session_of
from tests.web.asking import Doors, Heard, Ids, Untouched
from tests.web.filling import Corner, on_the_phone
from tests.web.guarding import guards_of
from tests.web.roles import NARROW
from tests.web.who_may import WHO_MAY
from tests.web.whose import ASKED, BEHIND, TABLES, TABLES_THERE
from web.app import create_app
from web.deps import Only

T = TypeVar("T")
NOT_ASKED: Final = frozenset({"POST /api/sign-in", "POST /api/sign-out"})
# Everything of the district is theirs: nothing is far.
EVERYWHERE: Final = frozenset(
    {"district", "auditor", "evaluator", "security_admin", "audit_admin"}
)
_QUICK: Final = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))


@dataclass(frozen=True)
class Cell:
    """What somebody heard at a door; `whose`: asked for their `own` or the `far`."""

    role: str
    route: str
    whose: str
    heard: Heard


def run(asking: Coroutine[Any, Any, T]) -> T:
    """One knocks after the other: no thread is needed."""
    with pytest.MonkeyPatch.context() as patch:
        for user in (routing, utils):
            patch.setattr(user, "run_in_threadpool", _at_once)
        return asyncio.run(asking)


async def _at_once(do: Callable[..., Any], *args: Any, **words: Any) -> Any:
    return do(*args, **words)


@dataclass(frozen=True)
class Matrix:
    """All doors, everybody's session (None: a stranger's), and two stations' things."""

    doors: Doors
    sessions: dict[str, tuple[str, str] | None]
    own: Corner
    far: Corner

    @cached_property
    def cells(self) -> list[Cell]:
        """Every door asked by everybody, once: for what is theirs, and what is not."""
        return run(self._knock())

    async def _knock(self) -> list[Cell]:
        cells = []
        ask, guards = self.doors.ask, guards_of(self.doors.app)
        for role, session in self.sessions.items():
            known: set[Only | None] = set()  # guards that have turned this role away
            for route, allowed in WHO_MAY.items():
                if route in NOT_ASKED:
                    continue
                # A guard asks for the role alone: narrow roles, whom nearly every door
                # turns away, knock once at each guard.
                if role in NARROW - allowed and guards[route] in known - {None}:
                    continue
                known |= set() if role in allowed else {guards[route]}
                heard = await ask(route, session, ids_at(route, self.own))
                cells.append(Cell(role, route, "own", heard))
                if role not in allowed - EVERYWHERE or not self.doors.names(route):
                    continue
                heard = await ask(route, session, ids_at(route, self.far))
                cells.append(Cell(role, route, "far", heard))
        return cells


@contextmanager
def built(engines: Engines, kind: str = SQLITE) -> Iterator[Matrix]:
    """The matrix on a database of its own, which nothing that is asked changes."""
    with engines.fresh(kind) as url, engines.engine(url) as engine:
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
        "call_centre": on_the_phone(town, own.key("elder")),
        "kitchen": town.add_account(
            "kitchen", Role.KITCHEN, kitchen_id=town.kitchen_id
        ),
        **{
            role.value: town.add_account(role.value, role)
            for role in sorted(ADMINS | JUDGES)
        },
    }


def ids_at(route: str, corner: Corner) -> Ids:
    """What stands for each name at this door: the corner's row behind it."""
    there = next((t for start, t in TABLES_THERE.items() if start in route), {})

    def ids(name: str) -> str:
        if f"{{{name}}}" in route and name in ASKED:
            return ASKED[name]
        table = there.get(name) or TABLES.get(name)
        return str(corner.key(table)) if table else str(UUID(int=7))

    return ids
