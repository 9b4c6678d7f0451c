"""Open sockets of pages, as tests hold them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from sqlmodel import Session
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from dispatch.log.feed import number_outbox
from dispatch.store.unit_of_work import in_one_transaction
from tests.little_town import LittleTown
from tests.web.conftest import House

Json = dict[str, Any]


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
    with knock(house, offered or ticket(client), origin=house.address) as socket:
        yield socket


def knock(house: House, offered: str, *, origin: str | None) -> ClientConnection:
    """Try to open a socket with a ticket, from a page of some site."""
    return connect(
        house.address.replace("http", "ws") + "/api/feed",
        origin=Origin(origin) if origin is not None else None,
        subprotocols=[Subprotocol("liuzhu.v1"), Subprotocol(f"t.{offered}")],
        compression=None,
    )


def hear(socket: ClientConnection, *, seconds: float = 10) -> Json:
    told: Json = json.loads(socket.recv(timeout=seconds))
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
