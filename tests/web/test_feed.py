"""The live feed: every event in order from the picture on, or a reset; never a hole."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from uuid import uuid4

import anyio
import httpx
import pytest
from sqlmodel import col, delete, update
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from dispatch.access.accounts import Role
from dispatch.log.events import Feed, Outbox
from dispatch.store.database import Database
from tests.engines import ON_ONE_ENGINE
from tests.little_town import ELEVEN, LittleTown
from tests.open_house import serving
from tests.web.conftest import House
from tests.web.ordering import placed
from tests.web.sockets import (
    dead_line,
    deaf_socket,
    do,
    following,
    happen,
    hear,
    hear_event,
    knock,
    picture_of,
    relay,
    resume,
    states,
    ticket,
    until,
    wait_closed,
)
from web.__main__ import PING_SECONDS, PONG_SECONDS
from web.app import create_app
from web.follower import QUEUE_CHARACTERS, Follower


def test_a_page_hears_what_happens_after_its_picture(
    house: House, clerk: httpx.Client, coordinator: httpx.Client
) -> None:
    board = picture_of(coordinator)
    with following(house, coordinator) as socket:
        hello = hear(socket)
        resume(socket, **board["feed"])
        order = placed(clerk, house.town.add_elder())
        relay(house.town)
        event = hear_event(socket)

    assert (hello["t"], hello["epoch"]) == ("hello", board["feed"]["epoch"])
    assert hello["now"] == "2026-11-20T00:00:00Z"
    assert socket.subprotocol == "liuzhu.v2"
    assert (event["kind"], event["order_id"]) == ("order.placed", order["id"])
    assert (event["seq"], event["state"]) == (board["feed"]["seq"] + 1, "waiting")
    assert "王小英" not in json.dumps(event, ensure_ascii=False)


def test_a_socket_cut_and_resumed_has_a_fresh_pages_picture(
    house: House, clerk: httpx.Client, coordinator: httpx.Client
) -> None:
    first = placed(clerk, house.town.add_elder())
    relay(house.town)
    board = picture_of(coordinator)
    seen, seq = states(board), board["feed"]["seq"]

    clerk.post(f"/api/orders/{first['id']}/cancel", json={"reason": "by_elder"})
    for _ in range(3):
        placed(clerk, house.town.add_elder())
    relay(house.town)
    with following(house, coordinator) as socket:
        hear(socket)
        resume(socket, board["feed"]["epoch"], seq)
        clerk.post(f"/api/orders/{first['id']}/undo-cancel", json={})
        relay(house.town)
        fresh = picture_of(coordinator)
        while seq < fresh["feed"]["seq"]:
            event = hear_event(socket)
            assert event["seq"] == seq + 1
            seq, seen[event["order_id"]] = event["seq"], event["state"]

    assert seen == states(fresh)
    assert sum(fresh["counts"].values()) == fresh["total"] == len(fresh["orders"])


@pytest.mark.parametrize("how", ["another epoch", "from the future", "no longer kept"])
@pytest.mark.proves("F63")
def test_what_cannot_be_replayed_whole_is_reset(
    house: House, clerk: httpx.Client, coordinator: httpx.Client, how: str
) -> None:
    for _ in range(2):
        placed(clerk, house.town.add_elder())
    relay(house.town)
    feed = picture_of(coordinator)["feed"]
    epoch, seq = feed["epoch"], 0
    if how == "another epoch":
        epoch = str(uuid4())
    elif how == "from the future":
        seq = feed["seq"] + 1000
    else:
        while house.app.state.tail.at < feed["seq"]:  # it has read what is taken away
            time.sleep(0.02)
        do(house, delete(Outbox).where(col(Outbox.feed_seq) == 1))
        house.app.state.tail._kept.clear()  # as after a restart of the process
    with following(house, coordinator) as socket:
        hear(socket)
        resume(socket, epoch, seq)

        assert hear(socket) == {"t": "reset"}


def test_a_restored_database_sends_every_page_back_to_the_start(
    house: House, coordinator: httpx.Client
) -> None:
    with following(house, coordinator) as socket:
        hear(socket)
        do(house, update(Feed).values(epoch=uuid4()))
        with pytest.raises(ConnectionClosed):
            hear(socket)

    assert socket.close_code == 1012


def test_where_helpers_are_is_told_to_the_map_of_their_street_only(
    house: House, coordinator: httpx.Client, clerk: httpx.Client
) -> None:
    house.town.at(ELEVEN)
    helper_id = house.town.add_helper()
    courier = house.town.add_account("helper", Role.HELPER, helper_id=helper_id)
    place = {"lat": 36.661, "lon": 117.021, "accuracy_m": 9, "datum": "wgs84"}
    with (
        house.enter(courier) as phone,
        following(house, coordinator) as map_,
        following(house, clerk) as counter,
    ):
        assert hear(map_)["t"] == hear(counter)["t"] == "hello"
        told = phone.post("/api/field/position", json=place)
        seen = hear(map_)
        with pytest.raises(TimeoutError):
            hear(counter, seconds=0.5)

    assert told.status_code == 204
    assert (seen["t"], seen["helper_id"]) == ("at", str(helper_id))
    assert (seen["lat"], seen["lon"]) == (36.661, 117.021)


@pytest.mark.proves("F60")
def test_who_does_not_keep_up_is_let_go(town: LittleTown) -> None:
    async def fall_behind() -> None:
        follower = Follower("hash", town.staff)
        follower.offer("where all are" * QUEUE_CHARACTERS, may_lose=True)
        news = "n" * (QUEUE_CHARACTERS // 8)
        for _ in range(8):
            follower.offer(news)
        follower.offer("where a helper is", may_lose=True)
        assert follower.close_code is None
        follower.offer("one too many")
        assert follower.close_code == 4008

    anyio.run(fall_behind)


@pytest.mark.proves("F60")
def test_a_burst_is_heard_whole_though_somebody_does_not_listen(
    house: House, clerk: httpx.Client, coordinator: httpx.Client
) -> None:
    feed = picture_of(coordinator)["feed"]
    with (
        deaf_socket(house, clerk, feed) as deaf,
        following(house, coordinator) as socket,
    ):
        hear(socket)
        resume(socket, **feed)
        happen(house.town, 1_500)
        heard = [hear_event(socket)["seq"] for _ in range(1_500)]

        assert heard == list(range(feed["seq"] + 1, feed["seq"] + 1_501))
        assert wait_closed(deaf)


@pytest.mark.proves("F59")
@ON_ONE_ENGINE
def test_pages_that_all_come_back_at_once_are_all_live_again(
    house: House, clerk: httpx.Client
) -> None:
    many = 40
    tickets = [ticket(clerk) for _ in range(2 * many)]
    with ThreadPoolExecutor(many) as pages:
        open_all = partial(knock, house, clerk, origin=house.address, legacy=True)
        first = list(pages.map(open_all, tickets[:many]))
        for socket in first:
            socket.socket.close()  # as a deploy or a lift does: no word of farewell
        back = list(pages.map(open_all, tickets[many:]))
        hellos = list(pages.map(hear, back))
        for socket, hello in zip(back, hellos, strict=True):
            resume(socket, hello["epoch"], hello["head"])
        placed(clerk, house.town.add_elder())
        relay(house.town)
        heard = {event["kind"] for event in pages.map(hear_event, back)}
        list(pages.map(ClientConnection.close, back))

    assert heard == {"order.placed"}
    until(lambda: not house.app.state.tail._followers)


@pytest.mark.proves("F61")
@ON_ONE_ENGINE
def test_a_line_that_is_dead_at_one_end_is_freed(town: LittleTown, dist: Path) -> None:
    app = create_app(Database(town.engine), dist=dist)
    beats = {"ws_ping_interval": 0.1, "ws_ping_timeout": 0.2}
    with serving(app, **beats) as address:
        house = House(town, app, address)
        with house.enter(town.staff) as clerk, dead_line(house, clerk):
            followers = app.state.tail._followers
            until(lambda: len(followers) == 1)
            until(lambda: not followers)
    assert PING_SECONDS + PONG_SECONDS < 30  # what the house itself waits
