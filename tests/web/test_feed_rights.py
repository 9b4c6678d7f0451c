"""Who may open a socket, what is heard on it, and when it is closed."""

from collections.abc import Callable
from uuid import UUID, uuid4

import httpx
import pytest
from sqlmodel import Session, update
from websockets.exceptions import ConnectionClosed, InvalidStatus

from dispatch.access.accounts import Account, Role, SignedIn
from dispatch.access.following import FeedEvent, may_hear
from dispatch.access.scope import scoped
from dispatch.access.tickets import FeedTicket
from dispatch.clock import wall_now
from dispatch.log.events import Outbox, record
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from tests.little_town import OTHER_STREET, STREET, LittleTown
from tests.web.conftest import House
from tests.web.ordering import placed
from tests.web.sockets import (
    do,
    following,
    hear,
    hear_event,
    knock,
    picture_of,
    relay,
    resume,
    ticket,
)


@pytest.mark.proves("F65")
def test_nobody_hears_of_another_street(
    house: House, clerk: httpx.Client, coordinator: httpx.Client
) -> None:
    foreign = house.town.add_account("desk", Role.DISPATCHER, street_code=OTHER_STREET)
    feed = picture_of(coordinator)["feed"]
    with house.enter(foreign) as other, following(house, other) as far:
        hear(far)
        resume(far, **feed)
        with following(house, coordinator) as near:
            hear(near)
            resume(near, **feed)
            placed(clerk, house.town.add_elder())
            relay(house.town)
            hear_event(near)
        with pytest.raises(TimeoutError):
            hear(far, seconds=1)


def test_scope_of_queries_and_of_sockets_agree(town: LittleTown) -> None:
    stations = [town.station_id, uuid4()]
    with Session(town.engine) as session:
        session.add(town.station(stations[1], "s2", OTHER_STREET))
        session.commit()
    helpers = [town.add_helper(), town.add_helper()]
    people = [
        town.staff,
        town.dispatcher,
        town.add_account("a", Role.DISPATCHER),
        town.add_account("b", Role.STREET, street_code=OTHER_STREET),
        town.add_account("c", Role.DISTRICT),
        town.add_account("d", Role.HELPER, helper_id=helpers[0]),
        town.add_account("e", Role.HELPER),
    ]
    _write_outbox(town, [None, *stations], [None, *helpers])
    with Session(town.engine) as session:
        rows = session.exec(scoped(town.add_account("f", Role.DISTRICT), Outbox)).all()
        assert len(rows) == 27
        for actor in people:
            seen = {row.id for row in session.exec(scoped(actor, Outbox))}
            assert seen == {r.id for r in rows if may_hear(actor, _event(r))}, actor


def _write_outbox(
    town: LittleTown, stations: list[UUID | None], helpers: list[UUID | None]
) -> None:
    def write(uow: UnitOfWork) -> None:
        for street in (None, STREET, OTHER_STREET):
            for station in stations:
                for helper in helpers:
                    record(
                        uow, "test.event", "thing", uuid4(),
                        street_code=street, station_id=station, helper_id=helper,
                    )  # fmt: skip

    in_one_transaction(town.engine, write)


def _event(row: Outbox) -> FeedEvent:
    return FeedEvent(
        1, row.kind, None, None, row.helper_id, None, row.station_id, row.street_code,
        row.at, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    "origin", [None, "http://evil.example", "null", "http://127.0.0.1.evil.example"]
)
@pytest.mark.proves("F93", "S08")
def test_a_foreign_page_opens_no_socket(
    house: House, coordinator: httpx.Client, origin: str | None
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        knock(house, coordinator, origin=origin)
    assert refused.value.response.status_code == 403


@pytest.mark.proves("F93", "S09")
def test_a_ticket_is_good_once_for_half_a_minute_and_for_its_session(
    house: House, clerk: httpx.Client, coordinator: httpx.Client
) -> None:
    def refuses(client: httpx.Client, offered: str) -> bool:
        with (
            pytest.raises(InvalidStatus) as refused,
            following(house, client, offered=offered),
        ):
            pass
        return refused.value.response.status_code == 403

    used, old = ticket(coordinator), ticket(coordinator)
    with house.enter(None) as nobody, house.enter(house.town.dispatcher) as elsewhere:
        for thief in (nobody, clerk, elsewhere):  # the same person's other screen, too
            assert refuses(thief, used)
    with following(house, coordinator, offered=used) as socket:
        hear(socket)
    do(house, update(FeedTicket).values(expires_at=wall_now()))
    for offered in (used, old, "made-up"):
        assert refuses(coordinator, offered)
    last = ticket(coordinator)
    do(house, update(SignedIn).values(revoked=True))
    assert refuses(coordinator, last)


def _revoke(house: House) -> None:
    do(house, update(SignedIn).values(revoked=True))


def _move_away(house: House) -> None:
    do(house, update(Account).values(street_code=OTHER_STREET))


def _disable(house: House) -> None:
    do(house, update(Account).values(active=False))


@pytest.mark.parametrize("change", [_revoke, _move_away, _disable])
@pytest.mark.proves("F64", "S10")
def test_who_loses_a_right_is_cut_off_within_seconds_and_hears_nothing_more(
    house: House,
    clerk: httpx.Client,
    coordinator: httpx.Client,
    change: Callable[[House], None],
) -> None:
    elder_id = house.town.add_elder()
    feed = picture_of(coordinator)["feed"]
    with following(house, coordinator) as socket:
        hear(socket)
        resume(socket, **feed)
        placed(clerk, elder_id)
        change(house)
        relay(house.town)
        with pytest.raises(ConnectionClosed):
            hear(socket)

    assert socket.close_code == 4401


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ('{"t": "order", "elder": 1}', 1008),
        ('{"t": "resume", "epoch": "x", "seq": 1}', 1008),
        ('{"t": "resume", "seq": -1}', 1008),
        ("[]", 1008),
        ("NaN", 1008),
        ("x" * 17_000, 1009),
    ],
)
@pytest.mark.proves("F62")
def test_a_page_may_only_say_from_where_it_hears(
    house: House, coordinator: httpx.Client, words: str, code: int
) -> None:
    with following(house, coordinator) as socket:
        hear(socket)
        socket.send(words)
        with pytest.raises(ConnectionClosed):
            hear(socket)

    assert socket.close_code == code
