"""The live feed: a ticket, then a socket that says what happened, in order.

All commands go over HTTP; a page only says from where it wants to hear. It is never
the only path: a page without a socket reads again every few seconds.
"""

from json import JSONDecodeError
from typing import Any, Final
from uuid import UUID

import anyio
from anyio import to_thread
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from dispatch.access.tickets import give_ticket, use_ticket
from dispatch.errors import Refusal
from dispatch.store.database import Database, is_away
from dispatch.store.unit_of_work import Actor
from web.deps import Anyone, cookie_name
from web.follower import Follower
from web.guards import is_own_origin
from web.live_tail import Tail
from web.wire import Answer, StrictRoute, from_json

SPEAKS: Final = "liuzhu.v2"  # a frame is one message a line
BAD_WORDS: Final = 1008
ADDRESS: Final = "/api/feed"

router = APIRouter(prefix=ADDRESS, route_class=StrictRoute, tags=["live"])


@router.post("/ticket")
def post_ticket(caller: Anyone) -> Answer:
    """One use, thirty seconds."""
    return Answer({"ticket": caller.change(lambda uow: give_ticket(uow, caller.token))})


async def follow_feed(socket: WebSocket) -> None:
    """Say hello, then everything from the number that the page names.

    It is no route: what stands around one would be kept as long as the socket is open.
    """
    admitted = await _admit(socket)
    if admitted is None:
        await socket.close()  # before accept: the handshake is answered with 403
        return
    tail: Tail = socket.app.state.tail
    await socket.accept(subprotocol=SPEAKS)
    socket.scope["headers"].clear()  # hours of memory, and nobody asks for them again
    follower = Follower(*admitted)
    with tail.followed_by(follower):
        await _converse(socket, follower, tail)
    if follower.close_code is not None:
        with anyio.move_on_after(1):
            await _quietly_close(socket, follower.close_code)


async def _admit(socket: WebSocket) -> tuple[str, Actor] | None:
    """Whose socket this is: own page, known protocol, a ticket not used before."""
    headers = socket.headers
    if not is_own_origin(headers.get("origin", ""), headers.get("host", "")):
        return None
    offered = socket.scope.get("subprotocols", [])
    tickets = [word[2:] for word in offered if word.startswith("t.")]
    if SPEAKS not in offered or len(tickets) != 1:
        return None
    database: Database = socket.app.state.database
    token = socket.cookies.get(cookie_name(), "")
    try:
        return await to_thread.run_sync(
            lambda: database.change(lambda uow: use_ticket(uow, tickets[0], token))
        )
    except Refusal:
        return None
    except Exception as error:
        if is_away(error):
            return None
        raise


async def _converse(socket: WebSocket, follower: Follower, tail: Tail) -> None:
    with follower.stop:
        async with anyio.create_task_group() as together:
            together.start_soon(_send_all, socket, follower)
            await _listen(socket, follower, tail)
            follower.end(None)


async def _send_all(socket: WebSocket, follower: Follower) -> None:
    """The only sender of this socket; one that does not read is let go."""
    try:
        while True:
            frame = await follower.take()
            follower.sending_since = anyio.current_time()
            await socket.send_text(frame)
            follower.sending_since = None
    except (WebSocketDisconnect, RuntimeError, OSError):
        follower.end(None)


async def _listen(socket: WebSocket, follower: Follower, tail: Tail) -> None:
    """Until the page goes away; it may only say from where it resumes."""
    while True:
        try:
            message = await socket.receive()
        except RuntimeError:
            return
        if message["type"] == "websocket.disconnect":
            return
        said = _understood(message.get("text"))
        if said is None:
            follower.end(BAD_WORDS)
        elif said["t"] == "resume":
            await tail.catch_up(follower, said["epoch"], said["seq"])


def _understood(text: str | None) -> dict[str, Any] | None:
    """A message of the page, or None when it is not one."""
    try:
        said = from_json((text or "").encode())
        if said["t"] == "resume":
            seq = said["seq"]
            if type(seq) is not int or not 0 <= seq < 2**62:
                return None
            return {"t": "resume", "epoch": UUID(said["epoch"]), "seq": seq}
    except (JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        return None
    return {"t": "pong"} if said["t"] in {"ack", "pong"} else None


async def _quietly_close(socket: WebSocket, code: int) -> None:
    try:
        await socket.close(code)
    except (WebSocketDisconnect, RuntimeError, OSError):
        return
