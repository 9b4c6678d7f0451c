"""Open sockets of pages, as tests hold them."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import uuid4
from weakref import WeakKeyDictionary

import httpx
from sqlmodel import Session
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from dispatch.log.events import record
from dispatch.log.feed import number_outbox
from dispatch.store.unit_of_work import UnitOfWork, in_one_transaction
from tests.little_town import STREET, LittleTown
from tests.web.conftest import House

Json = dict[str, Any]
_LINES: WeakKeyDictionary[ClientConnection, list[str]] = WeakKeyDictionary()


def relay(town: LittleTown) -> None:
    """Give the feed its numbers, as the relay does."""
    in_one_transaction(town.engine, number_outbox)


def ticket(client: httpx.Client) -> str:
    told: str = client.post("/api/feed/ticket", json={}).json()["ticket"]
    return told


@contextmanager
def following(
    house: House, client: httpx.Client, *, offered: str | None = None
) -> Iterator[ClientConnection]:
    """An open socket of somebody's page."""
    with knock(house, client, offered, origin=house.address) as opened:
        yield opened


def knock(
    house: House,
    client: httpx.Client,
    offered: str | None = None,
    *,
    origin: str | None,
    **how: Any,
) -> ClientConnection:
    """Try to open a socket with a ticket, from a page of some site."""
    offered = offered or ticket(client)
    opened: ClientConnection = connect(
        house.address.replace("http", "ws") + "/api/feed",
        origin=Origin(origin) if origin is not None else None,
        subprotocols=[Subprotocol("liuzhu.v2"), Subprotocol(f"t.{offered}")],
        additional_headers={"Cookie": cookie_of(client)},
        compression=None,
        **how,
    )
    return opened


def hear(socket: ClientConnection, *, seconds: float = 30) -> Json:
    """The next message; a frame holds one a line."""
    lines = _LINES.setdefault(socket, [])
    if not lines:
        lines += str(socket.recv(timeout=seconds)).split("\n")
    told: Json = json.loads(lines.pop(0))
    return told


def hear_event(socket: ClientConnection) -> Json:
    while (told := hear(socket))["t"] != "event":
        assert told["t"] in {"head", "at"}, told
    return told


def resume(socket: ClientConnection, epoch: str, seq: int) -> None:
    socket.send(json.dumps({"t": "resume", "epoch": epoch, "seq": seq}))


def picture_of(client: httpx.Client) -> Json:
    board: Json = client.get("/api/board").json()
    return board


def states(board: Json) -> dict[str, str]:
    return {row["id"]: row["state"] for row in board["orders"]}


def do(house: House, statement: Any) -> None:
    """Change the database behind the product's back."""
    with Session(house.town.engine) as session:
        session.exec(statement)
        session.commit()


def happen(town: LittleTown, count: int) -> None:
    """So many events of the town's station, numbered."""

    def write(uow: UnitOfWork) -> None:
        for _ in range(count):
            record(
                uow, "test.event", "thing", uuid4(),
                station_id=town.station_id, street_code=STREET, state="x" * 24,
            )  # fmt: skip

    in_one_transaction(town.engine, write)
    while in_one_transaction(town.engine, number_outbox):
        pass


def cookie_of(client: httpx.Client) -> str:
    """What a browser sends along by itself."""
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


@contextmanager
def dead_line(house: House, client: httpx.Client) -> Iterator[None]:
    """A page whose line carries nothing any more, not even the answer to a ping, and
    was never closed."""
    host, port = house.address.removeprefix("http://").split(":")
    words = [
        "GET /api/feed HTTP/1.1",
        f"Host: {host}:{port}",
        f"Origin: {house.address}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        f"Sec-WebSocket-Protocol: liuzhu.v2, t.{ticket(client)}",
        f"Cookie: {cookie_of(client)}",
    ]
    with socket.create_connection((host, int(port))) as line:
        line.sendall("\r\n".join([*words, "", ""]).encode())
        assert line.recv(4096).startswith(b"HTTP/1.1 101")
        yield


@contextmanager
def deaf_socket(
    house: House, client: httpx.Client, feed: Json
) -> Iterator[ClientConnection]:
    """A page that asks for everything and reads nothing."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    host, port = house.address.removeprefix("http://").split(":")
    raw.connect((host, int(port)))
    how: Json = {"sock": raw, "max_queue": 1, "ping_interval": None}
    with knock(house, client, origin=house.address, **how) as opened:
        resume(opened, **feed)
        yield opened


def wait_closed(deaf: ClientConnection, *, seconds: float = 30) -> bool:
    """The server let this socket go; it says why, if that still gets through."""
    with suppress(ConnectionClosed, TimeoutError):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            deaf.recv(timeout=seconds)
    return deaf.close_code in {4008, 1006}


def until(is_so: Callable[[], bool]) -> None:
    """Wait for what another thread is just doing."""
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)
