"""The made-up coordinator listens on, whatever the house refuses meanwhile."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from sqlmodel import Session, update

from dispatch.access.accounts import Account, Role, SignedIn, hash_password
from dispatch.demo.accounts import PASSWORD
from dispatch.demo.agenda import Agenda
from dispatch.demo.desk import Desk
from dispatch.demo.district import draw_district
from dispatch.demo.doors import Door, Notes, Street
from dispatch.demo.pace import Stepped
from dispatch.demo.sizes import SMALL
from dispatch.demo.streets import door_points, streets_for
from dispatch.log.events import Feed
from tests.engines import ON_ONE_ENGINE
from tests.little_town import STREET, TODAY
from tests.web.conftest import House
from tests.web.sockets import do, happen

HAMLET = replace(SMALL, profiles=60)


@ON_ONE_ENGINE
def test_a_desk_hears_on_after_a_ticket_was_refused_and_after_a_reset(
    house: House, tmp_path: Path
) -> None:
    async def listen() -> Desk:
        street = Street(house.address, Notes(tmp_path))
        desk = _desk(house, street)
        await desk.open()
        await _until(lambda: desk.told["feed hello"] == 1)

        await desk.close()
        do(house, update(SignedIn).values(revoked=True))
        desk.listen()
        await _until(lambda: desk.told["reconnected"] > 0)
        do(house, update(SignedIn).values(revoked=False))
        happen(house.town, 2)
        await _until(lambda: desk.seq == 2)

        restored = uuid4()
        do(house, update(Feed).values(epoch=restored))
        await _until(lambda: desk._epoch == str(restored))
        happen(house.town, 2)
        await _until(lambda: desk.seq == 4)
        await desk.close()
        await street.close()
        return desk

    desk = asyncio.run(listen())
    assert desk.gaps == []
    assert desk.told["feed event"] == 4


def _desk(house: House, street: Street) -> Desk:
    actor = house.town.add_account("map", Role.DISPATCHER, street_code=STREET)
    with Session(house.town.engine) as session:
        account = session.get_one(Account, actor.account_id)
        account.password_hash = hash_password(PASSWORD)
        door = Door(street, account.login)
        session.commit()
    points = door_points(streets_for(HAMLET, 7, None))
    agenda = Agenda(Stepped(house.town.engine), street.notes)
    return Desk(agenda, door, draw_district(HAMLET, 7, TODAY, points), lambda _: True)


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not is_so():  # noqa: ASYNC110 - the desk sets no event
            await asyncio.sleep(0.01)
