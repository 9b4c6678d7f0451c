"""A helper before other people's doors: nothing is found, and it is noticed."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from dispatch.access.accounts import Account
from dispatch.log.audit import Audit
from dispatch.log.events import Event, Outbox
from dispatch.safety.prying import TOLD_AT
from tests.engines import ON_ONE_ENGINE
from tests.field.walk import HALF_PAST, Walk, make_second_plan, make_walk
from tests.little_town import EIGHT, ELEVEN, NOON, TODAY
from tests.web.conftest import House
from tests.web.test_phone import MINUTE

TRIED = 120


@contextmanager
def nothing_noted(engine: Engine) -> Iterator[None]:
    """The database takes no more into the audit."""
    refuse = "BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no room'); END"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TRIGGER no_room {refuse}")
    yield
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER no_room")


@ON_ONE_ENGINE
@pytest.mark.proves("S02")
def test_a_stop_is_its_helpers_from_its_plan_to_its_end(house: House) -> None:
    town = house.town
    walk = make_walk(town, town.add_elder())
    with house.enter(walk.actor) as phone:
        seen = []
        for moment in (EIGHT, ELEVEN, NOON + 120 * MINUTE, NOON + 121 * MINUTE):
            town.at(moment)
            seen.append(asked_for(phone, walk))
        town.at(HALF_PAST)
        other = make_second_plan(town, walk)
        seen.append(asked_for(phone, walk))
    with house.enter(other.actor) as phone:
        seen.append(asked_for(phone, walk))

    shown, hidden = (1, 200), (0, 404)
    assert seen == [hidden, shown, shown, hidden, hidden, shown]


def asked_for(phone: httpx.Client, walk: Walk) -> tuple[int, int]:
    """How many rounds stand there, and whether their elder can be called."""
    day = phone.get("/api/round", params={"on": TODAY.isoformat()}).json()
    call = phone.post(f"/api/orders/{walk.orders[0]}/call", json={})
    return len(day["rounds"]), call.status_code


@ON_ONE_ENGINE
@pytest.mark.proves("S04", "F91")
def test_who_tries_many_numbers_finds_nothing_and_is_told_of(
    house: House, clerk: httpx.Client, coordinator: httpx.Client
) -> None:
    town = house.town
    walk, other = make_walk(town, town.add_elder()), make_walk(town, town.add_elder())
    things = [other.orders[0], *map(UUID, (str(uuid4()) for _ in range(TRIED // 2)))]
    things += [UUID(int=n) for n in range(1, TRIED - len(things) + 1)]
    with house.enter(walk.actor) as phone:
        told = [tried(phone, n, thing) for n, thing in enumerate(things[:9])]
        before = inbox_of(clerk)
        told += [tried(phone, n, thing) for n, thing in enumerate(things[9:], 9)]
        again = tried(phone, 0, things[0])
        with nothing_noted(town.engine):
            told += [tried(phone, 0, uuid4())]

    assert len(set(told)) == 1, "whether there is such a thing or not"
    assert told[0][:2] == again[:2] == (404, "not_found")
    with Session(town.engine) as session:
        login = session.get_one(Account, walk.actor.account_id).login
        kept = select(Audit.object_id).where(Audit.action == "asked_in_vain")
        assert sorted(session.exec(kept)) == sorted(things)
        alarm = session.exec(select(Event).where(Event.kind == "helper.pried")).one()
        heard = select(Outbox).where(col(Outbox.event_id) == alarm.id)
        assert session.exec(heard).one().station_id == town.station_id
    assert before == []
    for desk in (clerk, coordinator):
        [words] = inbox_of(desk)
        assert login in words
        assert str(TOLD_AT) in words


def tried(phone: httpx.Client, n: int, thing: UUID) -> tuple[int, str]:
    """At one of a helper's doors, each of which names somebody's thing."""
    doors = (f"orders/{thing}/call", f"my-help/{thing}/call", f"offers/{thing}/accept")
    told = phone.post(f"/api/{doors[n % len(doors)]}", json={})
    return told.status_code, told.json()["error"]


def inbox_of(desk: httpx.Client) -> list[str]:
    return [one["words"] for one in desk.get("/api/inbox").json()["mine"]]
